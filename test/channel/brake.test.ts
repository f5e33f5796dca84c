import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getCondition } from '../../src/api/conditions.ts';
import type { SocialApp } from '../../src/api/resources.gen.ts';
import { channelWithTokens } from '../harness/stage.ts';
import { sleep, waitFor } from '../harness/wait.ts';
import type { App } from '../simulator/model.ts';
import { type OperatedStage, operatedStage, type Status, statusOf } from './operated-stage.ts';

const accounts = 8;
const lifeSeconds = 20;

let stage: OperatedStage;

beforeAll(async () => {
  stage = await operatedStage({
    // The pause has to be longer than a busy machine takes to tell of three rejections.
    args: [
      '--brake-app-channels',
      '3',
      '--brake-app-percent',
      '20',
      '--brake-hold',
      '1h',
      '--confirm-pause',
      '5s',
      '--re-read-interval',
      '5s',
    ],
  });
});
afterAll(async () => {
  await stage?.removeAll();
});

async function statuses(name: string): Promise<Status[]> {
  const found = await stage.list('SocialChannel');
  return found.filter(({ metadata }) => metadata.name.startsWith(`${name}-`)).map(statusOf);
}

const isWell = ({ state, reason }: Status) => state === 'Connected' && reason === 'Healthy';

async function until(name: string, what: string, isIt: (status: Status) => boolean, timeoutMs: number) {
  const areAll = async () => {
    const all = await statuses(name);
    return all.length === accounts && all.every(isIt);
  };
  await waitFor(areAll, { timeoutMs, everyMs: 250, what: `the channels of ${name} ${what}` });
}

async function connectAll(name: string, platform: string): Promise<App> {
  const app = await stage.simulatedApp(platform, name, { accessLifetimeSeconds: lifeSeconds });
  const objects: object[] = [];
  for (let index = 0; index < accounts; index += 1) {
    const grant = await stage.simulatedGrant(platform, app, `${name}-${index}`);
    objects.push(...channelWithTokens(`${name}-${index}`, name, grant, grant.spec));
  }
  await stage.apply(objects);
  await until(name, 'to connect', isWell, 60_000);
  return app;
}

/** From now on the platform says no to every login of the app, whenever one is asked. */
async function rejectAll(name: string, platform: keyof typeof no, clientId: string): Promise<number> {
  const fault = { platform, clientId, operation: 'token', kind: 'status', ...no[platform] } as const;
  const { id } = await stage.simulator.addFault(fault);
  await until(name, 'to be held', ({ reason }) => reason === 'RejectionsHeld', 60_000);
  return id;
}

async function appOf(name: string): Promise<SocialApp> {
  return (await stage.get('SocialApp', name)) as unknown as SocialApp;
}

async function readyOf(name: string) {
  return getCondition((await appOf(name)).status?.conditions ?? [], 'Ready');
}

/** Annotates the app as the command in its condition says. */
async function obey(name: string, annotation: string): Promise<string> {
  const command = new RegExp(`socialapp ${name} -n ${stage.namespace} --overwrite ${annotation}=([^\`]+)\``);
  const { message = '' } = (await readyOf(name)) ?? {};
  const [, value = ''] = command.exec(message) ?? [];
  if (value !== '') await stage.patch('SocialApp', name, { metadata: { annotations: { [annotation]: value } } });
  return value;
}

/** The platform's own word for a dead login, whichever token it is asked with. */
const no = {
  twitch: { status: 400, body: { status: 400, message: 'Invalid refresh token' } },
  kick: { status: 401, body: { error: 'invalid_grant', error_description: 'The refresh token is invalid' } },
} as const;

describe.concurrent('a platform that rejects every login of an app', () => {
  it.each(['twitch', 'kick'] as const)(
    'asks nobody to reconnect at %s, and all go on when it ends',
    async (platform) => {
      const { clientId } = await connectAll(platform, platform);
      const id = await rejectAll(platform, platform, clientId);
      await waitFor(async () => (await readyOf(platform))?.reason === 'RejectionsHeld', { what: 'the app to say so' });
      expect((await readyOf(platform))?.message).toMatch(/has rejected \d+ of 8 channels of this app since/);
      await sleep(10_000);
      expect((await statuses(platform)).filter(({ state }) => state === 'NeedsReauth')).toEqual([]);
      await stage.simulator.removeFault({ id });
      await until(platform, 'to be well again', isWell, 90_000);
    },
  );
});

describe.concurrent('a wave that somebody knows more of', () => {
  const wave = async (name: string, platform: 'twitch' | 'kick') => {
    const { clientId } = await connectAll(name, platform);
    const id = await rejectAll(name, platform, clientId);
    // A command decides only of those that were shown with it.
    const isWhole = async () => (await readyOf(name))?.message.includes(`${accounts} of ${accounts} channels`) === true;
    await waitFor(isWhole, { what: 'the app to tell of all of them', timeoutMs: 30_000 });
    return id;
  };

  it('is over at once when it is released, and the app says who asked first', async () => {
    const id = await wave('released', 'kick');
    await stage.simulator.removeFault({ id });
    const value = await obey('released', 'socialops.dev/release-rejections');
    await until('released', 'to be well again', isWell, 30_000);
    const { rejections } = (await appOf('released')).status ?? {};
    expect(rejections).toMatchObject({ lastHandledRelease: value, releasedTime: value });
    expect(rejections?.canary).toMatch(new RegExp(`^${stage.namespace}/released-\\d$`));
    expect((await stage.events('released')).map(({ reason }) => reason)).toContain('RejectionsReleased');
  });

  it('is believed when it is confirmed, long before its hours are over', async () => {
    await wave('confirmed', 'twitch');
    let asked = await obey('confirmed', 'socialops.dev/confirm-rejections');
    // One whose question timed out meanwhile was rejected anew, and is shown again with another command.
    const haveAllAsked = async () => {
      asked = (await obey('confirmed', 'socialops.dev/confirm-rejections')) || asked;
      return (await statuses('confirmed')).every(({ state }) => state === 'NeedsReauth');
    };
    await waitFor(haveAllAsked, { what: 'the channels of confirmed to need their people', timeoutMs: 60_000 });
    expect((await appOf('confirmed')).status?.rejections).toMatchObject({ confirmedTime: asked });
  });
});

it('leaves a clean ledger, and nobody was asked but those whose logins were said to be gone', async () => {
  await stage.expectCleanLedger(Array.from({ length: accounts }, (_, index) => `confirmed-${index}`));
});
