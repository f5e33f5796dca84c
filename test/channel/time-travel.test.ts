import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedPlatforms } from '../harness/casting.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { type Operator, startOperator } from '../harness/operator.ts';
import { ShiftedClock } from '../harness/shifted-clock.ts';
import { shortDurations, shortLeaseMs } from '../harness/stage.ts';
import { sleep, waitFor } from '../harness/wait.ts';
import { type OwnWorld, startWorld } from '../harness/world.ts';
import type { App } from '../simulator/model.ts';
import { putBack } from './cluster-restore.ts';
import { isConnected, type OperatedStage, operatedStage } from './operated-stage.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Each refresh token of this platform is good for one use, and its second use ends the login. */
const platform = 'x';
const names = ['one', 'two', 'three'] as const;

interface Replica {
  readonly operator: Operator;
  readonly clock: ShiftedClock;
  readonly vault: FaultProxy;
}

let world: OwnWorld;
let stage: OperatedStage;
let app: App;
let replicas: readonly [Replica, Replica];

beforeAll(async () => {
  world = await startWorld({ platforms: ['simulator', 'oidc'] });
  const { authority } = world;
  const parts = async () => ({
    clock: new ShiftedClock(),
    vault: await FaultProxy.start({ upstream: world.vault.url, authority }),
  });
  const [first, second] = [await parts(), await parts()];
  stage = await operatedStage({ world, vaultUrl: first.vault.url, env: first.clock.env });
  const operator = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    operatorNamespace: stage.operator.namespace,
    vaultUrl: second.vault.url,
    platformEndpoints: simulatedPlatforms(world.simulator?.url ?? ''),
    args: shortDurations,
    env: second.clock.env,
  });
  replicas = [
    { operator: stage.operator, ...first },
    { operator, ...second },
  ];
  app = await stage.simulatedApp(platform, platform);
  for (const name of names) await stage.connect(platform, app, platform, name);
  for (const name of names) await stage.until(name, `${name} to connect`, isConnected);
});

afterAll(async () => {
  await Promise.all(replicas?.flatMap(({ operator, vault }) => [operator.kill(), vault.stop()]) ?? []);
  await world?.stop();
});

const generationOf = async (name: string) => (await stage.status(name)).generation ?? 0;
let asked = 0;

async function ask(name: string): Promise<void> {
  asked += 1;
  // Whatever the clocks say: the value is only compared.
  await stage.patch('SocialChannel', name, { metadata: { annotations: { 'socialops.dev/refresh': `look ${asked}` } } });
}

/** Each is asked to be refreshed, and has a younger token after that. */
async function refresh(which: readonly string[] = names): Promise<void> {
  // Two refreshes of one channel keep a distance of a second.
  await sleep(1_000);
  const before = await Promise.all(which.map(generationOf));
  await Promise.all(which.map(ask));
  await Promise.all(
    which.map((name, at) =>
      stage.until(
        name,
        `${name} to be refreshed`,
        (status) => isConnected(status) && (status.generation ?? 0) > (before[at] ?? 0),
        40_000,
      ),
    ),
  );
}

const spends = async () => (await stage.simulator.spends({ clientId: app.clientId })).length;
const tokens = () => Promise.all(names.map(async (name) => (await stage.secret(`${name}-token`))?.access_token));

const setClocks = async (first: number, second: number) => {
  await Promise.all([replicas[0].clock.set(first), replicas[1].clock.set(second)]);
};

describe('clocks that are wrong', () => {
  it('are ten minutes apart between two replicas', async () => {
    await setClocks(5 * minuteMs, -5 * minuteMs);
    await refresh();
  });

  it('jump ahead by hours and back again', async () => {
    for (const hours of [3, -3, 0]) {
      await setClocks(hours * hourMs, hours * hourMs);
      await refresh();
    }
  });

  it('are the platform’s, which is hours ahead and then hours behind', async () => {
    for (const byMs of [5 * hourMs, -10 * hourMs, 5 * hourMs]) {
      await stage.simulator.shiftClock({ platform, byMs });
      await refresh();
    }
  });

  it('go on by minutes while a replica is frozen for longer than its Lease', async () => {
    const [frozen] = replicas;
    frozen.operator.pause();
    frozen.clock.write(10 * minuteMs);
    await sleep(shortLeaseMs + 1_000);
    await refresh();
    frozen.operator.resume();
    await frozen.clock.set(10 * minuteMs);
    await refresh();
    await frozen.clock.set(0);
  });
});

describe('a standby of Vault that lags', () => {
  it('answers with a record from before the last refresh, and nothing is sent twice', async () => {
    const [name] = names;
    const path = `/v1/${stage.vaultPath(name, 'grant').replace('/', '/data/')}`;
    const older = await world.root.bytes('GET', path);
    await refresh([name]);
    const before = await spends();
    const rules = replicas.map(({ vault }) =>
      vault.rule({
        method: 'GET',
        path: new RegExp(`/${name}/grant$`),
        action: { answer: { status: 200, headers: { 'content-type': 'application/json' }, body: older.toString() } },
      }),
    );
    await sleep(1_000);
    await ask(name);
    const isLooked = () => rules.reduce((sum, { hits }) => sum + hits, 0) >= 6;
    await waitFor(async () => isLooked(), { timeoutMs: 30_000, what: 'old records to be served' });
    expect(await spends()).toBe(before);
    for (const rule of rules) rule.remove();
    await refresh([name]);
  });
});

describe('etcd that is put back to an earlier copy', () => {
  it('shows tokens of before, and pods get living ones once the channels are asked for, as the runbook says', async () => {
    await putBack(world, { tokens, refresh, spends });
    // Statuses and Secrets agree with each other, so that nothing but a due time or a request makes anybody look at Vault.
    await Promise.all(replicas.map(({ operator }) => operator.restart({ kill: true })));
    await refresh();
    const now = Date.now();
    for (const value of await tokens())
      expect(await stage.simulator.tokenAt({ value: value ?? '', at: now })).toMatchObject({ alive: true });
  });
});

describe('afterwards', () => {
  it('no token was spent twice, no login was lost, and nobody was asked to reconnect', async () => {
    await stage.expectCleanLedger();
    const lines = replicas.flatMap(({ operator }) => operator.log());
    expect(lines.filter(({ state }) => state === 'NeedsReauth')).toEqual([]);
  });
});
