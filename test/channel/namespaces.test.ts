import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../harness/api-client.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { appWithSecret, channelWithTokens } from '../harness/stage.ts';
import { createTenant, type Tenant } from '../harness/tenant.ts';
import type { App } from '../simulator/model.ts';
import {
  conditionOf,
  isConnected,
  type OperatedStage,
  operatedStage,
  type Status,
  statusOf,
} from './operated-stage.ts';

let stage: OperatedStage;
let team: Tenant;
let app: App;

beforeAll(async () => {
  team = await createTenant(sharedWorld());
  stage = await operatedStage({ namespaces: [team.namespace] });
  app = await stage.simulatedApp('twitch', 'twitch');
});

afterAll(async () => {
  await stage?.removeAll();
  await team?.remove();
});

/** Waits in the team's namespace, whichever team that is. */
async function until(
  tenant: Tenant,
  name: string,
  what: string,
  condition: (status: Status) => boolean,
): Promise<Status> {
  const options = { what, timeoutMs: 30_000 };
  return statusOf(await tenant.waitFor('SocialChannel', name, (object) => condition(statusOf(object)), options));
}

const spec = (deletionPolicy: string) => ({ deletionPolicy });

describe('a namespace with channels in it', () => {
  it('ends when it is deleted, and another team of the same name gets nothing of the old one', async () => {
    const retained = await stage.simulatedGrant('twitch', app, 'retained');
    const forgotten = await stage.simulatedGrant('twitch', app, 'forgotten');
    await team.apply([
      ...appWithSecret('twitch', 'twitch', app),
      ...channelWithTokens('retained', 'twitch', retained, spec('Retain')),
      ...channelWithTokens('forgotten', 'twitch', forgotten, spec('Forget')),
    ]);
    for (const name of ['retained', 'forgotten']) await until(team, name, `${name} to connect`, isConnected);
    const path = (name: string) => `social/${stage.vaultPrefix}/channels/${team.namespace}/${name}/grant`;
    const startedAt = Date.now();
    await team.remove();
    expect(Date.now() - startedAt).toBeLessThan(60_000);
    const { root } = stage.world;
    expect(JSON.stringify(await root.read(path('retained')))).toContain(retained.refreshToken);
    expect(JSON.stringify(await root.read(path('forgotten')))).not.toContain(forgotten.refreshToken);

    const oldUid = team.namespaceUid;
    team = await createTenant(stage.world, { namespace: team.namespace });
    expect(team.namespaceUid).not.toBe(oldUid);
    // The other team copies the manifests, the app and the tokens that the old one had used.
    await team.apply([
      ...appWithSecret('twitch', 'twitch', app),
      ...channelWithTokens('retained', 'twitch', undefined),
      ...channelWithTokens('forgotten', 'twitch', forgotten),
    ]);
    const status = await until(team, 'retained', 'the refusal', ({ reason }) => reason === 'AdoptionRequired');
    expect(status.state).toBe('Pending');
    expect(status.account).toBeUndefined();
    expect(conditionOf(status, 'Stalled')?.status).toBe('True');
    expect(status.message).toContain(`kubectl annotate namespace ${team.namespace} socialops.dev/adopt-from=${oldUid}`);
    const resurrected = await until(team, 'forgotten', 'the tombstone', ({ reason }) => reason === 'GrantForgotten');
    expect(resurrected.state).toBe('Pending');
    const projected = (await team.list('Secret')).filter(({ metadata }: KubernetesObject) =>
      metadata.name.endsWith('-token'),
    );
    expect(projected).toEqual([]);
    expect(await stage.simulator.spends({ platform: 'twitch', clientId: app.clientId })).toEqual([]);

    const adoptFrom = { metadata: { annotations: { 'socialops.dev/adopt-from': oldUid } } };
    await stage.world.admin.patch({ apiVersion: 'v1', kind: 'Namespace', name: team.namespace }, adoptFrom);
    await until(team, 'retained', 'the adoption', isConnected);
    expect((await team.secret('retained-token'))?.access_token).toBe(retained.accessToken);
    expect(statusOf(await team.get('SocialChannel', 'forgotten')).reason).toBe('GrantForgotten');
  });
});

describe('after all of this', () => {
  it('the ledger is clean and nobody was asked to reconnect', async () => {
    await stage.expectCleanLedger();
  });
});
