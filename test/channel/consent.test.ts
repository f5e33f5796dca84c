import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channelWithTokens } from '../harness/stage.ts';
import { type TestDesk, testDesk } from './desk-stage.ts';
import { isConnected, type OperatedStage, operatedStage } from './operated-stage.ts';

let stage: OperatedStage;
let desk: TestDesk;
let clientId: string;

const pages = 'https://connect.example.com';

beforeAll(async () => {
  stage = await operatedStage({ args: ['--pages-url', pages] });
  ({ clientId } = await stage.oidcApp('video'));
  desk = await testDesk(stage, stage.operator);
});

afterAll(async () => {
  await desk?.close();
  await stage?.removeAll();
});

/** A channel that nobody connected yet. */
async function unconnected(name: string, spec: object = {}): Promise<void> {
  await stage.oidc.createAccount({ id: name, name: `${name} live` });
  await stage.apply(channelWithTokens(name, 'video', undefined, spec));
  await stage.until(name, 'it to be seen', ({ reason }) => reason === 'NeverConnected');
}

describe('a channel that nobody connected yet', () => {
  it('is connected by a consent, after the person confirmed the account, without a token in anybody’s hands', async () => {
    await unconnected('first');
    expect(await stage.status('first')).toMatchObject({ reconnectURL: `${pages}/c/${stage.namespace}/first` });
    const begun = await desk.begin('first');
    expect(await desk.progress('first', begun)).toEqual({ kind: 'Waiting', until: begun.expiresAt });
    const callback = await stage.oidc.consent({ url: begun.url, accountId: 'first' });
    expect(await desk.finish('first', begun, callback)).toMatchObject({ kind: 'Working' });
    const asked = await desk.until('first', begun, 'AwaitsConfirmation');
    expect(asked.account).toEqual({ id: 'first', handle: 'first live' });
    expect((await stage.status('first')).state).toBe('Pending');
    await desk.desk.confirm({ namespace: stage.namespace, name: 'first' }, begun.id, begun.browserSecret);
    expect(await desk.until('first', begun, 'Connected')).toMatchObject({ account: { id: 'first' } });
    const status = await stage.until('first', 'it to connect', isConnected);
    expect(status).toMatchObject({ epoch: 1, generation: 1, account: { id: 'first' } });
    await stage.waitFor(
      'SocialChannel',
      'first',
      ({ metadata }) => !metadata.annotations?.['socialops.dev/consented'],
      {
        what: 'the hint to go',
      },
    );
    await stage.until('first', 'a refresh', ({ generation = 0 }) => generation >= 2, 60_000);
    expect((await stage.oidc.summary({ clientId })).lostGrants).toEqual([]);
  });
});
