import { describe, expect, it } from 'vitest';
import { lostChannel } from '../../scripts/cli-samples.ts';
import type { SocialChannel } from '../../src/api/resources.gen.ts';
import type { ApiServer, Request } from '../../src/cli/api-server.ts';
import { connect } from '../../src/cli/connect.ts';
import type { DeviceStatus } from '../../src/cli/requests.ts';
import type { Session } from '../../src/cli/session.ts';
import { ahead, flat, look, minute, nowAt } from './look.ts';

type Told = Partial<NonNullable<SocialChannel['status']>> & { readonly device?: DeviceStatus };

/** A session whose channel goes through these statuses, one at each look; time passes only by waiting. */
function scripted(...statuses: readonly Told[]) {
  let at = 0;
  let now = nowAt;
  const printed: string[] = [];
  const asked: Request[] = [];
  const answer = () => {
    const more = statuses[Math.min(at, statuses.length - 1)];
    at += 1;
    return { ...lostChannel, status: { ...lostChannel.status, ...more } } as SocialChannel;
  };
  const api = {
    find: async () => answer(),
    call: async (request: Request) => {
      asked.push(request);
      return lostChannel;
    },
  } as unknown as ApiServer;
  const session: Session = {
    api,
    namespace: 'main-stage',
    isEverywhere: false,
    look: () => look({ now }),
    print: (text) => void printed.push(text),
    note: () => {},
    sleep: async (ms) => {
      now += ms;
    },
  };
  const run = async (wait = true) => {
    const code = await connect(session, 'main-stage-twitch', { wait, timeoutMs: 15 * minute });
    return { code, out: flat(printed.join('')), waitedMs: now - nowAt };
  };
  return { run, asked };
}

const device = {
  userCode: 'WDJB-MJHT',
  verificationURL: 'https://id.example/activate',
  expiryTime: ahead(10 * minute),
};

describe('connect', () => {
  it('asks by annotation, shows the code, and waits for the login', async () => {
    const connected = { state: 'Connected', reason: 'Healthy', epoch: 2, device: { message: 'Done.' } } as const;
    const { run, asked } = scripted({}, {}, { device }, { device }, connected);
    const { code, out } = await run();
    expect(code).toBe(0);
    expect(out).toContain('1. Open https://id.example/activate 2. Enter WDJB-MJHT 3. Log in as mainstage');
    expect(out).toContain('The code ends in 9m.');
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
    const old = { ...device, userCode: 'OLD-CODE' };
    const { out } = await scripted({ device: old }, { device: old }, { device }).run(false);
    expect(out).toContain('WDJB-MJHT');
    expect(out).not.toContain('OLD-CODE');
  });

  it('says what the operator says when it gave the code up', async () => {
    const { code, out } = await scripted(
      {},
      { device },
      { device: { message: 'You signed in as another account; nothing was changed.' } },
    ).run();
    expect(code).toBe(1);
    expect(out).toMatch(/You signed in as another account; nothing was changed\.$/);
  });

  it('ends with the code, not later', async () => {
    const { code, out, waitedMs } = await scripted({}, { device }).run();
    expect(code).toBe(6);
    expect(out).toContain('Nobody finished the login in time.');
    expect(waitedMs).toBeLessThan(11 * minute);
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
    const { code, out, waitedMs } = await scripted('reconnectURL' in told ? told : {}, told).run();
    expect(code).toBe(1);
    expect(out).toMatch(text);
    expect(waitedMs).toBeLessThan(30_000);
  });
});
