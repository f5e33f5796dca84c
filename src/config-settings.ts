// A flat table: every setting of the operator, once. Flags, environment names, help and docs/configuration.md come from it.
import {
  choice,
  count,
  dnsLabel,
  domain,
  duration,
  file,
  hostPort,
  issuer,
  type Kind,
  list,
  mailAddress,
  network,
  onOff,
  pagesAddress,
  platformEndpoint,
  text,
  url,
  vaultPath,
  word,
} from './config-kinds.ts';

export const groups = [
  'Kubernetes',
  'Vault',
  'Keeping grants',
  'Replicas',
  'Platforms',
  'Pages',
  'Notices',
  'Process',
] as const;

interface About {
  readonly group: (typeof groups)[number];
  readonly flag: string;
  /** One sentence: what it changes, and when to touch it. */
  readonly help: string;
  readonly example: string;
}

export interface Setting<T> extends About {
  readonly kind: Kind<T & {}>;
  /** As it would be typed. Absent: the setting has no value unless given one. */
  readonly default?: string;
  readonly isRequired?: true;
  /** An environment name of other tools that counts too, after our own. */
  readonly alsoEnvironment?: string;
  /** Stands in the help where a default would. */
  readonly absent?: string;
}

function required<T extends {}>(kind: Kind<T>, about: About): Setting<T> {
  return { ...about, kind, isRequired: true };
}

function optional<T extends {}>(
  kind: Kind<T>,
  about: About & { absent: string; alsoEnvironment?: string },
): Setting<T | undefined> {
  return { ...about, kind };
}

function defaulted<T extends {}>(kind: Kind<T>, about: About & { default: string; absent?: string }): Setting<T> {
  return { ...about, kind };
}

