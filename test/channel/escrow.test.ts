import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../harness/api-client.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { sleep, waitFor } from '../harness/wait.ts';
import type { App } from '../simulator/model.ts';
import { isConnected, type OperatedStage, operatedStage, type Status } from './operated-stage.ts';

/** Each refresh token of this platform is good for one use, and its second use ends the login. */
const platform = 'x';
const names = ['adopted', 'damaged', 'foreign'] as const;
type Name = (typeof names)[number];

let stage: OperatedStage;
let toVault: FaultProxy;
let toKubernetes: FaultProxy;
let app: App;
const accounts = new Map<Name, string>();

beforeAll(async () => {
  const { vault, cluster, authority } = sharedWorld();
  toVault = await FaultProxy.start({ upstream: vault.url, authority });
  toKubernetes = await FaultProxy.start({ upstream: cluster.url, authority });
  stage = await operatedStage({ vaultUrl: toVault.url, kubernetesUrl: toKubernetes.url });
  app = await stage.simulatedApp(platform, platform);
  for (const name of names) accounts.set(name, (await stage.connect(platform, app, platform, name)).accountId);
  for (const name of names) await stage.until(name, `${name} to connect`, isConnected);
});

afterAll(async () => {
  await stage?.removeAll();
  await Promise.all([toVault?.stop(), toKubernetes?.stop()]);
});

