import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultProxy } from '../harness/fault-proxy.ts';
import { type Operator, startOperator } from '../harness/operator.ts';
import { createStage, type Stage, shortDurations } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import { type OwnWorld, startWorld } from '../harness/world.ts';
import { errorIn, type Fleet, launchFleet, logLine, type Member, members, plusOne } from './fleet.ts';

let world: OwnWorld;
let proxy: FaultProxy;
let stage: Stage;
let fleet: Fleet;
let operator: Operator;

beforeAll(async () => {
  world = await startWorld();
  proxy = await FaultProxy.start({ upstream: world.vault.url, authority: world.authority });
  stage = await createStage(world);
  await stage.oidc.setAccessLifetime({ seconds: 3600 });
  const simulator = world.simulator?.url ?? '';
  operator = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    vaultUrl: proxy.url,
    platformEndpoints: { twitch: simulator, youtube: simulator },
    privateHosts: [stage.oidcHost],
    args: [...shortDurations, '--shutdown-grace', '5s'],
  });
  fleet = await launchFleet({ world, stage });
  await fleet.connected();
});

afterAll(async () => {
  await operator?.kill();
  await proxy?.stop();
  await world?.stop();
});

/** The write of one kind (`claim`, `commit`) to one channel's record. */
const writeOf = (member: Member, kind: 'claim' | 'commit') => ({
  method: 'POST',
  path: new RegExp(`/${member}/grant$`),
  body: new RegExp(`"${kind}-`),
});

const grantVersion = async (member: Member) => (await world.root.read(stage.vaultPath(member, 'grant')))?.version ?? 0;

/** Asks all channels for a refresh while Vault cannot answer, and sees that each was tried in vain more than once. */
async function triedInVain(told: RegExp): Promise<void> {
  const since = operator.log().length;
  await fleet.askRefresh();
  for (const member of members) {
    const channel = `${stage.namespace}/${member}`;
    const isVain = (line: Record<string, unknown>) =>
      line.key === channel && Number(line.attempt) >= 2 && told.test(errorIn(line));
    await logLine(operator, isVain, { since, what: `${member} to be tried in vain`, timeoutMs: 40_000 });
  }
  // Attempts 1, 2, 4, 8, … of four channels and two apps: an outage is told, not streamed.
  expect(operator.log().length - since).toBeLessThan(40);
}

describe('a Vault that is away while refreshes are due', () => {
  it.each([
    {
      row: 'sealed',
      told: /Vault is sealed\. It is tried again until it is not/,
      lose: () => world.servers.vault.seal(),
      bringBack: () => world.servers.vault.unseal(),
    },
    {
      row: 'killed',
      told: /Vault at https:\S+ broke the connection off \(\w+\)\. It is tried again/,
      lose: () => world.servers.vault.process.kill(),
      bringBack: async () => {
        await world.servers.vault.process.start();
        await world.servers.vault.unseal();
      },
    },
  ])('$row: nothing is sent and every state is kept; afterwards each is refreshed once', async (row) => {
    const [sent, before] = [await fleet.sent(), await fleet.generations()];
    await row.lose();
    await triedInVain(row.told);
    expect(await fleet.sent()).toEqual(sent);
    await fleet.connected(1_000);
    expect(operator.process.running).toBe(true);
    expect(await operator.healthz()).toBe(200);
    await row.bringBack();
    await fleet.refreshed(before, 60_000);
    expect(await fleet.sent()).toEqual(plusOne(sent));
    expect(await fleet.generations()).toEqual(plusOne(before));
    await fleet.expectWhole([operator]);
  });

  it('for long: channels wait without a request while one at a time asks, and go on at once when it answers', async () => {
    const [sent, before] = [await fleet.sent(), await fleet.generations()];
    const held = async () => {
      const line = /^socialchannel_channels_held_back\{dependency="vault"\} (\d+)$/m.exec(await operator.metrics());
      return Number(line?.[1]);
    };
    await world.servers.vault.seal();
    await fleet.askRefresh();
    // All but the one that probes.
    const isHeld = async () => (await held()) >= members.length - 1;
    await waitFor(isHeld, { what: 'channels to be held back', timeoutMs: 120_000 });
    await world.servers.vault.unseal();
    await fleet.refreshed(before, 60_000);
    expect(await held()).toBe(0);
    expect(await fleet.sent()).toEqual(plusOne(sent));
    await fleet.expectWhole([operator]);
  });

  it('restarted amid refreshes: each is done once', async () => {
    const [sent, before] = [await fleet.sent(), await fleet.generations()];
    const claimed = proxy.waitForRequests(
      { ...writeOf('video', 'claim') },
      proxy.seen(writeOf('video', 'claim')).length + 1,
    );
    await fleet.askRefresh();
    await claimed;
    await world.servers.vault.restart();
    await fleet.refreshed(before, 60_000);
    expect(await fleet.sent(['video'])).toEqual(plusOne({ video: sent.video ?? 0 }));
    await fleet.expectWhole([operator]);
  });
});

