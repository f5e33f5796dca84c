import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../harness/api-client.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { waitFor } from '../harness/wait.ts';
import type { App } from '../simulator/model.ts';
import { conditionOf, isConnected, type OperatedStage, operatedStage, type Status } from './operated-stage.ts';

let stage: OperatedStage;
let toKubernetes: FaultProxy;
let app: App;

beforeAll(async () => {
  const { cluster, authority } = sharedWorld();
  toKubernetes = await FaultProxy.start({ upstream: cluster.url, authority });
  stage = await operatedStage({
    kubernetesUrl: toKubernetes.url,
    args: ['--secret-metadata-prefixes', 'team.example.com/'],
  });
  app = await stage.simulatedApp('twitch', 'twitch');
});

afterAll(async () => {
  await stage?.removeAll();
  await toKubernetes?.stop();
});

const isProjected = (status: Status) => conditionOf(status, 'SecretProjected')?.status === 'True';

async function connected(name: string, spec: object = {}): Promise<{ accessToken: string }> {
  const grant = await stage.connect('twitch', app, 'twitch', name, { spec });
  await stage.until(
    name,
    `${name} to be connected and projected`,
    (status) => isConnected(status) && isProjected(status),
  );
  return { accessToken: grant.accessToken ?? '' };
}

/** Waits until the Secret satisfies `condition`, and returns it. */
async function secretWhen(
  name: string,
  what: string,
  condition: (secret: KubernetesObject) => boolean,
  timeoutMs = 10_000,
): Promise<KubernetesObject> {
  return await stage.waitFor('Secret', name, condition, { what, timeoutMs });
}

const textOf = (secret: KubernetesObject, key: string) =>
  Buffer.from(String((secret.data as Record<string, string> | undefined)?.[key] ?? ''), 'base64').toString();

const foreignSecret = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, labels: { team: 'other' } },
  stringData: { access_token: 'of somebody else' },
});

