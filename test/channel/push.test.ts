import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../harness/scratch.ts';
import { channelWithTokens } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import type { App } from '../simulator/model.ts';
import { isConnected, type Minted, type OperatedStage, operatedStage } from './operated-stage.ts';

let stage: OperatedStage;
let pages: string;

beforeAll(async () => {
  pages = `127.0.0.1:${await freePort()}`;
  // A check is due in hours, so that what happens within seconds happens because of a message.
  const args = ['--re-read-interval', '10m', '--pages-url', 'https://connect.example.com', '--pages-address', pages];
  stage = await operatedStage({ args });
});
afterAll(() => stage?.removeAll());

async function post(
  app: string,
  { headers, body }: { headers: Record<string, string>; body: string },
): Promise<number> {
  const response = await fetch(`http://${pages}/push/${stage.namespace}/${app}`, { method: 'POST', headers, body });
  return response.status;
}

async function counted(platform: string, outcome: string): Promise<number> {
  const series = new RegExp(
    `socialchannel_push_signals_total\\{platform="${platform}",kind="\\w+",outcome="${outcome}"\\} (\\d+)`,
  );
  return Number(series.exec(await stage.operator.metrics())?.[1] ?? 0);
}

/** Where the account is not the person, and only a further scope tells who that is. */
const withPerson: Readonly<Record<string, { scopes: string[] }>> = {
  youtube: { scopes: ['https://www.googleapis.com/auth/youtube', 'openid'] },
};

async function connected(platform: string, name: string): Promise<{ app: App; grant: Minted }> {
  const app = await stage.simulatedApp(platform, `${name}-app`);
  const grant = await stage.simulatedGrant(platform, app, name, withPerson[platform] ?? {});
  await stage.apply(channelWithTokens(name, `${name}-app`, grant, grant.spec));
  await stage.until(name, 'to connect', ({ state, account }) => state === 'Connected' && account !== undefined, 90_000);
  return { app, grant };
}

const theirs = ({ platform, clientId }: App, { accountId }: Minted) => ({ platform, clientId, accountId });

describe.concurrent('what a platform tells by itself', () => {
  it.each(['twitch', 'x', 'youtube', 'facebook', 'instagram', 'threads'])(
    'makes the operator ask %s, and the verdict is its own answer',
    async (platform) => {
      const { app, grant } = await connected(platform, platform);
      const at = theirs(app, grant);
      await stage.simulator.disconnect(at);
      const message = await stage.simulator.signal(at);
      const sentAt = Date.now();
      expect(await post(`${platform}-app`, message)).toBeLessThan(300);
      const told = await stage.until(platform, 'the verdict', ({ state }) => state === 'NeedsReauth', 90_000);
      process.stderr.write(`${platform}: from the message to the verdict ${Date.now() - sentAt} ms, ${told.reason}\n`);
      expect(await counted(platform, 'Checked')).toBe(1);
      expect(await post(`${platform}-app`, message)).toBeLessThan(300);
      expect(await counted(platform, 'Repeated')).toBe(1);
    },
  );

  it('changes nothing where the login is good: a signal is no verdict', async () => {
    const { app, grant } = await connected('twitch', 'fine');
    const before = (await stage.get('SocialChannel', 'fine')).metadata.annotations ?? {};
    expect(await post('fine-app', await stage.simulator.signal(theirs(app, grant)))).toBe(204);
    const isAnswered = async () => {
      const { metadata } = await stage.get('SocialChannel', 'fine');
      const asked = metadata.annotations?.['socialops.dev/refresh'];
      const { lastHandledRefreshRequest } = await stage.status('fine');
      return asked !== undefined && asked === lastHandledRefreshRequest;
    };
    await waitFor(isAnswered, { what: 'the check to be made', timeoutMs: 90_000 });
    expect(before['socialops.dev/refresh']).toBeUndefined();
    expect(isConnected(await stage.status('fine'))).toBe(true);
  });

  it('does nothing where it is forged, or meant for another app', async () => {
    await connected('kick', 'quiet');
    const { app: one, grant: login } = await connected('twitch', 'target');
    await connected('twitch', 'bystander');
    const message = await stage.simulator.signal(theirs(one, login));
    const forged = { ...message, body: message.body.replace(login.accountId, '1') };
    expect(await post('target-app', forged)).toBe(403);
    expect(await post('bystander-app', message)).toBe(403);
    // A platform that sends nothing has no receiver, and an app that there is not neither.
    expect(await post('quiet-app', message)).toBe(404);
    expect(await post('nobody', message)).toBe(404);
    expect(await counted('twitch', 'Forged')).toBeGreaterThanOrEqual(2);
    for (const name of ['target', 'bystander', 'quiet']) {
      const { metadata } = await stage.get('SocialChannel', name);
      expect(metadata.annotations?.['socialops.dev/refresh']).toBeUndefined();
    }
  });
});
