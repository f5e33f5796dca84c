import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GrantRecord, ParkedAnswer } from '../../src/core/grant.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { createPaths } from '../../src/vault/paths.ts';
import { decodeGrant, decodeParked, encodeGrant, encodeParked } from '../../src/vault/record.ts';
import { ref, revealed } from './grants.ts';

const paths = createPaths('social', 'prefix');
const at = paths.channel(ref, 'grant');

const text = fc.string({ minLength: 1, unit: 'binary' });
const secret = text.map((value) => Sealed.of(value));
const instant = fc.integer({ min: 0, max: Date.parse('2200-01-01T00:00:00Z') });
const count = fc.nat();
const strings = fc.array(text, { maxLength: 3 });
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const extras = fc.dictionary(fc.stringMatching(/^[a-z][A-Za-z0-9_]{0,31}$/), text, {
  maxKeys: 3,
  noNullPrototype: true,
});
const account = fc.record({ id: text, handle: optional(text) });

const tokens = fc.record({
  access: optional(secret),
  refresh: optional(secret),
  obtainedAt: instant,
  accessExpiresAt: optional(instant),
  refreshExpiresAt: optional(instant),
  consentedAt: optional(instant),
  scopes: optional(strings),
  accessRefusedAt: optional(instant),
});

const grant: fc.Arbitrary<GrantRecord> = fc.record({
  writeId: text,
  kind: fc.constantFrom('User', 'App'),
  identity: fc.record({ clusterId: text, namespaceUid: text, channelUid: text }),
  issuedTo: fc.record({ platform: text, clientId: text, tokenOrigin: text }),
  account: optional(account),
  epoch: count,
  generation: count,
  tokens,
  extras,
  claim: optional(
    fc.record({ id: text, holder: text, epoch: count, fingerprint: text, lifeMs: fc.integer({ min: 1, max: 1e9 }) }),
  ),
  unknown: optional(fc.record({ claimId: text, since: instant })),
  verdict: optional(
    fc.record({
      reason: fc.constantFrom('AccessRevoked', 'PasswordChanged', 'RefreshInterrupted'),
      message: text,
      at: instant,
      confirmations: count,
      probes: count,
    }),
  ),
  rejected: strings,
  consumedBootstraps: strings,
  raw: optional(secret),
});

const parked: fc.Arbitrary<ParkedAnswer> = fc.record({
  claimId: text,
  epoch: count,
  generation: count,
  fingerprint: text,
  parkedAt: instant,
  answer: optional(
    fc.record({
      access: secret,
      refresh: optional(secret),
      obtainedAt: instant,
      accessExpiresAt: optional(instant),
      refreshExpiresAt: optional(instant),
      scopes: optional(strings),
      account: optional(account),
      extras: optional(extras),
      raw: secret,
    }),
  ),
  raw: secret,
});

/** As it goes over the wire. */
const stored = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value));

describe('a record', () => {
  it('reads back as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(
        grant,
        fc.dictionary(
          fc.string().map((name) => `x-${name}`),
          fc.jsonValue(),
        ),
        (record, unknownFields) => {
          const decoded = decodeGrant(stored(encodeGrant(record, stored(unknownFields))), at);
          expect(decoded.state).toBe('Present');
          if (decoded.state !== 'Present') return;
          expect(revealed(decoded.record)).toEqual(revealed(record));
          expect(stored(decoded.unknownFields)).toEqual(stored(unknownFields));
        },
      ),
    );
  });

  it('lets no unknown field take the place of one that it knows', () => {
    fc.assert(
      fc.property(grant, (record) => {
        const hostile = { writeId: 'other', state: 'Forgotten', tokens: {}, claim: { id: 'x' }, schema: 9 };
        const json = stored(encodeGrant(record, hostile));
        expect(json).toMatchObject({ writeId: record.writeId, state: 'Present', schema: 1 });
        expect(json.claim).toEqual(record.claim === undefined ? undefined : stored(record.claim));
      }),
    );
  });

  it('shows no secret to whoever prints what was decoded', () => {
    const [sample] = fc.sample(grant, 1) as [GrantRecord];
    const tokens = { access: Sealed.of('canary-1'), refresh: Sealed.of('canary-2'), obtainedAt: 1 };
    const decoded = decodeGrant(stored(encodeGrant({ ...sample, tokens, raw: Sealed.of('canary-3') }, {})), at);
    expect(JSON.stringify(decoded) + inspect(decoded, { depth: 9 })).not.toContain('canary');
  });

  it('takes a verdict whose word only a newer operator knows for a rejection all the same', () => {
    const [record] = fc.sample(grant, 1) as [GrantRecord];
    const verdict = { reason: 'AccessRevoked', message: 'm', at: 1, confirmations: 1, probes: 0 } as const;
    const json = stored(encodeGrant({ ...record, verdict }, {}));
    const newer = { ...json, verdict: { ...stored(json.verdict), reason: 'AccountTeleported' } };
    expect(decodeGrant(newer, at)).toMatchObject({ record: { verdict: { reason: 'AccessRevoked', message: 'm' } } });
  });
});

describe('parked answers', () => {
  it('read back as they were written, whatever is in them', () => {
    fc.assert(
      fc.property(fc.uniqueArray(parked, { maxLength: 3, selector: ({ claimId }) => claimId }), (answers) => {
        const byClaim = (list: readonly ParkedAnswer[]) =>
          revealed([...list].sort((a, b) => (a.claimId < b.claimId ? -1 : 1)));
        expect(byClaim(decodeParked(stored(encodeParked(answers)), at))).toEqual(byClaim(answers));
      }),
    );
  });
});
