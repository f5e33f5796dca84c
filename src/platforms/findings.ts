import type { Reason } from '../api/reasons.ts';
import { Failure } from '../core/failure.ts';
import type { Account } from '../core/grant.ts';
import type { Derivation, Introspection, IntrospectRequest, ValidLogin } from '../core/platform-port.ts';
import { Sealed } from '../core/sealed.ts';
import { accountAt, isBroken, isSuccess, saysSuccess, scopesAt, tokenAt } from './answers.ts';
import { failureOf, plainFailure, type Reading, sortedBy } from './failures.ts';
import { accessExpiresAt, consentExpiresAt } from './lifetimes.ts';
import { type Answer, firstAt, parseAnswer, type RawAnswer, textAt, textOf, valueAt } from './paths.ts';
import type { IntrospectCall, NextPage, Phase, Pick, RoleCall } from './platform.ts';

/** Reasons that are about the account or its permissions, which no new access token mends. */
const accountReasons: ReadonlySet<Reason> = new Set<Reason>([
  'AccountLocked',
  'AccountUnconfirmed',
  'AccountSuspended',
  'AccountDeleted',
  'AccountTypeChanged',
  'WrongAccount',
  'ScopeMissing',
  'ScopeChanged',
  'AdminRightsLost',
  'AdminPolicyBlocked',
  'NoChannel',
  'PageUnavailable',
  'PageUnlinked',
]);

type NotValid = Exclude<Introspection, ValidLogin>;

/** What a validity call found. Throws Failure when the answer says nothing about the token. */
export function introspectionFinding(raw: RawAnswer, reading: Reading, request: IntrospectRequest): Introspection {
  const answer = parseAnswer(raw);
  const call = reading.platform.spec.introspect;
  if (call === undefined || !isGood(answer) || !saysSuccess(answer, call.success)) {
    return findingWithoutSuccess('Introspect', answer, reading);
  }
  refuseForeignToken(answer, call.clientID, reading, request);
  const account = accountAt(answer, call.accountID ?? [], call.handle ?? [], reading.platform.spec);
  const isPersonal = reading.platform.spec.derive === undefined || request.tokens.refresh === undefined;
  if (account === undefined && isPersonal && request.kind === 'User' && (call.accountID?.length ?? 0) > 0) {
    throw silent(reading, answer, 'does not say whose access token it is');
  }
  return {
    kind: 'Valid',
    account,
    person: textAt(answer, call.personID ?? []),
    scopes: call.scopes === undefined ? undefined : scopesFor(answer, call, request),
    accessExpiresAt: call.expiry === undefined ? undefined : accessExpiresAt(answer, call.expiry, reading.accepted),
    consentExpiresAt: call.consentExpiry === undefined ? undefined : consentExpiresAt(answer, call.consentExpiry),
  };
}

/** The scopes of the token, without those that hold for other accounts only. */
function scopesFor(answer: Answer, { scopes: rule, assetScopes }: IntrospectCall, { account }: IntrospectRequest) {
  const scopes = rule === undefined ? undefined : scopesAt(answer, rule);
  if (scopes === undefined || assetScopes === undefined || account === undefined) return scopes;
  const narrowed = elementsAt(answer, assetScopes.list).filter((element) => {
    const assets = valueAt(element, assetScopes.assets);
    return Array.isArray(assets) && !assets.map(textOf).includes(account);
  });
  const elsewhere = narrowed.map((element) => textAt(element, [assetScopes.scope]));
  // The ids of other scopes may be of something else, such as a business.
  const isNarrow = (scope: string) => assetScopes.only?.includes(scope) ?? true;
  return scopes.filter((scope) => !(isNarrow(scope) && elsewhere.includes(scope)));
}

/** What the "who am I" found; a good answer without an account is sorted by the rules. */
export function identityFinding(raw: RawAnswer, reading: Reading): NotValid | (ValidLogin & { account: Account }) {
  const answer = parseAnswer(raw);
  const { accountID = [], handle = [], success } = reading.platform.spec.identity ?? {};
  const isTold = isSuccess(answer) && saysSuccess(answer, success);
  const account =
    isTold && isUsable(answer, reading) ? accountAt(answer, accountID, handle, reading.platform.spec) : undefined;
  return account === undefined ? findingWithoutSuccess('Identity', answer, reading) : { kind: 'Valid', account };
}

export type RoleFinding = { readonly kind: 'Held'; readonly handle?: string | undefined } | Missing | NotValid;

/** This page of the list does not say that the person may act for the account. */
export interface Missing {
  readonly kind: 'Missing';
  /** It names the account, with a role that does not suffice. */
  readonly isNamed: boolean;
  /** Asks for where the list goes on; undefined where nothing further can change what was found. */
  readonly next: NextPage | undefined;
  readonly failure: Failure;
}

/** Whether the login may still act for the account. Throws Failure when the answer says nothing about that. */
export function roleFinding(raw: RawAnswer, reading: Reading, account: string | undefined): RoleFinding {
  const answer = parseAnswer(raw);
  const call = reading.platform.spec.role;
  if (call === undefined || !isGood(answer) || !saysSuccess(answer, call.success)) {
    return findingWithoutSuccess('Role', answer, reading);
  }
  if (call.pick === undefined) return { kind: 'Held' };
  if (!Array.isArray(valueAt(answer, call.pick.list))) throw silent(reading, answer, 'shows no list of accounts');
  const found = pickedAll(answer, call.pick, account, reading);
  const held = found.find((element) => isEnough(element, call));
  if (held !== undefined) return { kind: 'Held', handle: textAt(held, call.handle ?? []) };
  const next = nextPage(answer, call.pick, reading);
  if (found.length === 0) {
    const failure = notShown(reading, answer, 'names this account', call.pick.missing);
    return { kind: 'Missing', isNamed: false, next, failure };
  }
  const what = `gives a role for it that suffices (${call.accepted?.join(', ')})`;
  const failure = notShown(reading, answer, what, 'AdminRightsLost');
  // Where an element holds one role, another one may stand on a later page; a list of roles holds them all.
  const isList = found.some((element) => Array.isArray(valueAt(element, call.roles ?? '')));
  return { kind: 'Missing', isNamed: true, next: isList ? undefined : next, failure };
}

