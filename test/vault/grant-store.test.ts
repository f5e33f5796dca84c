import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrantRecord } from '../../src/core/grant.ts';
import type { GrantStore } from '../../src/core/ports.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { uniqueName } from '../harness/scratch.ts';
import { waitFor } from '../harness/wait.ts';
import {
  type Connection,
  closeAll,
  connect,
  createOperator,
  type Operator,
  type Place,
  sharedPlace,
} from './connection.ts';
import { answerNamed, claimNamed, content, identity, present, ref, revealed } from './grants.ts';

let place: Place;
let operator: Operator;
let connection: Connection;
let store: GrantStore;

beforeAll(async () => {
  place = sharedPlace();
  operator = await createOperator(place);
  connection = connect(place.url, operator);
  store = connection.store;
});
afterAll(closeAll);

const channel = () => ({ namespace: ref.namespace, name: uniqueName('channel') });
const grantPath = ({ namespace, name }: typeof ref) => operator.at(`channels/${namespace}/${name}/grant`);

async function promoted(at: typeof ref, record: Omit<GrantRecord, 'writeId'> = content) {
  return store.promote(at, await store.load(at), record);
}

describe('a grant', () => {
  it('is absent, at version 0, where nothing was ever written', async () => {
    expect(await store.load(channel())).toMatchObject({ state: 'Absent', version: 0 });
  });

  it('comes back as it was written, every field of it', async () => {
    const at = channel();
    const whole = {
      ...content,
      claim: claimNamed('c1'),
      unknown: { claimId: 'c0', since: 1_795_000_000_005 },
      verdict: { reason: 'AccessRevoked', message: 'Gone.', at: 1_795_000_000_006, confirmations: 2, probes: 1 },
      tokens: { ...content.tokens, accessRefusedAt: 1_795_000_000_007 },
    } as const;
    const written = await promoted(at, whole);
    const read = await store.load(at);
    expect(revealed(present(read).record)).toEqual(revealed({ ...whole, writeId: written.record.writeId }));
    expect(read).toMatchObject({ version: 1, writtenAt: written.writtenAt });
    expect(read.readAt - read.writtenAt).toBeGreaterThanOrEqual(0);
    expect(read.readAt - read.writtenAt).toBeLessThan(5_000);
  });

  it('is refreshed in two writes and no other request', async () => {
    const at = channel();
    await promoted(at);
    const before = present(await store.load(at));
    connection.reports.length = 0;
    const claimed = await store.claim(at, before, claimNamed('c1'));
    const committed = await store.commit(at, claimed, answerNamed('2'), 2);
    expect(connection.reports.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      'write 200',
      'write 200',
    ]);
    const after = present(await store.load(at));
    expect([claimed.version, committed.version, after.version]).toEqual([2, 3, 3]);
    expect(after.record.claim).toBeUndefined();
    expect(after.record.generation).toBe(2);
    expect(after.record.tokens.refresh?.reveal()).toBe('refresh-2');
    expect(revealed(after.record)).toEqual(revealed(committed.record));
  });

  it('keeps its refresh token when an answer brings an empty one', async () => {
    const at = channel();
    const claimed = await store.claim(at, await promoted(at), claimNamed('c1'));
    await store.commit(at, claimed, { ...answerNamed('2'), refresh: Sealed.of('') }, 2);
    expect(present(await store.load(at)).record.tokens.refresh?.reveal()).toBe('refresh-1');
  });

  it('is as before, but for its version, after a claim that was released', async () => {
    const at = channel();
    const before = await promoted(at);
    await store.release(at, await store.claim(at, before, claimNamed('c1')));
    const after = present(await store.load(at));
    expect(after.version).toBe(3);
    expect(revealed({ ...after.record, writeId: '' })).toEqual(revealed({ ...before.record, writeId: '' }));
  });

  it('cannot be claimed by two: the second loses', async () => {
    const at = channel();
    const before = await promoted(at);
    const attempts = await Promise.allSettled([
      store.claim(at, before, claimNamed('c1')),
      connect(place.url, operator).store.claim(at, before, claimNamed('c2')),
    ]);
    const lost = attempts.filter((attempt) => attempt.status === 'rejected');
    expect(lost).toHaveLength(1);
    expect(lost[0]?.reason).toMatchObject({ name: 'CasLost', family: 'Transient', reason: 'CasLost' });
  });

  it('is not claimed while a claim on it lives', async () => {
    const at = channel();
    const claimed = await store.claim(at, await promoted(at), claimNamed('c1'));
    await expect(store.claim(at, claimed, claimNamed('c2'))).rejects.toMatchObject({
      name: 'CasLost',
      message: expect.stringContaining('pod-a holds a claim for 60 s more'),
    });
    expect((await store.load(at)).version).toBe(2);
  });

  it('remembers a claim that ran out as an unknown outcome, until a commit', async () => {
    const at = channel();
    const lost = await store.claim(at, await promoted(at), claimNamed('c1', 1));
    // Vault's clock, in whole seconds, has to pass the claim's life.
    const loadExpired = async () => {
      const { readAt, writtenAt, ...grant } = await store.load(at);
      return readAt - writtenAt > 1 && { readAt, writtenAt, ...grant };
    };
    const expired = await waitFor(loadExpired, { what: 'the claim to run out' });
    const second = await store.claim(at, present(expired), claimNamed('c2'));
    expect(second.record.unknown).toEqual({ claimId: 'c1', since: lost.writtenAt });
    await store.commit(at, second, answerNamed('2'), 2);
    expect(present(await store.load(at)).record.unknown).toBeUndefined();
  });

  it('carries the verdict and remembers the token that was rejected', async () => {
    const at = channel();
    const claimed = await store.claim(at, await promoted(at), claimNamed('c1'));
    const verdict = { reason: 'AccessRevoked', message: 'Gone.', at: 1, confirmations: 2, probes: 0 } as const;
    await store.verdict(at, claimed, verdict, 'f1');
    expect(present(await store.load(at)).record).toMatchObject({ verdict, rejected: ['r1', 'f1'] });
    expect(present(await store.load(at)).record.claim).toBeUndefined();
  });

  it('takes facts that were learnt about it', async () => {
    const at = channel();
    const adopted = { ...identity, clusterId: 'other' };
    await store.amend(at, await promoted(at), { scopes: ['z', 'a'], accessRefusedAt: 9, identity: adopted });
    expect(present(await store.load(at)).record).toMatchObject({
      identity: adopted,
      tokens: { scopes: ['a', 'z'], accessRefusedAt: 9 },
    });
  });

  it('is absent, with its version, after somebody deleted it by hand', async () => {
    const at = channel();
    await promoted(at);
    await place.root.json('DELETE', `/v1/${grantPath(at).replace('/', '/data/')}`);
    const absent = await store.load(at);
    expect(absent).toMatchObject({ state: 'Absent', version: 1 });
    expect(await store.promote(at, absent, content)).toMatchObject({ version: 2 });
  });
});

