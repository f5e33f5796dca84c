import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../harness/api-client.ts';
import { type Operator, startOperator } from '../harness/operator.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { channelWithTokens, createStage, type Stage, shortDurations } from '../harness/stage.ts';

let stage: Stage;
let operator: Operator;

beforeAll(async () => {
  const world = sharedWorld();
  stage = await createStage(world);
  const simulator = world.simulator?.url ?? '';
  operator = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    platformEndpoints: { twitch: simulator, youtube: simulator },
    privateHosts: [stage.oidcHost],
    args: shortDurations,
  });
});

afterAll(async () => {
  await operator?.remove();
  await stage?.remove();
});

const isConnected = ({ status }: KubernetesObject) => (status as { state?: string })?.state === 'Connected';

describe('a channel with tokens that exist already', () => {
  it('becomes Connected on an OAuth server by YAML alone, and is refreshed', async () => {
    const { clientId } = await stage.oidcApp('video');
    const grant = await stage.oidcGrant(clientId, 'stage-one');
    await stage.apply(channelWithTokens('one', 'video', grant));
    await stage.waitFor('SocialChannel', 'one', isConnected, { timeoutMs: 20_000, what: 'channel one to connect' });
    const first = await stage.secret('one-token');
    expect(first?.account_id).toBe('stage-one');
    await stage.waitFor(
      'SocialChannel',
      'one',
      ({ status }) => ((status as { generation: number }).generation ?? 0) >= 3,
      {
        timeoutMs: 60_000,
        what: 'two refreshes',
      },
    );
    expect((await stage.secret('one-token'))?.access_token).not.toBe(first?.access_token);
    expect((await stage.oidc.summary({ clientId })).doubleSpends).toEqual([]);
  });
});
