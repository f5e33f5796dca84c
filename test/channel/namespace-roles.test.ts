import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedWorld } from '../harness/shared-world.ts';
import { appWithSecret, channelWithTokens } from '../harness/stage.ts';
import { createTenant, type Tenant } from '../harness/tenant.ts';
import type { App } from '../simulator/model.ts';
import { isConnected, type OperatedStage, operatedStage, statusOf } from './operated-stage.ts';

let stage: OperatedStage;
let app: App;
const teams: Tenant[] = [];

beforeAll(async () => {
  teams.push(await createTenant(sharedWorld()), await createTenant(sharedWorld()));
  stage = await operatedStage({ access: 'namespaces', namespaces: teams.map(({ namespace }) => namespace) });
  app = await stage.simulatedApp('twitch', 'twitch');
});
afterAll(async () => {
  await stage?.removeAll();
  // Those whose namespace did not end by itself.
  for (const team of teams) await team.remove();
});

const policies = ['Retain', 'Forget', 'Revoke'] as const;

/** A channel of each kind in the team's namespace, connected; answers the refresh token of each. */
async function connect(team: Tenant): Promise<Readonly<Record<string, string>>> {
  await team.apply(appWithSecret('twitch', 'twitch', app));
  const tokens: Record<string, string> = {};
  for (const deletionPolicy of policies) {
    const grant = await stage.simulatedGrant('twitch', app, `${team.namespace}-${deletionPolicy}`);
    tokens[deletionPolicy] = grant.refreshToken ?? '';
    await team.apply(channelWithTokens(deletionPolicy.toLowerCase(), 'twitch', grant, { deletionPolicy }));
  }
  for (const name of policies) {
    const what = `${name} to connect`;
    await team.waitFor('SocialChannel', name.toLowerCase(), (object) => isConnected(statusOf(object)), { what });
  }
  return tokens;
}

/** What Vault holds of each afterwards: all that a deletion promises. */
async function expectPromised(team: Tenant, tokens: Readonly<Record<string, string>>): Promise<void> {
  for (const policy of policies) {
    const path = `social/${stage.vaultPrefix}/channels/${team.namespace}/${policy.toLowerCase()}/grant`;
    const isKept = JSON.stringify(await stage.world.root.read(path)).includes(tokens[policy] ?? 'none');
    expect([policy, isKept]).toEqual([policy, policy === 'Retain']);
  }
}

describe('a namespace that is served by Roles alone', () => {
  it('ends although its Roles went first, and nobody has to help', async () => {
    const [team] = teams as [Tenant];
    const tokens = await connect(team);
    const [binding] = (await stage.world.admin.list(bindings(team))).filter(({ metadata }) =>
      metadata.name.startsWith('social-channel-operator'),
    );
    await stage.world.admin.delete({ ...bindings(team), name: binding?.metadata.name ?? '' });
    await team.remove();
    teams.splice(teams.indexOf(team), 1);
    await expectPromised(team, tokens);
  });

  it('ends in the order that the namespace controller takes', async () => {
    const [team] = teams as [Tenant];
    const tokens = await connect(team);
    await team.remove();
    teams.splice(teams.indexOf(team), 1);
    await expectPromised(team, tokens);
  });

  it('leaves a clean ledger', () => stage.expectCleanLedger());
});

const bindings = ({ namespace }: Tenant) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  namespace,
});
