import type { Account, Claim, GrantRecord, TokenAnswer, TokenSet, Tombstone, Verdict } from './grant.ts';
import type { GrantFacts } from './ports.ts';
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
 * The grant with the platform's answer in it: claim, unknown outcome and verdict are gone. What the answer does not tell
 * stays as it was: an absent or empty refresh token never replaces a stored one (RFC 6749 section 6). The account stays:
 * an answer for another account is not this function's to judge.
 */
export function withAnswer(record: GrantRecord, answer: TokenAnswer, generation: number): GrantRecord {
  const { claim: _claim, unknown: _unknown, verdict: _verdict, ...kept } = record;
  const account = record.account ?? answer.account;
  return {
    ...kept,
    ...(account === undefined ? {} : { account }),
    generation,
    tokens: tokensOf(record.tokens, answer),
    extras: { ...record.extras, ...answer.extras },
    raw: answer.raw,
  };
}

function tokensOf(stored: TokenSet, answer: TokenAnswer): TokenSet {
  const refresh = nonEmpty(answer.refresh) ?? stored.refresh;
  const refreshExpiresAt = answer.refreshExpiresAt ?? stored.refreshExpiresAt;
  const scopes = sorted(answer.scopes) ?? stored.scopes;
  return {
    access: answer.access,
    ...(refresh === undefined ? {} : { refresh }),
    obtainedAt: answer.obtainedAt,
    ...(answer.accessExpiresAt === undefined ? {} : { accessExpiresAt: answer.accessExpiresAt }),
    ...(refreshExpiresAt === undefined ? {} : { refreshExpiresAt }),
    ...(stored.consentedAt === undefined ? {} : { consentedAt: stored.consentedAt }),
    ...(scopes === undefined ? {} : { scopes }),
  };
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
  const consumed = facts.consumedBootstrap;
  return {
    ...(isSpendOver ? withoutClaim(record) : record),
    ...(account === undefined ? {} : { account }),
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
  const scopes = sorted(facts.scopes);
  return {
    ...tokens,
    ...(scopes === undefined ? {} : { scopes }),
    ...(facts.accessExpiresAt === undefined ? {} : { accessExpiresAt: facts.accessExpiresAt }),
    ...(facts.accessRefusedAt === undefined ? {} : { accessRefusedAt: facts.accessRefusedAt }),
  };
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
