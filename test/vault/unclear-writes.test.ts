import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GrantStore } from '../../src/core/ports.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import type { FaultAction } from '../harness/fault-rules.ts';
import { uniqueName } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import {
  type Connection,
  closeAll,
  connect,
  createOperator,
  type Operator,
  type Place,
  sharedPlace,
} from './connection.ts';
import { answerNamed, claimNamed, content, present, ref } from './grants.ts';

let place: Place;
let operator: Operator;
let proxy: FaultProxy;
let connection: Connection;
/** Through the proxy. */
let store: GrantStore;
/** Past the proxy: another replica. */
let other: GrantStore;

beforeAll(async () => {
  place = sharedPlace();
  operator = await createOperator(place);
  proxy = await FaultProxy.start({ upstream: place.url, authority: sharedWorld().authority });
  connection = connect(proxy.url, operator, { timeoutMs: 500, resolveWithinMs: 2_000 });
  store = connection.store;
  other = connect(place.url, operator).store;
});
afterEach(() => proxy.clearRules());
afterAll(async () => {
  await closeAll();
  await proxy.stop();
});

const write = { method: 'POST', path: /\/grant$/ } as const;

async function claimed(lifeMs?: number) {
  const at = { namespace: ref.namespace, name: uniqueName('channel') };
  const before = await other.promote(at, await other.load(at), content);
  return { at, before, claimed: await other.claim(at, before, claimNamed('c1', lifeMs)) };
}

describe('a write whose acknowledgement is lost', () => {
  it.each<[string, FaultAction, number]>([
    ['Vault wrote and the connection broke', { swallow: true }, 1],
    ['Vault wrote and half of the answer came', { truncate: true }, 1],
    ['the connection broke before Vault saw it', { cut: true }, 1],
    ['the connection broke twice', { cut: true }, 2],
    ['Vault wrote twice over and nobody heard', { swallow: true }, 2],
    ['nothing came in time', { hang: true }, 1],
    ['it arrives after we gave up on it', { delayMs: 700 }, 1],
    ['something on the way answered 502', { answer: { status: 502, body: '<html>bad gateway</html>' } }, 1],
    ['something on the way answered 200 with a page', { answer: { status: 200, body: '<html>hello</html>' } }, 1],
    ['Vault had no leader', { answer: { status: 500, body: '{"errors":["local node not active"]}' } }, 1],
  ])('is done once when %s', async (_, action, times) => {
    const { at, claimed: from } = await claimed();
    const fault = proxy.rule({ ...write, action, times });
    const committed = await store.commit(at, from, answerNamed('2'), 2);
    expect(fault.hits).toBe(times);
    expect(committed.version).toBe(3);
    const after = present(await other.load(at));
    expect([after.version, after.record.generation, after.record.writeId]).toEqual([3, 2, 'commit-c1']);
    expect(after.writtenAt).toBe(committed.writtenAt);
  });

  it('stays unclear, in family Transient, when Vault cannot be asked any more; the same commit is found done later', async () => {
    const { at, claimed: from } = await claimed();
    proxy.rule({ ...write, action: { swallow: true }, times: 1 });
    proxy.rule({ path: /./, action: { cut: true } });
    await expect(store.commit(at, from, answerNamed('2'), 2)).rejects.toMatchObject({
      name: 'UnclearWrite',
      family: 'Transient',
      reason: 'VaultUnavailable',
      message: expect.stringMatching(
        /^Whether Vault has written is not known: the record "grant" of channel main-stage/,
      ),
    });
    proxy.clearRules();
    expect((await store.commit(at, from, answerNamed('2'), 2)).version).toBe(3);
    expect((await other.load(at)).version).toBe(3);
  });

  it.each<[string, FaultAction]>([
    ['is sealed', { answer: { status: 503, body: '{"errors":["Vault is sealed"]}' } }],
    ['asks to slow down', { answer: { status: 429 } }],
    ['denies it', { answer: { status: 403, body: '{"errors":["permission denied"]}' } }],
  ])('is still looked for when Vault then %s', async (_, action) => {
    const { at, claimed: from } = await claimed();
    proxy.rule({ ...write, action: { swallow: true }, times: 1 });
    const then = proxy.rule({ ...write, action, nth: 2, times: 1 });
    expect(await store.commit(at, from, answerNamed('2'), 2)).toMatchObject({ version: 3 });
    expect(then.hits).toBe(1);
  });

  it('is found done by the repeated commit even when another has written after it', async () => {
    const { at, claimed: from } = await claimed();
    const done = await other.commit(at, from, answerNamed('2'), 2);
    await other.amend(at, done, { accessRefusedAt: 1 });
    expect(await store.commit(at, from, answerNamed('2'), 2)).toMatchObject({ version: 3 });
  });

  it('is no claim when another has claimed after it', async () => {
    const { at, before } = await claimed(1);
    const takeOver = async () => {
      const now = present(await other.load(at));
      await other.claim(at, { ...now, readAt: now.writtenAt + 60_001 }, claimNamed('thief'));
    };
    // Vault has written our claim, nobody has told us, and somebody takes the grant over.
    proxy.rule({ ...write, action: { kill: 'after-forward', victim: takeOver } });
    const from = { ...present(await other.load(at)), record: before.record };
    await expect(store.claim(at, from, claimNamed('c2'))).rejects.toMatchObject({
      name: 'CasLost',
      message: expect.stringContaining('our claim was replaced already'),
    });
    const { version, record } = present(await other.load(at));
    expect([version, record.claim?.id, record.unknown?.claimId]).toEqual([4, 'thief', 'c2']);
  });

  it('waits for a standby that lags behind the write', async () => {
    const { at, claimed: from } = await claimed();
    const old = await place.root.json('GET', `/v1/social/data/${operator.prefix}/channels/main-stage/${at.name}/grant`);
    proxy.rule({ ...write, action: { swallow: true }, times: 1 });
    const lagging = proxy.rule({
      method: 'GET',
      path: /\/grant$/,
      action: { answer: { status: 200, body: JSON.stringify(old) } },
      times: 2,
    });
    expect((await store.commit(at, from, answerNamed('2'), 2)).version).toBe(3);
    expect(lagging.hits).toBe(2);
  });
});

