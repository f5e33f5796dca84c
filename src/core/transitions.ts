import type { Account, Claim, GrantRecord, TokenAnswer, TokenSet, Tombstone, Verdict } from './grant.ts';
import type { GrantFacts } from './ports.ts';
import { isOfTheAccount } from './rejections.ts';
import type { Sealed } from './sealed.ts';

/** How many fingerprints of rejected refresh tokens a record remembers. */
export const maxRejected = 20;
/** How many fingerprints of consumed bootstraps a record remembers. */
export const maxConsumedBootstraps = 50;

/** What a grant becomes by each write; pure, so that the write itself is one line of check-and-set. */
type Content = Omit<GrantRecord, 'writeId'>;

/**
 * The grant with a claim on it. A claim that is replaced was lost: whether its token was spent is unknown, and that is
 * remembered until a commit or a new consent. The first lost claim stays the one that is named.
 * @param replacedAt when the claim that is replaced was written, by the store's clock
 */
export function withClaim(record: GrantRecord, claim: Claim, replacedAt: number): GrantRecord {
  const lost = record.claim;
  const unknown = record.unknown ?? (lost === undefined ? undefined : { claimId: lost.id, since: replacedAt });
  return { ...record, claim, ...(unknown === undefined ? {} : { unknown }) };
}

/** The grant without its claim: the token was not looked at. */
export function withoutClaim(record: GrantRecord): GrantRecord {
  const { claim: _claim, ...rest } = record;
  return rest;
}

/**
 * The grant with the platform's answer in it: claim and unknown outcome are gone, and so is a verdict that the answer
 * disproves. What the answer does not tell stays as it was: an absent or empty refresh token never replaces a stored one
 * (RFC 6749 section 6). The account stays: an answer for another account is not this function's to judge.
 */
export function withAnswer(record: GrantRecord, answer: TokenAnswer, generation: number): GrantRecord {
  const { claim, unknown: _unknown, verdict, ...kept } = record;
  const account = record.account ?? answer.account;
  return {
    ...kept,
    ...(account === undefined ? {} : { account }),
    ...(verdict !== undefined && stands(verdict, record.rejected, claim) ? { verdict } : {}),
    generation,
    ...consentScopesOf(record, answer.scopes),
    tokens: tokensOf(record.tokens, answer),
    extras: { ...record.extras, ...answer.extras },
    raw: answer.raw,
  };
}

/** A new token says nothing of the account, unless that very request was refused because of the account. */
function stands({ reason }: Verdict, rejected: readonly string[], claim: Claim | undefined): boolean {
  return isOfTheAccount(reason) && claim !== undefined && !rejected.includes(claim.fingerprint);
}

/** What was granted first stays remembered: what is missing from it later was withdrawn. */
function consentScopesOf(record: GrantRecord, scopes: readonly string[] | undefined): Partial<GrantRecord> {
  const consentScopes = record.consentScopes ?? sorted(scopes);
  return consentScopes === undefined ? {} : { consentScopes };
}

function tokensOf(stored: TokenSet, answer: TokenAnswer): TokenSet {
  const { access = stored.access, secret = stored.secret } = answer;
  // A derived token's own end and origin say nothing about the person's token that this answer renews.
  const isDerived = answer.access === undefined;
  const lifeBeforeMs = lifeOf(stored);
  return defined({
    access,
    refresh: nonEmpty(answer.refresh) ?? stored.refresh,
    secret,
    obtainedAt: answer.obtainedAt,
    accessExpiresAt: isDerived ? stored.accessExpiresAt : answer.accessExpiresAt,
    refreshExpiresAt: answer.refreshExpiresAt ?? stored.refreshExpiresAt,
    consentExpiresAt: stored.consentExpiresAt,
    lifeBeforeMs: isDerived ? undefined : lifeBeforeMs,
    isEndFixed: hasSameEnd(stored, answer) || undefined,
    derivedFrom: isDerived ? stored.derivedFrom : undefined,
    consentedAt: stored.consentedAt,
    scopes: sorted(answer.scopes) ?? stored.scopes,
  });
}

/** Ends that differ by less than this are the same end, told with another rounding or after another way. */
const SAME_END_MS = 3_600_000;

