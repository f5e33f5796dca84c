import { describe, expect, it } from 'vitest';
import { ChannelReconciler } from '../../src/channel/reconcile.ts';
import type { AnswerSeal, SealedAnswer } from '../../src/core/escrow.ts';
import { dayMs, hourMs, minuteMs, reusable, secondMs, singleUse, withGrace } from './builders.ts';
import { memorySeal } from './virtual/escrow.ts';
import type { Moment } from './virtual/process.ts';
import { VirtualWorld } from './virtual/world.ts';

const rotating = { singleUse, killsOnReplay: { ...singleUse, oldToken: 'Dies' as const }, withGrace, reusable };
const key = 'main-stage/twitch';
const owning = { owns: () => true };

/** A channel whose platform answers its first refresh while Vault is away, and whose process dies at that moment. */
async function interrupted(profile = singleUse, diesAt: Moment = 'after escrow'): Promise<VirtualWorld> {
  const world = new VirtualWorld(profile);
  await world.pass(hourMs);
  world.life.dieAt((moment) => {
    if (moment === 'after spend') world.store.isAway = true;
    return moment === diesAt;
  });
  while (world.deaths === 0) await world.pass(minuteMs);
  return world;
}

/** The same, with another process that knew the channel, and with a backup of Vault from before the spend. */
async function putBack() {
  const world = new VirtualWorld(singleUse);
  await world.pass(hourMs);
  const other = new ChannelReconciler(world.asWorld());
  await other.reconcile(key, owning);
  const { kept } = world.store;
  world.life.dieAt((moment) => {
    if (moment === 'after spend') world.store.isAway = true;
    return moment === 'after escrow';
  });
  while (world.deaths === 0) await world.pass(minuteMs);
  world.store.kept = kept;
  world.store.isAway = false;
  return { world, other };
}

function expectKept(world: VirtualWorld): void {
  expect(world.status).toMatchObject({ state: 'Connected', reason: 'Healthy' });
  expect(world.platform.isAlive(world.projected)).toBe(true);
  expect(world.platform.lostAt).toBeUndefined();
  expect(world.states).toEqual(['Connected']);
  expect(
    world.platform.spends.filter(({ isReplay }) => isReplay && world.platform.profile.oldToken !== 'Lives'),
  ).toEqual([]);
}

const damaged = (kept: SealedAnswer): SealedAnswer => {
  const bytes = Uint8Array.from(kept.bytes);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  return { ...kept, bytes };
};

