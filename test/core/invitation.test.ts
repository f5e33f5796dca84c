import { describe, expect, it } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import { type Invitation, invitationLink } from '../../src/core/consent.ts';
import { hourMs, minuteMs, secondMs } from './builders.ts';
import { needingReauth, type Person } from './virtual/person.ts';
import { annotated } from './walk/cluster.ts';

const base = 'https://connect.example.com';
const name = 'twitch-invitation';

async function invited(person: Person, request: string, note?: string): Promise<string> {
  const { world } = person;
  const { channel } = world;
  if (channel === undefined) return expect.unreachable('there is no channel');
  const { metadata } = channel;
  const asked = { [annotations.invite]: request, ...(note === undefined ? {} : { [annotations.inviteNote]: note }) };
  world.channel = { ...channel, metadata: { ...metadata, annotations: annotated(metadata.annotations, asked) } };
  await world.pass(secondMs);
  const link = world.others.get(name)?.data.link?.reveal() ?? '';
  expect(link.startsWith(invitationLink(base, ''))).toBe(true);
  return link.slice(invitationLink(base, '').length);
}

const check = (person: Person, token: string) => person.desk.check(token);

describe('an invitation', () => {
  it('is a link in a Secret, of which status and an Event tell without telling it', async () => {
    const person = await needingReauth();
    const { world } = person;
    const token = await invited(person, 'for dana', 'The show is on Friday.');
    expect(world.status.invitation).toEqual({
      request: 'for dana',
      secretName: name,
      expiryTime: world.others.get(name)?.data.expires_at?.reveal(),
    });
    expect(world.events).toContain('Invited');
    expect(JSON.stringify(world.status)).not.toContain(token);
    expect(await check(person, token)).toMatchObject({
      channel: { namespace: 'main-stage', name: 'twitch' },
      channelUid: 'channel-uid',
      epoch: 1,
      note: 'The show is on Friday.',
    });
    expect(token).toMatch(/^[A-Za-z0-9._~-]+$/);
  });

  it.each<[string, (person: Person, token: string) => Promise<string | undefined>, string]>([
    [
      'whose text was changed',
      async (_, token) => `${Buffer.from('{}').toString('base64url')}.${token.split('.')[1]}`,
      'Forged',
    ],
    ['without a signature', async (_, token) => token.split('.')[0], 'Forged'],
    ['with more behind it', async (_, token) => `${token}.x`, 'Forged'],
    [
      'that is a day old',
      async ({ world }, token) => {
        await world.clock.sleep(24 * hourMs);
        return token;
      },
      'Expired',
    ],
    [
      'when a newer one was made',
      async (person, token) => {
        await invited(person, 'once more');
        return token;
      },
      'Replaced',
    ],
    [
      'when the spec of the channel changed',
      async ({ world }, token) => {
        const { channel } = world;
        if (channel !== undefined) world.channel = { ...channel, metadata: { ...channel.metadata, generation: 9 } };
        return token;
      },
      'Replaced',
    ],
    [
      'when the channel was made anew',
      async ({ world }, token) => {
        const { channel } = world;
        if (channel !== undefined) world.channel = { ...channel, metadata: { ...channel.metadata, uid: 'anew' } };
        return token;
      },
      'Replaced',
    ],
    [
      'when another login came',
      async ({ world }, token) => {
        world.supply();
        await world.pass(6 * minuteMs);
        return token;
      },
      'Replaced',
    ],
  ])('%s opens nothing', async (_, change, told) => {
    const person = await needingReauth();
    const token = await invited(person, 'for dana');
    expect(await check(person, (await change(person, token)) ?? '')).toBe(told);
  });

  it('dies by its use, and not by a refusal; its Secret goes', async () => {
    const person = await needingReauth();
    const { world } = person;
    const token = await invited(person, 'for dana');
    const { id } = (await check(person, token)) as Invitation;
    const by = { kind: 'Invited', id, name: '' } as const;
    const denied = await person.begin(by);
    await person.finish(denied, person.callback(denied, { code: undefined, error: 'access_denied' }));
    expect(await check(person, token)).toMatchObject({ id });
    const begun = await person.begin(by);
    await person.finish(begun);
    expect(await check(person, token)).toBe('Used');
    await expect(person.begin(by)).rejects.toThrow(/was used, replaced by a newer one|is being fetched/);
    await world.pass(2 * secondMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Connected' });
    expect(world.others.has(name)).toBe(false);
    expect(world.status.invitation).toEqual({ request: 'for dana' });
  });

  it('that was replaced begins nothing', async () => {
    const person = await needingReauth();
    const token = await invited(person, 'for dana');
    const { id } = (await check(person, token)) as Invitation;
    await invited(person, 'once more');
    await expect(person.begin({ kind: 'Invited', id, name: '' })).rejects.toThrow('Ask for another.');
  });

  it('that nobody used is taken away when it is too old', async () => {
    const person = await needingReauth();
    await invited(person, 'for dana');
    await person.world.pass(25 * hourMs);
    expect(person.world.others.has(name)).toBe(false);
    expect(person.world.status.invitation).toEqual({ request: 'for dana' });
  });
});
