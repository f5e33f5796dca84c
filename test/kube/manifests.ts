/** The smallest channel that the API server takes. */
export function channel(name: string, spec: object = {}) {
  return {
    apiVersion: 'socialops.dev/v1alpha1',
    kind: 'SocialChannel',
    metadata: { name },
    spec: { appRef: { name: 'twitch' }, owner: { name: 'Dana Reyes', email: 'dana@example.com' }, ...spec },
  };
}

/** The smallest app that the API server takes. */
export function app(name: string) {
  return {
    apiVersion: 'socialops.dev/v1alpha1',
    kind: 'SocialApp',
    metadata: { name },
    spec: { platform: 'twitch', clientId: 'k3f0', clientSecretRef: { name: 'twitch-app', key: 'client_secret' } },
  };
}

/** A Secret with values as text. */
export function secret(name: string, values: Record<string, string>, metadata: object = {}) {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, ...metadata }, stringData: values };
}