describe('a write that somebody else won', () => {
  it('is lost, and what the other wrote stays', async () => {
    const { at, claimed: from } = await claimed();
    await other.commit(at, from, answerNamed('theirs'), 2);
    const late = { ...from, record: { ...from.record, claim: claimNamed('c9') } };
    await expect(store.commit(at, late, answerNamed('ours'), 2)).rejects.toMatchObject({ name: 'CasLost' });
    expect(present(await other.load(at)).record.tokens.access?.reveal()).toBe('access-theirs');
  });
});

describe('a write that Vault did not take', () => {
  it.each<[string, number, string, string]>([
    ['it is sealed', 503, '{"errors":["Vault is sealed"]}', 'Vault is sealed'],
    ['it asks to slow down', 429, '{"errors":["request path \\"x\\": rate limit quota exceeded"]}', 'slow down'],
    ['it redirects', 307, '', 'a redirect'],
  ])('fails at once, in family Transient, when %s', async (_, status, body, told) => {
    const { at, claimed: from } = await claimed();
    const headers = { location: 'https://127.0.0.1:1/v1/x', 'retry-after': '7' };
    const rule = proxy.rule({ ...write, action: { answer: { status, body, headers } } });
    const failure = await store.commit(at, from, answerNamed('2'), 2).catch((error: unknown) => error);
    expect(failure).toMatchObject({ family: 'Transient', reason: 'VaultUnavailable', status, retryAfterMs: 7_000 });
    expect(String(failure)).toContain(told);
    expect(rule.hits).toBe(1);
    expect((await other.load(at)).version).toBe(2);
  });
});
