import { describe, expect, it } from 'vitest';
import { lostChannel } from '../../scripts/cli-samples.ts';
import { connect } from '../../src/cli/connect.ts';
import { ahead, minute, nowAt } from './look.ts';
import { scripted, type Told, telling } from './scripted.ts';

function story(...told: readonly Told[]) {
  const { run, asked } = scripted(...told.map((one) => telling(lostChannel, one)));
  const options = { wait: true, timeoutMs: 15 * minute };
  return { asked, run: (wait = true) => run((session) => connect(session, 'main-stage-twitch', { ...options, wait })) };
}

const request = `kubectl-socialchannel ${new Date(nowAt).toISOString()}`;
const device = {
  request,
  userCode: 'WDJB-MJHT',
  verificationURL: 'https://id.example/activate',
  expiryTime: ahead(10 * minute),
};

describe('connect', () => {
  it('asks by annotation, shows the code, and waits for the login', async () => {
    const connected = { state: 'Connected', reason: 'Healthy', epoch: 2, device: { message: 'Done.' } } as const;
    const { run, asked } = story(
      {},
      {},
      { device },
      { device },
      { device: { request, message: 'It is being fetched.' } },
      connected,
    );
    const { code, out } = await run();
    expect(code).toBe(0);
    expect(out).toContain('1. Open https://id.example/activate 2. Enter WDJB-MJHT 3. Log in as mainstage');
    expect(out).toContain('The code ends in 9m. The operator fetches the login itself.');
    expect(out).toMatch(/main-stage\/main-stage-twitch is connected as mainstage\.$/);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      method: 'PATCH',
      body: {
        metadata: { annotations: { 'socialops.dev/connect-device': expect.stringContaining('2026-03-01T21:48') } },
      },
    });
  });

  it('does not take the code of an earlier request for an answer', async () => {
    const old = { ...device, userCode: 'OLD-CODE', request: 'earlier' };
    const { out } = await story({ device: old }, { device: old }, { device }).run(false);
    expect(out).toContain('WDJB-MJHT');
    expect(out).not.toContain('OLD-CODE');
  });

  it('says what the operator says when it gave the code up', async () => {
    const { code, out } = await story(
      {},
      { device },
      { device: { message: 'You signed in as another account; nothing was changed.' } },
    ).run();
    expect(code).toBe(1);
    expect(out).toMatch(/You signed in as another account; nothing was changed\.$/);
  });

  it('ends with the code, not later', async () => {
    const { code, out, waitedMs } = await story({}, { device }).run();
    expect(code).toBe(6);
    expect(out).toContain('Nobody finished the login in time.');
    expect(waitedMs).toBeLessThan(11 * minute);
  });

  it('takes the same failure as before for an answer', async () => {
    const failed = { device: { message: 'Video has no login by code.' } };
    const { code, out } = await story(failed, failed).run();
    expect({ code, out }).toEqual({ code: 1, out: expect.stringMatching(/^Video has no login by code\. Dana/) });
  });

  it.each<[string, Told, RegExp]>([
    [
      'a platform without this way',
      { device: { message: 'Video has no login by code.' } },
      /^Video has no login by code\. Dana Reyes .* in a browser: https:\/\/connect\.example\.com\/c\/main-stage\/main-stage-twitch$/,
    ],
    [
      'an older operator',
      {},
      /^No code came: this platform has no login by code, or the operator is older .* in a browser: https/,
    ],
    [
      'no pages either',
      { reconnectURL: undefined as never },
      /The operator serves no pages either .* kubectl socialchannel import -n main-stage main-stage-twitch --help$/,
    ],
  ])('shows the other way with %s', async (_, told, text) => {
    const { code, out, waitedMs } = await story('reconnectURL' in told ? told : {}, told).run();
    expect(code).toBe(1);
    expect(out).toMatch(text);
    expect(waitedMs).toBeLessThan(30_000);
  });
});