describe('what a newer or a broken writer left', () => {
  async function stored(change: (json: Record<string, unknown>) => object) {
    const at = channel();
    await promoted(at);
    const { data } = (await place.root.read(grantPath(at))) ?? {};
    await place.root.write(grantPath(at), change({ ...data }), 1);
    return at;
  }

  it('keeps fields that it does not know through claim and commit', async () => {
    const at = await stored((json) => ({ ...json, escrowedBy: { pod: 'new' } }));
    const claimed = await store.claim(at, present(await store.load(at)), claimNamed('c1'));
    await store.commit(at, claimed, answerNamed('2'), 2);
    expect((await place.root.read(grantPath(at)))?.data).toMatchObject({ escrowedBy: { pod: 'new' }, generation: 2 });
  });

  const canary = 'canary-secret-3f9';
  it.each<[string, (json: Record<string, unknown>) => object, string]>([
    ['without tokens', ({ tokens: _, ...rest }) => rest, 'is damaged (tokens)'],
    ['with an empty refresh token', (json) => ({ ...json, tokens: { access: canary, refresh: '' } }), 'tokens.refresh'],
    [
      'with an instant that is none',
      (json) => ({ ...json, unknown: { claimId: 'c', since: canary } }),
      'unknown.since',
    ],
    ['with a number where text was', (json) => ({ ...json, writeId: 7 }), 'is damaged (writeId)'],
    ['with another kind', (json) => ({ ...json, kind: canary }), 'is damaged (kind)'],
    ['that is something else', () => ({ hello: canary }), 'is damaged'],
    ['of a newer operator', (json) => ({ ...json, schema: 2 }), 'was written by a newer operator (schema 2)'],
  ])('refuses a record %s, and never takes it for absent', async (_, change, told) => {
    const failure = await store.load(await stored(change)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ family: 'Misconfigured', reason: 'Unexpected', source: 'Vault' });
    expect(String(failure)).toContain(told);
    expect(String(failure)).toContain(`${operator.prefix}/channels/main-stage/`);
    expect(String(failure)).not.toContain(canary);
  });
});

