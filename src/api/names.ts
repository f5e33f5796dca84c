/** The API group of all resources of this operator. */
export const group = 'socialops.dev';
/** The one served version. */
export const version = 'v1alpha1';

/** The plural names, as they stand in API paths. */
export const plurals = {
  SocialChannel: 'socialchannels',
  SocialApp: 'socialapps',
  SocialPlatform: 'socialplatforms',
} as const;

/** The field manager and reporting component of everything that this operator writes. */
export const fieldManager = 'social-channel-operator';

export const labels = {
  /** On a Secret that the operator may read; the value must be {@link sharedSecretValue}. */
  use: `${group}/use`,
  /** On a projected Secret: the name of its channel. */
  channel: `${group}/channel`,
  /** Kubernetes' recommended label; its value on a projected Secret is {@link fieldManager}. */
  managedBy: 'app.kubernetes.io/managed-by',
  /** On a Secret of the operator's own namespace that holds a sealed answer: a digest of the channel's name. */
  escrow: `${group}/escrow`,
  /** On a Lease of the operator: what it is for, `Member` (a replica is there) or `Bucket` (a share of the channels). */
  lease: `${group}/lease`,
} as const;

/** The value of the label `use` that shares a Secret with the operator. */
export const sharedSecretValue = 'true';

export const annotations = {
  /**
   * On a channel: any new value asks for one refresh, or for a check where no refresh is possible soon; echoed in
   * `status.lastHandledRefreshRequest`.
   */
  refresh: `${group}/refresh`,
  /** On a channel that is being deleted: its finalizer is dropped although the grant could not be forgotten. */
  abandon: `${group}/abandon`,
  /** On a projected Secret: epoch and generation of the grant it shows, as {@link grantVersion} writes them. */
  grant: `${group}/grant`,
  /** On a projected Secret: the uid of its channel, which tells a channel from a later one of the same name. */
  channelUid: `${group}/channel-uid`,
  /**
   * On an app whose channels are rejected in numbers: the instant that its condition shows. Rejections that began up to
   * it are forgotten, and the logins are asked again; echoed in `status.rejections.lastHandledRelease`.
   */
  releaseRejections: `${group}/release-rejections`,
  /** The same, but they are believed now; echoed in `status.rejections.lastHandledConfirmation`. */
  confirmRejections: `${group}/confirm-rejections`,
  /** On a channel whose record vanished from Vault: `<epoch>.<generation>` of what is given up. */
  acceptMissingGrant: `${group}/accept-missing-grant`,
  /** On a Namespace, by a cluster administrator: the uid of the namespace whose grants this one takes over. */
  adoptFrom: `${group}/adopt-from`,
  /** On a Secret with a sealed answer: namespace and name of its channel, for people. */
  escrowChannel: `${group}/escrow-channel`,
  /** On a Secret with a sealed answer: the claim of the spend that was answered. */
  escrowClaim: `${group}/escrow-claim`,
  /** On a channel, written and taken off by the operator: a consent came, and its owner is to look at it. */
  consented: `${group}/consented`,
  /** On a channel: any new value asks for a code by which a person connects it with a browser anywhere (RFC 8628). */
  connectDevice: `${group}/connect-device`,
  /** On a channel: any new value asks for a one-time link, which is put into the Secret `<channel>-invitation`. */
  invite: `${group}/invite`,
  /** On a channel, beside `invite`: what the person who is invited reads. */
  inviteNote: `${group}/invite-note`,
  /** On a projected Secret of a channel with `spec.rollout`: when the token that it shows was put there (RFC 3339). */
  projectedAt: `${group}/projected-at`,
  /** On the pod template of a workload that `spec.rollout` names: when the operator restarted it last (RFC 3339). */
  restartedAt: `${group}/restarted-at`,
  /** On a Lease of the operator: into how many buckets its writer divides the channels. */
  buckets: `${group}/buckets`,
} as const;

const shownTokenPrefix = `token.${group}/`;

/** On a pod template: the annotation with the version of the grant of that channel which its pods began with. */
export function shownTokenKey(channelName: string): string {
  return `${shownTokenPrefix}${channelName}`;
}

/** The channel that {@link shownTokenKey} made this key for; undefined for other keys. */
export function channelOfShownToken(key: string): string | undefined {
  return key.startsWith(shownTokenPrefix) ? key.slice(shownTokenPrefix.length) : undefined;
}

/** The finalizer of channels whose deletion forgets the grant. */
export const forgetFinalizer = `${group}/forget`;

/** The value of the annotation `grant`: `<epoch>.<generation>`. */
export function grantVersion(epoch: number, generation: number): string {
  return `${epoch}.${generation}`;
}

/** Reads what {@link grantVersion} wrote; undefined for anything else. */
export function parseGrantVersion(text: string | undefined): { epoch: number; generation: number } | undefined {
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(text ?? '');
  return match ? { epoch: Number(match[1]), generation: Number(match[2]) } : undefined;
}

/** The name of the projected Secret when `spec.secret.name` is absent; the CRD's rule on bootstrap repeats it. */
export function defaultSecretName(channelName: string): string {
  return `${channelName}-token`;
}

/** The name of the Secret with the one-time link to a channel's page. */
export function invitationSecretName(channelName: string): string {
  return `${channelName}-invitation`;
}

/** The name of the Secret that a channel projects into. */
export function secretNameOf(channel: {
  metadata: { name: string };
  spec: { secret: { name?: string | undefined } };
}): string {
  return channel.spec.secret.name ?? defaultSecretName(channel.metadata.name);
}
