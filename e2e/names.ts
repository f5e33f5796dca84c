/** Names that documents and samples use, and so does this run. */
export const paths = {
  operator: 'social-system',
  stage: 'main-stage',
  release: 'social-channel-operator',
  channel: 'main-stage-youtube',
  googleClient: 'e2e.apps.googleusercontent.com',
} as const;