export const settings = {
  kubeconfig: optional(text, {
    group: 'Kubernetes',
    flag: 'kubeconfig',
    absent: "the pod's own ServiceAccount",
    alsoEnvironment: 'KUBECONFIG',
    help: 'Path of the kubeconfig to use outside of a cluster.',
    example: '/etc/operator/kubeconfig',
  }),
  operatorNamespace: optional(dnsLabel, {
    group: 'Kubernetes',
    flag: 'operator-namespace',
    absent: "the pod's own, or that of the kubeconfig's context",
    help: 'Namespace that the operator itself lives in; its replicas share the channels by Leases there.',
    example: 'social-system',
  }),
  watchNamespaces: defaulted(list(dnsLabel), {
    group: 'Kubernetes',
    flag: 'watch-namespaces',
    default: '',
    absent: 'all namespaces',
    help: 'Namespaces whose channels are looked after; with a list, Roles in them are enough.',
    example: 'main-stage,second-stage',
  }),
  clusterId: optional(text, {
    group: 'Kubernetes',
    flag: 'cluster-id',
    absent: 'the uid of namespace kube-system',
    help: "Identity of this cluster in every grant's record, where the namespace kube-system may not be read.",
    example: '6f1c0c5e-4b1f-4f0e-9a53-0d8c2f0f7a11',
  }),
  adoptCluster: optional(text, {
    group: 'Kubernetes',
    flag: 'adopt-cluster',
    absent: 'grants of other clusters are left alone',
    help: 'Disaster recovery: take over the grants that the cluster of this id left in Vault; remove it afterwards.',
    example: '6f1c0c5e-4b1f-4f0e-9a53-0d8c2f0f7a11',
  }),
  secretMetadataPrefixes: defaulted(
    list(
      word(
        'a prefix of label and annotation names, such as example.com/',
        /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/[-A-Za-z0-9_.]*$/,
      ),
    ),
    {
      group: 'Kubernetes',
      flag: 'secret-metadata-prefixes',
      default: '',
      absent: 'none',
      help: 'Labels and annotations that channels may put on their Secret, by the beginning of their names.',
      example: 'reloader.example.com/,team.example.com/',
    },
  ),

  vaultAddress: required(url('https', 'http'), {
    group: 'Vault',
    flag: 'vault-address',
    help: 'Address of Vault (or OpenBao); https, except on loopback with --vault-allow-http.',
    example: 'https://vault.example.com:8200',
  }),
  vaultCaFile: optional(file, {
    group: 'Vault',
    flag: 'vault-ca-file',
    absent: 'the authorities that Node trusts',
    help: "PEM file of the authority that signed Vault's certificate.",
    example: '/etc/vault-ca/ca.crt',
  }),
  vaultNamespace: optional(vaultPath, {
    group: 'Vault',
    flag: 'vault-namespace',
    absent: 'none',
    help: 'Vault Enterprise namespace.',
    example: 'media/live',
  }),
  vaultMount: defaulted(vaultPath, {
    group: 'Vault',
    flag: 'vault-mount',
    default: 'social',
    help: 'Mount of the KV version 2 engine.',
    example: 'social',
  }),
  vaultPrefix: defaulted(vaultPath, {
    group: 'Vault',
    flag: 'vault-prefix',
    default: 'socialchannel',
    help: 'Path below the mount that everything of this operator lies under.',
    example: 'socialchannel',
  }),
  vaultAuthMethod: defaulted(choice('kubernetes', 'jwt', 'approle', 'token-file'), {
    group: 'Vault',
    flag: 'vault-auth-method',
    default: 'kubernetes',
    help: 'How the operator logs in to Vault.',
    example: 'jwt',
  }),
  vaultAuthMount: optional(vaultPath, {
    group: 'Vault',
    flag: 'vault-auth-mount',
    absent: 'the name of the method',
    help: 'Mount of the auth method.',
    example: 'kubernetes-stage',
  }),
  vaultAuthRole: defaulted(word('a role name: letters, digits, ".", "_" and "-"', /^[A-Za-z0-9_][A-Za-z0-9._-]*$/), {
    group: 'Vault',
    flag: 'vault-auth-role',
    default: 'social-channel-operator',
    help: 'Role asked for at login (kubernetes and jwt).',
    example: 'social-channel-operator',
  }),
  vaultAuthTokenFile: defaulted(file, {
    group: 'Vault',
    flag: 'vault-auth-token-file',
    default: '/var/run/secrets/vault/token',
    help: "File with the ServiceAccount's JWT shown to Vault (kubernetes and jwt); read again at each login.",
    example: '/var/run/secrets/vault/token',
  }),
  vaultApproleRoleIdFile: optional(file, {
    group: 'Vault',
    flag: 'vault-approle-role-id-file',
    absent: 'none; required with approle',
    help: "File with the AppRole's role id.",
    example: '/etc/approle/role-id',
  }),
  vaultApproleSecretIdFile: optional(file, {
    group: 'Vault',
    flag: 'vault-approle-secret-id-file',
    absent: 'none; required with approle',
    help: "File with the AppRole's secret id.",
    example: '/etc/approle/secret-id',
  }),
  vaultTokenFile: optional(file, {
    group: 'Vault',
    flag: 'vault-token-file',
    absent: 'none; required with token-file',
    help: 'File with a Vault token that somebody else keeps fresh, such as Vault Agent.',
    example: '/vault/agent/token',
  }),
  vaultAllowHttp: defaulted(onOff, {
    group: 'Vault',
    flag: 'vault-allow-http',
    default: 'false',
    help: 'Admit http:// for a Vault on loopback; for trying things out.',
    example: 'true',
  }),
  vaultTokenPath: defaulted(onOff, {
    group: 'Vault',
    flag: 'vault-token-path',
    default: 'true',
    help: `Also write each access token to the Vault path "token", for Vault Agent and CSI users.`,
    example: 'false',
  }),

  propagationFloorMs: defaulted(duration, {
    group: 'Keeping grants',
    flag: 'propagation-floor',
    default: '150s',
    help: 'A new token is on its way so long before the old one ends: kubelet sync, cache lag and our own retries.',
    example: '150s',
  }),
  claimLifeMs: defaulted(duration, {
    group: 'Keeping grants',
    flag: 'claim-life',
    default: '60s',
    help: 'How long a claim in Vault keeps every other replica from sending the same refresh token.',
    example: '60s',
  }),
  httpTimeoutMs: defaulted(duration, {
    group: 'Keeping grants',
    flag: 'http-timeout',
    default: '15s',
    help: 'Deadline of one request to a platform, from the first byte to the last.',
    example: '15s',
  }),
  minRefreshIntervalMs: defaulted(duration, {
    group: 'Keeping grants',
    flag: 'min-refresh-interval',
    default: '60s',
    help: 'No two routine refreshes of one channel are closer than this.',
    example: '60s',
  }),
  minTokenLifetimeMs: defaulted(duration, {
    group: 'Keeping grants',
    flag: 'min-token-lifetime',
    default: '60s',
    help: "A shorter lifetime in a platform's answer is not believed.",
    example: '60s',
  }),
  maxTokenLifetimeMs: defaulted(duration, {
    group: 'Keeping grants',
    flag: 'max-token-lifetime',
    default: '400d',
    help: "A longer lifetime in a platform's answer is not believed.",
    example: '400d',
  }),
  confirmPauseMs: defaulted(duration, {
    group: 'Keeping grants',
    flag: 'confirm-pause',
    default: '30s',
    help: 'Pause before a rejection is confirmed by asking again, where asking again is harmless.',
    example: '30s',
  }),
  brakeWindowMs: defaulted(duration, {
    group: 'Keeping grants',
    flag: 'brake-window',
    default: '1h',
    help: 'Rejections that were believed within this time count together with those that are not believed yet.',
    example: '1h',
  }),
  brakeHoldMs: defaulted(duration, {
    group: 'Keeping grants',
    flag: 'brake-hold',
    default: '4h',
    help: 'How long a rejection is not believed that is one of many: outages that reject every login last hours.',
    example: '4h',
  }),
  brakeAppChannels: defaulted(count(2, 1_000_000), {
    group: 'Keeping grants',
    flag: 'brake-app-channels',
    default: '3',
    help: 'From so many rejected channels of one app on nobody is asked to reconnect at once.',
    example: '3',
  }),
  brakeAppPercent: defaulted(count(1, 100), {
    group: 'Keeping grants',
    flag: 'brake-app-percent',
    default: '20',
    help: "The part of an app's channels that has to be rejected for that, in percent.",
    example: '20',
  }),
  brakePlatformChannels: defaulted(count(2, 1_000_000), {
    group: 'Keeping grants',
    flag: 'brake-platform-channels',
    default: '5',
    help: 'From so many rejected channels of all apps of one platform on nobody is asked to reconnect at once.',
    example: '5',
  }),
  brakePlatformPercent: defaulted(count(1, 100), {
    group: 'Keeping grants',
    flag: 'brake-platform-percent',
    default: '10',
    help: "The part of a platform's channels that has to be rejected for that, in percent.",
    example: '10',
  }),
  reReadIntervalMs: defaulted(duration, {
    group: 'Keeping grants',
    flag: 're-read-interval',
    default: '5m',
    help: 'How often Vault is read again for a channel that waits for a person.',
    example: '5m',
  }),

  leaseBuckets: defaulted(count(1, 256), {
    group: 'Replicas',
    flag: 'lease-buckets',
    default: '16',
    help: 'Shares that all channels are divided into, each held by one replica; the same for all replicas.',
    example: '16',
  }),
  leaseDurationMs: defaulted(duration, {
    group: 'Replicas',
    flag: 'lease-duration',
    default: '15s',
    help: 'A replica that is silent for so long has lost its shares; the others take them over.',
    example: '15s',
  }),
  leaseRenewMs: defaulted(duration, {
    group: 'Replicas',
    flag: 'lease-renew-interval',
    default: '5s',
    help: 'How often a replica renews each of its shares.',
    example: '5s',
  }),

  platformEndpoints: defaulted(list(platformEndpoint), {
    group: 'Platforms',
    flag: 'platform-endpoint',
    default: '',
    absent: "the platforms' own hosts",
    help: 'Send all requests of a built-in platform to another base; the original host becomes the first path segment.',
    example: 'example=https://127.0.0.1:9443',
  }),
  platformCaFile: optional(file, {
    group: 'Platforms',
    flag: 'platform-ca-file',
    absent: 'the authorities that Node trusts',
    help: 'PEM file of an authority to trust for platforms, beside those that Node trusts.',
    example: '/etc/platform-ca/ca.crt',
  }),
  platformProxy: optional(url('https', 'http'), {
    group: 'Platforms',
    flag: 'platform-proxy',
    absent: 'direct',
    help: 'Proxy that all platform traffic leaves through, so that platforms see one address.',
    example: 'http://egress.example.com:3128',
  }),
  allowPrivateHosts: defaulted(list(hostPort), {
    group: 'Platforms',
    flag: 'allow-private-host',
    default: '',
    absent: 'none',
    help: 'Private, loopback or cluster address that a platform may nevertheless be reached at.',
    example: '127.0.0.1:9443',
  }),

  pagesURL: optional(pagesAddress, {
    group: 'Pages',
    flag: 'pages-url',
    absent: 'no pages',
    help: 'Where people reach the pages on which they connect channels; links in status, Events and messages begin with it.',
    example: 'https://connect.example.com',
  }),

  noticeWebhookUrl: optional(url('https', 'http'), {
    group: 'Notices',
    flag: 'notice-webhook-url',
    absent: 'no webhook',
    help: 'Where notices go as signed CloudEvents: a deadline comes near, a person is needed, all is well again.',
    example: 'https://hooks.example.com/social',
  }),
  noticeWebhookSecretFile: optional(file, {
    group: 'Notices',
    flag: 'notice-webhook-secret-file',
    absent: 'none',
    help: 'File with the secret that CloudEvents are signed with; two lines while the secret is being changed.',
    example: '/etc/operator/webhook-secret',
  }),
  noticeSmtpAddress: optional(hostPort, {
    group: 'Notices',
    flag: 'notice-smtp-address',
    absent: 'no mail',
    help: "Mail server by which channels' owners are told (spec.owner.email).",
    example: 'smtp.example.com:587',
  }),
  noticeSmtpTls: defaulted(choice('starttls', 'implicit', 'none'), {
    group: 'Notices',
    flag: 'notice-smtp-tls',
    default: 'starttls',
    help: 'How the connection to the mail server is encrypted: starttls (port 587), implicit (port 465); none on loopback only.',
    example: 'implicit',
  }),
  noticeSmtpUserFile: optional(file, {
    group: 'Notices',
    flag: 'notice-smtp-user-file',
    absent: 'no login',
    help: 'File with the user name at the mail server.',
    example: '/etc/operator/smtp/user',
  }),
  noticeSmtpPasswordFile: optional(file, {
    group: 'Notices',
    flag: 'notice-smtp-password-file',
    absent: 'no login',
    help: 'File with the password at the mail server.',
    example: '/etc/operator/smtp/password',
  }),
  noticeMailFrom: optional(mailAddress, {
    group: 'Notices',
    flag: 'notice-mail-from',
    absent: 'none',
    help: 'Sender of the mails.',
    example: 'channels@example.com',
  }),
  noticeMailCc: optional(mailAddress, {
    group: 'Notices',
    flag: 'notice-mail-cc',
    absent: 'nobody',
    help: 'Gets a copy of each mail, and the mails of channels whose owner has no address.',
    example: 'social-team@example.com',
  }),
  noticeMailDomains: defaulted(list(domain), {
    group: 'Notices',
    flag: 'notice-mail-domains',
    default: '',
    absent: 'any',
    help: "Domains that owners' addresses may be of; whoever writes channels could otherwise have anybody mailed.",
    example: 'example.com',
  }),
  noticeCaFile: optional(file, {
    group: 'Notices',
    flag: 'notice-ca-file',
    absent: "the system's authorities",
    help: 'PEM file with a further certificate authority for the webhook and the mail server.',
    example: '/etc/operator/notice-ca.crt',
  }),
  noticeAllowPlain: defaulted(onOff, {
    group: 'Notices',
    flag: 'notice-allow-plain',
    default: 'false',
    help: 'Allows a webhook by http and mail without TLS, on loopback only; for a relay in the same pod.',
    example: 'true',
  }),
  noticeWindowMs: defaulted(duration, {
    group: 'Notices',
    flag: 'notice-window',
    default: '1m',
    help: 'What one owner is to be told within this time becomes one mail; a recovery is told once it has held so long.',
    example: '5m',
  }),

  pagesAddress: defaulted(hostPort, {
    group: 'Pages',
    flag: 'pages-address',
    default: '0.0.0.0:8081',
    help: 'Where the pages are served, behind something that speaks TLS; port 0 takes a free one and logs it.',
    example: '127.0.0.1:8081',
  }),
  pagesAccessFile: optional(file, {
    group: 'Pages',
    flag: 'pages-access-file',
    absent: 'none; required with a sign-in',
    help: 'YAML file that says which groups may connect and see the channels of which namespaces.',
    example: '/etc/pages/access.yaml',
  }),
  pagesSignInIssuer: optional(issuer, {
    group: 'Pages',
    flag: 'pages-sign-in-issuer',
    absent: 'nobody can sign in',
    help: 'Issuer of the OpenID Connect server that people sign in at.',
    example: 'https://login.example.com/realms/media',
  }),
  pagesSignInClientId: optional(text, {
    group: 'Pages',
    flag: 'pages-sign-in-client-id',
    absent: 'none; required with a sign-in',
    help: "Client id at that server; its redirect URI there is the pages' address followed by /sign-in/callback.",
    example: 'social-channel-pages',
  }),
  pagesSignInClientSecretFile: optional(file, {
    group: 'Pages',
    flag: 'pages-sign-in-client-secret-file',
    absent: 'a public client',
    help: 'File with the client secret at that server.',
    example: '/etc/pages/client-secret',
  }),
  pagesSignInScopes: defaulted(list(word('a scope', /^[\x21\x23-\x5b\x5d-\x7e]+$/)), {
    group: 'Pages',
    flag: 'pages-sign-in-scopes',
    default: 'openid,profile,email',
    help: 'Scopes to ask for; some servers tell groups for one of their own alone.',
    example: 'openid,profile,email,groups',
  }),
  pagesSignInGroupsClaim: defaulted(text, {
    group: 'Pages',
    flag: 'pages-sign-in-groups-claim',
    default: 'groups',
    help: "Claim with a person's groups, in the ID token or at the userinfo endpoint.",
    example: 'groups',
  }),
  pagesSignInCaFile: optional(file, {
    group: 'Pages',
    flag: 'pages-sign-in-ca-file',
    absent: 'the authorities that Node trusts',
    help: 'PEM file of an authority to trust for the sign-in server, beside those that Node trusts.',
    example: '/etc/pages/ca.crt',
  }),
  pagesInvitations: defaulted(onOff, {
    group: 'Pages',
    flag: 'pages-invitations',
    default: 'false',
    help: 'Admit invitation links, for teams without a sign-in: whoever has the link may connect that one channel, once.',
    example: 'true',
  }),
  pagesTrustedProxies: defaulted(list(network), {
    group: 'Pages',
    flag: 'pages-trusted-proxies',
    default: '',
    absent: 'none',
    help: 'Networks of the proxies before the pages: only their X-Forwarded-For says who asks, for the rate limits.',
    example: '10.0.0.0/8',
  }),

  opsAddress: defaulted(hostPort, {
    group: 'Process',
    flag: 'ops-address',
    default: '0.0.0.0:8080',
    help: 'Where /healthz, /readyz and /metrics are served; port 0 takes a free one and logs it.',
    example: '127.0.0.1:8080',
  }),
  metricsChannelLimit: defaulted(count(0, 100_000), {
    group: 'Process',
    flag: 'metrics-channel-limit',
    default: '1000',
    help: 'So many channels of a replica have series of their own at most (about 1 kB of scrape each); where it has more, those that are unhealthy or near their deadline, the most urgent first.',
    example: '5000',
  }),
  logLevel: defaulted(choice('debug', 'info', 'warn', 'error'), {
    group: 'Process',
    flag: 'log-level',
    default: 'info',
    help: 'The least important lines that are still written.',
    example: 'debug',
  }),
  workers: defaulted(count(1, 256), {
    group: 'Process',
    flag: 'workers',
    default: '16',
    help: 'How many channels are worked on at the same time.',
    example: '16',
  }),
  shutdownGraceMs: defaulted(duration, {
    group: 'Process',
    flag: 'shutdown-grace',
    default: '50s',
    help: "Time to finish refreshes in flight after SIGTERM; keep the pod's terminationGracePeriodSeconds above it.",
    example: '50s',
  }),
} as const;

type Table = typeof settings;
export type SettingName = keyof Table;
type ValueOf<S> = S extends Setting<infer T> ? T : never;
/** What every setting came to. */
export type SettingValues = { readonly [Name in SettingName]: ValueOf<Table[Name]> };

export const ENVIRONMENT_PREFIX = 'SOCIALCHANNEL_';

/** `--vault-address` is `SOCIALCHANNEL_VAULT_ADDRESS`. */
export function environmentName(setting: { readonly flag: string }): string {
  return `${ENVIRONMENT_PREFIX}${setting.flag.toUpperCase().replaceAll('-', '_')}`;
}
