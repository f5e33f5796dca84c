import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operator, startOperator } from '../harness/operator.ts';
import { channelWithTokens, createStage, type Stage, shortDurations } from '../harness/stage.ts';
import { type OwnWorld, startWorld } from '../harness/world.ts';
import { condition, type Fleet, hasGeneration, hasReason, isConnected, launchFleet, statusOf } from './fleet.ts';

const floorMs = 4_000;
const reusable = ['gaming', 'vlog', 'bot'] as const;

let world: OwnWorld;
let stage: Stage;
let fleet: Fleet;
let operator: Operator;
/** Generations as they were stored when Vault was put back to before them. */
let lost: Awaited<ReturnType<Fleet['generations']>>;
/** What pods hold of `video` when Vault is put back, and until when it lives. */
let shown: Record<string, string>;

beforeAll(async () => {
  world = await startWorld();
  stage = await createStage(world);
  await stage.oidc.setAccessLifetime({ seconds: 30 });
  const simulator = world.simulator?.url ?? '';
  operator = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    platformEndpoints: { twitch: simulator, youtube: simulator },
    privateHosts: [stage.oidcHost],
    args: [...shortDurations],
  });
  fleet = await launchFleet({ world, stage });
  await stage.apply(channelWithTokens('calm', 'video', await stage.oidcGrant(fleet.clients.video, 'calm')));
  await fleet.connected();
  await stage.waitFor('SocialChannel', 'calm', isConnected, { what: 'channel calm to be Connected' });
  await travelBack();
});

afterAll(async () => {
  await operator?.kill();
  await world?.stop();
});

/** A backup; refreshes and a new channel after it; the backup restored while the operator runs and two platforms are away. */
async function travelBack(): Promise<void> {
  const { vault } = world.servers;
  const snapshot = await vault.snapshot();
  const before = await fleet.generations();
  await fleet.askRefresh();
  const [twitch] = await stage.simulator.grants({ clientId: fleet.clients.twitch });
  const late = await stage.simulatedGrant('twitch', { clientId: twitch?.clientId ?? '' } as never, 'late');
  await stage.apply(channelWithTokens('late', 'twitch', late));
  await fleet.refreshed(before);
  await stage.waitFor('SocialChannel', 'late', isConnected, { what: 'channel late to be Connected' });
  lost = await fleet.generations();
  shown = (await stage.secret('video-token')) ?? {};
  for (const platform of ['twitch', 'youtube'])
    await stage.simulator.addFault({ platform, operation: 'token', kind: 'status', status: 503 });
  await vault.restore(snapshot);
  await fleet.askRefresh();
  await stage.patch('SocialChannel', 'late', { metadata: { annotations: { 'socialops.dev/refresh': 'look' } } });
}

describe('Vault put back to an earlier snapshot under live channels', { concurrent: true }, () => {
  it('says GrantRolledBack where re-use is harmless, and is Connected as soon as the platform answers', async () => {
    for (const name of reusable) {
      const seen = await stage.waitFor('SocialChannel', name, hasReason('GrantRolledBack'), {
        what: `${name} to see that Vault was restored`,
      });
      expect(statusOf(seen).state).toBe('Connected');
      expect(condition(seen, 'TokenValid')?.status).toBe('True');
    }
    await stage.simulator.clearFaults();
    const before = Object.fromEntries(Object.entries(lost).filter(([name]) => name !== 'video'));
    await fleet.refreshed(before);
    for (const name of reusable) expect(statusOf(await stage.get('SocialChannel', name)).reason).toBe('Healthy');
  });

  it('spends no single-use token while pods hold a living one, then says RefreshInterrupted', async () => {
    const spent = (await fleet.spendsOfVideo()).length;
    const held = await stage.waitFor('SocialChannel', 'video', hasReason('OutcomeUnknown', 'GrantRolledBack'), {
      what: 'video to wait',
    });
    expect(statusOf(held).state).toBe('Connected');
    // An older token than the one that pods hold is not shown to them.
    expect((await stage.secret('video-token'))?.access_token).toBe(shown.access_token);
    const asked = await stage.waitFor('SocialChannel', 'video', hasReason('RefreshInterrupted', 'AccessRevoked'), {
      timeoutMs: 60_000,
      what: 'video to be found out',
    });
    expect(statusOf(asked)).toMatchObject({ state: 'NeedsReauth', reason: 'RefreshInterrupted' });
    expect(statusOf(asked).message).toContain('Dana Reyes');
    const probes = (await fleet.spendsOfVideo()).slice(spent);
    expect(probes.map(({ outcome }) => outcome)).toEqual(['rejected']);
    expect(probes[0]?.arrivedAt).toBeGreaterThanOrEqual(Date.parse(shown.expires_at ?? '') - floorMs);
  });

  it('loses no single-use grant that was not rotated since the snapshot', async () => {
    await stage.waitFor('SocialChannel', 'calm', hasGeneration(2), { timeoutMs: 60_000, what: 'calm to be refreshed' });
  });

  it('says GrantMissing of a channel that was connected after the snapshot, until an administrator gives it up', async () => {
    const missing = await stage.waitFor('SocialChannel', 'late', hasReason('GrantMissing'), {
      what: 'late to be missed',
    });
    expect(statusOf(missing).state).toBe('Connected');
    expect(condition(missing, 'Stalled')?.status).toBe('True');
    expect(await world.root.read(stage.vaultPath('late', 'grant'))).toBeUndefined();
    const command = /socialops\.dev\/(\S+)=(\S+)$/.exec(statusOf(missing).message ?? '');
    const annotations = { [`socialops.dev/${command?.[1]}`]: command?.[2] };
    await stage.patch('SocialChannel', 'late', { metadata: { annotations } });
    await stage.waitFor('SocialChannel', 'late', isConnected, { what: 'late to be imported again' });
  });
});

describe('afterwards', () => {
  it('one grant is lost by the ledger: the one that the snapshot made a replay of', async () => {
    await fleet.expectWhole([operator], { interrupted: ['video'] });
  });
});
