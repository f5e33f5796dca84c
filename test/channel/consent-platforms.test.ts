import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { castAccount, castPlatforms } from '../harness/casting.ts';
import { channelWithTokens } from '../harness/stage.ts';
import { answerPage, redirectURI, type TestDesk, testDesk } from './desk-stage.ts';
import { isConnected, type OperatedStage, operatedStage } from './operated-stage.ts';

let stage: OperatedStage;
let desk: TestDesk;

beforeAll(async () => {
  stage = await operatedStage({ args: ['--pages-url', 'https://connect.example.com'] });
  desk = await testDesk(stage, stage.operator);
});

afterAll(async () => {
  await desk?.close();
  await stage?.removeAll();
});

/** A person agrees on the platform's own page, and says that it is the right account where that is asked. */
async function consents(name: string, person: string): Promise<void> {
  const begun = await desk.begin(name);
  const callback = await answerPage(stage.world.cluster.ca, begun.url, { approve: person });
  expect(await desk.finish(name, begun, callback)).toMatchObject({ kind: 'Working' });
  const ref = { namespace: stage.namespace, name };
  const isAsked =
    (await stage.status(name)).account === undefined &&
    (await stage.get('SocialChannel', name)).spec?.account === undefined;
  if (isAsked) {
    await desk.until(name, begun, 'AwaitsConfirmation');
    await desk.desk.confirm(ref, begun.id, begun.browserSecret);
  }
  await desk.until(name, begun, 'Connected');
}

/** Connected for the first time, and once more. */
async function twice(platform: string, name: string, spec: object = {}): Promise<void> {
  const app = await stage.simulatedApp(platform, name, { redirectUris: [redirectURI] });
  const cast = await castAccount(stage.simulator, platform, name);
  await stage.apply(channelWithTokens(name, name, undefined, { ...cast.spec, ...spec }));
  await stage.until(name, 'it to be seen', ({ reason }) => reason === 'NeverConnected');
  await consents(name, cast.accountId);
  const first = await stage.until(name, 'it to connect', isConnected);
  expect(first).toMatchObject({ epoch: 1 });
  await consents(name, cast.accountId);
  const again = await stage.until(name, 'the second login', ({ epoch, state }) => epoch === 2 && state === 'Connected');
  expect(again.account).toEqual(first.account);
  const shown = (await stage.secret(`${name}-token`))?.access_token ?? '';
  expect(await stage.simulator.tokenAt({ value: shown, at: Date.now() })).toMatchObject({ alive: true });
  const { complaints, doubleSpends } = await stage.simulator.summary({ platform, clientId: app.clientId });
  expect([complaints, doubleSpends]).toEqual([[], []]);
}

describe.concurrent('a channel without tokens is connected by a consent, and once more', () => {
  it.each(castPlatforms.map((platform) => [platform]))('on %s', async (platform) => {
    await twice(platform, platform);
  });

  it('on x by OAuth 1.0a, whose answer has no state', async () => {
    await twice('x', 'x-oauth1', { grantType: 'OAuth1' });
  });
});
