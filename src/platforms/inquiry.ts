import { isBlocked, type Reason } from '../api/reasons.ts';
import { Failure } from '../core/failure.ts';
import { parseDuration } from '../core/instant.ts';
import type { Derivation, Introspection, IntrospectRequest, ValidLogin } from '../core/platform-port.ts';
import type { Sealed } from '../core/sealed.ts';
import { callRequest, introspectRequest } from './calls.ts';
import {
  deriveFinding,
  identityFinding,
  introspectionFinding,
  type Missing,
  type RoleFinding,
  roleFinding,
} from './findings.ts';
import { answered, callValues, type Parts, readingOf } from './parts.ts';
import type { NextPage } from './platform.ts';

type NotValid = Exclude<Introspection, ValidLogin>;
type DeriveRequest = Omit<IntrospectRequest, 'kind'>;

/** No person acts for so many accounts that a list of them goes on for longer. */
const maxPages = 20;

/**
 * Asks whether a login is valid, whose it is, and whether it may still act for the account; each at its own pace.
 * @throws Failure when the platform could not be asked, or what it said is not understood
 */
export async function introspect(parts: Parts, request: IntrospectRequest): Promise<Introspection> {
  const { spec } = parts.platform;
  if (spec.introspect === undefined && spec.identity === undefined && spec.role === undefined) throw nobodyToAsk(parts);
  const found = await validity(parts, request);
  // An app token is nobody's login, so there is nobody to ask for.
  if (found.kind !== 'Valid' || request.kind === 'App') return found;
  const identified = await withIdentity(parts, request, found);
  const acting = identified.kind === 'Valid' ? await withRole(parts, request, identified) : identified;
  if (acting.kind === 'Valid') return { ...acting, ...completeness(parts, request) };
  if (acting.kind !== 'Rejected') return acting;
  const failure = explained(parts, request, acting.failure, found.scopes);
  if (!failure.isAppFault) return { kind: 'Rejected', failure };
  // What is refused is the person's data, whose time is over: that is told of the login, and is no fault of the app.
  if (isConsentOver(parts, found)) return found;
  if (identified.kind === 'Valid' && identified.account !== undefined) return { ...identified, appFault: failure };
  throw failure;
}

function isConsentOver({ clock }: Parts, { consentExpiresAt }: ValidLogin): boolean {
  return consentExpiresAt !== undefined && clock.now() >= consentExpiresAt;
}

/** Whether no question is open: what failed was forgotten to have been asked. */
function completeness({ platform: { name, spec }, memory, clock }: Parts, request: IntrospectRequest) {
  const { identityAskedAt, roleAskedAt } = memory.recall(name, request.tokens);
  const nowAt = clock.now();
  const isOpen = (call: { readonly interval: string } | undefined, askedAt: number | undefined) =>
    call !== undefined && isDue(askedAt, call.interval, nowAt);
  return isOpen(spec.identity, identityAskedAt) || isOpen(spec.role, roleAskedAt) ? {} : { isComplete: true };
}

/** What is said where the login lacks a permission; all but the first of an account that is not shown for the lack of one. */
const permissionReasons: readonly Reason[] = ['ScopeMissing', 'AdminRightsLost', 'PageUnlinked', 'AccountTypeChanged'];

/**
 * Platforms say the same where a person did not give a permission, where the app may not use it, and where there is no
 * such account. What the platform says of the token's own scopes tells them apart: nobody is asked for what they have given.
 */
function explained(
  { platform }: Parts,
  { wantedScopes }: Pick<IntrospectRequest, 'wantedScopes'>,
  failure: Failure,
  scopes: readonly string[] | undefined,
): Failure {
  const { reason, message, status } = failure;
  if (scopes === undefined || wantedScopes === undefined || !permissionReasons.includes(reason)) return failure;
  const isWithheld = (scope: string) => !scopes.includes(scope);
  if (reason === 'ScopeMissing') {
    if (wantedScopes.some(isWithheld)) return failure;
    const why = `${message} The login has every permission that is asked for, so it is the app that may not use one of them. The channels keep their logins.`;
    return new Failure('Misconfigured', 'AppReviewMissing', why, { source: 'Platform', status, isAppFault: true });
  }
  const lacking = (platform.spec.authorize?.scopes.account ?? []).filter(isWithheld);
  if (lacking.length === 0) return failure;
  const why = `${platform.spec.displayName} does not show the account to this login: the person has not given ${lacking.join(', ')} for it.`;
  return new Failure('Rejected', 'ScopeMissing', why, { source: 'Platform', status });
}

function nobodyToAsk({ platform }: Parts): Failure {
  const message = `there is nothing to ask ${platform.spec.displayName} about this login`;
  return new Failure('Unexpected', 'Unexpected', message, { source: 'Operator' });
}