function isEnough(element: Answer, { roles, accepted }: RoleCall): boolean {
  const held = [valueAt(element, roles ?? '')].flat().map(textOf);
  return accepted === undefined || held.some((role) => accepted.includes(role ?? ''));
}

function nextPage(answer: Answer, { next }: Pick, { platform }: Reading): NextPage | undefined {
  const own = platform.hooks?.nextPage?.(answer);
  const mark = next === undefined ? undefined : textAt(answer, [next.path]);
  return own ?? (next === undefined || mark === undefined ? undefined : [[next.param, mark]]);
}

function notShown({ platform }: Reading, answer: Answer, what: string, reason: Pick['missing']): Failure {
  const { displayName } = platform.spec;
  const why =
    reason === 'AdminRightsLost'
      ? 'the person has lost the role on it'
      : 'it is no longer linked, or the person has no role on what it is linked to any more';
  const message = `Nothing that ${displayName} shows to this login ${what}: ${why}.`;
  return new Failure('Rejected', reason, message, { source: 'Platform', status: answer.status });
}

/** The token of a page or the like. Throws Failure when the answer says nothing about it. */
export function deriveFinding(raw: RawAnswer, reading: Reading, account: string | undefined): Derivation | Missing {
  const answer = parseAnswer(raw);
  const call = reading.platform.spec.derive;
  if (call === undefined || account === undefined || !isGood(answer)) return withoutDerived(answer, reading);
  const from = call.pick === undefined ? answer : pickedAll(answer, call.pick, account, reading)[0];
  const token = from && tokenAt(from, call.accessToken);
  if (from !== undefined && token !== undefined) {
    const handle = textAt(from, call.handle ?? []);
    return {
      kind: 'Derived',
      access: Sealed.of(token),
      account: { id: account, handle },
      obtainedAt: answer.startedAt,
    };
  }
  const rule = sortedBy('Derive', answer, reading);
  if (rule !== undefined) return withoutDerived(answer, reading);
  const what = from === undefined ? 'names this account' : 'holds an access token for this account';
  const failure = notShown(reading, answer, what, call.pick?.missing ?? 'AdminRightsLost');
  const next = from === undefined && call.pick !== undefined ? nextPage(answer, call.pick, reading) : undefined;
  return { kind: 'Missing', isNamed: from !== undefined, next, failure };
}

function withoutDerived(answer: Answer, reading: Reading): Derivation {
  const { failure } = findingWithoutSuccess('Derive', answer, reading);
  return { kind: 'Rejected', failure };
}

/** More than one where the platform writes an element for each role on the account. */
function pickedAll(
  answer: Answer,
  { list, where, prefix }: Pick,
  account: string | undefined,
  reading: Reading,
): readonly Answer[] {
  const wanted = `${prefix}${account}`;
  return elementsAt(answer, list).filter((element) => textAt(element, where) === wanted && isUsable(element, reading));
}

function isUsable(answer: Answer, { platform }: Reading): boolean {
  return platform.hooks?.isUsable?.(answer) ?? true;
}

/** The elements of a list, each as the body of an answer, so that paths read it. */
function elementsAt(answer: Answer, path: string): Answer[] {
  const list = firstAt(answer, [path]);
  return Array.isArray(list) ? list.map((body: unknown) => ({ ...answer, body })) : [];
}

/** A page of HTML with status 200 (a proxy's, a captive portal's) says nothing about any token. */
function isGood(answer: Answer): boolean {
  return isSuccess(answer) && typeof answer.body === 'object' && answer.body !== null;
}

function findingWithoutSuccess(phase: Phase, answer: Answer, reading: Reading): NotValid {
  const rule = sortedBy(phase, answer, reading);
  if (rule === undefined)
    throw silent(reading, answer, isBroken(answer) ? 'is failing' : 'says nothing that is known here');
  const failure = failureOf(rule, phase, answer, reading);
  if (failure.family !== 'Rejected') throw failure;
  return { kind: accountReasons.has(failure.reason) ? 'Rejected' : 'AccessTokenDead', failure };
}

/** The failure of an answer that no rule knows. */
export function silent(reading: Reading, answer: Answer, what: string): Failure {
  const [family, reason] = isBroken(answer)
    ? (['Transient', 'PlatformUnavailable'] as const)
    : (['Unexpected', 'Unexpected'] as const);
  return plainFailure(family, reason, `${reading.platform.spec.displayName} ${what}`, answer, reading);
}

/** A token of another app works, but its refresh token will not: said now, while it does. */
function refuseForeignToken(
  answer: Answer,
  paths: readonly string[] | undefined,
  { platform }: Reading,
  { client }: IntrospectRequest,
): void {
  const owner = paths === undefined ? undefined : textAt(answer, paths);
  if (owner === undefined || owner === client.id) return;
  const { displayName } = platform.spec;
  const message = `${displayName} says that the access token belongs to the app with client id "${owner}", not to "${client.id}". It is not used; import or connect a login of this app.`;
  throw new Failure('Misconfigured', 'AppChanged', message, { source: 'Platform', status: answer.status });
}
