import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../harness/api-client.ts';
import { type Operator, startOperator } from '../harness/operator.ts';
import { shippedAccess } from '../harness/operator-access.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { createStage, type Stage, shortDurations } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import { condition, errorIn, type Fleet, isConnected, launchFleet, logLine, plusOne } from './fleet.ts';

interface Permission {
  readonly verb: string;
  readonly resource: string;
}

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const world = sharedWorld();
const atStart: Permission[] = [
  { verb: 'get', resource: 'namespaces' },
  { verb: 'list', resource: 'secrets' },
];
let stage: Stage;
let fleet: Fleet;
let operator: Operator;

beforeAll(async () => {
  stage = await createStage(world);
  const simulator = world.simulator?.url ?? '';
  operator = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    platformEndpoints: { twitch: simulator, youtube: simulator },
    privateHosts: [stage.oidcHost],
    args: [...shortDurations],
    permissions: (shipped) => without(shipped, atStart),
    untilReady: false,
  });
});

afterAll(async () => {
  await operator?.remove();
  await stage?.remove();
});

/** The shipped permissions but for these. */
function without(objects: readonly KubernetesObject[], taken: readonly Permission[]): KubernetesObject[] {
  return objects.map((object) => {
    if (object.kind !== 'ClusterRole') return object;
    const rules = (object.rules as Rule[]).flatMap((rule) =>
      rule.resources.map((resource) => {
        const verbs = rule.verbs.filter((verb) => !taken.some((one) => one.resource === resource && one.verb === verb));
        return { ...rule, resources: [resource], verbs };
      }),
    );
    return { ...object, rules: rules.filter(({ verbs }) => verbs.length > 0) };
  });
}

async function take(...permissions: Permission[]): Promise<void> {
  await world.admin.apply(without(shippedAccess(operator.namespace), permissions).filter(isRole));
}

const isRole = ({ kind }: KubernetesObject) => kind === 'ClusterRole';

/** The line that names the missing permission; everything since then must have been a handful of lines. */
async function isTold(told: RegExp, since: number): Promise<void> {
  await logLine(operator, (line) => told.test(errorIn(line)), { since, what: `a line of ${told}` });
}

function isQuiet(since: number): void {
  expect(operator.process.running).toBe(true);
  expect(operator.log().length - since).toBeLessThan(40);
}

async function conditionIs(name: string, type: string, status: string, told: RegExp): Promise<void> {
  const isMeant = (object: KubernetesObject) => {
    const found = condition(object, type);
    return found?.status === status && told.test(found.message);
  };
  await stage.waitFor('SocialChannel', name, isMeant, {
    timeoutMs: 40_000,
    what: `${type} of ${name} to be ${status}`,
  });
}