describe('an acknowledgement of Vault that does not arrive', () => {
  it.each(['claim', 'commit'] as const)('of a %s: it is done once, not twice', async (kind) => {
    const users = ['gaming', 'vlog', 'video'] as const;
    const [sent, before] = [await fleet.sent(users), await fleet.generations(users)];
    const versions = await Promise.all(users.map(grantVersion));
    const rules = users.map((member) => proxy.rule({ ...writeOf(member, kind), action: { swallow: true }, times: 1 }));
    await fleet.askRefresh(users);
    await fleet.refreshed(before);
    expect(rules.map(({ hits }) => hits)).toEqual([1, 1, 1]);
    expect(rules.every(({ matched }) => matched >= 2)).toBe(true);
    expect(await fleet.sent(users)).toEqual(plusOne(sent));
    // A claim and a commit, whatever was repeated.
    expect(await Promise.all(users.map(grantVersion))).toEqual(versions.map((version) => version + 2));
    proxy.clearRules();
    await fleet.expectWhole([operator]);
  });

  it('of a new app token: it is stored once', async () => {
    const [before, version] = [await fleet.generations(['bot']), await grantVersion('bot')];
    const rule = proxy.rule({ method: 'POST', path: /\/bot\/grant$/, action: { swallow: true }, times: 1 });
    await fleet.askRefresh(['bot']);
    await fleet.refreshed(before);
    expect(rule.hits).toBe(1);
    expect(await grantVersion('bot')).toBe(version + 1);
    proxy.clearRules();
  });
});

describe("the operator's login revoked in Vault", () => {
  it('between an answer and its commit: the operator logs in again and nothing is lost', async () => {
    const [sent, before] = [await fleet.sent(), await fleet.generations()];
    const logins = { method: 'POST', path: /\/auth\/kubernetes\/login$/ };
    const known = proxy.seen(logins).length;
    const revoke = () => world.root.json('PUT', '/v1/sys/leases/revoke-prefix/auth/kubernetes/login');
    proxy.rule({ ...writeOf('video', 'commit'), action: { kill: 'before-forward', victim: revoke } });
    await fleet.askRefresh(['video']);
    await proxy.waitForRequests(writeOf('video', 'commit'), proxy.seen(writeOf('video', 'commit')).length + 1);
    await fleet.askRefresh(['gaming', 'bot', 'vlog']);
    await fleet.refreshed(before, 60_000);
    expect(await fleet.sent()).toEqual(plusOne(sent));
    // One login for all; where it failed while Vault could not answer, it would be asked again at most every 30 s.
    expect(proxy.seen(logins).length).toBe(known + 1);
    expect(await waitFor(async () => (await operator.readyz()) === 200, { what: 'readiness' })).toBe(true);
    await fleet.expectWhole([operator]);
  });
});

describe("Vault lost between a platform's answer and its commit", () => {
  it('holds the process past SIGTERM and its grace until the answer is stored', async () => {
    const { vault } = world.servers;
    const [sent, before] = [await fleet.sent(['video']), await fleet.generations(['video'])];
    const kill = { kill: 'before-forward', victim: () => vault.process.kill() } as const;
    proxy.rule({ ...writeOf('video', 'commit'), action: kill });
    const [since, commits] = [operator.log().length, proxy.seen(writeOf('video', 'commit')).length];
    await fleet.askRefresh(['video']);
    await proxy.waitForRequests(writeOf('video', 'commit'), commits + 1);
    operator.process.signal('SIGTERM');
    const isOver = ({ unfinished }: Record<string, unknown>) => JSON.stringify(unfinished ?? '').includes('/video');
    await logLine(operator, isOver, { since, what: 'the grace to end', timeoutMs: 30_000 });
    expect(operator.process.running).toBe(true);
    operator.process.signal('SIGTERM');
    proxy.clearRules();
    await vault.process.start();
    await vault.unseal();
    const exit = await operator.process.ended();
    // Not a signal's end, and not 0: the grace was not kept, which whoever watches the process should see.
    expect(exit).toEqual({ code: 1, signal: null });
    await operator.start();
    await fleet.refreshed(before);
    expect(await fleet.sent(['video'])).toEqual(plusOne(sent));
    expect(await fleet.generations(['video'])).toEqual(plusOne(before));
    await fleet.expectWhole([operator]);
  });
});

describe('an operator that starts while Vault is sealed', () => {
  it('says so, waits alive and unready, sends nothing, and goes on when Vault is back', async () => {
    await operator.stop();
    await world.servers.vault.seal();
    const [sent, since] = [await fleet.sent(), operator.log().length];
    operator.process.spawn();
    const isTold = (line: Record<string, unknown>) => line.step === 'Vault' && /Vault is sealed/.test(errorIn(line));
    await logLine(operator, isTold, { since, what: 'the sealed Vault to be told of' });
    expect([await operator.readyz(), await operator.healthz()]).toEqual([503, 200]);
    expect(await fleet.sent()).toEqual(sent);
    await world.servers.vault.unseal();
    await waitFor(async () => (await operator.readyz()) === 200, { timeoutMs: 30_000, what: 'readiness' });
    await fleet.connected();
    // Nothing was due, so a restart sends nothing: client credentials, too, are asked for only when they are.
    expect(await fleet.sent()).toEqual(sent);
    await fleet.expectWhole([operator]);
  });
});
