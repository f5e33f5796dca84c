import type { Explanation } from './reasons.ts';

/** Reasons that somebody ends by changing a setting. Channels keep their state and their tokens meanwhile. */
export const misconfigured = {
  AppNotFound: {
    who: 'ChannelAuthor',
    what: 'The SocialApp that spec.appRef names does not exist.',
    how: 'Create it or correct spec.appRef; the channel goes on as soon as it is there.',
  },
  AppNotAllowed: {
    who: 'AppAdministrator',
    what: '{app} does not admit channels of the namespace {namespace}.',
    how: "Extend the app's spec.allowedNamespaces, or use an app of this namespace.",
  },
  PlatformUnknown: {
    who: 'AppAdministrator',
    what: 'No platform of that name is built in, and no SocialPlatform has it.',
    how: 'Correct spec.platform of {app}, or define a SocialPlatform of that name.',
  },
  PlatformInvalid: {
    who: 'ClusterAdministrator',
    what: 'The SocialPlatform cannot be used as it stands.',
    how: 'Correct it; its channels go on by themselves then.',
  },
  SecretNotShared: {
    who: 'ChannelAuthor',
    what: 'The Secret is not shared with the operator, so nothing in it was used.',
    how: 'Label it: kubectl label secret -n {namespace} <secret> socialops.dev/use=true',
  },
  SecretNotFound: {
    who: 'ChannelAuthor',
    what: 'A Secret that is referred to does not exist.',
    how: 'Create it with the label socialops.dev/use=true; it is used as soon as it is there.',
  },
  SecretKeyMissing: {
    who: 'ChannelAuthor',
    what: 'A Secret that is referred to lacks a key, or the key is empty.',
    how: 'Add the key; the Secret is looked at again when it changes.',
  },
  ConsentImpossible: {
    who: 'ChannelAuthor',
    what: 'Nobody can be led to {platform} for this channel at the moment.',
    how: 'The message says what stands in the way; what the channel has stays as it is.',
  },
  BootstrapInvalid: {
    who: 'ChannelAuthor',
    what: 'The tokens in the bootstrap Secret cannot be imported as they stand.',
    how: 'Correct the Secret; it is looked at again when it changes, and nothing was sent to {platform}.',
  },
  BootstrapNotShared: {
    who: 'ChannelAuthor',
    what: 'The bootstrap Secret is not shared with the operator, so nothing in it was used.',
    how: 'Label it: kubectl label secret -n {namespace} <secret> socialops.dev/use=true',
  },
  AppChanged: {
    who: 'ChannelAuthor',
    what: 'The stored login was given to another app or platform than the one that spec.appRef names now, so nothing is sent.',
    how: 'Name the former app again, or {owner} connects the channel through the new one.',
  },
  AppSecretInvalid: {
    who: 'AppAdministrator',
    what: '{platform} refused the client secret of {app}.',
    how: "Correct the client secret; it is tried again when it changes, and the app's channels keep their state.",
  },
  AppUnknown: {
    who: 'AppAdministrator',
    what: '{platform} knows no app with the client id of {app}.',
    how: "Correct spec.clientId of {app}; the app's channels keep their state.",
  },
  AppSuspended: {
    who: 'AppAdministrator',
    what: '{platform} suspended {app}.',
    how: "Settle it in {platform}'s developer console; the app's channels keep their state.",
  },
  AppReviewMissing: {
    who: 'AppAdministrator',
    what: '{platform} has not approved {app} for what its channels need.',
    how: "Ask for the permission in {platform}'s developer console; the app's channels keep their state.",
  },
  AppInTesting: {
    who: 'AppAdministrator',
    what: '{app} is in testing mode at {platform}, where every login ends some days after the consent.',
    how: 'Publish the app at {platform}; until then spec.grantLifetime of {app} lets channels say in time when a person is needed.',
  },
  AppSettingsInvalid: {
    who: 'AppAdministrator',
    what: 'spec.extra of {app} does not say what {platform} needs, or says what it does not know.',
    how: 'Correct spec.extra of {app}; the page of the platform in the documentation lists what it takes.',
  },
  RedirectURIMismatch: {
    who: 'AppAdministrator',
    what: '{platform} does not know the address that people come back to after their consent.',
    how: 'Register the redirect address of the connect page for {app} at {platform}, exactly as it is used.',
  },
  QuotaExhausted: {
    who: 'AppAdministrator',
    what: 'The app has used up what {platform} grants it.',
    how: "Raise the quota in {platform}'s developer console or wait for its reset; the app's channels keep their state.",
  },
  ApiVersionRetired: {
    who: 'AppAdministrator',
    what: '{platform} no longer serves the version of its API that is in use.',
    how: 'Set a newer version in spec.extra of {app}, or update the operator.',
  },
  AdoptionRequired: {
    who: 'ClusterAdministrator',
    what: 'The record in Vault belongs to another cluster or to an earlier namespace of this name, so nothing of it is used.',
    how: 'If it is the same team, say so: kubectl annotate namespace {namespace} socialops.dev/adopt-from=<uid of the old namespace>',
  },
  GrantRolledBack: {
    who: 'VaultAdministrator',
    what: 'The record in Vault is older than what was already seen, so it may hold a login that has been replaced.',
    how: 'If Vault was restored, restore the newest snapshot; else {owner} connects the channel again.',
  },
  GrantMissing: {
    who: 'VaultAdministrator',
    what: 'The record that was in Vault is no longer there.',
    how: 'Restore it in Vault, or {owner} connects the channel again.',
  },
  DuplicateGrant: {
    who: 'ChannelAuthor',
    what: 'Another channel already holds this very login, and one login cannot be renewed by two.',
    how: 'Delete one of the two channels, or {owner} connects this one by itself.',
  },
  DuplicateAccount: {
    who: 'ChannelAuthor',
    what: 'Another channel already keeps this account through the same app.',
    how: 'Delete one of the two channels; pods can share the Secret or the token path in Vault.',
  },
  AccountIDRequired: {
    who: 'ChannelAuthor',
    what: 'One login at {platform} can act for several accounts, and the channel does not say for which.',
    how: 'Say it in spec.account.id.',
  },
  AccountKindUnknown: {
    who: 'ChannelAuthor',
    what: '{platform} has no accounts of the kind that spec.account.kind names.',
    how: 'Correct spec.account.kind, or remove it.',
  },
  GrantTypeUnsupported: {
    who: 'ChannelAuthor',
    what: '{platform} has no grants of the type that spec.grantType names.',
    how: 'Another grant type is another SocialChannel; delete this one and create it anew.',
  },
  ScopeSetConflict: {
    who: 'ChannelAuthor',
    what: 'At {platform} another set of permissions ends what the same person gave before, and this channel asks for other ones than {app}.',
    how: 'Remove spec.scopes, or ask for the same permissions in spec.scopes of {app}.',
  },
  LenderUnusable: {
    who: 'ChannelAuthor',
    what: 'The channel that spec.grantFrom names does not exist, has no login yet, or belongs to another app.',
    how: 'Correct spec.grantFrom, or connect that channel; this one goes on by itself then.',
  },
  Conflict: {
    who: 'ChannelAuthor',
    what: 'A Secret of that name exists and is not managed by this channel, so it was left alone.',
    how: 'Choose another spec.secret.name, or delete that Secret.',
  },
  PermissionDenied: {
    who: 'ClusterAdministrator',
    what: 'Kubernetes does not let the operator do what this channel needs.',
    how: "Give the operator's ServiceAccount the permissions of deploy/rbac.yaml.",
  },
  VaultDenied: {
    who: 'VaultAdministrator',
    what: 'Vault does not let the operator use a path that this channel needs.',
    how: "Give the operator's role the policy of deploy/vault-policy.hcl, with this mount and prefix.",
  },
  VaultMountInvalid: {
    who: 'VaultAdministrator',
    what: 'The mount in Vault is not a KV version 2 mount that keeps what is written to it.',
    how: 'Set cas_required=true and delete_version_after=0s in the configuration of the mount.',
  },
  EscrowUnreadable: {
    who: 'ClusterAdministrator',
    what: "A sealed answer of {platform} in the operator's namespace cannot be opened: it is damaged, or it was sealed for something else.",
    how: 'It is kept and not used; bring the key keys/escrow in Vault or the newer operator back that sealed it, or delete the Secret to give it up.',
  },
} as const satisfies Record<string, Explanation>;

