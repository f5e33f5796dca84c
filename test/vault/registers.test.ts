import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ParkedAnswer } from '../../src/core/grant.ts';
import type { GrantStore, PersonLogin, ProjectedToken } from '../../src/core/ports.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { uniqueName } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { createTenant } from '../harness/tenant.ts';
import {
  type Connection,
  closeAll,
  connect,
  createOperator,
  type Operator,
  type Place,
  sharedPlace,
} from './connection.ts';
import { answerNamed, revealed } from './grants.ts';

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

const channel = () => ({ namespace: 'main-stage', name: uniqueName('channel') });

describe('parked answers', () => {
  const parked = (claimId: string): ParkedAnswer => ({
    claimId,
    epoch: 1,
    generation: 2,
    fingerprint: 'f1',
    parkedAt: 1_795_000_000_001,
    answer: { ...answerNamed(claimId), account: { id: '42' }, extras: { a: 'b' }, scopes: ['chat'] },
    raw: Sealed.of(`raw of ${claimId}`),
  });

  it('come back as they were parked', async () => {
    const at = channel();
    const unparsed = { ...parked('c2'), answer: undefined };
    await store.park(at, parked('c1'));
    await store.park(at, unparsed);
    expect(revealed(await store.parked(at))).toEqual(revealed([parked('c1'), unparsed]));
  });

  it('are kept to the newest three where nobody could understand them', async () => {
    const at = channel();
    await store.park(at, parked('read'));
    for (const claimId of ['u1', 'u2', 'u3', 'u4']) await store.park(at, { ...parked(claimId), answer: undefined });
    expect((await store.parked(at)).map(({ claimId }) => claimId)).toEqual(['read', 'u2', 'u3', 'u4']);
  });

  it('are all kept when several are parked at once', async () => {
    const at = channel();
    const ids = ['c1', 'c2', 'c3', 'c4'];
    await Promise.all(ids.map((id) => connect(place.url, operator).store.park(at, parked(id))));
    const kept = (await store.parked(at)).map(({ claimId }) => claimId);
    expect(kept.sort()).toEqual(ids);
  });

  it('go one by one, and an empty list costs no write', async () => {
    const at = channel();
    await store.park(at, parked('c1'));
    await store.park(at, parked('c2'));
    await store.unpark(at, ['c1', 'never-parked']);
    expect((await store.parked(at)).map(({ claimId }) => claimId)).toEqual(['c2']);
    await store.unpark(at, ['c2']);
    connection.reports.length = 0;
    await store.unpark(at, ['c2']);
    expect(connection.reports.map(({ operation }) => operation)).toEqual(['read']);
  });

  it('are none where none was ever parked', async () => {
    expect(await store.parked(channel())).toEqual([]);
  });
});

describe('an imported token', () => {
  it('belongs to the channel that came first, for that channel too', async () => {
    const [first, second] = [channel(), channel()];
    const fingerprint = await store.fingerprint(Sealed.of(uniqueName('refresh')));
    expect(await store.claimImport(fingerprint, first)).toEqual(first);
    expect(await store.claimImport(fingerprint, second)).toEqual(first);
    expect(await store.claimImport(fingerprint, first)).toEqual(first);
  });

  it('belongs to one of two that come at once, and both agree on which', async () => {
    const fingerprint = await store.fingerprint(Sealed.of(uniqueName('refresh')));
    const owners = [channel(), channel()];
    const claims = owners.map((owner) => connect(place.url, operator).store.claimImport(fingerprint, owner));
    const [one, other] = await Promise.all(claims);
    expect(one).toEqual(other);
    expect(owners).toContainEqual(one);
  });

  it('is not given to another when its memory was deleted by hand', async () => {
    const fingerprint = await store.fingerprint(Sealed.of(uniqueName('refresh')));
    await store.claimImport(fingerprint, channel());
    await place.root.json('DELETE', `/v1/social/data/${operator.prefix}/imported/${fingerprint}`);
    await expect(store.claimImport(fingerprint, channel())).rejects.toMatchObject({
      family: 'Misconfigured',
      message: expect.stringContaining('was deleted. Undelete or restore it'),
    });
  });
});