describe('an answer that Vault does not take, of a process that dies then', () => {
  it.each(Object.entries(rotating))('is stored by the next process: %s', async (_, profile) => {
    const world = await interrupted(profile);
    const [spent] = world.platform.spends;
    expect(world.escrow.kept).toHaveLength(1);
    await world.pass(10 * minuteMs);
    // Vault is still away: nothing is sent, and nothing is dropped.
    expect(world.platform.spends).toHaveLength(1);
    expect(world.escrow.kept).toHaveLength(1);
    world.store.isAway = false;
    await world.pass(minuteMs);
    expect(world.platform.spends).toEqual([spent]);
    expect(world.escrow.kept).toEqual([]);
    expect(world.status.generation).toBe(2);
    await world.pass(2 * dayMs);
    expectKept(world);
  });

  it('is lost without the escrow, which is what it is for', async () => {
    const world = await interrupted(singleUse, 'before escrow');
    world.store.isAway = false;
    await world.pass(dayMs);
    expect(world.status).toMatchObject({ state: 'NeedsReauth', reason: 'RefreshInterrupted' });
  });

  it('is not waited for by a claim that the dead process held', async () => {
    const world = await interrupted();
    world.store.isAway = false;
    await world.pass(15 * secondMs);
    expect(world.status.generation).toBe(2);
  });

  it('is put there some seconds after it came, and holds no token that could be read', async () => {
    const world = await interrupted();
    const [bytes = new Uint8Array()] = world.escrow.puts;
    expect(world.clock.trueNow() - (world.platform.spends[0]?.at ?? 0)).toBeLessThan(70 * secondMs);
    for (const encoding of ['utf8', 'latin1', 'base64', 'hex'] as const) {
      expect(Buffer.from(bytes).toString(encoding)).not.toContain(
        Buffer.from('refresh-2').toString(encoding).slice(0, 10),
      );
    }
  });

  it('is not asked for by a probe while the API server is away, however long the claim is over', async () => {
    const world = await interrupted();
    world.store.isAway = false;
    world.escrow.isAway = true;
    // Past the end of the access token, where it would else be probed.
    await world.pass(1.5 * hourMs);
    expect(world.platform.isAlive(world.projected)).toBe(false);
    expect(world.platform.spends).toHaveLength(1);
    world.escrow.isAway = false;
    await world.pass(5 * minuteMs);
    expect(world.status.generation).toBe(2);
    await world.pass(dayMs);
    expect(world.platform.lostAt).toBeUndefined();
  });

  it('is stored although Vault was put back to before the spend, and knows nothing of it', async () => {
    const { world } = await putBack();
    await world.pass(minuteMs);
    expect([world.status.generation, world.escrow.kept.length]).toEqual([2, 0]);
    await world.pass(dayMs);
    expectKept(world);
  });

  it('is stored then as well by a process that had looked there before', async () => {
    const { world, other } = await putBack();
    await other.reconcile(key, owning);
    expect(world.platform.spends).toHaveLength(1);
    expect([world.status.generation, world.escrow.kept.length]).toEqual([2, 0]);
  });

  it('is adopted once by two processes that find it at the same time', async () => {
    const world = await interrupted();
    world.store.isAway = false;
    const [one, other] = [new ChannelReconciler(world.asWorld()), new ChannelReconciler(world.asWorld())];
    await Promise.all([one.reconcile(key, owning), other.reconcile(key, owning)]);
    expect(world.status.generation).toBe(2);
    expect(world.escrow.kept).toEqual([]);
    expect(world.platform.spends).toHaveLength(1);
    await world.pass(dayMs);
    expectKept(world);
  });
});

describe('an answer that Vault does not take, of a process that lives on', () => {
  it('is committed when Vault is back, and leaves nothing in escrow', async () => {
    const world = new VirtualWorld(singleUse);
    await world.pass(hourMs);
    world.life.dieAt((moment) => {
      if (moment === 'after spend') world.store.awayUntil = world.clock.trueNow() + 10 * minuteMs;
      return false;
    });
    await world.pass(4 * hourMs);
    expect(world.escrow.puts).toHaveLength(1);
    expect(world.escrow.kept).toEqual([]);
    expect(world.deaths).toBe(0);
    expectKept(world);
  });

  it('waits in memory while both are away, and goes into escrow when only the API server is back', async () => {
    const world = new VirtualWorld(singleUse);
    await world.pass(hourMs);
    let spentAt = 0;
    world.life.dieAt((moment) => {
      if (moment === 'after spend') {
        spentAt = world.clock.trueNow();
        world.store.awayUntil = spentAt + hourMs;
        world.escrow.awayUntil = spentAt + 30 * minuteMs;
      }
      return moment === 'after escrow';
    });
    while (world.deaths === 0) await world.pass(minuteMs);
    expect(world.clock.trueNow() - spentAt).toBeGreaterThanOrEqual(30 * minuteMs);
    await world.pass(2 * hourMs);
    expect(world.status.generation).toBe(2);
    expectKept(world);
  });

  it.each(Object.entries(rotating))(
    'is stored once, though another process adopts it first: %s',
    async (_, profile) => {
      const world = new VirtualWorld(profile);
      await world.pass(hourMs);
      let others = Promise.resolve({});
      world.life.dieAt((moment) => {
        if (moment === 'after spend') world.store.isAway = true;
        if (moment !== 'after escrow') return false;
        world.store.isAway = false;
        others = new ChannelReconciler(world.asWorld()).reconcile(key, owning);
        return false;
      });
      await world.pass(2 * hourMs);
      await others;
      // The late commit lost, and what was kept of it is not needed either.
      expect(world.store.parkings).toBe(1);
      expect(world.store.answers).toEqual([]);
      expect(world.status.generation).toBe(2);
      expect(world.escrow.kept).toEqual([]);
      await world.pass(2 * dayMs);
      expectKept(world);
    },
  );

  it('that died between its commit and the end of the escrow leaves the rest to the next one', async () => {
    const world = new VirtualWorld(reusable);
    let left = 0;
    await world.pass(hourMs);
    world.life.dieAt((moment) => {
      if (moment === 'after spend') world.store.awayUntil = world.clock.trueNow() + minuteMs;
      left = world.escrow.kept.length;
      return moment === 'after commit';
    });
    while (world.deaths === 0) await world.pass(minuteMs);
    expect(left).toBe(1);
    const { length } = world.platform.spends;
    await world.pass(30 * minuteMs);
    // Its own commit came first: a token that may be sent again must not bring the older answer back.
    expect(world.escrow.kept).toEqual([]);
    expect(world.platform.spends).toHaveLength(length);
    expect(world.status.generation).toBe(2);
    expectKept(world);
  });
});