/** The person's own token first: with it everything that was derived from it ends. */
async function validity(parts: Parts, request: IntrospectRequest): Promise<Introspection> {
  const { spec } = parts.platform;
  const { access, refresh } = request.tokens;
  if (spec.introspect === undefined) return { kind: 'Valid' };
  const source = spec.derive === undefined || refresh === undefined ? undefined : await asked(parts, request, refresh);
  if (source !== undefined && source.kind !== 'Valid') return { kind: 'Rejected', failure: source.failure };
  const own = access === undefined ? source : await asked(parts, request, access);
  if (own === undefined) throw nobodyToAsk(parts);
  if (own.kind === 'AccessTokenDead' && isRenewedAlive(parts)) return { kind: 'Rejected', failure: own.failure };
  if (own.kind !== 'Valid' || source === undefined) return own;
  return {
    ...own,
    account: access === undefined ? undefined : own.account,
    person: source.person ?? own.person,
    accessExpiresAt: access === undefined ? undefined : own.accessExpiresAt,
    sourceExpiresAt: source.accessExpiresAt,
    consentExpiresAt: source.consentExpiresAt ?? own.consentExpiresAt,
  };
}

/** Only a living token renews itself there: once it is dead the grant is. A derived one can be derived again. */
function isRenewedAlive({ platform: { spec } }: Parts): boolean {
  return ['Exchange', 'Touch', 'None'].includes(spec.refresh.strategy) && spec.derive === undefined;
}

async function asked(parts: Parts, request: IntrospectRequest, token: Sealed): Promise<Introspection> {
  const call = parts.platform.spec.introspect;
  if (call === undefined) return { kind: 'Valid' };
  const outgoing = await introspectRequest(call, callValues(parts, token, request));
  const answer = await answered(parts, request, outgoing, 'Introspect');
  return introspectionFinding(answer, readingOf(parts, request.tokens, outgoing), request);
}

/** Adds whose account it is, asked less often than the token's validity: on some platforms it costs quota. */
async function withIdentity(parts: Parts, request: IntrospectRequest, found: ValidLogin): Promise<Introspection> {
  const { identity: call, introspect: first } = parts.platform.spec;
  const token = request.tokens.access;
  if (call === undefined || token === undefined) return found;
  const known = parts.memory.recall(parts.platform.name, request.tokens);
  const isTold = known.account !== undefined || known.person !== undefined;
  const withKnown = { ...found, account: known.account ?? found.account, person: known.person ?? found.person };
  const nowAt = parts.clock.now();
  // Without a validity call, this one is the check itself, and is never skipped or overlooked.
  const isDueNow = request.isThorough === true || isDue(known.identityAskedAt, call.interval, nowAt);
  if (first !== undefined && isTold && !isDueNow) return withKnown;
  try {
    const outgoing = callRequest(call, callValues(parts, token, request));
    const answer = await answered(parts, request, outgoing, 'Identity');
    const told = identityFinding(answer, readingOf(parts, request.tokens, outgoing));
    if (told.kind !== 'Valid') return afterDeath(parts, told);
    const who = namesAccount(parts) ? { person: told.account.id } : { account: told.account };
    parts.memory.remember(parts.platform.name, request.tokens, { ...who, identityAskedAt: nowAt });
    return { ...found, ...who };
  } catch (error) {
    // The token was just found valid, and the account is known: a used-up quota must not hide that.
    parts.memory.remember(parts.platform.name, request.tokens, { identityAskedAt: undefined });
    if (first === undefined || !isTold || !(error instanceof Failure)) throw error;
    return { ...withKnown, ...asideOf(error) };
  }
}

/** Where the role names the account, the token is the person's, and the account is what the channel says. */
function namesAccount({ platform: { spec } }: Parts): boolean {
  return spec.role?.pick !== undefined && spec.derive === undefined;
}

function isDerived({ platform }: Parts): boolean {
  return platform.spec.derive !== undefined;
}

/** Where nothing can renew a dead token but itself, its death is the grant's. */
function afterDeath(parts: Parts, found: NotValid): NotValid {
  return found.kind === 'AccessTokenDead' && isRenewedAlive(parts) ? { ...found, kind: 'Rejected' } : found;
}

function isDue(askedAt: number | undefined, interval: string, nowAt: number): boolean {
  return askedAt === undefined || nowAt >= askedAt + (parseDuration(interval) ?? 0);
}

/** Whether the login may still act for the account: a role on a page, a feature that has to be enabled. */
async function withRole(parts: Parts, request: IntrospectRequest, found: ValidLogin): Promise<Introspection> {
  const { role: call, introspect: first, identity } = parts.platform.spec;
  const known = parts.memory.recall(parts.platform.name, request.tokens);
  const nowAt = parts.clock.now();
  if (call === undefined) return found;
  const names = namesAccount(parts);
  const withKnown = names ? { ...found, account: known.account ?? found.account } : found;
  // Without any other call this one is the check itself, and is never skipped or overlooked.
  const isTold = (first ?? identity) !== undefined && (!names || withKnown.account !== undefined);
  const isDueNow = request.isThorough === true || isDue(known.roleAskedAt, call.interval, nowAt);
  if (isTold && !isDueNow) return withKnown;
  try {
    const told = await heldRole(parts, request);
    if (told.kind !== 'Held')
      return told.kind === 'Missing' ? { kind: 'Rejected', failure: told.failure } : afterDeath(parts, told);
    const account =
      names && request.account !== undefined ? { id: request.account, handle: told.handle } : withKnown.account;
    parts.memory.remember(parts.platform.name, request.tokens, { ...(names ? { account } : {}), roleAskedAt: nowAt });
    return { ...found, account };
  } catch (error) {
    parts.memory.remember(parts.platform.name, request.tokens, { roleAskedAt: undefined });
    if (!isTold || !(error instanceof Failure)) throw error;
    return { ...withKnown, ...asideOf(error) };
  }
}

