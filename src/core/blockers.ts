import { annotations, grantVersion, parseGrantVersion } from '../api/names.ts';
import type { Reason } from '../api/reasons.ts';
import { isBefore, type PresentGrant } from './grant.ts';
import type { Observation } from './observation.ts';

/** A fact that keeps the channel from being worked on, and what a person can do about it. */
export interface Blocker {
  readonly reason: Reason;
  readonly message: string;
  /** Nothing will happen by itself (kstatus Stalled). */
  readonly isStalled: boolean;
}

type Check = (o: Observation) => Blocker | undefined;

function stalled(reason: Reason, message: string): Blocker {
  return { reason, message, isStalled: true };
}

/** The record was written for another cluster or namespace, and nobody has admitted that it is ours. */
export function isForeignRecord(o: Observation): boolean {
  // A tombstone holds no token, so nobody is hurt by whose it was.
  if (o.grant.state !== 'Present') return false;
  const { identity } = o.grant.record;
  return identity.clusterId !== o.clusterId || identity.namespaceUid !== o.namespace.uid;
}

/** A cluster administrator said by annotation, or by the operator's flag, that the foreign record belongs here. */
export function isAdoptionAdmitted(o: Observation): boolean {
  if (o.grant.state !== 'Present') return false;
  const { identity } = o.grant.record;
  const isClusterAdmitted = identity.clusterId === o.clusterId || identity.clusterId === o.adoptCluster;
  const isNamespaceAdmitted =
    identity.namespaceUid === o.namespace.uid ||
    o.namespace.annotations[annotations.adoptFrom] === identity.namespaceUid ||
    (o.adoptCluster !== undefined && identity.clusterId === o.adoptCluster);
  return isClusterAdmitted && isNamespaceAdmitted;
}

/** The record is older than what status or Secret have seen: Vault was restored from an earlier backup. */
export function isRolledBack(o: Observation, grant: PresentGrant): boolean {
  const seen = newestSeen(o);
  return seen !== undefined && isBefore(grant.record, seen);
}

/** The newest (epoch, generation) that status or the projected Secret know of. */
export function newestSeen(o: Observation): { epoch: number; generation: number } | undefined {
  const { status } = o.channel;
  const inStatus =
    status?.generation === undefined ? undefined : { epoch: status.epoch ?? 0, generation: status.generation };
  const inSecret =
    o.secret.state === 'Ours' ? parseGrantVersion(o.secret.secret.annotations[annotations.grant]) : undefined;
  if (inSecret === undefined) return inStatus;
  return inStatus === undefined || isBefore(inStatus, inSecret) ? inSecret : inStatus;
}

/** The account that this channel must be: as specified, else as first connected. */
export function expectedAccountId(o: Observation): string | undefined {
  return o.channel.spec.account?.id ?? o.channel.status?.account?.id;
}

export function isAccountWrong(o: Observation): boolean {
  if (o.grant.state !== 'Present' || o.grant.record.account === undefined) return false;
  const expected = expectedAccountId(o);
  return expected !== undefined && expected !== o.grant.record.account.id;
}

/** The scopes that a consent asks for. */
export function wantedScopes(o: Observation): readonly string[] {
  if (o.app.state !== 'Ready') return [];
  return o.channel.spec.scopes ?? o.app.app.spec.scopes ?? o.app.platform.profile.defaultScopes;
}

/**
 * Scopes that channel or app ask for by name and the person did not give. The platform's default set is no demand, but
 * what of it was given once and is gone was withdrawn.
 */
export function missingScopes(o: Observation): string[] {
  if (o.grant.state !== 'Present' || o.grant.record.kind === 'App') return [];
  const { scopes: granted } = o.grant.record.tokens;
  return granted === undefined ? [] : requiredScopes(o).filter((scope) => !granted.includes(scope));
}

/** The scopes that a login must have: asked for by name, or given once. */
export function requiredScopes({ app, channel, grant }: Observation): readonly string[] {
  if (app.state !== 'Ready') return [];
  const { defaultScopes, areScopesAsked } = app.platform.profile;
  // Nobody could tick more there: only whoever registered the app can add a scope.
  if (!areScopesAsked) return [];
  const { consentScopes = [] } = grant.state === 'Present' ? grant.record : {};
  return channel.spec.scopes ?? app.app.spec.scopes ?? defaultScopes.filter((scope) => consentScopes.includes(scope));
}

const adoptionRequired: Check = (o) => {
  if (!isForeignRecord(o) || o.grant.state !== 'Present') return undefined;
  const { identity } = o.grant.record;
  const isOtherCluster = identity.clusterId !== o.clusterId;
  const remedy = isOtherCluster
    ? `If this cluster takes over from that one, a cluster administrator starts the operator with --adopt-cluster=${identity.clusterId}.`
    : `If it is the same team, a cluster administrator runs: kubectl annotate namespace ${o.channel.metadata.namespace} ${annotations.adoptFrom}=${identity.namespaceUid}`;
  const whose = isOtherCluster
    ? `another cluster (${identity.clusterId})`
    : `an earlier namespace of this name (uid ${identity.namespaceUid})`;
  return stalled(
    'AdoptionRequired',
    `Vault holds a grant for this name that belongs to ${whose}. It is neither used nor shown. ${remedy}`,
  );
};