const commits = (name: string) => ({ method: 'POST', path: new RegExp(`/${name}/grant$`), body: /"commit-/ });
const askRefresh = (name: string) =>
  stage.patch('SocialChannel', name, { metadata: { annotations: { 'socialops.dev/refresh': `${Date.now()}` } } });
const generation =
  (least: number) =>
  (status: Status): boolean =>
    isConnected(status) && (status.generation ?? 0) >= least;

const secretType = { apiVersion: 'v1', kind: 'Secret' };
async function escrowOf(name: string): Promise<KubernetesObject | undefined> {
  const all = await stage.world.admin.list({ ...secretType, namespace: stage.operator.namespace });
  const channel = `${stage.namespace}/${name}`;
  return all.find(({ metadata }) => metadata.annotations?.['socialops.dev/escrow-channel'] === channel);
}
const escrows = async (): Promise<Record<Name, KubernetesObject> | false> => {
  const found = await Promise.all(names.map(escrowOf));
  return (
    found.every((one) => one !== undefined) &&
    (Object.fromEntries(names.map((name, i) => [name, found[i]])) as Record<Name, KubernetesObject>)
  );
};

/** Nobody can edit it, so whoever wants to has to put another one into its place. */
async function replace(secret: KubernetesObject, answer: string): Promise<void> {
  const { name, namespace = '', labels, annotations } = secret.metadata;
  await stage.world.admin.delete({ ...secretType, namespace, name });
  const metadata = { name, namespace, labels: labels ?? {}, annotations: annotations ?? {} };
  await stage.world.admin.create({ ...secretType, metadata, data: { answer } });
}

/** Every way in which a token could show in the bytes of an object. */
function tracesOf(token: string): string[] {
  const bytes = Buffer.from(token);
  // Base64 of the token wherever it begins in a longer text, without the ends that its neighbours change.
  const shifted = [0, 1, 2].map((by) =>
    Buffer.concat([Buffer.alloc(by), bytes])
      .toString('base64')
      .slice(4, 20),
  );
  return [
    token,
    bytes.toString('hex'),
    ...shifted,
    ...shifted.map((text) => Buffer.from(text).toString('base64').slice(0, 16)),
  ];
}

const spends = async (name: Name) => {
  const filter = { platform, clientId: app.clientId, accountId: accounts.get(name) ?? '' };
  return (await stage.simulator.spends(filter)).length;
};
const count = async (metric: string) =>
  Number(
    new RegExp(`^socialchannel_${metric}_total\\{platform="${platform}"\\} (\\d+)$`, 'm').exec(
      await stage.operator.metrics(),
    )?.[1],
  );

describe('answers of a platform while Vault is away', () => {
  let kept: Record<Name, KubernetesObject>;

  it('lie sealed in the operator’s namespace within three seconds, and nothing of their tokens can be read', async () => {
    toVault.rule({ ...commits('.*'), action: { cut: true } });
    // Two refreshes of one channel keep a distance of a second here.
    await sleep(1_000);
    for (const name of names) await askRefresh(name);
    kept = await waitFor(escrows, { timeoutMs: 15_000, everyMs: 50, what: 'the answers to be sealed' });
    const seenAt = Date.now();
    const waits = names.map((name) => seenAt - (toVault.seen(commits(name))[0]?.arrivedAt ?? 0));
    process.stderr.write(`sealed and seen ${waits.join(', ')} ms after the first attempt to commit\n`);
    for (const ms of waits) expect(ms).toBeLessThan(3_000 + 1_500);
    expect(Math.min(...waits)).toBeGreaterThan(1_900);
    const tokens = await stage.simulator.secrets({ platform, clientId: app.clientId });
    expect(tokens.length).toBeGreaterThanOrEqual(2 * names.length);
    for (const secret of Object.values(kept)) {
      const sealed = Buffer.from(String(secret.data.answer), 'base64');
      const text =
        JSON.stringify(secret) + sealed.toString('latin1') + sealed.toString('base64') + sealed.toString('hex');
      for (const { value } of tokens) for (const trace of tracesOf(value)) expect(text).not.toContain(trace);
    }
    expect(await count('escrows_written')).toBe(names.length);
  });

  it('outlive the process: the next one stores what it can open, tells of the rest, and sends nothing for it', async () => {
    await toVault.refuse();
    await stage.operator.kill();
    await replace(kept.damaged, flipped(String(kept.damaged.data.answer)));
    await replace(kept.foreign, String(kept.adopted.data.answer));
    toVault.clearRules();
    await toVault.accept();
    await stage.operator.start();
    await stage.until('adopted', 'the sealed answer to be stored, and a refresh by it', generation(3));
    expect(
      await waitFor(async () => (await escrowOf('adopted')) === undefined, { what: 'its Secret to be deleted' }),
    ).toBe(true);
    for (const name of ['damaged', 'foreign']) {
      const isTold = async () => (await stage.events(name)).some(({ reason }) => reason === 'EscrowUnreadable');
      await waitFor(isTold, { what: `people to be told of ${name}` });
      await stage.until(
        name,
        `${name} to keep its token`,
        ({ state, reason }) => state === 'Connected' && reason === 'OutcomeUnknown',
      );
      expect(await escrowOf(name)).toBeDefined();
    }
    // Once before the kill, and not since. The other was asked for a refresh that nobody had confirmed: by its new token.
    expect([await spends('damaged'), await spends('foreign')]).toEqual([1, 1]);
    expect(await spends('adopted')).toBe(2);
    expect(await count('escrows_adopted')).toBe(1);
    expect(await count('escrows_unreadable')).toBe(2);
  });

  it('go on from there: the stored one is renewed, and the others are stored once they are put right', async () => {
    await sleep(1_000);
    await askRefresh('adopted');
    await stage.until('adopted', 'the next refresh', generation(4));
    for (const name of ['damaged', 'foreign'] as const) {
      await replace((await escrowOf(name)) ?? kept[name], String(kept[name].data.answer));
      await askRefresh(name);
      await stage.until(name, `${name} to be stored`, generation(2));
      await waitFor(async () => (await escrowOf(name)) === undefined, { what: `the Secret of ${name} to be deleted` });
    }
    await stage.expectCleanLedger();
  });

  it('leave nothing behind when the process lives: Vault comes back, the answer is committed, the Secret goes', async () => {
    toVault.rule({ ...commits('adopted'), action: { hang: true } });
    await sleep(1_000);
    await askRefresh('adopted');
    await waitFor(() => escrowOf('adopted'), { timeoutMs: 15_000, everyMs: 50, what: 'the answer to be sealed' });
    const sent = await spends('adopted');
    toVault.clearRules();
    toVault.dropConnections();
    await stage.until('adopted', 'the commit', generation(5));
    await waitFor(async () => (await escrowOf('adopted')) === undefined, { what: 'the Secret to be deleted' });
    expect(await spends('adopted')).toBe(sent);
    await stage.expectCleanLedger();
  });

  it('wait in memory while the API server is away as well, and SIGTERM within its grace loses none', async () => {
    const [sent, before] = [await spends('adopted'), await stage.status('adopted')];
    const { length } = toVault.seen(commits('adopted'));
    toVault.rule({ ...commits('adopted'), action: { cut: true } });
    await sleep(1_000);
    await askRefresh('adopted');
    await toVault.waitForRequests(commits('adopted'), length + 1);
    await toKubernetes.refuse();
    const since = stage.operator.log().length;
    stage.operator.process.signal('SIGTERM');
    const isInVain = ({ message }: Record<string, unknown>) =>
      String(message).includes('could not be put into escrow either');
    await waitFor(() => stage.operator.log().slice(since).some(isInVain), { what: 'the escrow to be tried in vain' });
    expect(stage.operator.process.running).toBe(true);
    toVault.clearRules();
    expect(await stage.operator.process.ended()).toEqual({ code: 0, signal: null });
    await toKubernetes.accept();
    await stage.operator.start();
    await stage.until('adopted', 'the stored answer to be shown', generation((before.generation ?? 0) + 1));
    // The refresh that was asked for may be made once more: nobody had confirmed it.
    expect((await spends('adopted')) - sent).toBeLessThanOrEqual(2);
    expect(await escrowOf('adopted')).toBeUndefined();
    await stage.expectCleanLedger();
  });
});

/** One bit of the ciphertext. */
function flipped(answer: string): string {
  const bytes = Buffer.from(answer, 'base64');
  bytes[30] = (bytes[30] ?? 0) ^ 1;
  return bytes.toString('base64');
}
