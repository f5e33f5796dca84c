import { describe, expect, it } from 'vitest';
import { lostChannel, sampleChannel, wellChannel } from '../../scripts/cli-samples.ts';
import type { SocialChannel } from '../../src/api/resources.gen.ts';
import { storyText } from '../../src/cli/story.ts';
import { ago, ahead, day, flat, look, minute, named } from './look.ts';

describe('the story of a real loss', () => {
  it('says why, what still works, who, how and what is next', () => {
    expect(storyText(lostChannel, look())).toBe(
      `main-stage-twitch  (twitch, mainstage, id 141981764)                NeedsReauth since 21:42 UTC (6m)

  Why      Twitch rejected the stored login: "Invalid refresh token". This happens when the password
           was changed or the app was disconnected in the account's settings. It was confirmed
           twice.
  Still    The access token was refused at 21:42; pods have no valid token.
  Who      Dana Reyes <dana@example.com>, with their own twitch login for mainstage (two-factor on).
  How      https://connect.example.com/c/main-stage/main-stage-twitch   (3 clicks)
  Next     Nothing happens automatically until then. The channel heals by itself after the new
           login.
`,
    );
  });

  it('marks the state, for who looks before they read', () => {
    expect(storyText(lostChannel, look({ paint: named }))).toContain('<bad>NeedsReauth since 21:42 UTC (6m)</>');
  });
});

type Part = 'Why' | 'Still' | 'Who' | 'How' | 'Next' | 'Later' | 'Trouble';

/** The text under one title, on one line; undefined where it is not told. */
function told(channel: SocialChannel, part: Part): string | undefined {
  const text = storyText(channel, look());
  const match = new RegExp(`^  ${part} +([\\s\\S]*?)(?=\\n  [A-Z]|\\n*$(?![\\s\\S]))`, 'm').exec(text);
  return match?.[1] === undefined ? undefined : flat(match[1]);
}

const noWait = { state: 'Connected', reason: 'Healthy', message: 'Connected.' } as const;
const brought = 'put the new tokens into a Secret labelled socialops.dev/use: "true".';

describe('one part of a story', () => {
  it.each<[string, SocialChannel, Part, string | undefined]>([
    ['health', wellChannel, 'Why', 'Connected as Second Stage.'],
    ['health', wellChannel, 'Who', 'Nobody has to act.'],
    ['health', wellChannel, 'How', undefined],
    ['health', wellChannel, 'Next', 'The token is renewed at 22:06 (in 18m), by itself.'],
    ['health', wellChannel, 'Later', 'A person is needed by 2026-07-19 21:48 (in 140d): the consent ends then.'],
    [
      'a loss without pages',
      {
        ...lostChannel,
        status: {
          ...lostChannel.status,
          reconnectURL: undefined as never,
          message: `It was rejected. Dana Reyes <dana@example.com> has to connect it: ${brought}`,
        },
      },
      'How',
      `Dana Reyes <dana@example.com> has to connect it: ${brought}`,
    ],
    [
      'an account that is locked',
      { ...lostChannel, status: { ...lostChannel.status, reason: 'AccountLocked' } },
      'Next',
      'The platform is asked again by itself; the channel heals as soon as that is settled there.',
    ],
    [
      'a loss whose token lives on',
      sampleChannel(
        'a',
        { ready: 'False' },
        { state: 'NeedsReauth', reason: 'AccessRevoked', accessTokenExpiryTime: ahead(60 * minute) },
      ),
      'Still',
      'The token in Secret a-token (key access_token) has not been refused so far; it lives until 22:48 (in 1h), and is not renewed.',
    ],
    [
      'a token without an end',
      sampleChannel('a', { ready: 'True' }, noWait),
      'Still',
      'Pods have a valid token in Secret a-token (key access_token); it has no end that the platform tells.',
    ],
    [
      'a token that ended',
      sampleChannel(
        'a',
        { ready: 'False', token: ['False', 'AccessTokenExpired'] },
        { ...noWait, accessTokenExpiryTime: ago(3 * minute) },
      ),
      'Still',
      'The access token ended at 21:45 (3m ago); pods have no valid token.',
    ],
    [
      'an outage',
      sampleChannel(
        'a',
        { ready: 'True' },
        {
          state: 'Connected',
          reason: 'PlatformUnavailable',
          message: 'Kick answers 503.',
          failure: {
            family: 'Transient',
            code: 'PlatformUnavailable',
            message: 'Kick answers 503.',
            count: 5,
            firstTime: ago(40 * minute),
            lastTime: ago(minute),
            nextAttemptTime: ahead(9 * minute),
          },
        },
      ),
      'Next',
      'It is tried again at 21:57 (in 9m), by itself.',
    ],
    [
      'an app without a valid secret',
      sampleChannel(
        'a',
        { ready: 'False' },
        { state: 'Connected', reason: 'AppSecretInvalid', message: 'Kick refused it. Fix the Secret.' },
      ),
      'Who',
      'Whoever registered the app.',
    ],
    [
      'nobody in spec.owner',
      { ...lostChannel, spec: { ...lostChannel.spec, owner: undefined as never } },
      'Who',
      'The owner of the account (spec.owner names nobody), with their own twitch login for mainstage (two-factor on).',
    ],
    [
      'a channel that was never looked at',
      { ...wellChannel, status: undefined as never },
      'Why',
      'The operator has not looked at this channel yet. Does it run, and does it watch this namespace? kubectl socialchannel doctor looks.',
    ],
  ])('%s: %s', (_what, channel, part, text) => {
    expect(told(channel, part)).toBe(text);
  });

  it('tells the count of attempts, and a failure that the message does not have', () => {
    const failure = {
      family: 'Transient',
      code: 'PlatformUnavailable',
      message: 'It answers 503.',
      count: 5,
      firstTime: ago(40 * minute),
      lastTime: ago(minute),
    } as const;
    const channel = sampleChannel('a', { ready: 'True' }, { ...noWait, failure });
    expect(told(channel, 'Trouble')).toBe(
      'The last attempts failed 5 times in a row since 21:08 (PlatformUnavailable). It answers 503.',
    );
  });

  it('stands in lines of 100 columns', () => {
    const long = sampleChannel(
      'n'.repeat(63),
      { ready: 'True' },
      { ...noWait, message: 'word '.repeat(100), deadlineTime: ahead(9 * day) },
    );
    const [, ...body] = storyText(long, look()).split('\n');
    expect(Math.max(...body.map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});
