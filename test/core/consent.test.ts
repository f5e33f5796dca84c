import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BegunConsent, ConsentProgress } from '../../src/core/consent.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { hourMs, minuteMs, other, ours, reusable, secondMs, singleUse } from './builders.ts';
import { connected, needingReauth, neverConnected, type Person } from './virtual/person.ts';
import { mainstage } from './virtual/platform.ts';
import type { Moment } from './virtual/process.ts';

const somebodyElse = { account: { id: '43', handle: 'other' }, scopes: ['stream'] };

describe('a first connection', () => {
  it('shows the account and waits for the person to confirm it', async () => {
    const person = await neverConnected();
    const begun = await person.begin();
    expect(await person.finish(begun)).toMatchObject({ kind: 'Working' });
    await person.world.pass(2 * secondMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'AwaitsConfirmation', account: { id: '42' } });
    expect(person.world.status.state).toBe('Pending');
    expect(await person.confirm(begun, 'another browser')).toMatchObject({ kind: 'Refused', refusal: 'Foreign' });
    expect(await person.confirm(begun)).toMatchObject({ kind: 'Working' });
    await person.world.pass(2 * secondMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Connected', account: { id: '42' } });
    expect(person.world.status).toMatchObject({ state: 'Connected', epoch: 1, generation: 1 });
    expect(person.world.channel?.metadata.annotations).toEqual({});
  });

  it('that nobody confirms is thrown away', async () => {
    const person = await neverConnected();
    const begun = await person.begin();
    await person.finish(begun);
    await person.world.pass(20 * minuteMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Refused', refusal: 'Expired' });
    expect(person.world.status.state).toBe('Pending');
    expect(person.world.consents.kept.staged.value?.answer).toBeUndefined();
  });
});

describe('a channel that needs a person', () => {
  it('heals by a consent, without being looked at by anybody', async () => {
    const person = await needingReauth();
    const begun = await person.begin();
    await person.finish(begun);
    await person.world.pass(2 * secondMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Connected' });
    expect(person.world.status).toMatchObject({ state: 'Connected', reason: 'Healthy', epoch: 2 });
    expect(person.world.platform.isAlive(person.world.projected)).toBe(true);
  });

  it('heals within minutes where nobody could be told', async () => {
    const person = await needingReauth();
    const begun = await person.begin();
    await person.finish(begun);
    // The hint was lost.
    const { channel } = person.world;
    if (channel !== undefined)
      person.world.channel = { ...channel, metadata: { ...channel.metadata, annotations: {} } };
    await person.world.pass(6 * minuteMs);
    expect(person.world.status).toMatchObject({ state: 'Connected', epoch: 2 });
  });
});

describe('what changes nothing', () => {
  it.each<[string, (person: Person, begun: BegunConsent) => Promise<ConsentProgress | 'died'>, object]>([
    [
      'a refusal',
      (person, begun) => person.finish(begun, person.callback(begun, { code: undefined, error: 'access_denied' })),
      { refusal: 'Denied' },
    ],
    [
      'a state of somebody else',
      (person, begun) => person.finish(begun, person.callback(begun, { state: 'another' })),
      { refusal: 'Foreign' },
    ],
    [
      'no state',
      (person, begun) => person.finish(begun, person.callback(begun, { state: undefined })),
      { refusal: 'Foreign' },
    ],
    [
      'another browser',
      (person, begun) => person.finish({ ...begun, browserSecret: 'another' }),
      { refusal: 'Foreign' },
    ],
    ['no cookie', (person, begun) => person.finish({ ...begun, browserSecret: '' }), { refusal: 'Foreign' }],
    [
      'another id',
      (person, begun) => person.finish({ ...begun, id: 'another' }, person.callback(begun)),
      { refusal: 'Unknown' },
    ],
    [
      'an answer that comes too late',
      async (person, begun) => {
        await person.world.pass(10 * minuteMs);
        return await person.finish(begun);
      },
      { refusal: 'Expired' },
    ],
    [
      'an answer after a newer consent was begun',
      async (person, begun) => {
        await person.begin();
        return await person.finish(begun);
      },
      { refusal: 'Unknown' },
    ],
    [
      'an answer after newer tokens were imported',
      async (person, begun) => {
        person.world.supply();
        await person.world.pass(6 * minuteMs);
        return await person.finish(begun);
      },
      { refusal: 'Superseded' },
    ],
    [
      'an answer for a channel that was made anew',
      async (person, begun) => {
        const { channel } = person.world;
        if (channel !== undefined)
          person.world.channel = { ...channel, metadata: { ...channel.metadata, uid: 'anew' } };
        return await person.finish(begun);
      },
      { refusal: 'Changed' },
    ],
  ])('%s', async (_, act, told) => {
    const person = await connected();
    const begun = await person.begin();
    const shown = person.world.projected;
    const epoch = person.world.status.epoch;
    expect(await act(person, begun)).toMatchObject({ kind: 'Refused', ...told });
    const isImported = person.world.status.epoch !== epoch;
    await person.world.pass(minuteMs);
    if (!isImported) expect(person.world.projected).toBe(shown);
    expect(person.world.platform.exchanges).toEqual([]);
    expect(person.world.consents.everStaged).toEqual([]);
  });

  it('a callback that comes a second time', async () => {
    const person = await connected();
    const begun = await person.begin();
    const callback = person.callback(begun);
    await person.finish(begun, callback);
    expect(await person.finish(begun, callback)).toMatchObject({ kind: 'Refused', refusal: 'Used' });
    expect(person.world.platform.exchanges).toHaveLength(1);
    await person.world.pass(2 * secondMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Connected' });
  });

  it('two callbacks at once make one exchange', async () => {
    const person = await connected();
    const begun = await person.begin();
    const callback = person.callback(begun);
    const endings = await Promise.all([person.finish(begun, callback), person.finish(begun, callback)]);
    expect(endings.map((ending) => ending !== 'died' && ending.kind).sort()).toEqual(['Refused', 'Working']);
    expect(person.world.platform.exchanges).toHaveLength(1);
  });

  it('a refusal of somebody else leaves the consent of this browser as it is', async () => {
    const person = await connected();
    const begun = await person.begin();
    await person.finish(begun, person.callback(begun, { state: 'another', code: undefined, error: 'access_denied' }));
    expect(await person.progress(begun)).toMatchObject({ kind: 'Waiting' });
    await person.finish(begun);
    await person.world.pass(2 * secondMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Connected' });
  });

  it('the wrong account, which is shown beside the right one and can be thrown away', async () => {
    const person = await connected();
    const shown = person.world.projected;
    person.world.platform.person = somebodyElse;
    const begun = await person.begin();
    await person.finish(begun);
    await person.world.pass(2 * secondMs);
    expect(await person.progress(begun)).toEqual({
      kind: 'WrongAccount',
      expected: mainstage.account,
      found: somebodyElse.account,
      isRevocable: false,
    });
    expect(person.world.projected).toBe(shown);
    expect(await person.discard(begun)).toMatchObject({ kind: 'Working' });
    await person.world.pass(2 * secondMs);
    expect(await person.progress(begun)).toEqual({ kind: 'Discarded', isRevoked: false });
    expect(person.world.consents.kept.staged.value?.answer).toBeUndefined();
    expect(person.world.status).toMatchObject({ state: 'Connected', epoch: 1 });
  });

  it('an account that another channel keeps through the same app, of which nothing is given back', async () => {
    const person = await connected();
    const key = { platform: 'twitch', clientId: 'client', accountId: '42' };
    await person.world.store.claimAccount(key, other);
    const begun = await person.begin();
    await person.finish(begun);
    await person.world.pass(2 * secondMs);
    const told = await person.progress(begun);
    expect(told).toMatchObject({ kind: 'Failed', isKept: false });
    expect(told.kind === 'Failed' && told.message).toContain(
      'SocialChannel other-stage/rival already keeps this account',
    );
    expect(person.world.status.epoch).toBe(1);
  });

  it('a login that the platform rejects, twice', async () => {
    const person = await connected();
    const { world } = person;
    const begun = await person.begin();
    await person.finish(begun);
    const shown = world.projected;
    // The platform ends it right after it gave it.
    world.platform.withdraw();
    await world.pass(secondMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Failed', isKept: true });
    await world.pass(10 * secondMs);
    expect(await person.progress(begun)).toEqual({
      kind: 'Failed',
      isKept: false,
      message: 'It says no. Nothing was replaced.',
    });
    expect(world.projected).toBe(shown);
    // It is no suspicion against the channel's own login.
    expect(world.statuses.some(({ state }) => state === 'NeedsReauth')).toBe(false);
  });

  it('fewer scopes than are asked for by name, while the present login works', async () => {
    const person = await connected();
    person.world.platform.person = { ...mainstage, scopes: ['chat'] };
    const begun = await person.begin();
    await person.finish(begun);
    await person.world.pass(2 * secondMs);
    expect(await person.progress(begun)).toEqual({ kind: 'ScopesMissing', missing: ['stream'], isStored: false });
    expect(person.world.status).toMatchObject({ state: 'Connected', epoch: 1 });
  });
});

describe('fewer scopes', () => {
  it.each([
    ['the platform ended the former login for it', () => connected({ ...reusable, loginsPerPerson: 1 })],
    ['another set of scopes ends the former login', () => connected({ ...reusable, scopeChange: 'EndsEarlierTokens' })],
    ['the former login is dead', () => needingReauth()],
  ])('are used all the same where %s', async (_, start) => {
    const person = await start();
    person.world.platform.person = { ...mainstage, scopes: ['chat'] };
    const begun = await person.begin();
    await person.finish(begun);
    await person.world.pass(2 * secondMs);
    expect(await person.progress(begun)).toEqual({ kind: 'ScopesMissing', missing: ['stream'], isStored: true });
    expect(person.world.status).toMatchObject({ epoch: 2 });
    expect(person.world.platform.isAlive(person.world.projected)).toBe(true);
  });
});

describe('a platform that cannot be asked whose the login is', () => {
  it('is asked again, and what was granted is kept until then', async () => {
    const person = await needingReauth();
    person.world.platform.illness = 'BeforeWork';
    const begun = await person.begin();
    await person.finish(begun);
    await person.world.pass(10 * secondMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Failed', isKept: true });
    person.world.platform.illness = undefined;
    await person.world.pass(5 * minuteMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Connected' });
    expect(person.world.status).toMatchObject({ state: 'Connected', epoch: 2 });
  });
});

describe('a Vault that does not take the answer', () => {
  it('costs nothing: the answer goes into escrow, and from there to Vault by whoever lives then', async () => {
    const person = await needingReauth(singleUse);
    const { world } = person;
    const begun = await person.begin();
    world.life.dieAt((moment) => {
      if (moment === 'after exchange') world.store.awayUntil = world.clock.trueNow() + 10 * minuteMs;
      return moment === 'after escrow';
    });
    await person.finish(begun);
    await world.life.death;
    world.restart();
    expect(world.escrow.kept).toHaveLength(1);
    await world.pass(30 * minuteMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Connected' });
    expect(world.status).toMatchObject({ state: 'Connected', epoch: 2 });
    expect(world.escrow.kept).toEqual([]);
  });
});

describe('a first connection that was given up', () => {
  it('goes on when its answer comes to the escrow after all', async () => {
    const person = await neverConnected();
    const { world } = person;
    const begun = await person.begin();
    // The process hangs with its answer, and nobody sees it.
    let hidden: typeof world.escrow.kept = [];
    world.life.dieAt((moment) => {
      if (moment === 'after exchange') world.store.awayUntil = world.clock.trueNow() + 10 * secondMs;
      if (moment === 'after escrow') hidden = world.escrow.kept.splice(0);
      return moment === 'after escrow';
    });
    await person.finish(begun);
    await world.life.death;
    world.restart();
    await world.pass(5 * minuteMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Failed', isKept: false });
    world.escrow.kept = hidden;
    await world.pass(10 * minuteMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'AwaitsConfirmation' });
    expect(world.escrow.kept).toEqual([]);
  });
});

describe('the tokens of a consent that ended', () => {
  it('do not keep the channel from being connected where they cannot be destroyed at once', async () => {
    const person = await connected();
    const { world } = person;
    world.consents.isTidyRefused = true;
    const begun = await person.begin();
    await person.finish(begun);
    await world.pass(2 * secondMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Connected' });
    expect(world.events).toContain('ConsentGiven');
  });

  it('are destroyed in the earlier versions by the next process where this one could not', async () => {
    const person = await connected();
    const { world } = person;
    world.platform.person = somebodyElse;
    const begun = await person.begin();
    await person.finish(begun);
    await world.pass(2 * secondMs);
    world.consents.isTidyRefused = true;
    await person.discard(begun);
    await world.pass(10 * secondMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Discarded' });
    expect(world.consents.tidiedUpTo).toBe(0);
    world.restart();
    await world.pass(2 * minuteMs);
    world.consents.isTidyRefused = false;
    await world.pass(5 * minuteMs);
    expect(world.consents.tidiedUpTo).toBe(world.consents.kept.staged.version - 1);
    expect(world.channel?.metadata.annotations).toEqual({});
  });
});

describe('a login that is being renewed meanwhile', () => {
  it('is replaced, and the late answer of the former one never comes back', async () => {
    const person = await connected(singleUse);
    const { store } = person.world;
    const begun = await person.begin();
    const { kept } = store;
    if (kept.state !== 'Present') return expect.unreachable('nothing is connected');
    const claim = { id: 'claim-of-another', holder: 'pod-b', epoch: 1, fingerprint: 'f', lifeMs: minuteMs };
    const claimed = await store.claim(ours, kept, claim);
    await person.finish(begun);
    await person.world.pass(2 * secondMs);
    expect(await person.progress(begun)).toMatchObject({ kind: 'Connected' });
    const shown = person.world.projected;
    const late = { access: Sealed.of('late'), obtainedAt: 0, raw: Sealed.of('late') };
    await expect(store.commit(ours, claimed, late, 2)).rejects.toThrow('moved');
    await store.park(ours, {
      claimId: claim.id,
      epoch: 1,
      generation: 1,
      fingerprint: 'f',
      parkedAt: 0,
      answer: late,
      raw: late.raw,
    });
    await person.world.pass(5 * hourMs);
    expect(person.world.status).toMatchObject({ state: 'Connected', epoch: 2 });
    expect(person.world.projected).not.toBe('late');
    expect(shown).not.toBe('late');
  });
});

describe('a platform that states its issuer', () => {
  const issuer = 'https://id.twitch.tv';

  it.each([
    ['without one', undefined, 'Refused'],
    ['of another server', 'https://attacker.example', 'Refused'],
    ['of its own', issuer, 'Working'],
  ])('has codes used %s', async (_, iss, kind) => {
    const person = await connected({ ...reusable, issuer });
    const begun = await person.begin();
    expect(await person.finish(begun, person.callback(begun, { iss }))).toMatchObject({ kind });
    expect(person.world.platform.exchanges).toHaveLength(kind === 'Working' ? 1 : 0);
  });
});

describe('nobody is led to the platform', () => {
  it.each<[string, object, RegExp]>([
    [
      'for a channel that is suspended',
      { spec: { refresh: { policy: 'Suspended' } } },
      /suspended by spec.refresh.policy/,
    ],
    ['for a channel that uses its app’s own token', { spec: { grantType: 'App' } }, /needs no person/],
    ['for a channel that lives from another one', { spec: { grantFrom: { name: 'lender' } } }, /connect that one/],
    [
      'for a channel that is being deleted',
      { metadata: { deletionTimestamp: '2026-03-01T12:00:00Z' } },
      /is being deleted/,
    ],
  ])('%s', async (_, { spec = {}, metadata = {} }: { spec?: object; metadata?: object }, told) => {
    const person = await connected();
    const { channel } = person.world;
    if (channel === undefined) return expect.unreachable('there is no channel');
    person.world.channel = {
      ...channel,
      spec: { ...channel.spec, ...spec },
      metadata: { ...channel.metadata, ...metadata },
    };
    await expect(person.begin()).rejects.toThrow(told);
    expect(person.world.consents.kept.pending.value?.consent).toBeUndefined();
  });

  it('for a channel that is not there', async () => {
    const person = await connected();
    person.world.channel = undefined;
    await expect(person.begin()).rejects.toThrow('There is no SocialChannel main-stage/twitch.');
  });

  it('while Vault cannot remember it', async () => {
    const person = await connected();
    person.world.store.isAway = true;
    await expect(person.begin()).rejects.toThrow('Vault is away.');
  });

  it('while the answer of an earlier one is on its way', async () => {
    const person = await connected();
    const begun = await person.begin();
    person.world.life.dieAt((moment) => moment === 'after consume');
    expect(await person.finish(begun)).toBe('died');
    await expect(person.begin()).rejects.toThrow('is being fetched at this moment');
    await person.world.pass(2 * minuteMs);
    expect((await person.begin()).id).not.toBe(begun.id);
  });
});

/** All that a consent passes, up to its place in the Secret. */
const steps: readonly Moment[] = (['consume', 'exchange', 'stage', 'promote', 'secret'] as const).flatMap(
  (step): Moment[] => [`before ${step}`, `after ${step}`],
);

describe.each(steps)('a process that dies %s', (moment) => {
  /** Between the two lies nothing that could keep the answer. */
  const isLost = moment === 'after exchange' || moment === 'before stage';

  it('loses a consent only between the platform’s answer and its write, and never the login before it', async () => {
    const person = await connected(singleUse);
    const { world } = person;
    const begun = await person.begin();
    let isArmed = true;
    world.life.dieAt((passed) => {
      const isNow = isArmed && passed === moment;
      if (isNow) isArmed = false;
      return isNow;
    });
    const callback = person.callback(begun);
    await person.finish(begun, callback);
    await world.pass(10 * secondMs);
    expect(world.deaths).toBe(1);
    // The browser asks once more.
    if (moment === 'before consume') await person.finish(begun, callback);
    await world.pass(5 * minuteMs);
    const isExchanged = moment !== 'after consume' && moment !== 'before exchange';
    const { kind } = await person.progress(begun);
    if (isLost || !isExchanged) {
      expect(kind).toBe('Failed');
      expect(world.status).toMatchObject({ epoch: 1 });
    } else {
      expect(kind).toBe('Connected');
      expect(world.status).toMatchObject({ state: 'Connected', epoch: 2 });
      expect(world.platform.isAlive(world.projected)).toBe(true);
    }
    expect(world.platform.exchanges.length).toBeLessThanOrEqual(1);
    expect(world.channel?.metadata.annotations ?? {}).toEqual({});
  });
});

// A backstop for machines that are busy with something else.
describe('processes that die at any moments of consents', { timeout: 60_000 }, () => {
  const everyNth = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

  it('never end a channel that could be connected, nor use a code twice, nor leave an answer unread', async () => {
    await fc.assert(
      fc.asyncProperty(everyNth, fc.boolean(), async (gaps, isVaultAway) => {
        const person = await connected();
        const { world } = person;
        for (const gap of gaps) {
          const deadlyAt = world.life.passed.length + gap;
          world.life.dieAt((moment) => {
            if (isVaultAway && gap % 3 === 0 && moment === 'after exchange')
              world.store.awayUntil = world.clock.trueNow() + minuteMs;
            return world.life.passed.length === deadlyAt;
          });
          const begun = await Promise.race([person.begin().catch(() => undefined), world.life.death]);
          if (begun === 'died') world.restart();
          else if (begun !== undefined) await person.finish(begun);
          await world.pass(3 * minuteMs);
        }
        world.life.dieAt(() => false);
        const last = await person.begin();
        await person.finish(last);
        await world.pass(3 * minuteMs);
        expect(await person.progress(last)).toMatchObject({ kind: 'Connected' });
        expect(world.status.state).toBe('Connected');
        expect(world.platform.isAlive(world.projected)).toBe(true);
        expect(new Set(world.platform.exchanges).size).toBe(world.platform.exchanges.length);
        expect(world.consents.kept.staged.value?.answer).toBeUndefined();
        expect(world.channel?.metadata.annotations ?? {}).toEqual({});
      }),
      { numRuns: 40 },
    );
  });
});