describe('an account', () => {
  const account = () => ({ platform: 'twitch', clientId: 'client', accountId: uniqueName('account') });

  it('has no owner until a channel claims it, and then keeps that one', async () => {
    const key = account();
    const [first, second] = [channel(), channel()];
    expect(await store.accountOwner(key)).toBeUndefined();
    expect(await store.claimAccount(key, first)).toEqual(first);
    expect(await store.claimAccount(key, second)).toEqual(first);
    expect(await store.accountOwner(key)).toEqual(first);
  });

  it('passes on only from the owner that was found gone', async () => {
    const key = account();
    const [first, second, third] = [channel(), channel(), channel()];
    await store.claimAccount(key, first);
    expect(await store.claimAccount(key, third, second)).toEqual(first);
    expect(await store.claimAccount(key, second, first)).toEqual(second);
    expect(await store.accountOwner(key)).toEqual(second);
  });

  it('is free again when its owner releases it, and not when another does', async () => {
    const key = account();
    const [first, second] = [channel(), channel()];
    await store.claimAccount(key, first);
    await store.releaseAccount(key, second);
    expect(await store.accountOwner(key)).toEqual(first);
    await store.releaseAccount(key, first);
    expect(await store.accountOwner(key)).toBeUndefined();
    expect(await store.claimAccount(key, second)).toEqual(second);
  });

  it('differs by platform, client and id', async () => {
    const key = account();
    await store.claimAccount(key, channel());
    for (const other of [{ platform: 'youtube' }, { clientId: 'c2' }, { accountId: 'a2' }]) {
      expect(await store.accountOwner({ ...key, ...other })).toBeUndefined();
    }
  });
});

describe('the record for consumers', () => {
  const token = (generation: number, epoch = 1): ProjectedToken => ({
    access: Sealed.of(`access-${epoch}.${generation}`),
    accessExpiresAt: Date.parse('2026-11-23T10:00:00Z'),
    account: { id: '42' },
    platform: 'twitch',
    state: 'Connected',
    epoch,
    generation,
  });
  const read = async ({ namespace, name }: { namespace: string; name: string }) =>
    (await place.root.read(operator.at(`channels/${namespace}/${name}/token`)))?.data;

  it('is plain text that a consumer of the namespace may read, and nothing beside it', async () => {
    const tenant = await createTenant(sharedWorld(), { vaultPrefix: operator.prefix });
    await store.writeToken({ namespace: tenant.namespace, name: 'twitch' }, token(1));
    const consumer = await tenant.consumer();
    const path = operator.at(`channels/${tenant.namespace}/twitch`);
    expect((await consumer.read(`${path}/token`))?.data).toEqual({
      access_token: 'access-1.1',
      expires_at: '2026-11-23T10:00:00.000Z',
      account_id: '42',
      platform: 'twitch',
      state: 'Connected',
      epoch: '1',
      generation: '1',
      writeId: expect.any(String),
    });
    await expect(consumer.read(`${path}/grant`)).rejects.toMatchObject({ status: 403 });
    await consumer.close();
  });

  it('costs one write when this process wrote it last', async () => {
    const at = channel();
    await store.writeToken(at, token(1));
    connection.reports.length = 0;
    await store.writeToken(at, token(2));
    expect(connection.reports.map(({ operation }) => operation)).toEqual(['write']);
    expect(await read(at)).toMatchObject({ generation: '2' });
  });

  it.each([
    ['a newer generation', token(3), 'access-1.3'],
    ['a newer epoch', token(1, 2), 'access-2.1'],
  ])('never goes back from %s that another replica wrote', async (_, newer, kept) => {
    const at = channel();
    await store.writeToken(at, token(1));
    await connect(place.url, operator).store.writeToken(at, newer);
    await store.writeToken(at, token(2));
    expect(await read(at)).toMatchObject({ access_token: kept });
  });

  it('is gone when it is removed, and comes back', async () => {
    const at = channel();
    await store.writeToken(at, token(1));
    await store.writeToken(at, undefined);
    expect(await read(at)).toBeUndefined();
    await store.writeToken(at, undefined);
    await store.writeToken(at, token(2));
    expect(await read(at)).toMatchObject({ generation: '2' });
  });
});

describe("an app's client secret", () => {
  it('is what a person wrote', async () => {
    const app = channel();
    await place.root.write(operator.at(`apps/${app.namespace}/${app.name}`), { client_secret: 's3cret' }, 0);
    expect((await store.appSecret(app)).reveal()).toBe('s3cret');
  });

  it.each<[string, object | undefined, string, string]>([
    ['nobody wrote it', undefined, 'SecretNotFound', 'does not exist'],
    ['it has another field', { secret: 'canary-77' }, 'SecretKeyMissing', 'has no text in its field client_secret'],
    ['it is empty', { client_secret: '' }, 'SecretKeyMissing', 'has no text in its field client_secret'],
  ])('is a fault of the app when %s', async (_, data, reason, told) => {
    const app = channel();
    const path = operator.at(`apps/${app.namespace}/${app.name}`);
    if (data !== undefined) await place.root.write(path, data, 0);
    const failure = await store.appSecret(app).catch((error: unknown) => error);
    expect(failure).toMatchObject({ family: 'Misconfigured', reason, isAppFault: true });
    expect(String(failure)).toContain(told);
    expect(String(failure)).not.toContain('canary-77');
  });
});

