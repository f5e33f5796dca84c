import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootstrapSecret, channelWithTokens, sharedSecret, type Tokens } from '../harness/stage.ts';
import { VaultError } from '../harness/vault-client.ts';
import { waitFor } from '../harness/wait.ts';
import type { App } from '../simulator/model.ts';
import { conditionOf, isConnected, type OperatedStage, operatedStage } from './operated-stage.ts';

let stage: OperatedStage;
let app: App;

beforeAll(async () => {
  stage = await operatedStage();
  app = await stage.simulatedApp('twitch', 'twitch');
});

afterAll(async () => {
  await stage?.removeAll();
});

const newGrant = (account: string) => stage.simulatedGrant('twitch', app, account);
const spendsOf = (accountId: string) => stage.simulator.spends({ platform: 'twitch', accountId });
const seenOf = async (name: string, reason: string) =>
  (await stage.events(name)).filter((event) => event.reason === reason);

/** Another grant of an account that is there already: the person consented again. */
const consentAgain = (accountId: string, more: object = {}) =>
  stage.simulator.mintGrant({ platform: 'twitch', clientId: app.clientId, accountId, ...more });

async function connected(name: string, spec: object = {}) {
  const grant = await stage.connect('twitch', app, 'twitch', name, { spec });
  await stage.until(name, `${name} to connect`, isConnected);
  return grant;
}

/** Lets the operator look at the channel: any change of the spec does. */
const nudge = (name: string) =>
  stage.patch('SocialChannel', name, { spec: { owner: { name: `Robin ${Date.now()}` } } });

async function gone(kind: string, name: string): Promise<void> {
  await waitFor(async () => (await stage.find(kind, name)) === undefined, { timeoutMs: 30_000, what: `${name} to go` });
}

