import { beforeEach, describe, expect, it } from 'vitest';
import type { ChannelSummary } from '../../src/core/consent.ts';
import { byUrgency, consentClock, dayMs, fits, perDay } from '../../src/web/pages/fleet.ts';
import { PagesStage, people, startAt } from './pages-stage.ts';

const now = startAt;

function summary(name: string, more: Partial<ChannelSummary> = {}): ChannelSummary {
  const ref = { namespace: 'main-stage', name };
  return { ref, platform: 'twitch', state: 'Connected', reason: 'Healthy', message: 'Fine.', ...more };
}

const fleet = [
  summary('fine'),
  summary('in-80-days', { deadlineAt: now + 80 * dayMs, owner: 'Kim' }),
  summary('in-20-days', { deadlineAt: now + 20 * dayMs, owner: 'Dana' }),
  summary('new', { state: 'Pending', since: now - dayMs }),
  summary('in-6-days', { state: 'Expiring', deadlineAt: now + 6 * dayMs, owner: 'Dana', platform: 'youtube' }),
  summary('in-2-days', { state: 'Expiring', deadlineAt: now + 2 * dayMs, owner: 'Kim' }),
  summary('lost-today', { state: 'NeedsReauth', since: now - 1_000, deadlineAt: now + dayMs, owner: 'Dana' }),
  summary('lost-yesterday', { state: 'NeedsReauth', since: now - dayMs }),
];

describe('the fleet', () => {
  it('is sorted by urgency: who waits for longest, then whose end is nearest', () => {
    expect([...fleet].sort(byUrgency).map(({ ref }) => ref.name)).toEqual([
      'lost-yesterday',
      'lost-today',
      'in-2-days',
      'in-6-days',
      'new',
      'in-20-days',
      'in-80-days',
      'fine',
    ]);
  });

  it('is told as who has to act now, in 7, 30 and 90 days, each channel once', () => {
    expect(consentClock(fleet, now)).toEqual([
      {
        days: 0,
        count: 2,
        owners: [
          ['', 1],
          ['Dana', 1],
        ],
      },
      {
        days: 7,
        count: 2,
        owners: [
          ['Dana', 1],
          ['Kim', 1],
        ],
      },
      { days: 30, count: 1, owners: [['Dana', 1]] },
      { days: 90, count: 1, owners: [['Kim', 1]] },
    ]);
  });

  it.each([
    ['a moment ago', -1, 0],
    ['now', 0, 0],
    ['in 7 days', 7 * dayMs, 7],
    ['a moment later', 7 * dayMs + 1, 30],
    ['in 90 days', 90 * dayMs, 90],
    ['later than that', 90 * dayMs + 1, undefined],
  ])('puts a deadline of %s where it belongs', (_, inMs, span) => {
    const clock = consentClock([summary('one', { state: 'Expiring', deadlineAt: now + inMs })], now);
    expect(clock.find(({ count }) => count === 1)?.days).toBe(span);
  });

  it('counts each day for the time line', () => {
    const days = perDay(fleet, now);
    expect(days).toHaveLength(91);
    expect(days.flatMap((count, day) => (count === 0 ? [] : [[day, count]]))).toEqual([
      [0, 2],
      [2, 1],
      [6, 1],
      [20, 1],
      [80, 1],
    ]);
  });

  it.each([
    [{ state: 'NeedsReauth' }, ['lost-today', 'lost-yesterday']],
    [{ platform: 'youtube' }, ['in-6-days']],
    [{ owner: 'Kim' }, ['in-80-days', 'in-2-days']],
    [{ namespace: 'elsewhere' }, []],
    [{ owner: 'Dana', state: 'Expiring' }, ['in-6-days']],
  ])('is filtered by %j', (chosen, names) => {
    const filter = { state: '', platform: '', owner: '', namespace: '', ...chosen };
    expect(fleet.filter((channel) => fits(channel, filter)).map(({ ref }) => ref.name)).toEqual(names);
  });
});

describe('the fleet page', () => {
  let stage: PagesStage;
  beforeEach(() => {
    stage = new PagesStage();
    stage.summaries.push(...fleet, summary('foreign', { ref: { namespace: 'side-a', name: 'foreign' } }));
  });

  it('shows what somebody may see and nothing else', async () => {
    const page = await (await stage.signedIn(people.manager)).open('/');
    expect(page.text).toContain('8 channels, most urgent first');
    expect(page.text).not.toContain('foreign');
    const side = await (await stage.signedIn(people.mallory)).open('/');
    expect(side.text).toContain('1 channel, most urgent first');
    expect(side.text).not.toContain('lost-today');
  });

  it('draws the time line on the server, with its meaning in words', async () => {
    const page = await (await stage.signedIn()).open('/');
    expect(page.html.match(/<rect class="(near|next|far)"/g)).toHaveLength(5);
    expect(page.html).toContain('aria-label="Time line of the next 90 days with 6 channels that will need a person."');
    expect(page.text).toContain('in 7 days: 2 Dana (1), Kim (1)');
  });

  it('keeps its filters', async () => {
    const page = await (await stage.signedIn()).open('/?state=NeedsReauth');
    expect(page.text).toContain('2 channels');
    expect(page.html).toContain('<option value="NeedsReauth" selected>');
    expect(page.text).not.toContain('in-2-days');
  });

  it('of ten thousand channels stays below 50 KB, page by page', async () => {
    stage.summaries.length = 0;
    for (let count = 0; count < 10_000; count += 1) {
      const ref = { namespace: 'main-stage', name: `${String(count).padStart(5, '0')}-${'n'.repeat(247)}` };
      const words = {
        account: `@${'a'.repeat(80)}`,
        message: '&'.repeat(400),
        owner: `Owner ${count} ${'o'.repeat(60)}`,
      };
      stage.summaries.push(
        summary('x', { ref, ...words, state: 'NeedsReauth', since: count, deadlineAt: now + count * 1_000 }),
      );
    }
    const browser = await stage.signedIn();
    const first = await browser.open('/');
    expect(first.text).toContain('10000 channels, most urgent first; 1 to 25 shown');
    expect(Buffer.byteLength(first.html)).toBeLessThan(50 * 1024);
    const next = /href="(\/\?page=2)"/.exec(first.html)?.[1] ?? '';
    expect((await browser.open(next)).text).toContain('; 26 to 50 shown');
    expect((await browser.open('/?page=100000')).text).toContain('; 9976 to 10000 shown');
    expect((await browser.open('/?page=-3')).text).toContain('; 1 to 25 shown');
  });

  it('is for nobody without a group, and for no invitation', async () => {
    const page = await (await stage.signedIn(people.nobody)).open('/');
    expect([page.status, page.text]).toEqual([
      403,
      expect.stringContaining('None of your groups may see channels here'),
    ]);
  });

  it('says so when there is nothing to show', async () => {
    stage.summaries.length = 0;
    const page = await (await stage.signedIn()).open('/');
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('No channel fits')]);
  });
});