describe('a fingerprint', () => {
  it('is the same for every process of a prefix, also of two that start at once', async () => {
    const fresh = await createOperator(place);
    const stores = [1, 2, 3].map(() => connect(place.url, fresh).store);
    const prints = await Promise.all(stores.map((each) => each.fingerprint(Sealed.of('token'))));
    expect(new Set(prints).size).toBe(1);
    expect(prints[0]).toMatch(/^[0-9a-f]{64}$/);
    expect((await place.root.read(fresh.at('keys/escrow')))?.version).toBe(1);
  });

  it('differs by token and by prefix', async () => {
    const other = connect(place.url, await createOperator(place)).store;
    const prints = [
      await store.fingerprint(Sealed.of('token')),
      await store.fingerprint(Sealed.of('token2')),
      await other.fingerprint(Sealed.of('token')),
    ];
    expect(new Set(prints).size).toBe(3);
  });

  it('asks Vault once for many', async () => {
    const fresh = connect(place.url, operator);
    await Promise.all(['a', 'b', 'c'].map((token) => fresh.store.fingerprint(Sealed.of(token))));
    await fresh.store.fingerprint(Sealed.of('d'));
    expect(fresh.reports.map(({ operation }) => operation)).toEqual(['lookup-self', 'read']);
  });

  it('is made with the key as it is after a new login', async () => {
    const fresh = await createOperator(place);
    const connected = connect(place.url, fresh);
    await connected.store.fingerprint(Sealed.of('token'));
    await place.root.json('POST', '/v1/auth/token/revoke', { token: fresh.token() });
    await fresh.issue();
    await connected.store.parked(channel());
    connected.reports.length = 0;
    await connected.store.fingerprint(Sealed.of('token'));
    await connected.store.fingerprint(Sealed.of('token'));
    expect(connected.reports.map(({ operation }) => operation)).toEqual(['read']);
  });

  it.each<[string, (operator: Operator) => Promise<unknown>, string]>([
    ['deleted', (of) => place.root.json('DELETE', `/v1/social/data/${of.prefix}/keys/escrow`), 'was deleted'],
    ['overwritten', (of) => place.root.write(of.at('keys/escrow'), { key: 'canary' }, 1), 'is damaged'],
  ])('is refused when the key was %s: another key would know no token again', async (_, harm, told) => {
    const fresh = await createOperator(place);
    await connect(place.url, fresh).store.fingerprint(Sealed.of('token'));
    await harm(fresh);
    const failure = await connect(place.url, fresh)
      .store.fingerprint(Sealed.of('token'))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ family: 'Misconfigured', reason: 'VaultMountInvalid' });
    expect(String(failure)).toContain(told);
    expect(String(failure)).not.toContain('canary');
  });
});

describe('the logins of a person', () => {
  const person = () => ({ platform: 'https://id.example.com', project: 'p1', person: uniqueName('person') });
  const login = (name: string, of: Partial<PersonLogin> = {}): PersonLogin => ({
    channel: { namespace: 'main-stage', name },
    epoch: 1,
    consentedAt: 1_795_000_000_001,
    scopes: ['stream'],
    ...of,
  });

  it('are none at first', async () => {
    expect(await store.personLogins(person())).toEqual({ logins: [], everGiven: 0 });
  });

  it('come back in the order in which they were given, with how many there ever were', async () => {
    const who = person();
    await store.notePersonLogin(who, login('a'));
    await store.notePersonLogin(who, login('b', { lender: 'a' }));
    await store.notePersonLogin(who, login('a', { epoch: 2 }));
    expect(await store.personLogins(who)).toEqual({
      logins: [login('b', { lender: 'a' }), login('a', { epoch: 2 })],
      everGiven: 3,
    });
  });

  it('are counted once, and cost no write when nothing is new', async () => {
    const who = person();
    await store.notePersonLogin(who, login('a'));
    connection.reports.length = 0;
    await store.notePersonLogin(who, login('a'));
    expect(connection.reports.map(({ operation }) => operation)).toEqual(['read']);
    expect((await store.personLogins(who)).everGiven).toBe(1);
  });

  it('are all remembered when several are noted at once', async () => {
    const who = person();
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => connect(place.url, operator).store.notePersonLogin(who, login(name))));
    const { logins } = await store.personLogins(who);
    expect(logins.map(({ channel: { name } }) => name).sort()).toEqual(names);
  });

  it('go with their channel, and stay counted', async () => {
    const who = person();
    await store.notePersonLogin(who, login('a'));
    await store.notePersonLogin(who, login('b'));
    await store.forgetPersonLogin(who, { namespace: 'main-stage', name: 'a' });
    expect(await store.personLogins(who)).toEqual({ logins: [login('b')], everGiven: 2 });
  });

  it('of another person, project or platform are others', async () => {
    const who = person();
    await store.notePersonLogin(who, login('a'));
    for (const other of [{ person: 'x' }, { project: 'x' }, { platform: 'https://x.example.com' }]) {
      expect((await store.personLogins({ ...who, ...other })).logins).toEqual([]);
    }
  });
});