/** A failure of a less urgent question: told beside a finding that stands without it. */
function asideOf(failure: Failure): Pick<ValidLogin, 'blocked' | 'appFault'> {
  if (isBlocked(failure.reason)) return { blocked: failure };
  return failure.isAppFault ? { appFault: failure } : {};
}

async function heldRole(parts: Parts, request: IntrospectRequest): Promise<RoleFinding> {
  const { role: call } = parts.platform.spec;
  const token = isDerived(parts) ? (request.tokens.refresh ?? request.tokens.access) : request.tokens.access;
  if (call === undefined || token === undefined) throw nobodyToAsk(parts);
  let query: NextPage = [];
  let short: Missing | undefined;
  for (let page = 1; ; page += 1) {
    const outgoing = callRequest(call, { ...callValues(parts, token, request), query });
    const answer = await answered(parts, request, outgoing, 'Role');
    const told = roleFinding(answer, readingOf(parts, request.tokens, outgoing), request.account);
    if (told.kind !== 'Missing') return told;
    if (told.isNamed) short = told;
    if (told.next !== undefined) {
      query = followed(parts, told.next, page);
      continue;
    }
    if (short !== undefined || !isDerived(parts)) return short ?? told;
    // A list may leave out what the person may nevertheless act for: whoever is given its token has a role on it.
    const derived = await answerOf(parts, request);
    if (derived.kind === 'Rejected' && isListed(parts) && request.tokens.access !== undefined) throw unlisted(parts);
    return derived.kind === 'Derived' ? { kind: 'Held', handle: derived.account.handle } : derived;
  }
}

/** Where the token stands in the same list, it tells nothing that the list does not. */
function isListed({ platform }: Parts): boolean {
  return platform.spec.derive?.pick !== undefined;
}

function unlisted({ platform }: Parts): Failure {
  const message = `${platform.spec.displayName} does not list the account for this login, and accepts its access token all the same`;
  return new Failure('Unexpected', 'Unexpected', message, { source: 'Platform' });
}

/** @throws Failure where the list has no end: what was not seen to its end accuses nobody */
function followed({ platform }: Parts, next: NextPage, page: number): NextPage {
  if (page < maxPages) return next;
  const message = `${platform.spec.displayName} shows a list of accounts without an end`;
  throw new Failure('Unexpected', 'Unexpected', message, { source: 'Platform' });
}

/** Gets the access token of a page or the like. @throws Failure when nothing was learnt, or where it is the app's fault */
export async function derive(parts: Parts, request: DeriveRequest): Promise<Derivation> {
  const found = await answerOf(parts, request);
  const token = request.tokens.refresh ?? request.tokens.access;
  if (found.kind === 'Derived' || token === undefined || !permissionReasons.includes(found.failure.reason))
    return found;
  const told = parts.platform.spec.introspect?.scopes && (await asked(parts, { ...request, kind: 'User' }, token));
  const failure = explained(parts, request, found.failure, told?.kind === 'Valid' ? told.scopes : undefined);
  if (!failure.isAppFault) return { kind: 'Rejected', failure };
  if (told?.kind !== 'Valid' || !isConsentOver(parts, told)) throw failure;
  return { kind: 'Rejected', failure: dataAccessExpired(parts, found.failure) };
}

function dataAccessExpired({ platform }: Parts, { status }: Failure): Failure {
  const message = `${platform.spec.displayName} no longer shows the person's accounts to the app: the time of their consent is over.`;
  return new Failure('Rejected', 'DataAccessExpired', message, { source: 'Platform', status });
}

/** What the platform says when the token is asked for. */
async function answerOf(parts: Parts, request: DeriveRequest): Promise<Derivation> {
  const { derive: call } = parts.platform.spec;
  const token = request.tokens.refresh ?? request.tokens.access;
  if (call === undefined || token === undefined) throw nobodyToAsk(parts);
  let query: NextPage = [];
  for (let page = 1; ; page += 1) {
    const outgoing = callRequest(call, { ...callValues(parts, token, request), query });
    const answer = await answered(parts, request, outgoing, 'Derive');
    const found = deriveFinding(answer, readingOf(parts, request.tokens, outgoing), request.account);
    if (found.kind !== 'Missing') return found;
    if (found.next === undefined) return { kind: 'Rejected', failure: found.failure };
    query = followed(parts, found.next, page);
  }
}
