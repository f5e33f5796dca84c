import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getCondition } from '../../src/api/conditions.ts';
import type { SocialApp } from '../../src/api/resources.gen.ts';
import { channelWithTokens, sharedSecret } from '../harness/stage.ts';
import { sleep, waitFor } from '../harness/wait.ts';
import type { App, FaultInput } from '../simulator/model.ts';
import { type OperatedStage, operatedStage, type Status, statusOf } from './operated-stage.ts';

const accounts = 50;
const troubleMs = 60_000;
/** So short that everybody wants a renewal while the trouble lasts, and nobody gets one. */
const lifeSeconds = 45;

let stage: OperatedStage;

beforeAll(async () => {
  stage = await operatedStage();
});
afterAll(async () => {
  await stage?.removeAll();
});

/** One trouble of a whole app or platform: how it begins, what the app says, how it ends. */
interface Trouble {
  readonly name: string;
  readonly platform: string;
  /** Reason at the SocialApp; undefined where it is not the app's fault. */
  readonly says: string | undefined;
  begin(app: App): Promise<() => Promise<unknown>>;
}

const changed = (name: string, says: string, platform: string, change: Partial<App>): Trouble => ({
  ...{ name, says, platform },
  begin: async ({ clientId }) => {
    await stage.simulator.updateApp({ platform, clientId, ...change });
    const back = Object.fromEntries(Object.keys(change).map((key) => [key, false]));
    return () => stage.simulator.updateApp({ platform, clientId, ...back });
  },
});

const faulty = (name: string, platform: string, fault: Partial<FaultInput> & Pick<FaultInput, 'kind'>): Trouble => ({
  ...{ name, platform, says: undefined },
  begin: async ({ clientId }) => {
    const { id } = await stage.simulator.addFault({ platform, operation: 'any', clientId, ...fault });
    return () => stage.simulator.removeFault({ id });
  },
});

const troubles: readonly Trouble[] = [
  {
    name: 'secret',
    platform: 'twitch',
    says: 'AppSecretInvalid',
    begin: async ({ clientId }) => {
      const { clientSecret } = await stage.simulator.rotateAppSecret({ platform: 'twitch', clientId });
      return () => stage.apply(sharedSecret('secret-app', { client_secret: clientSecret ?? '' }));
    },
  },
  {
    name: 'retired',
    platform: 'linkedin',
    says: 'ApiVersionRetired',
    begin: async ({ clientId }) => {
      const retired = (apiVersionRetired: boolean) =>
        stage.simulator.updateApp({ platform: 'linkedin', clientId, apiVersionRetired });
      await retired(true);
      // The roles are looked at once a day; somebody wants to know now.
      const annotations = { 'socialops.dev/refresh': 'now' };
      await stage.patch('SocialChannel', 'retired-7', { metadata: { annotations } });
      return async () => {
        await retired(false);
        // What an administrator does: the version is changed at the SocialApp.
        await stage.patch('SocialApp', 'retired', { spec: { extra: { apiVersion: '202610' } } });
      };
    },
  },
  changed('suspended', 'AppSecretInvalid', 'youtube', { suspended: true }),
  faulty('failing', 'twitch', { kind: 'status', status: 503 }),
  faulty('limited', 'youtube', { kind: 'status', status: 429, retryAfterSeconds: 5 }),
  faulty('page', 'twitch', { kind: 'html', status: 403 }),
];

async function statuses(name: string): Promise<Status[]> {
  const found = await stage.list('SocialChannel');
  return found.filter(({ metadata }) => metadata.name.startsWith(`${name}-`)).map(statusOf);
}

async function appReady(name: string) {
  const { status } = (await stage.get('SocialApp', name)) as unknown as SocialApp;
  return { ready: getCondition(status?.conditions ?? [], 'Ready'), channels: status?.channels };
}

const isWell = ({ state, reason }: Status) => state === 'Connected' && reason === 'Healthy';

/** Fifty channels of one app, each with an account of its own. */
async function connectAll({ name, platform }: Trouble): Promise<App> {
  const app = await stage.simulatedApp(platform, name, { accessLifetimeSeconds: lifeSeconds });
  const objects: object[] = [];
  for (let index = 0; index < accounts; index += 1) {
    const grant = await stage.simulatedGrant(platform, app, `${name}-${index}`);
    objects.push(...channelWithTokens(`${name}-${index}`, name, grant, grant.spec));
  }
  await stage.apply(objects);
  const areWell = async () => {
    const all = await statuses(name);
    return all.length === accounts && all.every(isWell);
  };
  await waitFor(areWell, { timeoutMs: 90_000, everyMs: 500, what: `fifty channels of ${name} to connect` });
  return app;
}

describe.concurrent('fifty accounts of one app', () => {
  it.each(troubles)('keep their states for a minute while it is $name, and recover by themselves', async (trouble) => {
    const { name, says } = trouble;
    const app = await connectAll(trouble);
    const end = await trouble.begin(app);
    const seen = new Set<string>();
    const until = Date.now() + troubleMs;
    while (Date.now() < until) {
      for (const { state = '' } of await statuses(name)) seen.add(state);
      await sleep(1_000);
    }
    expect([...seen].filter((state) => state !== 'Connected' && state !== 'Expiring')).toEqual([]);
    const { ready, channels } = await appReady(name);
    expect(ready?.reason).toBe(says ?? 'Accepted');
    if (says !== undefined) expect(ready?.message).toContain(`${accounts} channels keep their state and their tokens`);
    expect(channels).toMatchObject({ total: accounts, needsReauth: 0, pending: 0 });
    const before = Date.now();
    await end();
    // Nobody does anything else: every channel has a token again that was given after the trouble.
    const haveFreshTokens = async () =>
      (await statuses(name)).every(
        (status) => isWell(status) && Date.parse(status.lastRefreshTime ?? '') > before - 1_000,
      );
    await waitFor(haveFreshTokens, { timeoutMs: 90_000, everyMs: 500, what: `the channels of ${name} to recover` });
    const isUsable = async () => (await appReady(name)).ready?.status === 'True';
    await waitFor(isUsable, { timeoutMs: 20_000, what: `the app ${name} to be usable again` });
  });
});

it('leave a clean ledger, and nobody was ever asked to reconnect', async () => {
  await stage.expectCleanLedger([]);
});