/** Whether a token that was traded for a longer one ends as it would have ended; short lives say nothing. */
function hasSameEnd(stored: TokenSet, answer: TokenAnswer): boolean {
  const [before, after] =
    answer.access === undefined
      ? [stored.refreshExpiresAt, answer.refreshExpiresAt]
      : [stored.accessExpiresAt, answer.accessExpiresAt];
  if (before === undefined || after === undefined || answer.obtainedAt - stored.obtainedAt < SAME_END_MS) return false;
  return Math.abs(before - after) < SAME_END_MS;
}

function lifeOf({ accessExpiresAt, obtainedAt }: TokenSet): number | undefined {
  return accessExpiresAt === undefined || obtainedAt === 0 ? undefined : accessExpiresAt - obtainedAt;
}

/** Without the fields that hold nothing. */
function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/**
 * The grant with the platform's rejection of it, and the refresh token that was rejected never to be sent again.
 * @param fingerprint of that token; empty where the platform rejected the account and looked at no token
 */
export function withVerdict(record: GrantRecord, verdict: Verdict, fingerprint: string): GrantRecord {
  // The account itself was rejected: no token is to blame.
  const rejected = fingerprint === '' ? record.rejected : remembered(record.rejected, fingerprint, maxRejected);
  return { ...withoutClaim(record), verdict, rejected };
}

/**
 * The grant with what was learnt about it; what is not given stays. An unknown outcome that is recorded already stays
 * the one that is named. The claim that an unknown outcome is about goes: its spend is over.
 */
export function withFacts(record: GrantRecord, facts: GrantFacts): GrantRecord {
  const unknown = record.unknown ?? facts.unknown;
  const isSpendOver = record.claim !== undefined && facts.unknown?.claimId === record.claim.id;
  const account: Account | undefined = facts.account ?? record.account;
  const person = facts.person ?? record.person;
  const consumed = facts.consumedBootstrap;
  const { verdict, ...rest } = isSpendOver ? withoutClaim(record) : record;
  return {
    ...rest,
    ...(verdict === undefined || facts.isHealed ? {} : { verdict }),
    ...(account === undefined ? {} : { account }),
    ...(person === undefined ? {} : { person }),
    ...consentScopesOf(record, facts.scopes),
    identity: facts.identity ?? record.identity,
    tokens: tokensWith(record.tokens, facts),
    ...(unknown === undefined ? {} : { unknown }),
    consumedBootstraps:
      consumed === undefined
        ? record.consumedBootstraps
        : remembered(record.consumedBootstraps, consumed, maxConsumedBootstraps),
  };
}

function tokensWith(tokens: TokenSet, facts: GrantFacts): TokenSet {
  const { accessExpiresAt, accessRefusedAt, consentExpiresAt, derivedFrom } = facts;
  const learnt = { accessExpiresAt, accessRefusedAt, consentExpiresAt, derivedFrom, scopes: sorted(facts.scopes) };
  return { ...tokens, ...defined({ ...learnt, refreshExpiresAt: facts.sourceExpiresAt }) };
}

/**
 * A new grant as it may be stored: bounded memories, and no empty refresh token. One that is adopted within an epoch
 * keeps the refresh token of the grant that it replaces instead.
 */
export function withinBounds(content: Content, replaced?: GrantRecord): Content {
  const { refresh, ...tokens } = content.tokens;
  const isEmpty = refresh !== undefined && nonEmpty(refresh) === undefined;
  const kept = isEmpty && replaced?.epoch === content.epoch ? replaced.tokens.refresh : nonEmpty(refresh);
  return {
    ...content,
    tokens: { ...tokens, ...(kept === undefined ? {} : { refresh: kept }) },
    ...boundedMemories(content),
  };
}

/** What is left after Forget, with bounded memories. */
export function tombstoneWithinBounds(tombstone: Omit<Tombstone, 'writeId'>): Omit<Tombstone, 'writeId'> {
  return { ...tombstone, ...boundedMemories(tombstone) };
}

function boundedMemories(of: { rejected: readonly string[]; consumedBootstraps: readonly string[] }) {
  return {
    rejected: of.rejected.slice(-maxRejected),
    consumedBootstraps: of.consumedBootstraps.slice(-maxConsumedBootstraps),
  };
}

function remembered(list: readonly string[], fingerprint: string, max: number): readonly string[] {
  return [...list.filter((other) => other !== fingerprint), fingerprint].slice(-max);
}

function nonEmpty(token: Sealed | undefined): Sealed | undefined {
  return token === undefined || token.reveal() === '' ? undefined : token;
}

function sorted(scopes: readonly string[] | undefined): readonly string[] | undefined {
  return scopes === undefined ? undefined : [...new Set(scopes)].sort();
}