const grantMissing: Check = (o) => {
  const seen = o.channel.status;
  if (o.grant.state !== 'Absent' || seen?.generation === undefined || seen.generation === 0) return undefined;
  const stamp = grantVersion(seen.epoch ?? 0, seen.generation);
  if (o.channel.metadata.annotations?.[annotations.acceptMissingGrant] === stamp) return undefined;
  return stalled(
    'GrantMissing',
    `Vault has no grant for this channel, although ${stamp} was stored (Vault replaced, restored, or another prefix?). ` +
      'Nothing is overwritten. Bring the grant back, or give it up with: ' +
      `kubectl annotate -n ${o.channel.metadata.namespace} schan ${o.channel.metadata.name} ${annotations.acceptMissingGrant}=${stamp}`,
  );
};

const appUnusable: Check = (o) => {
  if (o.app.state === 'Ready') return undefined;
  const { failure } = o.app;
  return { reason: failure.reason, message: failure.message, isStalled: failure.family === 'Misconfigured' };
};

const appChanged: Check = (o) => {
  if (o.app.state !== 'Ready' || o.grant.state !== 'Present') return undefined;
  const { issuedTo } = o.grant.record;
  const { app, platform, client } = o.app;
  if (
    issuedTo.platform === platform.profile.name &&
    issuedTo.clientId === client.id &&
    issuedTo.tokenOrigin === platform.tokenOrigin
  ) {
    return undefined;
  }
  return stalled(
    'AppChanged',
    `The grant was issued to client "${issuedTo.clientId}" at ${issuedTo.platform} (${issuedTo.tokenOrigin}), and SocialApp ` +
      `${app.metadata.namespace}/${app.metadata.name} now says client "${client.id}" at ${platform.profile.name} ` +
      `(${platform.tokenOrigin}). Nothing is sent to either. Change the app back, or reconnect the channel through the new one.`,
  );
};

const duplicateAccount: Check = (o) => {
  const owner = o.accountOwner;
  const { namespace, name } = o.channel.metadata;
  if (owner === undefined || o.isAccountOwnerGone || (owner.namespace === namespace && owner.name === name))
    return undefined;
  return stalled(
    'DuplicateAccount',
    `SocialChannel ${owner.namespace}/${owner.name} already keeps this account through the same app. ` +
      "Two channels would end each other's tokens, so this one sends nothing. Delete this one, or that one with spec.deletionPolicy: Forget (a grant that is retained keeps its account).",
  );
};

const accountNameless: Check = (o) => {
  if (o.app.state !== 'Ready' || !o.app.platform.profile.isAccountNamed || expectedAccountId(o) !== undefined)
    return undefined;
  const { displayName } = o.app.platform.profile;
  return stalled(
    'AccountIDRequired',
    `One login at ${displayName} can act for several accounts: spec.account.id has to say for which. Nothing is sent until then.`,
  );
};

const lenderUnusable: Check = (o) => {
  if (o.lender.state !== 'Unusable') return undefined;
  const { failure } = o.lender;
  return { reason: failure.reason, message: failure.message, isStalled: false };
};

/** Asking for other scopes would end what the same person gave before, for this channel or another one. */
const scopeSetConflict: Check = (o) => {
  if (o.app.state !== 'Ready' || o.channel.spec.scopes === undefined) return undefined;
  const { profile } = o.app.platform;
  if (profile.scopeChange === 'Free') return undefined;
  const ofApp = o.app.app.spec.scopes ?? profile.defaultScopes;
  if (isSameSet(ofApp, o.channel.spec.scopes)) return undefined;
  return {
    reason: 'ScopeSetConflict',
    message:
      `At ${profile.displayName} another set of scopes ends the earlier tokens of the same person, and spec.scopes is not what the app asks for (${ofApp.join(', ')}). ` +
      'The present login goes on; nobody is led to a new consent until the two are the same.',
    isStalled: false,
  };
};

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

const importRefused: Check = (o) => {
  const isNeeded = o.grant.state !== 'Present' || o.grant.record.verdict !== undefined;
  if (!isNeeded) return undefined;
  if (o.bootstrap.state === 'Unusable') {
    const { failure } = o.bootstrap;
    return { reason: failure.reason, message: failure.message, isStalled: false };
  }
  // What was refused of an earlier bootstrap or spec says nothing of the present one.
  const refused = o.retries.Import?.inputs === o.inputs ? o.retries.Import.failure : undefined;
  if (refused === undefined || refused.family !== 'Misconfigured') return undefined;
  return { reason: refused.reason, message: refused.message, isStalled: refused.reason === 'DuplicateGrant' };
};

/** In the order in which a person would have to deal with them. */
export const blockers = {
  adoptionRequired,
  grantMissing,
  appUnusable,
  accountNameless,
  lenderUnusable,
  appChanged,
  duplicateAccount,
  importRefused,
  scopeSetConflict,
} as const satisfies Record<string, Check>;

export function blockerOf(o: Observation): Blocker | undefined {
  for (const check of Object.values(blockers)) {
    const found = check(o);
    if (found !== undefined) return found;
  }
  return undefined;
}
