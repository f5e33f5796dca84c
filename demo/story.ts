import { waitFor } from '../test/harness/wait.ts';
import { type Cast, type ChannelName, channels, invited, lifeSeconds, reconsent, refreshed } from './cast.ts';
import { countRefreshes, ledgerFaults, worstGap } from './ledger.ts';
import { statuses, statusOf, untilAll, untilStatus } from './look.ts';
import { table } from './screen.ts';

/** One chapter: what happens, and what was seen; a chapter that does not come true throws. */
export interface Step {
  readonly title: string;
  /** Answers what was seen, in one line. */
  readonly play: (cast: Cast) => Promise<string>;
}

class NotSeen extends Error {}

function expectThat(isTrue: boolean, what: string): void {
  if (!isTrue) throw new NotSeen(what);
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

const connectedWithinMs = 30_000;

const connected: Step = {
  title: 'One channel of each platform in code, and one of a platform by YAML, become Connected',
  play: async (cast) => {
    const ready: ChannelName[] = channels.filter((name) => name !== 'youtube-rehearsal');
    await untilAll(cast, ready, ({ state }) => state === 'Connected', {
      timeoutMs: connectedWithinMs,
      what: 'the channels to be Connected',
    });
    const tookMs = Date.now() - cast.appliedAt;
    expectThat(tookMs <= connectedWithinMs, `Connected after ${seconds(tookMs)}, which is too long`);
    const lines = table(await statuses(cast.stage), Date.now(), false).map((line) => `      ${line}`.trimEnd());
    const what = `${ready.length} Connected ${seconds(tookMs)} after kubectl apply, tokens in Secrets <channel>-token`;
    return [what, ...lines].join('\n');
  },
};

const nearTheEnd: Step = {
  title: 'A YouTube app in testing mode: the consent ends on its seventh day, and that is near',
  play: async (cast) => {
    const { status } = await untilStatus(cast, 'youtube-rehearsal', ({ state }) => state === 'Expiring', {
      timeoutMs: 20_000,
      what: 'youtube-rehearsal to be Expiring',
    });
    expectThat(status.reason === 'DeadlineNear', `the reason is ${status.reason}`);
    await reconsent(cast, 'youtube-rehearsal', cast.testing, cast.accounts.rehearsal);
    const after = await untilStatus(cast, 'youtube-rehearsal', ({ state }) => state === 'Connected', {
      timeoutMs: 20_000,
      what: 'youtube-rehearsal to be Connected after a new consent',
    });
    return `Expiring, ${status.reason}, deadline ${status.deadlineTime}; Connected ${seconds(after.tookMs)} after a new consent`;
  },
};

const outage: Step = {
  title: 'YouTube answers 503',
  play: async (cast) => {
    const { simulator } = cast.stage;
    const { clientId } = cast.youtube;
    const fault = await simulator.addFault({
      platform: 'youtube',
      clientId,
      operation: 'token',
      kind: 'status',
      status: 503,
    });
    const during = await untilStatus(cast, 'youtube-live', ({ state }) => state === 'Expiring', {
      timeoutMs: 2 * lifeSeconds * 1000,
      what: 'youtube-live to be Expiring',
    });
    expectThat(during.status.reason === 'RefreshFailing', `the reason is ${during.status.reason}`);
    await simulator.removeFault({ id: fault.id });
    const after = await untilStatus(cast, 'youtube-live', ({ state }) => state === 'Connected', {
      timeoutMs: 30_000,
      what: 'youtube-live to be Connected again',
    });
    return `Expiring, ${during.status.reason}, nobody is asked; Connected ${seconds(after.tookMs)} after the 503 ended`;
  },
};

const passwordChanged: Step = {
  title: 'Dana changes the password of her Twitch account',
  play: async (cast) => {
    const { simulator } = cast.stage;
    await simulator.changePassword({ platform: 'twitch', id: cast.accounts.dana });
    const { status } = await untilStatus(cast, 'twitch-live', ({ state }) => state === 'NeedsReauth', {
      timeoutMs: 2 * lifeSeconds * 1000,
      what: 'twitch-live to need a person',
    });
    const seenAt = Date.now();
    const spends = await simulator.spends({ platform: 'twitch', accountId: cast.accounts.dana });
    const evidenceAt = spends.find(({ rejected }) => rejected)?.arrivedAt ?? seenAt;
    expectThat(seenAt - evidenceAt <= 10_000, `NeedsReauth ${seconds(seenAt - evidenceAt)} after the first evidence`);
    expectThat(status.message?.includes('Dana Reyes') === true, 'the message does not name the owner');
    expectThat(status.needsReauthSince !== undefined, 'since when is not told');
    return `NeedsReauth, ${status.reason}, since ${status.needsReauthSince}, ${seconds(seenAt - evidenceAt)} after the first evidence\n      ${status.message}`;
  },
};

const healed: Step = {
  title: 'Dana connects it again',
  play: async (cast) => {
    await reconsent(cast, 'twitch-live', cast.twitch, cast.accounts.dana);
    const { status, tookMs } = await untilStatus(cast, 'twitch-live', ({ state }) => state === 'Connected', {
      timeoutMs: 20_000,
      what: 'twitch-live to be Connected',
    });
    return `Connected ${seconds(tookMs)} after the new grant, epoch ${status.epoch}`;
  },
};

/** A refresh planned at a moment may start this much earlier without being early: status tells whole seconds. */
const TOLERANCE_MS = 1_500;

const restarted: Step = {
  title: 'The operator is killed and started again',
  play: async (cast) => {
    await cast.operator.kill();
    const planned = await statuses(cast.stage);
    const killedAt = Date.now();
    await cast.operator.start();
    const early: string[] = [];
    for (const name of refreshed) {
      const before = planned.get(name);
      const nextAt = Date.parse(before?.nextRefreshTime ?? '');
      await untilStatus(cast, name, ({ generation = 0 }) => generation > (before?.generation ?? 0), {
        timeoutMs: 3 * lifeSeconds * 1000,
        what: `${name} to be refreshed after the restart`,
      });
      const refreshedAt = Date.parse((await statusOf(cast, name)).lastRefreshTime ?? '');
      // A second refresh may have passed meanwhile; only one before the plan would be wrong.
      if (refreshedAt < Math.min(nextAt, killedAt + lifeSeconds * 1000) - TOLERANCE_MS) early.push(name);
    }
    expectThat(early.length === 0, `refreshed before it was due: ${early.join(', ')}`);
    return 'no refresh that was not due';
  },
};

const kept: Step = {
  title: 'Tokens are kept fresh, and the ledgers of the platforms agree',
  play: async (cast) => {
    const enough = async () => Object.values(await countRefreshes(cast)).every((count) => count >= 5);
    await waitFor(enough, { timeoutMs: 6 * lifeSeconds * 1000, everyMs: 500, what: 'five refreshes of each channel' });
    const counts = await countRefreshes(cast);
    const most = (Date.now() - cast.appliedAt) / ((lifeSeconds * 1000) / 2) + 1;
    for (const [name, count] of Object.entries(counts)) {
      expectThat(count <= most, `${name} was refreshed ${count} times, more than ${most.toFixed(0)}`);
    }
    const faults = await ledgerFaults(cast);
    expectThat(faults.length === 0, faults.join('; '));
    const list = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
    return `refreshes: ${list.join(', ')} (at most ${most.toFixed(0)})\n      0 double spends, 0 lost grants, 0 complaints of the platforms`;
  },
};

const neverDead: Step = {
  title: 'What pods saw: every projected token against the intervals in which it lived',
  play: async (cast) => {
    const { ms, where, unordered } = await worstGap(cast);
    expectThat(unordered.length === 0, `dead tokens without cause: ${unordered.join(', ')}`);
    return `worst: ${seconds(ms)} of a dead token before its Secret said so (${where}); none but by what this story ordered`;
  },
};

const aLink: Step = {
  title: 'A channel that was never connected, and a link for the person who can',
  play: async (cast) => {
    const link = await invited(cast);
    const page = await fetch(link);
    const text = await page.text();
    expectThat(page.status === 200, `the link answers ${page.status}`);
    expectThat(text.includes('twitch-guest'), 'the page does not name the channel');
    return [
      'open it in a browser on this machine while the demo runs; it is good for one connection:',
      `      ${link}`,
      "      Behind Continue stands the simulator's consent page. Its certificate is the demo's own: go on past the warning.",
    ].join('\n');
  },
};

export const story: readonly Step[] = [
  connected,
  nearTheEnd,
  outage,
  passwordChanged,
  healed,
  restarted,
  kept,
  neverDead,
  aLink,
];
