import { describe, expect, it } from 'vitest';
import type { Claim, GrantRecord, TokenAnswer, Verdict } from '../../src/core/grant.ts';
import type { GrantFacts } from '../../src/core/ports.ts';
import { Sealed } from '../../src/core/sealed.ts';
import {
  maxConsumedBootstraps,
  maxRejected,
  tombstoneWithinBounds,
  withAnswer,
  withClaim,
  withFacts,
  withinBounds,
  withoutClaim,
  withVerdict,
} from '../../src/core/transitions.ts';

const claim: Claim = { id: 'claim-1', holder: 'pod-a', epoch: 2, fingerprint: 'f1', lifeMs: 60_000 };
const other: Claim = { ...claim, id: 'claim-2', holder: 'pod-b' };
const verdict: Verdict = { reason: 'AccessRevoked', message: 'Revoked.', at: 5_000, confirmations: 2, probes: 0 };

const stored: GrantRecord = {
  writeId: 'w1',
  kind: 'User',
  identity: { clusterId: 'cluster', namespaceUid: 'namespace', channelUid: 'channel' },
  issuedTo: { platform: 'twitch', clientId: 'client', tokenOrigin: 'https://id.twitch.tv' },
  account: { id: '42', handle: 'mainstage' },
  epoch: 2,
  generation: 7,
  tokens: {
    access: Sealed.of('access-7'),
    refresh: Sealed.of('refresh-7'),
    obtainedAt: 1_000,
    accessExpiresAt: 2_000,
    refreshExpiresAt: 90_000,
    consentedAt: 500,
    scopes: ['chat', 'stream'],
    accessRefusedAt: 1_500,
  },
  extras: { device: 'd1', region: 'eu' },
  rejected: ['r1'],
  consumedBootstraps: ['b1'],
};

const answer: TokenAnswer = { access: Sealed.of('access-8'), obtainedAt: 3_000, raw: Sealed.of('raw-8') };

describe('a claim', () => {
  it('is put on the grant and changes nothing else', () => {
    expect(withClaim(stored, claim, 1_000)).toEqual({ ...stored, claim });
  });

  it('makes the claim that it replaces an unknown outcome, dated by its write', () => {
    const claimed = withClaim(withClaim(stored, claim, 1_000), other, 4_000);
    expect(claimed).toEqual({ ...stored, claim: other, unknown: { claimId: 'claim-1', since: 4_000 } });
  });

  it('keeps the first unknown outcome when later claims are lost as well', () => {
    const unknown = { claimId: 'claim-0', since: 10 };
    expect(withClaim({ ...stored, unknown, claim }, other, 4_000).unknown).toEqual(unknown);
  });

  it('goes without a trace when it is released', () => {
    const unknown = { claimId: 'claim-0', since: 10 };
    expect(withoutClaim({ ...stored, claim, unknown })).toEqual({ ...stored, unknown });
  });
});

