import { describe, expect, it } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import type { SocialAppStatus } from '../../src/api/resources.gen.ts';
import { isHeld } from '../../src/core/brake.ts';
import { ruleByHand, type Suspect, shownUntil, undecided } from '../../src/core/brake-by-hand.ts';
import { formatInstant } from '../../src/core/instant.ts';
import { app, channel, failure, hourMs, minuteMs, nowAt, observation, readyApp, retries } from './builders.ts';

const { releaseRejections: release, confirmRejections: confirm } = annotations;
type Rejections = NonNullable<SocialAppStatus['rejections']>;

/** Suspected one, two and three minutes ago; the eldest's token ends last. */
const suspects: Suspect[] = [1, 2, 3].map((ago) => ({
  key: `main-stage/channel-${ago}`,
  suspectedAt: nowAt - ago * minuteMs,
  endsAt: nowAt + ago * hourMs,
}));
const ago = (minutes: number) => formatInstant(nowAt - minutes * minuteMs);

function ruled(asked: Record<string, string>, rejections?: Rejections, among = suspects) {
  const status = rejections === undefined ? {} : { rejections };
  const answer = ruleByHand({ metadata: { ...app.metadata, annotations: asked }, status }, among);
  return [answer.rejections, answer.rulings.map(({ reason }) => reason)] as const;
}

describe('a decision by hand', () => {
  it('is shown by the moment of the last rejection', () => {
    expect(shownUntil(suspects)).toBe(ago(1));
  });

  it.each<[string, Record<string, string>, Rejections | undefined, Rejections | undefined, string[]]>([
    ['nothing is asked for', {}, undefined, undefined, []],
    [
      'a release of all that is shown',
      { [release]: ago(1) },
      undefined,
      { lastHandledRelease: ago(1), releasedTime: ago(1), canary: 'main-stage/channel-1' },
      ['RejectionsReleased'],
    ],
    [
      'a release of what was shown a minute earlier, whose canary is one of those',
      { [release]: ago(2) },
      undefined,
      { lastHandledRelease: ago(2), releasedTime: ago(2), canary: 'main-stage/channel-2' },
      ['RejectionsReleased'],
    ],
    [
      'a confirmation',
      { [confirm]: ago(1) },
      undefined,
      { lastHandledConfirmation: ago(1), confirmedTime: ago(1) },
      ['RejectionsConfirmed'],
    ],
    [
      'one that was answered already',
      { [confirm]: ago(1) },
      { lastHandledConfirmation: ago(1) },
      { lastHandledConfirmation: ago(1) },
      [],
    ],
    [
      'a moment before all of it',
      { [confirm]: ago(4) },
      undefined,
      { lastHandledConfirmation: ago(4) },
      ['RejectionsUnknown'],
    ],
    [
      'a moment that nobody was shown yet',
      { [confirm]: ago(-1) },
      undefined,
      { lastHandledConfirmation: ago(-1) },
      ['RejectionsUnknown'],
    ],
    ['no moment at all', { [release]: 'yes' }, undefined, { lastHandledRelease: 'yes' }, ['RejectionsUnknown']],
    [
      'both at once: nobody is believed whom somebody released',
      { [release]: ago(1), [confirm]: ago(1) },
      undefined,
      {
        lastHandledRelease: ago(1),
        releasedTime: ago(1),
        canary: 'main-stage/channel-1',
        lastHandledConfirmation: ago(1),
      },
      ['RejectionsReleased', 'RejectionsUnknown'],
    ],
    [
      'a release of what was confirmed and is not believed yet',
      { [release]: ago(1) },
      { lastHandledConfirmation: ago(1), confirmedTime: ago(1) },
      {
        lastHandledConfirmation: ago(1),
        confirmedTime: ago(1),
        lastHandledRelease: ago(1),
        releasedTime: ago(1),
        canary: 'main-stage/channel-1',
      },
      ['RejectionsReleased'],
    ],
  ])('is answered once, and bound to what was shown: %s', (_, asked, before, after, reasons) => {
    expect(ruled(asked, before)).toEqual([after, reasons]);
  });

  it('repeats no more of what somebody typed than status takes', () => {
    const typed = 'x'.repeat(300);
    const [rejections] = ruled({ [release]: typed });
    expect(rejections?.lastHandledRelease).toBe('x'.repeat(64));
    expect(ruled({ [release]: typed }, rejections)).toEqual([rejections, []]);
  });

  it('decides nothing where nothing is suspected', () => {
    expect(ruled({ [confirm]: ago(1) }, undefined, [])[1]).toEqual(['RejectionsUnknown']);
  });

  it('leaves open what began later', () => {
    const open = undecided(suspects, { releasedTime: ago(3), confirmedTime: ago(2) });
    expect(open.map(({ key }) => key)).toEqual(['main-stage/channel-1']);
  });
});

const wave = {
  scope: 'App',
  since: nowAt - hourMs,
  rejected: 5,
  of: 8,
  lastSuccessAt: undefined,
  canary: 'a/b',
} as const;

describe('a held rejection', () => {
  it.each([
    ['is believed once it is confirmed', 0, false],
    ['is believed by a moment in whole seconds', 999, false],
    ['is held where only earlier ones were confirmed', 1_000, true],
  ])('%s', (_, laterMs, held) => {
    const ready = readyApp();
    if (ready.state !== 'Ready') throw new Error('unreachable');
    const decided = { ...ready, app: { ...ready.app, status: { rejections: { confirmedTime: ago(10) } } } };
    const rejected = { failure: failure('Rejected', 'AccessRevoked'), firstAt: nowAt - 10 * minuteMs + laterMs };
    const me = channel({ metadata: { name: 'me', namespace: 'main-stage' } });
    expect(isHeld(observation(me, retries('Spend', rejected), { app: decided, wave }), 'Spend')).toBe(held);
  });
});
