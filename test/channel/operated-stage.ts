import { expect } from 'vitest';
import { getCondition } from '../../src/api/conditions.ts';
import type { SocialChannel } from '../../src/api/resources.gen.ts';
import type { KubernetesObject } from '../harness/api-client.ts';
import { simulatedPlatforms } from '../harness/casting.ts';
import { type Operator, type OperatorOptions, startOperator } from '../harness/operator.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { channelWithTokens, createStage, type Stage, shortDurations } from '../harness/stage.ts';
import type { World } from '../harness/world.ts';
import type { App, MintInput } from '../simulator/model.ts';

export type Status = NonNullable<SocialChannel['status']>;
type ConditionType = NonNullable<Status['conditions']>[number]['type'];

/** The status as the operator wrote it; empty before its first word. */
export function statusOf(channel: KubernetesObject | undefined): Status {
  return (channel?.status ?? {}) as Status;
}

export function conditionOf(status: Status, type: ConditionType) {
  return getCondition(status.conditions, type);
}

/** A stage with an operator that serves it, and the questions that every story ends with. */
export interface OperatedStage extends Stage {
  readonly world: World;
  readonly operator: Operator;
  status(channel: string): Promise<Status>;
  /** Waits until the status satisfies `condition`, and returns it. */
  until(channel: string, what: string, condition: (status: Status) => boolean, timeoutMs?: number): Promise<Status>;
  /** Applies a channel with a new grant of a new account, without waiting. */
  connect(platform: string, app: App, appName: string, name: string, options?: Connect): Promise<Minted>;
  /** No double spend, no lost grant, no complaint at any app of this stage, and nobody asked to reconnect but these. */
  expectCleanLedger(askedToReconnect?: readonly string[]): Promise<void>;
  removeAll(): Promise<void>;
}

export interface Connect {
  readonly mint?: Partial<MintInput>;
  readonly spec?: object;
  readonly account?: string;
}

export type Minted = Awaited<ReturnType<Stage['simulatedGrant']>>;

export interface OperatedStageOptions extends Partial<Omit<OperatorOptions, 'world' | 'vaultPrefix'>> {
  readonly world?: World;
}

/** One operator for one test file, on the shared servers. */
export async function operatedStage(options: OperatedStageOptions = {}): Promise<OperatedStage> {
  const { world = sharedWorld(), namespaces = [], args = [], ...more } = options;
  const stage = await createStage(world);
  const simulator = world.simulator?.url ?? '';
  const operator = await startOperator({
    world,
    namespaces: [stage.namespace, ...namespaces],
    vaultPrefix: stage.vaultPrefix,
    platformEndpoints: simulatedPlatforms(simulator),
    privateHosts: [stage.oidcHost],
    args: [...shortDurations, ...args],
    ...more,
  });
  const apps: App[] = [];
  const status = async (channel: string) => statusOf(await stage.find('SocialChannel', channel));
  return {
    ...stage,
    world,
    operator,
    status,
    simulatedApp: async (...input) => {
      const app = await stage.simulatedApp(...input);
      apps.push(app);
      return app;
    },
    until: async (channel, what, condition, timeoutMs = 20_000) =>
      statusOf(
        await stage.waitFor('SocialChannel', channel, (object) => condition(statusOf(object)), { what, timeoutMs }),
      ),
    connect: async (platform, app, appName, name, { mint = {}, spec = {}, account = name } = {}) => {
      const grant = await stage.simulatedGrant(platform, app, account, mint);
      await stage.apply(channelWithTokens(name, appName, grant, { ...grant.spec, ...spec }));
      return grant;
    },
    expectCleanLedger: async (askedToReconnect = []) => {
      for (const { platform, clientId } of apps) {
        const summary = await stage.simulator.summary({ platform, clientId });
        expect(summary).toMatchObject({ doubleSpends: [], lostGrants: [], complaints: [] });
      }
      expect(everAsked(operator)).toEqual([...askedToReconnect].sort());
    },
    removeAll: async () => {
      await operator.remove();
      await stage.remove();
    },
  };
}

/** The channels whose people the operator ever asked to reconnect, over all of its starts. */
function everAsked(operator: Operator): string[] {
  const asked = operator.log().filter((line) => line.state === 'NeedsReauth');
  return [...new Set(asked.map(({ channel }) => String(channel).split('/')[1] ?? ''))].sort();
}

export const isConnected = ({ state }: Status): boolean => state === 'Connected';