describe('what lies in escrow of a channel that is deleted', () => {
  it('goes with its grant when that is forgotten', async () => {
    const world = await interrupted();
    world.store.isAway = false;
    const { metadata, spec, ...more } = world.channel as NonNullable<typeof world.channel>;
    const ending = { deletionTimestamp: '2026-03-01T14:00:00Z', finalizers: ['socialops.dev/forget'] };
    world.channel = { ...more, metadata: { ...metadata, ...ending }, spec: { ...spec, deletionPolicy: 'Forget' } };
    await world.pass(10 * minuteMs);
    expect(world.channel).toBeUndefined();
    expect(world.store.kept.state).toBe('Forgotten');
    expect(world.escrow.kept).toEqual([]);
  });
});

describe('what lies in escrow and cannot be opened', () => {
  const foreignSeal = memorySeal(2);
  const kinds: Record<string, (kept: SealedAnswer) => Promise<SealedAnswer> | SealedAnswer> = {
    damaged,
    truncated: (kept) => ({ ...kept, bytes: kept.bytes.subarray(0, 40) }),
    empty: (kept) => ({ ...kept, bytes: new Uint8Array() }),
    'of a newer operator': (kept) => ({ ...kept, bytes: Uint8Array.from([2, ...kept.bytes.subarray(1)]) }),
    'of another claim': (kept) => ({ ...kept, claimId: 'id-99' }),
    'of another channel': async (kept) => reseal(kept, memorySeal(), { namespace: 'main-stage', name: 'other' }),
    'of another cluster': async (kept) => reseal(kept, memorySeal(), here, 'elsewhere'),
    'of another key': async (kept) => reseal(kept, foreignSeal, here),
  };

  it.each(Object.entries(kinds))('is kept, told once and not used: %s', async (_, change) => {
    const world = await interrupted();
    const [kept] = world.escrow.kept;
    world.escrow.kept = [await change(kept as SealedAnswer)];
    world.store.isAway = false;
    await world.pass(minuteMs);
    expect(world.status).toMatchObject({ state: 'Connected', reason: 'OutcomeUnknown', generation: 1 });
    // The living token is worth more than a probe, as ever.
    expect(world.platform.spends).toHaveLength(1);
    await world.pass(dayMs);
    expect(world.escrow.kept).toHaveLength(1);
    expect(world.events.filter((reason) => reason === 'EscrowUnreadable')).toHaveLength(1);
    expect(world.status).toMatchObject({ state: 'NeedsReauth', reason: 'RefreshInterrupted' });
  });

  it('is used when it is put right, which ends the verdict', async () => {
    const world = await interrupted();
    const [kept] = world.escrow.kept as [SealedAnswer];
    world.escrow.kept = [damaged(kept)];
    world.store.isAway = false;
    await world.pass(30 * minuteMs);
    world.escrow.kept = [kept];
    await world.pass(dayMs);
    expectKept(world);
  });
});

const here = { namespace: 'main-stage', name: 'twitch' };

async function reseal(kept: SealedAnswer, seal: AnswerSeal, ref: typeof here, clusterId = 'cluster') {
  const { answer } = await memorySeal().open(here, kept);
  return { ...kept, bytes: await seal.seal(ref, { clusterId, answer }) };
}
