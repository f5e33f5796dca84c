import { describe, expect, it } from 'vitest';
import { dayMs, hourMs, minuteMs, notRenewable, reusable, secondMs, traded } from './builders.ts';
import { VirtualWorld } from './virtual/world.ts';

describe('tokens that exist already', () => {
  it('connect a channel at the first look, without a spend', async () => {
    const world = new VirtualWorld(reusable);
    await world.pass(0);
    expect(world.status).toMatchObject({ state: 'Connected', reason: 'Healthy', account: { id: '42' } });
    expect(world.platform.spends).toEqual([]);
    expect(world.platform.isAlive(world.projected)).toBe(true);
  });

  it('are imported once, however often they are read again', async () => {
    const world = new VirtualWorld(reusable);
    await world.pass(2 * dayMs);
    expect(world.status.epoch).toBe(1);
    expect(world.events.filter((reason) => reason === 'BootstrapConsumed')).toHaveLength(1);
  });

  it('are refused when the platform rejected them before, and nothing is sent', async () => {
    const world = new VirtualWorld(reusable);
    await world.pass(hourMs);
    const { kept } = world.store;
    if (kept.state !== 'Present') expect.unreachable('there is a grant');
    else {
      const rejected = ['fingerprint of refresh-2'];
      world.store.kept = { ...kept, version: kept.version + 1, record: { ...kept.record, rejected } };
    }
    world.supply();
    await world.pass(5 * minuteMs);
    expect(world.status).toMatchObject({ epoch: 1, state: 'Connected', reason: 'BootstrapInvalid' });
    expect(world.platform.spends).toEqual([]);
  });

  it('never replace a login that works and is traded while it lives, once nobody can say any more whose they are', async () => {
    const world = new VirtualWorld({ ...traded, upgradeBelowMs: undefined });
    const alone = { refresh_token: '' };
    world.supply(alone);
    await world.pass(hourMs);
    expect(world.status).toMatchObject({ epoch: 1, state: 'Connected', reason: 'Healthy' });
    world.supply({ ...alone, expires_at: '2026-03-01T12:00:00Z' });
    await world.pass(5 * minuteMs);
    expect(world.status).toMatchObject({ epoch: 1, state: 'Connected', reason: 'BootstrapInvalid' });
  });

  it.each([
    [
      'are not taken where they say that they are older than the login, which works',
      { obtained_at: '2025-01-01T00:00:00Z' },
      1,
    ],
    ['take the place of a login that works where they say that they are younger', {}, 2],
    ['take the place of a login that works where they do not say how old they are', { obtained_at: '' }, 2],
  ])('%s', async (_, typed, epoch) => {
    const world = new VirtualWorld(reusable);
    await world.pass(hourMs);
    expect(world.status).toMatchObject({ epoch: 1, state: 'Connected', reason: 'Healthy' });
    world.supply(typed);
    await world.pass(5 * minuteMs);
    const reason = epoch === 1 ? 'BootstrapInvalid' : 'Healthy';
    expect(world.status).toMatchObject({ epoch, state: 'Connected', reason });
  });

  it('accuse nobody by the scopes that somebody typed: only the platform tells what was granted', async () => {
    const world = new VirtualWorld(reusable);
    const { channel } = world;
    if (channel !== undefined) world.channel = { ...channel, spec: { ...channel.spec, scopes: ['stream'] } };
    world.platform.isAccountSilent = true;
    world.supply({ scopes: 'something else' });
    await world.pass(hourMs);
    expect(world.statuses.filter(({ state }) => state === 'NeedsReauth')).toEqual([]);
  });

  it('are missed in part before they count as imported, and are taken when they are whole', async () => {
    const world = new VirtualWorld({ ...reusable, neededExtras: ['device_id'] });
    await world.pass(hourMs);
    expect(world.status).toMatchObject({ state: 'Pending', reason: 'BootstrapInvalid' });
    expect(world.status.message).toContain('lacks extras.device_id');
    world.complete({ 'extras.device_id': 'd-1' });
    await world.pass(5 * minuteMs);
    expect(world.status).toMatchObject({ state: 'Connected', reason: 'Healthy' });
  });

  it('of unknown age are asked about where nothing renews them', async () => {
    const world = new VirtualWorld({ ...notRenewable, accessLifetimeMs: undefined });
    world.supply({ obtained_at: '', expires_at: '' });
    await world.pass(hourMs);
    expect(world.status).toMatchObject({ state: 'Connected', reason: 'Healthy' });
  });

  it('are not held against scopes that no consent can ask for', async () => {
    const world = new VirtualWorld({ ...reusable, areScopesAsked: false });
    const { channel } = world;
    if (channel !== undefined) world.channel = { ...channel, spec: { ...channel.spec, scopes: ['nobody-gives-this'] } };
    await world.pass(hourMs);
    expect(world.status).toMatchObject({ state: 'Connected', reason: 'Healthy' });
  });

  it('are asked about with patience where the platform does not tell whose they are', async () => {
    const world = new VirtualWorld(reusable);
    world.platform.isAccountSilent = true;
    await world.pass(hourMs);
    expect(world.status).toMatchObject({ state: 'Pending', reason: 'Unexpected' });
    expect(world.projected).toBeUndefined();
    expect(world.platform.checks).toBeLessThan(20);
    world.platform.isAccountSilent = false;
    await world.pass(15 * minuteMs + secondMs);
    expect(world.status).toMatchObject({ state: 'Connected', reason: 'Healthy' });
  });
});

describe('a bootstrap Secret that is replaced while it is looked at', () => {
  it('is not imported over the newer one', async () => {
    const world = new VirtualWorld(reusable);
    await world.pass(hourMs);
    world.supply();
    const { store } = world;
    const load = store.load.bind(store);
    store.load = async () => {
      // The person puts another one there after the Secret was read, and before the grant is.
      store.load = load;
      world.supply();
      return await load();
    };
    await world.pass(minuteMs);
    const { kept } = store;
    expect(kept).toMatchObject({ record: { epoch: 2, consumedBootstraps: { length: 2 } } });
    expect(kept.state === 'Present' && kept.record.tokens.refresh?.reveal()).toBe('refresh-3');
  });
});