describe('forgetting', () => {
  const tombstone = {
    forgottenAt: 1_795_000_000_001,
    identity,
    epoch: 1,
    generation: 2,
    consumedBootstraps: ['b1'],
    rejected: ['r1'],
  };

  async function livingVersions(at: typeof ref): Promise<number[]> {
    const path = `/v1/${grantPath(at).replace('/', '/metadata/')}`;
    const { data } = await place.root.json<{ data: { versions: Record<string, { destroyed: boolean }> } }>('GET', path);
    return Object.entries(data.versions).flatMap(([version, { destroyed }]) => (destroyed ? [] : [Number(version)]));
  }

  it('leaves a tombstone as the only version that can be read, and no parked answer', async () => {
    const at = channel();
    const claimed = await store.claim(at, await promoted(at), claimNamed('c1'));
    const parked = { claimId: 'c0', epoch: 1, generation: 2, fingerprint: 'f0', parkedAt: 1, raw: Sealed.of('raw') };
    await store.park(at, parked);
    const forgotten = await store.forget(at, claimed, tombstone);
    expect(await livingVersions(at)).toEqual([3]);
    expect(await store.load(at)).toMatchObject({ state: 'Forgotten', version: 3, tombstone });
    expect(forgotten.tombstone).toMatchObject(tombstone);
    expect(await place.root.read(operator.at(`channels/${at.namespace}/${at.name}/parked`))).toBeUndefined();
  });

  it('finishes what a process that ended in between has left', async () => {
    const at = channel();
    const before = await promoted(at);
    const json = { schema: 1, state: 'Forgotten', writeId: 'w', ...tombstone, forgottenAt: '2026-11-22T00:00:00Z' };
    await place.root.write(grantPath(at), json, before.version);
    expect(await livingVersions(at)).toEqual([1, 2]);
    await store.forget(at, await store.load(at), tombstone);
    expect(await livingVersions(at)).toEqual([2]);
  });

  it('leaves a tombstone where nothing was, and a new grant goes on from it', async () => {
    const at = channel();
    const forgotten = await store.forget(at, await store.load(at), tombstone);
    expect(forgotten.version).toBe(1);
    expect(await store.promote(at, await store.load(at), content)).toMatchObject({ version: 2, state: 'Present' });
  });
});

describe('a name', () => {
  it.each(['..', 'a/b', '', 'A', 'a b', 'a%2fb', '.a', '-a'])(
    'that is not one of Kubernetes is refused: "%s"',
    async (name) => {
      connection.reports.length = 0;
      await expect(store.load({ namespace: 'main-stage', name })).rejects.toThrow('is no Kubernetes name');
      await expect(store.load({ namespace: name, name: 'twitch' })).rejects.toThrow('is no Kubernetes name');
      expect(connection.reports).toEqual([]);
    },
  );
});
