import type { SettingName, SettingValues } from './config-settings.ts';
import { usedPart } from './core/lease.ts';

/** A demand on several settings at once. `sentence` is read after the flags and their values. */
export interface Relation {
  readonly between: readonly SettingName[];
  readonly holds: (values: SettingValues) => boolean;
  readonly sentence: string;
  /** `refuse`: the operator would break its promises. `warn`: it keeps them, but a token may end before its successor comes. */
  readonly otherwise: 'refuse' | 'warn';
}

/** An answer that Vault has not acknowledged for so long is rescued elsewhere (design of the commit): less grace loses it. */
export const COMMIT_BUDGET_MS = 2_000;

/** Every relation between settings, each with its reason. Nothing else in the product compares two of them. */
export const relations: readonly Relation[] = [
  {
    between: ['httpTimeoutMs', 'claimLifeMs'],
    holds: ({ httpTimeoutMs, claimLifeMs }) => httpTimeoutMs * 2 < claimLifeMs,
    sentence:
      'http-timeout must be less than half of claim-life: a claim has to outlive the request and the write of its ' +
      'answer, or another replica sends the same refresh token',
    otherwise: 'refuse',
  },
  {
    between: ['httpTimeoutMs', 'propagationFloorMs'],
    holds: ({ httpTimeoutMs, propagationFloorMs }) => httpTimeoutMs * 2 <= propagationFloorMs,
    sentence:
      'propagation-floor must be at least twice http-timeout: one failed request and a second have to fit into it',
    otherwise: 'refuse',
  },
  {
    between: ['claimLifeMs', 'httpTimeoutMs', 'propagationFloorMs'],
    holds: ({ claimLifeMs, httpTimeoutMs, propagationFloorMs }) => claimLifeMs + httpTimeoutMs <= propagationFloorMs,
    sentence:
      'claim-life plus http-timeout should not exceed propagation-floor: after a crash amid a refresh the claim is ' +
      'waited out, and pods may have no valid token for the difference',
    otherwise: 'warn',
  },
  {
    between: ['propagationFloorMs', 'maxTokenLifetimeMs'],
    holds: ({ propagationFloorMs, maxTokenLifetimeMs }) => propagationFloorMs * 2 < maxTokenLifetimeMs,
    sentence: 'max-token-lifetime must be more than twice propagation-floor: every token would be too short otherwise',
    otherwise: 'refuse',
  },
  {
    between: ['minTokenLifetimeMs', 'maxTokenLifetimeMs'],
    holds: ({ minTokenLifetimeMs, maxTokenLifetimeMs }) => minTokenLifetimeMs < maxTokenLifetimeMs,
    sentence: 'min-token-lifetime must be less than max-token-lifetime: no lifetime would be believed otherwise',
    otherwise: 'refuse',
  },
  {
    between: ['minRefreshIntervalMs', 'minTokenLifetimeMs'],
    holds: ({ minRefreshIntervalMs, minTokenLifetimeMs }) => minRefreshIntervalMs <= minTokenLifetimeMs,
    sentence:
      'min-refresh-interval must not exceed min-token-lifetime: the shortest token would end before its refresh',
    otherwise: 'refuse',
  },
  {
    between: ['confirmPauseMs', 'reReadIntervalMs'],
    holds: ({ confirmPauseMs, reReadIntervalMs }) => confirmPauseMs <= reReadIntervalMs,
    sentence: 'confirm-pause must not exceed re-read-interval: a suspicion would be read again before it was confirmed',
    otherwise: 'refuse',
  },
  {
    between: ['shutdownGraceMs', 'httpTimeoutMs'],
    holds: ({ shutdownGraceMs, httpTimeoutMs }) => shutdownGraceMs > httpTimeoutMs + COMMIT_BUDGET_MS,
    sentence:
      'shutdown-grace must be more than http-timeout plus 2s: a refresh in flight has to end and its answer has to be ' +
      'written, or a rotated refresh token is lost',
    otherwise: 'refuse',
  },
  {
    between: ['leaseDurationMs', 'leaseRenewMs'],
    holds: ({ leaseDurationMs, leaseRenewMs }) => leaseDurationMs * usedPart >= leaseRenewMs * 2,
    sentence:
      'four fifths of lease-duration must be at least twice lease-renew-interval: one renewal that fails must not cost ' +
      'a replica its channels',
    otherwise: 'refuse',
  },
  {
    between: ['leaseDurationMs', 'leaseRenewMs'],
    holds: ({ leaseDurationMs, leaseRenewMs }) => leaseDurationMs * usedPart - leaseRenewMs > COMMIT_BUDGET_MS,
    sentence:
      'four fifths of lease-duration must be more than lease-renew-interval plus 2s: right before its renewal a Lease ' +
      'has to outlive the write of a claim, or refreshes are put off again and again',
    otherwise: 'refuse',
  },
  {
    between: ['leaseDurationMs', 'claimLifeMs'],
    holds: ({ leaseDurationMs, claimLifeMs }) => leaseDurationMs <= claimLifeMs,
    sentence:
      'lease-duration should not exceed claim-life: after a crash amid a refresh the next replica would be kept waiting ' +
      'by the Lease although the claim has ended',
    otherwise: 'warn',
  },
  {
    between: ['vaultAddress', 'vaultAllowHttp'],
    holds: ({ vaultAddress, vaultAllowHttp }) =>
      vaultAddress.startsWith('https:') || (vaultAllowHttp && isLoopback(vaultAddress)),
    sentence: 'vault-address must be https; http only on loopback, and with vault-allow-http: tokens travel on it',
    otherwise: 'refuse',
  },
  {
    between: ['vaultAuthMethod', 'vaultApproleRoleIdFile'],
    holds: ({ vaultAuthMethod, vaultApproleRoleIdFile }) =>
      vaultAuthMethod !== 'approle' || vaultApproleRoleIdFile !== undefined,
    sentence: 'the method approle needs vault-approle-role-id-file',
    otherwise: 'refuse',
  },
  {
    between: ['vaultAuthMethod', 'vaultApproleSecretIdFile'],
    holds: ({ vaultAuthMethod, vaultApproleSecretIdFile }) =>
      vaultAuthMethod !== 'approle' || vaultApproleSecretIdFile !== undefined,
    sentence: 'the method approle needs vault-approle-secret-id-file',
    otherwise: 'refuse',
  },
  {
    between: ['vaultAuthMethod', 'vaultTokenFile'],
    holds: ({ vaultAuthMethod, vaultTokenFile }) => vaultAuthMethod !== 'token-file' || vaultTokenFile !== undefined,
    sentence: 'the method token-file needs vault-token-file',
    otherwise: 'refuse',
  },
  {
    between: ['clusterId', 'adoptCluster'],
    holds: ({ clusterId, adoptCluster }) => adoptCluster === undefined || adoptCluster !== clusterId,
    sentence:
      'adopt-cluster names this cluster itself; name the cluster whose grants are to be taken over, or remove it',
    otherwise: 'refuse',
  },
  {
    between: ['platformEndpoints'],
    holds: ({ platformEndpoints }) =>
      new Set(platformEndpoints.map(({ platform }) => platform)).size === platformEndpoints.length,
    sentence: 'platform-endpoint names a platform twice',
    otherwise: 'refuse',
  },
  {
    between: ['noticeWebhookUrl', 'noticeWebhookSecretFile'],
    holds: ({ noticeWebhookUrl: url, noticeWebhookSecretFile: secret }) =>
      (url === undefined) === (secret === undefined),
    sentence:
      'notice-webhook-url and notice-webhook-secret-file go together: without a signature anybody could send notices',
    otherwise: 'refuse',
  },
  {
    between: ['noticeWebhookUrl', 'noticeAllowPlain'],
    holds: ({ noticeWebhookUrl: url, noticeAllowPlain }) =>
      url === undefined || url.startsWith('https:') || (noticeAllowPlain && isLoopback(url)),
    sentence: 'notice-webhook-url must be https; http only on loopback, and with notice-allow-plain',
    otherwise: 'refuse',
  },
  {
    between: ['noticeSmtpAddress', 'noticeMailFrom'],
    holds: ({ noticeSmtpAddress, noticeMailFrom }) =>
      (noticeSmtpAddress === undefined) === (noticeMailFrom === undefined),
    sentence: 'notice-smtp-address and notice-mail-from go together: a mail needs a server and a sender',
    otherwise: 'refuse',
  },
  {
    between: ['noticeSmtpAddress', 'noticeSmtpTls', 'noticeAllowPlain'],
    holds: ({ noticeSmtpAddress: at, noticeSmtpTls, noticeAllowPlain }) =>
      at === undefined || noticeSmtpTls !== 'none' || (noticeAllowPlain && isLoopback(`http://${hostIn(at.host)}`)),
    sentence: 'notice-smtp-tls none is for loopback only, and with notice-allow-plain: mails name people and accounts',
    otherwise: 'refuse',
  },
  {
    between: ['noticeSmtpUserFile', 'noticeSmtpPasswordFile'],
    holds: ({ noticeSmtpUserFile: user, noticeSmtpPasswordFile: password }) =>
      (user === undefined) === (password === undefined),
    sentence: 'notice-smtp-user-file and notice-smtp-password-file go together',
    otherwise: 'refuse',
  },
  {
    between: ['pagesURL'],
    holds: ({ pagesURL }) => pagesURL === undefined || new URL(pagesURL).pathname === '/',
    sentence: 'pages-url must have no path: the cookies of the pages belong to the whole host',
    otherwise: 'refuse',
  },
  {
    between: ['pagesSignInIssuer', 'pagesSignInClientId'],
    holds: ({ pagesSignInIssuer, pagesSignInClientId }) =>
      (pagesSignInIssuer === undefined) === (pagesSignInClientId === undefined),
    sentence: 'a sign-in needs both pages-sign-in-issuer and pages-sign-in-client-id',
    otherwise: 'refuse',
  },
  {
    between: ['pagesSignInIssuer', 'pagesAccessFile'],
    holds: ({ pagesSignInIssuer, pagesAccessFile }) => pagesSignInIssuer === undefined || pagesAccessFile !== undefined,
    sentence: 'a sign-in needs pages-access-file: without it nobody who signs in may do anything',
    otherwise: 'refuse',
  },
  {
    between: ['pagesSignInScopes'],
    holds: ({ pagesSignInScopes }) => pagesSignInScopes.includes('openid'),
    sentence: 'pages-sign-in-scopes must hold openid: without it the server does not say who signed in',
    otherwise: 'refuse',
  },
  {
    between: ['pagesURL', 'pagesSignInIssuer', 'pagesInvitations'],
    holds: ({ pagesURL, pagesSignInIssuer, pagesInvitations }) =>
      pagesURL === undefined || pagesSignInIssuer !== undefined || pagesInvitations,
    sentence: 'with neither pages-sign-in-issuer nor pages-invitations nobody can do anything on the pages',
    otherwise: 'warn',
  },
];

function hostIn(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