describe.concurrent('the projected Secret', () => {
  it('is back within seconds when somebody deletes it, with one Event', async () => {
    const { accessToken } = await connected('deleted');
    const before = await stage.get('Secret', 'deleted-token');
    await stage.delete('Secret', 'deleted-token');
    const isNew = ({ metadata }: KubernetesObject) => metadata.uid !== before.metadata.uid;
    const after = await secretWhen('deleted-token', 'the Secret to be back', isNew, 5_000);
    expect(textOf(after, 'access_token')).toBe(accessToken);
    expect(after.metadata.ownerReferences).toMatchObject([{ kind: 'SocialChannel', name: 'deleted' }]);
    const events = async () => (await stage.events('deleted')).filter(({ reason }) => reason === 'SecretRestored');
    await waitFor(async () => (await events()).length > 0, { what: 'the Event' });
    const restored = await events();
    expect(restored.map(({ type, message }) => [type, message])).toEqual([
      ['Warning', 'Secret deleted-token was deleted; it is back with the present token.'],
    ]);
  });

  const grantOf = ({ metadata }: KubernetesObject) => metadata.annotations?.['socialops.dev/grant'];
  const managedBy = ({ metadata }: KubernetesObject) => metadata.labels?.['app.kubernetes.io/managed-by'];
  const channelOf = ({ metadata }: KubernetesObject) => metadata.labels?.['socialops.dev/channel'];
  const uidOf = ({ metadata }: KubernetesObject) => metadata.annotations?.['socialops.dev/channel-uid'];
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const label = (name: string, value: string | null) => ({ metadata: { labels: { [`${name}`]: value } } });
  const note = (name: string, value: string | null) => ({ metadata: { annotations: { [name]: value } } });

  it.each<[string, object, (secret: KubernetesObject) => unknown]>([
    ['token', { data: { access_token: base64('edited') } }, (secret) => textOf(secret, 'access_token')],
    ['state', { data: { state: base64('Pending') } }, (secret) => textOf(secret, 'state')],
    ['key', { data: { expires_at: null } }, (secret) => textOf(secret, 'expires_at')],
    ['manager', label('app.kubernetes.io/managed-by', 'helm'), managedBy],
    ['unmanaged', label('app.kubernetes.io/managed-by', null), managedBy],
    ['channel', label('socialops.dev/channel', null), channelOf],
    ['renamed', label('socialops.dev/channel', 'somebody'), channelOf],
    ['grant', note('socialops.dev/grant', '0.1'), grantOf],
    ['uid', note('socialops.dev/channel-uid', null), uidOf],
  ])('says again what it should after an edit (%s)', async (what, edit, shown) => {
    const name = `edited-${what}`;
    await connected(name);
    const before = shown(await stage.get('Secret', `${name}-token`));
    expect(before).toBeTruthy();
    const edited = await stage.patch('Secret', `${name}-token`, edit);
    expect(shown(edited)).not.toBe(before);
    const after = await secretWhen(`${name}-token`, `${what} to be as before`, (secret) => shown(secret) === before);
    expect(after.metadata.uid).toBe(edited.metadata.uid);
    expect(await stage.status(name)).toMatchObject({ state: 'Connected', generation: 1 });
  });

  it('is not refreshed for ever when somebody makes it look newer than the grant', async () => {
    const name = 'newer';
    const grant = await stage.connect('twitch', app, 'twitch', name);
    await stage.until(name, 'it to be projected', isProjected);
    await stage.patch('Secret', 'newer-token', note('socialops.dev/grant', '9.9'));
    await stage.patch('SocialChannel', name, { spec: { owner: { name: 'Robin Doe' } } });
    await secretWhen('newer-token', 'a newer grant', (secret) => grantOf(secret) === '9.10');
    await stage.until(name, 'a newer grant in status', ({ epoch, generation }) => epoch === 9 && generation === 10);
    expect(await stage.simulator.spends({ platform: 'twitch', accountId: grant.accountId })).toHaveLength(1);
  });

  it('keeps what others add to it', async () => {
    await connected('shared');
    await stage.patch('Secret', 'shared-token', {
      data: { theirs: base64('kept'), state: base64('edited') },
      metadata: { labels: { theirs: 'kept' } },
    });
    const after = await secretWhen(
      'shared-token',
      'the state to be back',
      (one) => textOf(one, 'state') === 'Connected',
    );
    expect(textOf(after, 'theirs')).toBe('kept');
    expect(after.metadata.labels).toMatchObject({ theirs: 'kept' });
  });

  it('leaves a Secret of that name alone that was there before, says so, and takes the name when it is free', async () => {
    await stage.apply(foreignSecret('foreign-token'));
    const before = await stage.get('Secret', 'foreign-token');
    const { accessToken } = await stage.connect('twitch', app, 'twitch', 'foreign');
    const isConflict = (status: Status) => conditionOf(status, 'SecretProjected')?.reason === 'Conflict';
    const status = await stage.until('foreign', 'the conflict to be told', isConflict);
    expect(conditionOf(status, 'SecretProjected')).toMatchObject({
      status: 'False',
      message: `Secret ${stage.namespace}/foreign-token exists and is not managed by this channel. Choose spec.secret.name, or delete it.`,
    });
    expect(status).toMatchObject({ state: 'Connected' });
    expect((await stage.get('Secret', 'foreign-token')).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    await stage.delete('Secret', 'foreign-token');
    await stage.until('foreign', 'the Secret to be projected', isProjected);
    expect((await stage.secret('foreign-token'))?.access_token).toBe(accessToken);
  });

  it("does not take another channel's Secret, even by its name in the spec", async () => {
    const first = await connected('owner-of-it', { secret: { name: 'wanted' } });
    await stage.connect('twitch', app, 'twitch', 'second', { spec: { secret: { name: 'wanted' } } });
    await stage.until(
      'second',
      'the conflict',
      (status) => conditionOf(status, 'SecretProjected')?.reason === 'Conflict',
    );
    expect((await stage.secret('wanted'))?.access_token).toBe(first.accessToken);
  });

  it('never overwrites one that appears between its look and its write', async () => {
    const creation = { method: 'POST', path: /\/secrets(\?|$)/, body: /"raced-token"/ };
    toKubernetes.rule({ ...creation, times: 1, action: { delayMs: 1_000 } });
    await stage.connect('twitch', app, 'twitch', 'raced');
    await toKubernetes.waitForRequests(creation);
    await stage.apply(foreignSecret('raced-token'));
    await stage.until(
      'raced',
      'the conflict',
      (status) => conditionOf(status, 'SecretProjected')?.reason === 'Conflict',
    );
    expect(await stage.secret('raced-token')).toEqual({ access_token: 'of somebody else' });
    expect((await stage.status('raced')).state).toBe('Connected');
  });

  it('appears under its new name before the old one goes', async () => {
    const { accessToken } = await connected('moved');
    let withoutAny = 0;
    await stage.patch('SocialChannel', 'moved', { spec: { secret: { name: 'moved-here' } } });
    const isOldGone = async () => {
      // The old one is looked at first: it may go only after the new one has come.
      const old = await stage.find('Secret', 'moved-token');
      if (old === undefined && (await stage.find('Secret', 'moved-here')) === undefined) withoutAny += 1;
      return old === undefined;
    };
    await waitFor(isOldGone, { everyMs: 20, what: 'the Secret of the old name to go' });
    expect(withoutAny).toBe(0);
    expect((await stage.secret('moved-here'))?.access_token).toBe(accessToken);
    await stage.until('moved', 'status to name it', ({ secretName }) => secretName === 'moved-here');
  });

  it('stays under its old name while the new one belongs to somebody else', async () => {
    const { accessToken } = await connected('kept');
    await stage.apply(foreignSecret('kept-elsewhere'));
    await stage.patch('SocialChannel', 'kept', { spec: { secret: { name: 'kept-elsewhere' } } });
    const isConflict = (status: Status) => conditionOf(status, 'SecretProjected')?.reason === 'Conflict';
    await stage.until('kept', 'the conflict', isConflict);
    expect((await stage.secret('kept-token'))?.access_token).toBe(accessToken);
    expect(await stage.secret('kept-elsewhere')).toEqual({ access_token: 'of somebody else' });
    await stage.delete('Secret', 'kept-elsewhere');
    await waitFor(async () => (await stage.find('Secret', 'kept-token')) === undefined, { what: 'the old one to go' });
    expect((await stage.secret('kept-elsewhere'))?.access_token).toBe(accessToken);
  });

  it('has the keys that the spec names, and only those', async () => {
    const { accessToken } = await connected('keys');
    const keys = { accessToken: 'TOKEN', expiresAt: 'UNTIL', accountID: 'WHO', platform: 'WHERE', state: 'HOW' };
    await stage.patch('SocialChannel', 'keys', { spec: { secret: { keys } } });
    const after = await secretWhen('keys-token', 'the new keys', (secret) => textOf(secret, 'TOKEN') === accessToken);
    expect(Object.keys(after.data as object).sort()).toEqual(['HOW', 'TOKEN', 'UNTIL', 'WHERE', 'WHO']);
    expect(Date.parse(textOf(after, 'UNTIL'))).toBeGreaterThan(Date.now());
    expect([textOf(after, 'WHERE'), textOf(after, 'HOW')]).toEqual(['twitch', 'Connected']);
  });

  it('carries labels and annotations of the admitted prefixes, and no others', async () => {
    const more = { 'team.example.com/pod': 'encoder', 'other.example.com/pod': 'no' };
    await connected('labelled', { secret: { labels: more, annotations: more } });
    const { metadata } = await stage.get('Secret', 'labelled-token');
    for (const carried of [metadata.labels, metadata.annotations]) {
      expect(carried).toMatchObject({ 'team.example.com/pod': 'encoder' });
      expect(carried).not.toHaveProperty('other.example.com/pod');
    }
  });

  it('goes with its channel, or stays behind where the spec says Retain, also when that is said later', async () => {
    const retain = { secret: { deletionPolicy: 'Retain' } };
    await Promise.all([connected('goes'), connected('stays', retain), connected('stays-later')]);
    await stage.patch('SocialChannel', 'stays-later', { spec: retain });
    const isFree = ({ metadata }: KubernetesObject) => (metadata.ownerReferences ?? []).length === 0;
    await secretWhen('stays-later-token', 'the Secret to have no owner', isFree);
    expect((await stage.get('Secret', 'stays-token')).metadata.ownerReferences ?? []).toEqual([]);
    for (const name of ['goes', 'stays', 'stays-later']) await stage.delete('SocialChannel', name);
    await waitFor(async () => (await stage.find('Secret', 'goes-token')) === undefined, {
      timeoutMs: 60_000,
      what: 'the garbage collector to take the Secret',
    });
    for (const name of ['stays-token', 'stays-later-token'])
      expect(await stage.secret(name)).toHaveProperty('access_token');
  });

  it('never holds the refresh token', async () => {
    const grant = await stage.connect('twitch', app, 'twitch', 'no-refresh-token');
    await stage.until('no-refresh-token', 'it to be projected', isProjected);
    const shown = JSON.stringify(await stage.secret('no-refresh-token-token'));
    expect(shown).toContain(grant.accessToken);
    expect(shown).not.toContain(grant.refreshToken);
  });
});

describe('after all of this', () => {
  it('the ledger is clean and nobody was asked to reconnect', async () => {
    await stage.expectCleanLedger();
  });
});
