import { describe, expect, it } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import { minuteMs, secondMs, singleUse } from './builders.ts';
import { connected, needingReauth, neverConnected, type Person } from './virtual/person.ts';
import { annotated } from './walk/cluster.ts';

/** As `kubectl annotate` does. */
function annotate({ world }: Person, to: Record<string, string | null>): void {
  const { channel } = world;
  if (channel === undefined) return;
  const { metadata } = channel;
  world.channel = { ...channel, metadata: { ...metadata, annotations: annotated(metadata.annotations, to) } };
}

const ask = (person: Person, request = 'once') => annotate(person, { [annotations.connectDevice]: request });

describe('a channel that is connected by a device code', () => {
  it('shows the code, asks no sooner than the platform allows, and heals', async () => {
    const person = await needingReauth();
    const { world } = person;
    world.platform.deviceAnswers = ['Pending', 'SlowDown', 'Pending', 'Agreed'];
    ask(person);
    await world.pass(secondMs);
    expect(world.status.device).toMatchObject({
      request: 'once',
      userCode: 'WDJB-MJHT',
      verificationURL: 'https://id.twitch.tv/activate',
    });
    expect(JSON.stringify(world.status)).not.toContain('device-code');
    await world.pass(minuteMs);
    const pauses = world.platform.polls.slice(1).map((at, index) => at - (world.platform.polls[index] ?? 0));
    expect(pauses).toEqual([5_000, 10_000, 10_000]);
    expect(world.status).toMatchObject({ state: 'Connected', epoch: 2 });
    expect(world.status.device).toEqual({ request: 'once', message: 'Connected as mainstage (id 42).' });
    await world.pass(10 * minuteMs);
    expect(world.platform.polls).toHaveLength(4);
  });

  it('asks by its interval after a restart too, which slow_down raised', async () => {
    const person = await connected();
    const { world } = person;
    world.platform.deviceAnswers = ['SlowDown'];
    ask(person);
    await world.pass(6 * secondMs);
    expect(world.platform.polls).toHaveLength(1);
    world.restart();
    const restartedAt = world.clock.trueNow();
    await world.pass(11 * secondMs);
    expect(world.platform.polls.slice(1).map((at) => at - restartedAt)).toEqual([10_000]);
  });

  it.each([
    ['a person who does not agree', ['Denied'] as const, 'The person did not agree.'],
    ['nobody who enters it', [] as const, 'Nobody entered the code in time. Nothing was replaced.'],
  ])('tells of %s, and replaces nothing', async (_, answers, message) => {
    const person = await connected();
    const { world } = person;
    world.platform.deviceAnswers = [...answers];
    ask(person);
    await world.pass(31 * minuteMs);
    expect(world.status.device).toEqual({ request: 'once', message });
    expect(world.status).toMatchObject({ state: 'Connected', epoch: 1 });
    ask(person, 'twice');
    await world.pass(secondMs);
    expect(world.status.device).toMatchObject({ request: 'twice', userCode: 'WDJB-MJHT' });
  });

  it('for the first time says whose it is, and is connected once its id stands in the spec', async () => {
    const person = await neverConnected();
    const { world } = person;
    world.platform.deviceAnswers = ['Agreed'];
    ask(person);
    await world.pass(10 * secondMs);
    expect(world.status.device?.message).toContain('mainstage (id 42)');
    expect(world.status.state).toBe('Pending');
    const { channel } = world;
    if (channel !== undefined)
      world.channel = { ...channel, spec: { ...channel.spec, account: { ...channel.spec.account, id: '42' } } };
    await world.pass(6 * minuteMs);
    expect(world.status).toMatchObject({ state: 'Connected', epoch: 1 });
  });

  it('loses nothing to a process that dies once the answer lies in escrow', async () => {
    const person = await needingReauth(singleUse);
    const { world } = person;
    world.platform.deviceAnswers = ['Agreed'];
    ask(person);
    world.life.dieAt((moment) => {
      if (moment === 'after exchange') world.store.awayUntil = world.clock.trueNow() + 5 * minuteMs;
      return moment === 'after escrow';
    });
    await world.pass(15 * minuteMs);
    expect(world.deaths).toBe(1);
    expect(world.status).toMatchObject({ state: 'Connected', epoch: 2 });
    expect(world.escrow.kept).toEqual([]);
  });

  it('is asked about no more while the escrow cannot be listed, because its answer may lie there', async () => {
    const person = await needingReauth(singleUse);
    const { world } = person;
    // The platform knows the code no more once it has given the tokens.
    world.platform.deviceAnswers = ['Agreed', 'Denied'];
    ask(person);
    world.life.dieAt((moment) => {
      if (moment === 'after exchange') world.store.awayUntil = world.clock.trueNow() + 10 * secondMs;
      if (moment === 'after escrow') world.escrow.awayUntil = world.clock.trueNow() + 2 * minuteMs;
      return moment === 'after escrow';
    });
    await world.pass(90 * secondMs);
    expect(world.deaths).toBe(1);
    expect(world.platform.polls).toHaveLength(1);
    await world.pass(5 * minuteMs);
    expect(world.platform.polls).toHaveLength(1);
    expect(world.status).toMatchObject({ state: 'Connected', epoch: 2 });
    expect(world.escrow.kept).toEqual([]);
  });

  it('loses nothing where another process asked once more, before the answer came to the escrow', async () => {
    const person = await needingReauth(singleUse);
    const { world } = person;
    world.platform.deviceAnswers = ['Agreed', 'Denied'];
    ask(person);
    // The first one hangs with its answer, and nobody sees it.
    let hidden: typeof world.escrow.kept = [];
    world.life.dieAt((moment) => {
      if (moment === 'after exchange') world.store.awayUntil = world.clock.trueNow() + 10 * secondMs;
      if (moment === 'after escrow') hidden = world.escrow.kept.splice(0);
      return moment === 'after escrow';
    });
    await world.pass(minuteMs);
    expect(world.platform.polls).toHaveLength(2);
    expect(world.status.state).toBe('NeedsReauth');
    world.escrow.kept = hidden;
    await world.pass(10 * minuteMs);
    expect(world.status).toMatchObject({ state: 'Connected', epoch: 2 });
    expect(world.escrow.kept).toEqual([]);
  });
});