describe.concurrent('a bootstrap Secret', () => {
  it('without the label is never used, says how to share it, and is imported once it is labelled', async () => {
    const name = 'unlabelled';
    const grant = await newGrant(name);
    const [secret, channel] = channelWithTokens(name, 'twitch', grant) as [{ metadata: object }, object];
    await stage.apply([{ ...secret, metadata: { name: `${name}-bootstrap` } }, channel]);
    const status = await stage.until(name, 'the refusal', ({ reason }) => reason === 'SecretNotShared');
    expect(status.state).toBe('Pending');
    expect(status.message).toContain(
      `kubectl -n ${stage.namespace} label secret ${name}-bootstrap socialops.dev/use=true`,
    );
    expect(await stage.find('Secret', `${name}-token`)).toBeUndefined();
    expect(await stage.world.root.read(stage.vaultPath(name, 'grant'))).toBeUndefined();
    // The platform was never shown a token of it.
    expect(await spendsOf(grant.accountId)).toEqual([]);
    await stage.patch('Secret', `${name}-bootstrap`, { metadata: { labels: { 'socialops.dev/use': 'true' } } });
    await stage.until(name, 'the import', isConnected);
  });

  it('that is missing is waited for', async () => {
    const name = 'missing';
    const [secret, channel] = channelWithTokens(name, 'twitch', await newGrant(name)) as [object, object];
    await stage.apply(channel);
    const status = await stage.until(name, 'the reason', ({ reason }) => reason === 'SecretNotFound');
    expect(status.message).toContain(`${stage.namespace}/${name}-bootstrap`);
    await stage.apply(secret);
    await stage.until(name, 'the import', isConnected);
  });

  it('that is malformed is told in one sentence with every problem and no value, and heals when it is corrected', async () => {
    const name = 'malformed';
    const grant = await newGrant(name);
    const wrong = {
      acess_token: grant.accessToken ?? '',
      obtained_at: 'yesterday',
      expires_at: grant.refreshToken ?? '',
      consented_at: '2026-13-45',
    };
    const [, channel] = channelWithTokens(name, 'twitch', grant) as [object, object];
    await stage.apply([sharedSecret(`${name}-bootstrap`, wrong), channel]);
    const status = await stage.until(name, 'the problems', ({ reason }) => reason === 'BootstrapInvalid');
    expect(status).toMatchObject({
      state: 'Pending',
      message: `Secret ${stage.namespace}/${name}-bootstrap cannot be imported: obtained_at is no RFC 3339 instant; expires_at is no RFC 3339 instant; consented_at is no RFC 3339 instant; neither access_token nor refresh_token is there. It is read again when it changes.`,
    });
    await stage.delete('Secret', `${name}-bootstrap`);
    await stage.apply(bootstrapSecret(`${name}-bootstrap`, grant));
    await stage.until(name, 'the import', isConnected);
  });

  it('is deleted after the import where the spec says so', async () => {
    await connected('deleted-after', {
      bootstrap: { secretRef: { name: 'deleted-after-bootstrap' }, afterImport: 'Delete' },
    });
    await gone('Secret', 'deleted-after-bootstrap');
    await nudge('deleted-after');
    const status = await stage.until(
      'deleted-after',
      'the next look',
      ({ observedGeneration }) => observedGeneration === 2,
    );
    expect(status).toMatchObject({ state: 'Connected', reason: 'Healthy', epoch: 1, generation: 1 });
  });

  it('that was consumed changes nothing when GitOps applies it again, and one Event says that it is not needed', async () => {
    const name = 'gitops';
    const grant = await connected(name);
    const before = await stage.get('Secret', `${name}-token`);
    await stage.delete('Secret', `${name}-bootstrap`);
    await stage.apply(channelWithTokens(name, 'twitch', grant));
    await nudge(name);
    await stage.until(name, 'the next look', ({ observedGeneration }) => observedGeneration === 2);
    expect(await stage.status(name)).toMatchObject({ state: 'Connected', epoch: 1, generation: 1 });
    expect((await stage.get('Secret', `${name}-token`)).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    const consumed = await seenOf(name, 'BootstrapConsumed');
    expect(consumed.map(({ type, message }) => [type, message])).toEqual([
      [
        'Normal',
        `The tokens in Secret ${name}-bootstrap are stored in Vault and were used up; the Secret is no longer needed.`,
      ],
    ]);
  });

  it('that another channel consumed is refused with the name of that channel, and never spent', async () => {
    const grant = await connected('first');
    await stage.apply(channelWithTokens('copy', 'twitch', grant));
    const status = await stage.until('copy', 'the refusal', ({ reason }) => reason === 'DuplicateGrant');
    expect(status.state).toBe('Pending');
    expect(status.message).toContain(`were imported by SocialChannel ${stage.namespace}/first already`);
    expect(conditionOf(status, 'Stalled')?.status).toBe('True');
    expect(await stage.find('Secret', 'copy-token')).toBeUndefined();
    expect(await spendsOf(grant.accountId)).toEqual([]);
    expect(await stage.status('first')).toMatchObject({ state: 'Connected', reason: 'Healthy' });
  });

  it('of an account that another channel keeps through the same app is not used', async () => {
    const { accountId } = await connected('owner');
    await stage.apply(channelWithTokens('sibling', 'twitch', await consentAgain(accountId)));
    const status = await stage.until('sibling', 'the refusal', ({ reason }) => reason === 'DuplicateAccount');
    expect(status.message).toContain(`SocialChannel ${stage.namespace}/owner already keeps this account`);
    expect(status.message).toContain('Delete this one, or that one with spec.deletionPolicy: Forget');
    expect(conditionOf(status, 'Stalled')?.status).toBe('True');
    expect(await stage.find('Secret', 'sibling-token')).toBeUndefined();
    expect(await spendsOf(accountId)).toEqual([]);
    await stage.patch('SocialChannel', 'owner', { spec: { deletionPolicy: 'Forget' } });
    await stage.waitFor('SocialChannel', 'owner', ({ metadata }) => (metadata.finalizers ?? []).length > 0, {
      what: 'the finalizer',
    });
    await stage.delete('SocialChannel', 'owner');
    await stage.until('sibling', 'the account to be free', isConnected);
  });

  it.each([
    ['with a living access token', {}],
    ['with an access token that has ended', { obtainedAt: Date.now() - 86_400_000 }],
  ])('of another account never replaces the right one (%s)', async (what, mint) => {
    const name = `right-${what.length}`;
    const right = await connected(name);
    const other = await stage.simulatedGrant('twitch', app, `other-${name}`, mint);
    await stage.apply(bootstrapSecret(`${name}-bootstrap`, other));
    const isRefused = ({ reason }: { reason?: string }) => reason === 'BootstrapInvalid';
    const status = await stage.until(name, 'the refusal', isRefused);
    expect(status).toMatchObject({ state: 'Connected', epoch: 1, generation: 1, account: { id: right.accountId } });
    expect(status.message).toContain('Nothing was replaced.');
    expect(conditionOf(status, 'TokenValid')?.status).toBe('True');
    expect((await stage.secret(`${name}-token`))?.access_token).toBe(right.accessToken);
    // The right account's own new grant is taken.
    await stage.apply(bootstrapSecret(`${name}-bootstrap`, await consentAgain(right.accountId)));
    await stage.until(name, 'the new grant', ({ epoch, reason }) => epoch === 2 && reason === 'Healthy');
  });

  it('without an access token brings one by a refresh', async () => {
    const name = 'refresh-only';
    const { refreshToken = '', accountId } = await newGrant(name);
    await stage.apply(channelWithTokens(name, 'twitch', { refreshToken }));
    await stage.until(name, 'the refresh', isConnected);
    expect(await spendsOf(accountId)).toHaveLength(1);
    expect((await stage.secret(`${name}-token`))?.account_id).toBe(accountId);
  });
});

describe.concurrent('a grant that was forgotten', () => {
  /** What stands in any version of a path that Vault still answers; empty where it has forgotten the path itself. */
  async function everythingAt(channel: string, leaf: string): Promise<string> {
    const [mount, ...rest] = stage.vaultPath(channel, leaf).split('/');
    const { root } = stage.world;
    type Metadata = { data: { versions: Record<string, unknown> } };
    const metadata = await unlessMissing(root.json<Metadata>('GET', `/v1/${mount}/metadata/${rest.join('/')}`));
    const versions = Object.keys(metadata?.data.versions ?? {}).map((version) =>
      unlessMissing(root.json('GET', `/v1/${mount}/data/${rest.join('/')}?version=${version}`)),
    );
    return JSON.stringify(await Promise.all(versions));
  }

  /** Vault answers 404 for what was destroyed. */
  const unlessMissing = <T>(answer: Promise<T>) =>
    answer.catch((error: unknown) => {
      if (error instanceof VaultError && error.status === 404) return undefined;
      throw error;
    });

  it('leaves a tombstone and no token in any version, and the same bootstrap resurrects nothing', async () => {
    const name = 'forgotten';
    const grant = await connected(name, { deletionPolicy: 'Forget' });
    await stage.patch('SocialChannel', name, { metadata: { annotations: { 'socialops.dev/refresh': 'once' } } });
    await stage.until(name, 'a second version of the tokens', ({ generation }) => generation === 2);
    const now = (await stage.secret(`${name}-token`))?.access_token ?? '';
    expect(await everythingAt(name, 'grant')).toContain(now);
    expect(await everythingAt(name, 'token')).toContain(now);
    await stage.delete('SocialChannel', name);
    await gone('SocialChannel', name);
    for (const leaf of ['grant', 'token']) {
      const left = await everythingAt(name, leaf);
      for (const token of [grant.accessToken, grant.refreshToken, now]) expect(left).not.toContain(token);
    }
    expect(await everythingAt(name, 'grant')).toContain('"Forgotten"');
    await stage.apply(channelWithTokens(name, 'twitch', grant));
    const status = await stage.until(name, 'the tombstone to be told', ({ reason }) => reason === 'GrantForgotten');
    expect(status.state).toBe('Pending');
    expect(conditionOf(status, 'SecretProjected')?.status).toBe('False');
    expect(await spendsOf(grant.accountId)).toHaveLength(1);
    // A new consent connects it anew.
    await stage.apply(bootstrapSecret(`${name}-bootstrap`, (await consentAgain(grant.accountId)) as Tokens));
    await stage.until(name, 'the new grant', isConnected);
  });

  it('that is retained instead is taken up again by a channel of the same name', async () => {
    const name = 'retained';
    const grant = await connected(name);
    await stage.delete('SocialChannel', name);
    await gone('SocialChannel', name);
    await stage.apply(channelWithTokens(name, 'twitch', grant));
    await stage.until(name, 'the retained grant', isConnected);
    expect(await spendsOf(grant.accountId)).toEqual([]);
  });
});

describe('after all of this', () => {
  it('the ledger is clean and nobody was asked to reconnect', async () => {
    await stage.expectCleanLedger();
  });
});
