import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { promtoolCheck } from '../harness/promtool.ts';
import { channelWithTokens } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import { isConnected, type OperatedStage, operatedStage } from './operated-stage.ts';

let stage: OperatedStage;
let clientId: string;
let platform: string;

beforeAll(async () => {
  stage = await operatedStage();
  ({ clientId, platform } = await stage.oidcApp('video'));
  const grant = await stage.oidcGrant(clientId, 'stage-one');
  await stage.apply(channelWithTokens('one', 'video', grant));
  await stage.until('one', 'channel one to connect', ({ state }) => state === 'Connected');
});

afterAll(async () => {
  await stage?.removeAll();
});

describe('a channel with tokens that exist already, on an OAuth server by YAML alone', () => {
  it('shows its token to pods and nothing else, and no page that does not answer', async () => {
    const shown = await stage.secret('one-token');
    expect(Object.keys(shown ?? {}).sort()).toEqual(['access_token', 'account_id', 'expires_at', 'platform', 'state']);
    expect(shown?.account_id).toBe('stage-one');
    expect((await stage.status('one')).reconnectURL).toBeUndefined();
  });

  it('has a platform whose definition is said to be usable', async () => {
    const reference = { apiVersion: 'socialops.dev/v1alpha1', kind: 'SocialPlatform', name: platform };
    const isReady = async () => {
      const { status } = await stage.world.admin.get(reference);
      return status?.conditions?.some((one: { reason: string }) => one.reason === 'Accepted') as boolean;
    };
    expect(await waitFor(isReady, { what: 'the SocialPlatform to be accepted' })).toBe(true);
  });

  it('has its series in a scrape to which promtool has nothing to say', async () => {
    const scrape = await stage.operator.metrics();
    const series = `socialchannel_state{namespace="${stage.namespace}",name="one",`;
    expect(scrape).toContain(series);
    expect(await promtoolCheck(scrape)).toEqual({ code: 0, said: '' });
  });

  it('is refreshed, once each time', async () => {
    const first = await stage.secret('one-token');
    await stage.until('one', 'two refreshes', ({ generation = 0 }) => generation >= 3, 60_000);
    expect((await stage.secret('one-token'))?.access_token).not.toBe(first?.access_token);
    const { doubleSpends, lostGrants } = await stage.oidc.summary({ clientId });
    expect([doubleSpends, lostGrants]).toEqual([[], []]);
  });

  it('says whose it is, as the platform tells it', async () => {
    const { account } = await stage.status('one');
    expect(account).toEqual({ id: 'stage-one', handle: 'stage-one live' });
  });

  it('is in need of its person once that one has disconnected the app, and of nobody before', async () => {
    const { grantId, ...grant } = await stage.oidcGrant(clientId, 'stage-two');
    await stage.apply(channelWithTokens('two', 'video', grant));
    await stage.until('two', 'it to connect', isConnected);
    await stage.oidc.endGrant({ grantId });
    const { reason } = await stage.until(
      'two',
      'its end to be noticed',
      ({ state }) => state === 'NeedsReauth',
      60_000,
    );
    expect(reason).toBe('AccessRevoked');
    await stage.expectCleanLedger(['two']);
  });

  it('gives its login back when it is deleted, where that is wanted', async () => {
    const { grantId, ...grant } = await stage.oidcGrant(clientId, 'stage-three');
    await stage.apply(channelWithTokens('three', 'video', grant, { deletionPolicy: 'Revoke' }));
    await stage.until('three', 'it to connect', isConnected);
    await stage.delete('SocialChannel', 'three');
    const isGone = async () => (await stage.find('SocialChannel', 'three')) === undefined;
    await waitFor(isGone, { what: 'channel three to be gone', timeoutMs: 60_000 });
    const ends = (await stage.oidc.grants({ clientId }))
      .filter((one) => one.id === grantId)
      .map(({ endedBy }) => endedBy);
    expect(ends).toEqual(['revoked-by-client']);
  });
});
