import { describe, expect, it } from 'vitest';
import { lostChannel, sampleChannel, wellChannel } from '../../scripts/cli-samples.ts';
import type { SocialChannel } from '../../src/api/resources.gen.ts';
import { refresh } from '../../src/cli/refresh.ts';
import { ago, ahead, minute, nowAt } from './look.ts';
import { type Outcome, scripted, telling } from './scripted.ts';

const asked = `kubectl-socialchannel ${new Date(nowAt).toISOString()}`;
const failure = {
  family: 'Transient',
  code: 'PlatformUnavailable',
  message: 'Video answers 503.',
  count: 3,
  firstTime: ago(5 * minute),
  lastTime: ago(minute),
  nextAttemptTime: ahead(4 * minute),
} as const;

const run = (wait: boolean, ...versions: readonly SocialChannel[]): Promise<Outcome> =>
  scripted(...versions).run((session) => refresh(session, 'second-stage', { wait, timeoutMs: minute }));

describe('what came of a refresh', () => {
  it.each<[string, SocialChannel, number, RegExp]>([
    [
      'a new token',
      telling(wellChannel, {
        generation: 8,
        lastHandledRefreshRequest: asked,
        accessTokenExpiryTime: ahead(60 * minute),
      }),
      0,
      /^main-stage\/second-stage is renewed: pods get a new access token\. It lives until 22:48 \(in 59m\)\.$/,
    ],
    [
      'a check',
      telling(wellChannel, { lastHandledRefreshRequest: asked, lastCheckTime: ahead(0) }),
      0,
      /was checked at the platform, which still accepts the login; its token was not due/,
    ],
    [
      'nothing, where nothing can be asked',
      telling(wellChannel, { lastHandledRefreshRequest: asked }),
      0,
      /nothing was sent: a login of this kind can be neither renewed nor asked about/,
    ],
    [
      'a failure',
      telling(wellChannel, { failure }),
      1,
      /the refresh failed \(PlatformUnavailable\): Video answers 503\. It is tried again in 3m/,
    ],
    [
      'a verdict',
      telling(lostChannel, { lastHandledRefreshRequest: asked }),
      1,
      /needs a person \(AccessRevoked\): Twitch rejected/,
    ],
  ])('%s', async (_, after, code, text) => {
    const outcome = await run(true, wellChannel, wellChannel, after);
    expect(outcome.code).toBe(code);
    expect(outcome.out).toMatch(text);
  });

  it('is no failure from before the request', async () => {
    const failing = telling(wellChannel, { failure });
    const { code, out } = await run(
      true,
      failing,
      failing,
      telling(failing, { generation: 8, lastHandledRefreshRequest: asked }),
    );
    expect(code).toBe(0);
    expect(out).toContain('is renewed');
  });

  const suspended = {
    ...wellChannel,
    spec: { ...wellChannel.spec, refresh: { policy: 'Suspended' } },
  } as SocialChannel;
  const { status: _, ...unseen } = sampleChannel('second-stage', { ready: 'True' }, {});
  it.each<[string, SocialChannel, RegExp]>([
    ['is suspended', suspended, /spec\.refresh\.policy is Suspended, so nothing is sent/],
    ['waits for a person', lostChannel, /The channel is NeedsReauth \(AccessRevoked\), and there is nothing to renew/],
    ['was never looked at', unseen, /The operator has never looked at this channel; kubectl socialchannel doctor/],
    ['fails already', telling(wellChannel, { failure }), /Video answers 503\./],
  ])('is told when nothing comes, with the likely cause: it %s', async (_what, channel, text) => {
    const waited = await run(true, channel);
    expect(waited).toMatchObject({ code: 6, out: expect.stringMatching(text) });
    expect(waited.out).toContain('no answer within 60 s; the request stays.');
    const glanced = await run(false, channel);
    expect(glanced).toMatchObject({ code: 0, out: expect.stringMatching(text) });
    expect(glanced.waitedMs).toBeLessThan(5_000);
  });
});