describe('an answer', () => {
  const before: GrantRecord = { ...stored, claim, unknown: { claimId: 'claim-0', since: 10 }, verdict };

  it('removes claim, unknown outcome and verdict, and keeps identity, binding, epoch and memories', () => {
    const after = withAnswer(before, answer, 8);
    expect(after).toEqual({
      ...stored,
      generation: 8,
      raw: answer.raw,
      tokens: {
        access: answer.access,
        refresh: stored.tokens.refresh,
        obtainedAt: 3_000,
        refreshExpiresAt: 90_000,
        lifeBeforeMs: 1_000,
        consentedAt: 500,
        scopes: ['chat', 'stream'],
      },
    });
    for (const gone of ['claim', 'unknown', 'verdict']) expect(after).not.toHaveProperty(gone);
  });

  it.each<[string, Partial<TokenAnswer>, (after: GrantRecord) => unknown, unknown]>([
    ['a new refresh token', { refresh: Sealed.of('refresh-8') }, (g) => g.tokens.refresh?.reveal(), 'refresh-8'],
    ['no refresh token', {}, (g) => g.tokens.refresh?.reveal(), 'refresh-7'],
    ['an empty refresh token', { refresh: Sealed.of('') }, (g) => g.tokens.refresh?.reveal(), 'refresh-7'],
    ['an access token', {}, (g) => g.tokens.access?.reveal(), 'access-8'],
    ['an end of the access token', { accessExpiresAt: 9_000 }, (g) => g.tokens.accessExpiresAt, 9_000],
    ['no end of the access token', {}, (g) => g.tokens.accessExpiresAt, undefined],
    ['an end of the refresh token', { refreshExpiresAt: 91_000 }, (g) => g.tokens.refreshExpiresAt, 91_000],
    ['no end of the refresh token', {}, (g) => g.tokens.refreshExpiresAt, 90_000],
    ['scopes in any order', { scopes: ['z', 'a', 'z'] }, (g) => g.tokens.scopes, ['a', 'z']],
    ['no scopes', {}, (g) => g.tokens.scopes, ['chat', 'stream']],
    ['an empty list of scopes', { scopes: [] }, (g) => g.tokens.scopes, []],
    ['another account', { account: { id: '43' } }, (g) => g.account, { id: '42', handle: 'mainstage' }],
    [
      'more extras',
      { extras: { region: 'us', cell: '3' } },
      (g) => g.extras,
      { device: 'd1', region: 'us', cell: '3' },
    ],
    ['the answer as it came', {}, (g) => g.raw?.reveal(), 'raw-8'],
    ['a refusal from before', {}, (g) => g.tokens.accessRefusedAt, undefined],
    ['a moment of consent from before', {}, (g) => g.tokens.consentedAt, 500],
  ])('with %s leads to the right grant', (_, part, look, expected) => {
    expect(look(withAnswer(before, { ...answer, ...part }, 8))).toEqual(expected);
  });

  it.each<[string, Partial<Verdict>, readonly string[], boolean]>([
    ['goes where the token was judged', {}, [], false],
    ['stays where the account was', { reason: 'AdminRightsLost' }, [], true],
    ['goes where this very request was refused for it', { reason: 'AccountLocked' }, ['f1'], false],
  ])('a verdict %s', (_, of, rejected, stays) => {
    const judged = { ...before, rejected, verdict: { ...verdict, ...of } };
    expect(withAnswer(judged, answer, 8).verdict).toEqual(stays ? judged.verdict : undefined);
  });

  it('tells the account where none is known', () => {
    const { account: _, ...anonymous } = stored;
    expect(withAnswer(anonymous, { ...answer, account: { id: '43' } }, 8).account).toEqual({ id: '43' });
  });
});

describe('an answer that renews the person’s own token', () => {
  const person = { obtainedAt: 1_000, access: Sealed.of('page'), refresh: Sealed.of('person-1'), derivedFrom: 'f1' };
  const page = { ...stored, tokens: { ...person, refreshExpiresAt: 60_000 } };
  const renewed = {
    refresh: Sealed.of('person-2'),
    refreshExpiresAt: 99_000,
    obtainedAt: 3_000,
    raw: Sealed.of('raw'),
  };

  it('leaves the derived token to pods until another one is derived', () => {
    const { tokens } = withAnswer(page, renewed, 8);
    expect(tokens.access?.reveal()).toBe('page');
    expect(tokens.refresh?.reveal()).toBe('person-2');
    expect(tokens).toMatchObject({ derivedFrom: 'f1', refreshExpiresAt: 99_000, obtainedAt: 3_000 });
  });
});

describe('an answer to a token that is traded while it lives', () => {
  const dayMs = 86_400_000;
  const held = { access: Sealed.of('long-1'), obtainedAt: 0, accessExpiresAt: 60 * dayMs, lifeBeforeMs: 60 * dayMs };
  const traded = { access: Sealed.of('long-2'), obtainedAt: 30 * dayMs, raw: Sealed.of('raw') };

  it.each<[string, number, boolean | undefined]>([
    ['moves the end', 90 * dayMs, undefined],
    ['leaves the end where it was', 60 * dayMs, true],
    ['leaves the end nearly where it was', 60 * dayMs + 60_000, true],
  ])('that %s is remembered as such', (_, accessExpiresAt, expected) => {
    const after = withAnswer({ ...stored, tokens: held }, { ...traded, accessExpiresAt }, 8);
    expect(after.tokens.isEndFixed).toBe(expected);
  });

  it('says nothing where the token was young, or the platform tells no end', () => {
    const young = withAnswer(
      { ...stored, tokens: held },
      { ...traded, obtainedAt: 60_000, accessExpiresAt: 60 * dayMs },
      8,
    );
    expect(young.tokens.isEndFixed).toBeUndefined();
    expect(withAnswer({ ...stored, tokens: held }, traded, 8).tokens.isEndFixed).toBeUndefined();
  });
});

describe('a verdict', () => {
  it('removes the claim and remembers the rejected token', () => {
    expect(withVerdict({ ...stored, claim }, verdict, 'f1')).toEqual({ ...stored, verdict, rejected: ['r1', 'f1'] });
  });

  it('remembers no token where the account was rejected', () => {
    expect(withVerdict(stored, verdict, '').rejected).toEqual(['r1']);
  });

  it('remembers a token once, as the newest', () => {
    const { rejected } = withVerdict({ ...stored, rejected: ['f1', 'r1'] }, verdict, 'f1');
    expect(rejected).toEqual(['r1', 'f1']);
  });

  it('remembers no more tokens than there is room for, the newest ones', () => {
    const rejected = Array.from({ length: maxRejected }, (_, index) => `r${index}`);
    const after = withVerdict({ ...stored, rejected }, verdict, 'f1').rejected;
    expect([after.length, after[0], after.at(-1)]).toEqual([maxRejected, 'r1', 'f1']);
  });
});