/**
 * Reasons that the account's owner ends at the platform itself. The login is good and stays in use, so nobody reconnects:
 * as soon as the platform lifts what it has put up, the channel is well again.
 */
export const blocked = {
  SpamBlocked: {
    who: 'Owner',
    what: '{platform} blocks {account} for a while because it took something for spam or for too much at once.',
    how: '{owner} has to look into it at {platform}; the login stays good, and nobody needs to reconnect.',
  },
  IdentityCheckRequired: {
    who: 'Owner',
    what: '{platform} wants whoever acts for {account} to confirm who they are before anything is published.',
    how: '{owner} has to do so at {platform}; the login stays good, and nobody needs to reconnect.',
  },
  PermissionRefused: {
    who: 'Owner',
    what: '{platform} refuses what the login of {account} asks, and does not say whether a permission was taken back or the app may not ask.',
    how: 'The login stays good; where {owner} has unticked a permission, connecting the channel again with all of them ends it, else the app lacks its approval at {platform}.',
  },
  LiveStreamingDisabled: {
    who: 'Owner',
    what: 'Live streaming is not enabled for {account} at {platform}.',
    how: '{owner} has to enable it at {platform}; the login stays good, and nobody needs to reconnect.',
  },
} as const satisfies Record<string, Explanation>;
