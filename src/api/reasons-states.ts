import type { Explanation } from './reasons.ts';

/** Reasons of channels that were never connected, or no longer are by wish. */
export const pending = {
  Pending: {
    who: 'Nobody',
    what: 'The channel is being looked at for the first time.',
    how: 'This takes seconds.',
  },
  NeverConnected: {
    who: 'Owner',
    what: 'Waiting for the first connection.',
    how: '{owner} can connect it, or a bootstrap Secret brings tokens that exist already.',
  },
  Importing: {
    who: 'Nobody',
    what: 'The tokens of the bootstrap Secret are being stored and verified.',
    how: 'This takes seconds.',
  },
  GrantForgotten: {
    who: 'Owner',
    what: 'The login of this channel was destroyed on request and is not imported again from the same tokens.',
    how: '{owner} can connect the channel anew.',
  },
} as const satisfies Record<string, Explanation>;

/** Reasons of channels that work. */
export const connected = {
  Connected: {
    who: 'Nobody',
    what: 'The channel is connected.',
    how: 'Nothing is to be done.',
  },
  Healthy: {
    who: 'Nobody',
    what: 'The channel is connected and its access token is renewed in time.',
    how: 'Nothing is to be done.',
  },
  RefreshDue: {
    who: 'Nobody',
    what: 'The access token is about to be renewed.',
    how: 'This takes seconds.',
  },
  LifetimeBelowFloor: {
    who: 'AppAdministrator',
    what: 'Access tokens of {platform} live so shortly that pods may see one that has ended.',
    how: 'They are renewed at half of their life; a longer life at {platform}, or pods that read from Vault, end this.',
  },
  LifetimeChanged: {
    who: 'Nobody',
    what: '{platform} gives access tokens of another life than before.',
    how: 'They are renewed by their new life; nothing is to be done.',
  },
} as const satisfies Record<string, Explanation>;

/** Reasons of channels that work, but not for long. */
export const expiring = {
  Expiring: {
    who: 'Owner',
    what: 'The channel works, but not for long.',
    how: '{owner} can connect it again at any time before it ends.',
  },
  DeadlineNear: {
    who: 'Owner',
    what: 'The moment is near at which {platform} asks for a person.',
    how: '{owner} should connect the channel again before it; until then everything works.',
  },
  RefreshFailing: {
    who: 'Nobody',
    what: 'Renewals keep failing though {platform} has not rejected the login, and the access token ends soon.',
    how: 'It is tried again by itself, and nobody needs to reconnect; see status.failure for what is in the way.',
  },
} as const satisfies Record<string, Explanation>;

/** Failures that end by themselves. */
export const transient = {
  PlatformUnavailable: {
    who: 'Nobody',
    what: '{platform} does not answer, or answers with an error of its own.',
    how: 'It is tried again by itself; nobody needs to reconnect.',
  },
  RateLimited: {
    who: 'Nobody',
    what: '{platform} asks for fewer requests.',
    how: 'It is tried again when {platform} allows it.',
  },
  VaultUnavailable: {
    who: 'VaultAdministrator',
    what: 'Vault is sealed, cannot be reached, or does not answer.',
    how: 'It is tried again by itself; nothing is sent to {platform} meanwhile, and tokens stay as they are.',
  },
  KubernetesUnavailable: {
    who: 'ClusterAdministrator',
    what: 'The Kubernetes API does not answer.',
    how: 'It is tried again by itself.',
  },
  RejectionsHeld: {
    who: 'Nobody',
    what: '{platform} rejects many logins at once, this one among them, which looks like its own fault or that of {app}.',
    how: 'Nobody is asked to reconnect yet; one of the channels goes on asking, and all go on as soon as it succeeds. On-call can decide by the commands that the SocialApp shows.',
  },
  CasLost: {
    who: 'Nobody',
    what: 'Somebody else wrote the same record a moment earlier.',
    how: 'It is read again at once.',
  },
  OutcomeUnknown: {
    who: 'Nobody',
    what: 'A renewal was sent to {platform}, and its answer never arrived.',
    how: 'The present access token stays in use, and the login is tried again when that is safe.',
  },
} as const satisfies Record<string, Explanation>;

/** What nobody foresaw. */
export const unexpected = {
  Unexpected: {
    who: 'OperatorDeveloper',
    what: 'Something happened that the operator does not understand.',
    how: 'It is tried again by itself, and the channel keeps its state; the log has more, please report it.',
  },
} as const satisfies Record<string, Explanation>;

/** Reasons that only conditions use, and the one that a person chose. */
export const conditions = {
  Suspended: {
    who: 'ChannelAuthor',
    what: 'spec.refresh.policy is Suspended, so nothing is sent to {platform} for this channel.',
    how: 'Set it to Automatic to go on; until then the access token is not renewed.',
  },
  NeedsReauth: {
    who: 'Owner',
    what: 'A person is needed.',
    how: '{owner} has to connect the channel again.',
  },
  NotRequired: {
    who: 'Nobody',
    what: 'No person is needed.',
    how: 'Nothing is to be done.',
  },
  AccessTokenValid: {
    who: 'Nobody',
    what: 'The access token has not ended, and {platform} has not refused it.',
    how: 'Nothing is to be done.',
  },
  AccessTokenExpired: {
    who: 'Nobody',
    what: 'The access token has ended.',
    how: 'It is renewed by itself unless the channel says otherwise.',
  },
  AccessTokenRefused: {
    who: 'Nobody',
    what: '{platform} refused the access token before its time.',
    how: 'It is renewed by itself unless the channel says otherwise.',
  },
  NoAccessToken: {
    who: 'Nobody',
    what: 'There is no access token yet.',
    how: 'The channel says what it waits for.',
  },
  SharedGrant: {
    who: 'Nobody',
    what: 'The login was forgotten here but not given back to {platform}, because another channel of the same person lives from it.',
    how: 'Nothing is to be done; with the last of these channels it can be given back.',
  },
  Projected: {
    who: 'Nobody',
    what: 'The Secret holds the present access token.',
    how: 'Nothing is to be done.',
  },
  Progressing: {
    who: 'Nobody',
    what: 'Nothing stands in the way.',
    how: 'Nothing is to be done.',
  },
  Restarted: {
    who: 'Nobody',
    what: 'The workloads of spec.rollout run with the present access token, or are being rolled out with it.',
    how: 'Nothing is to be done.',
  },
  RestartWaiting: {
    who: 'Nobody',
    what: 'The Secret has a new access token, and a workload of spec.rollout was restarted too lately to be restarted again.',
    how: 'It is restarted when spec.rollout.minInterval has passed; a shorter one, or pods that read the file again, end the wait.',
  },
  WorkloadNotFound: {
    who: 'ChannelAuthor',
    what: 'A workload that spec.rollout names does not exist in the namespace of the channel.',
    how: 'Create it or correct its kind and name; the Secret is kept up to date all the same.',
  },
  Accepted: {
    who: 'Nobody',
    what: 'The definition can be used.',
    how: 'Nothing is to be done.',
  },
} as const satisfies Record<string, Explanation>;