describe('a ServiceAccount without a permission that the operator needs', () => {
  it('at the start: says which one is missing, waits alive and unready, and goes on when it comes', async () => {
    await isTold(/may not get namespaces\./, 0);
    await waitFor(async () => (await operator.readyz()) === 503, { what: 'the operator to listen' });
    expect(await operator.healthz()).toBe(200);
    await take(atStart[1] as Permission);
    await isTold(new RegExp(`may not list secrets in namespace ${stage.namespace}\\.`), 0);
    expect(await operator.readyz()).toBe(503);
    isQuiet(0);
    await take();
    await waitFor(async () => (await operator.readyz()) === 200, {
      timeoutMs: 60_000,
      what: 'the operator to be ready',
    });
    fleet = await launchFleet({ world, stage });
    await fleet.connected();
  });

  it('secrets create: the channel is kept alive and says what is missing', async () => {
    const since = operator.log().length;
    await take({ verb: 'create', resource: 'secrets' });
    await stage.delete('Secret', 'gaming-token');
    const told = new RegExp(`may not create secrets in namespace ${stage.namespace}\\.`);
    await conditionIs('gaming', 'SecretProjected', 'False', told);
    await conditionIs('gaming', 'Ready', 'False', told);
    await isTold(told, since);
    isQuiet(since);
    await take();
    await conditionIs('gaming', 'SecretProjected', 'True', /holds the access token/);
    await stage.waitFor('SocialChannel', 'gaming', isConnected, { what: 'gaming to be whole' });
  });

  it('socialchannels/status patch: refreshes go on, once each, and are shown as soon as they can be', async () => {
    const which = ['gaming', 'vlog'] as const;
    const [sent, before, since] = [await fleet.sent(which), await fleet.generations(which), operator.log().length];
    await take({ verb: 'patch', resource: 'socialchannels/status' });
    await fleet.askRefresh(which);
    for (const name of which) {
      const isRepeated = (line: Record<string, unknown>) =>
        line.key === `${stage.namespace}/${name}` &&
        Number(line.attempt) >= 2 &&
        errorIn(line).includes(`may not patch socialchannels/status in namespace ${stage.namespace}.`);
      await logLine(operator, isRepeated, { since, what: `the status of ${name} to be tried again` });
    }
    expect(await fleet.sent(which)).toEqual(plusOne(sent));
    expect(await fleet.generations(which)).toEqual(before);
    isQuiet(since);
    await take();
    await fleet.refreshed(before);
    expect(await fleet.sent(which)).toEqual(plusOne(sent));
  });

  it.each([
    { verb: 'list', resource: 'secrets', told: 'may not list secrets in namespace' },
    { verb: 'get', resource: 'namespaces', told: 'may not get namespaces' },
  ])('$resource $verb: nothing is sent, the channel says why, and is refreshed once when it comes', async (row) => {
    const which = ['gaming', 'vlog'] as const;
    const [sent, before, since] = [await fleet.sent(which), await fleet.generations(which), operator.log().length];
    await take(row);
    await fleet.askRefresh(which);
    for (const name of which) {
      await conditionIs(name, 'Ready', 'False', new RegExp(row.told));
      await conditionIs(name, 'Stalled', 'True', new RegExp(row.told));
    }
    await isTold(new RegExp(row.told), since);
    expect(await fleet.sent(which)).toEqual(sent);
    isQuiet(since);
    await take();
    await fleet.refreshed(before);
    await conditionIs('gaming', 'Stalled', 'False', /./);
    expect(await fleet.sent(which)).toEqual(plusOne(sent));
  });

  it('events create: work goes on, and a line says that nobody hears of it', async () => {
    const since = operator.log().length;
    const restored = async () =>
      (await stage.events('vlog')).filter(({ reason }) => reason === 'SecretRestored').length;
    await take({ verb: 'create', resource: 'events' });
    const isBack = async () => (await stage.find('Secret', 'vlog-token')) !== undefined;
    await stage.delete('Secret', 'vlog-token');
    await waitFor(isBack, { what: 'the Secret to be back' });
    await isTold(new RegExp(`may not create events in namespace ${stage.namespace}\\.`), since);
    isQuiet(since);
    expect(await restored()).toBe(0);
    await take();
    await stage.delete('Secret', 'vlog-token');
    await waitFor(async () => (await restored()) === 1, { what: 'the Event' });
  });

  it("Vault's policy without reading grants: the same, with the line that the policy needs", async () => {
    const which = ['gaming', 'vlog'] as const;
    const [sent, before, since] = [await fleet.sent(which), await fleet.generations(which), operator.log().length];
    const path = `/v1/sys/policies/acl/operator-${operator.namespace}`;
    const { data } = await world.root.json<{ data: { policy: string } }>('GET', path);
    const grants = new RegExp(
      `(path "social/data/${stage.vaultPrefix}/channels/\\+/\\+/grant" {\\s+capabilities = )\\[.*\\]`,
    );
    const policy = data.policy.replace(grants, '$1["create", "update"]');
    expect(policy).not.toBe(data.policy);
    await world.root.json('PUT', path, { policy });
    await fleet.askRefresh(which);
    const told = /Its policy needs: path "social\/data\/\S+\/grant" \{ capabilities = \[.*"read".*\] \}/;
    for (const name of which) await conditionIs(name, 'Ready', 'False', told);
    await isTold(told, since);
    expect(await fleet.sent(which)).toEqual(sent);
    isQuiet(since);
    await world.root.json('PUT', path, data);
    await fleet.refreshed(before);
    expect(await fleet.sent(which)).toEqual(plusOne(sent));
  });

  it('cost no grant and accused nobody', async () => {
    await fleet.connected();
    await fleet.expectWhole([operator]);
  });
});