describe('facts', () => {
  const identity = { clusterId: 'c2', namespaceUid: 'n2', channelUid: 'u2' };
  const unknown = { claimId: 'claim-9', since: 6_000 };

  it.each<[string, GrantFacts, Partial<GrantRecord>]>([
    ['nothing', {}, {}],
    ['an account', { account: { id: '42', handle: 'new' } }, { account: { id: '42', handle: 'new' } }],
    ['an identity', { identity }, { identity }],
    ['scopes', { scopes: ['z', 'a'] }, { tokens: { ...stored.tokens, scopes: ['a', 'z'] }, consentScopes: ['a', 'z'] }],
    ['a person', { person: 'p1' }, { person: 'p1' }],
    ['an end of the consent', { consentExpiresAt: 1_900 }, { tokens: { ...stored.tokens, consentExpiresAt: 1_900 } }],
    [
      'an end of the person’s token',
      { sourceExpiresAt: 2_000 },
      { tokens: { ...stored.tokens, refreshExpiresAt: 2_000 } },
    ],
    ['what it was derived from', { derivedFrom: 'f1' }, { tokens: { ...stored.tokens, derivedFrom: 'f1' } }],
    ['an end', { accessExpiresAt: 1_800 }, { tokens: { ...stored.tokens, accessExpiresAt: 1_800 } }],
    ['a refusal', { accessRefusedAt: 1_700 }, { tokens: { ...stored.tokens, accessRefusedAt: 1_700 } }],
    ['a consumed bootstrap', { consumedBootstrap: 'b2' }, { consumedBootstraps: ['b1', 'b2'] }],
    ['an unknown outcome', { unknown }, { unknown }],
  ])('that hold %s change just that', (_, facts, change) => {
    expect(withFacts(stored, facts)).toEqual({ ...stored, ...change });
  });

  it('that the account is well again end its verdict, and nothing else does', () => {
    const judged = { ...stored, verdict };
    expect(withFacts(judged, { isHealed: true })).toEqual(stored);
    expect(withFacts(judged, { person: 'p1' })).toEqual({ ...judged, person: 'p1' });
  });

  it('that hold fewer scopes leave what was granted first', () => {
    const { consentScopes } = withFacts({ ...stored, consentScopes: ['a', 'b'] }, { scopes: ['a'] });
    expect(consentScopes).toEqual(['a', 'b']);
  });

  it('end the claim whose outcome is unknown', () => {
    const after = withFacts({ ...stored, claim }, { unknown: { claimId: claim.id, since: 6_000 } });
    expect(after).toEqual({ ...stored, unknown: { claimId: claim.id, since: 6_000 } });
  });

  it('keep a claim that they are not about, and the first unknown outcome', () => {
    const before = { ...stored, claim, unknown: { claimId: 'claim-0', since: 10 } };
    expect(withFacts(before, { unknown })).toEqual(before);
  });
});

describe('what is stored', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `f${index}`);

  const empty = { ...stored, tokens: { ...stored.tokens, refresh: Sealed.of('') } };

  it.each<[string, GrantRecord | undefined, string | undefined]>([
    ['nothing', undefined, undefined],
    ['a grant of the same epoch', stored, 'refresh-7'],
    ['a grant of an earlier epoch', { ...stored, epoch: 1 }, undefined],
  ])('has no empty refresh token; in the place of %s it keeps what belongs to it', (_, replaced, expected) => {
    const { tokens } = withinBounds(empty, replaced);
    expect(tokens.refresh?.reveal()).toBe(expected);
    expect('refresh' in tokens).toBe(expected !== undefined);
  });

  it('keeps a refresh token', () => {
    expect(withinBounds(stored)).toEqual(stored);
  });

  it.each([
    ['a grant', withinBounds],
    ['a tombstone', tombstoneWithinBounds],
  ])('has memories that end: %s', (_, bounded) => {
    const full = { rejected: many(maxRejected + 3), consumedBootstraps: many(maxConsumedBootstraps + 3) };
    const after = bounded({ ...stored, forgottenAt: 1, ...full });
    expect(after.rejected).toEqual(full.rejected.slice(3));
    expect(after.consumedBootstraps).toEqual(full.consumedBootstraps.slice(3));
  });
});
