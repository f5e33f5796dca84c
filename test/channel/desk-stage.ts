import { Agent, request } from 'undici';
import { AppFaultBoard } from '../../src/channel/app-fault-board.ts';
import { Desk } from '../../src/channel/desk.ts';
import { loadConfig } from '../../src/config.ts';
import type { BegunConsent, ConsentProgress, Requester } from '../../src/core/consent.ts';
import { ApiClient } from '../../src/kube/client.ts';
import { PooledKubeConfig } from '../../src/kube/connection.ts';
import { createLogger } from '../../src/log.ts';
import { clock } from '../../src/main-process.ts';
import { clusterIdOf, vaultOf, worldOf } from '../../src/main-world.ts';
import { createMetrics } from '../../src/metrics.ts';
import { NoticeDesk } from '../../src/notices/desk.ts';
import type { Operator } from '../harness/operator.ts';
import type { Stage } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';

/** Where consents come back to; nothing answers there, because the test brings back what a browser would. */
export const redirectURI = 'https://127.0.0.1/callback';
const dana: Requester = { kind: 'SignedIn', id: 'dana', name: 'Dana Reyes' };

export interface TestDesk {
  readonly desk: Desk;
  begin(channel: string, by?: Requester): Promise<BegunConsent>;
  finish(channel: string, begun: BegunConsent, callback: Record<string, string>): Promise<ConsentProgress>;
  progress(channel: string, begun: BegunConsent): Promise<ConsentProgress>;
  /** Waits until the consent has come to this. */
  until<K extends ConsentProgress['kind']>(
    channel: string,
    begun: BegunConsent,
    kind: K,
    timeoutMs?: number,
  ): Promise<Extract<ConsentProgress, { kind: K }>>;
  close(): Promise<void>;
}

/**
 * A desk in this process, made of the very parts that `main` makes it of, with the operator's own permissions: as if the
 * pages ran in another replica than the one that owns the channel.
 */
export async function testDesk(stage: Stage, operator: Operator, flags: readonly string[] = []): Promise<TestDesk> {
  const replaced = flags.filter((_, index) => index % 2 === 0);
  const own = operator.flags.filter((_, index, all) => !replaced.includes(all[index - (index % 2)] ?? ''));
  const config = loadConfig([...own, ...flags], {});
  const log = createLogger('error');
  const metrics = createMetrics({
    sources: {
      channels: { *list() {} },
      *queues() {},
      *reflectors() {},
      replicas: () => ({ bucketsOwned: 0, live: 0, refreshesHeld: 0 }),
      channelsHeldBack: () => [],
      noticesWaiting: () => [],
      vaultLoginExpiresAt: () => undefined,
    },
    version: 'test',
    now: clock.now,
    channelLimit: 0,
  });
  const client = new ApiClient(PooledKubeConfig.load(config.kubeconfig), { onCall: () => {} });
  const vault = vaultOf(config, log, metrics);
  await vault.check();
  const { registry, world } = worldOf(client, config, log, metrics, vault, {
    cluster: { id: await clusterIdOf(client, config) },
    namespace: operator.namespace,
    holder: 'desk',
    replicas: () => 1,
    notices: new NoticeDesk(() => new Map()),
  });
  const desk = new Desk(world(new AppFaultBoard(clock.now, () => {}), { of: () => undefined }));
  const { namespace } = stage;
  const progress = async (name: string, { id }: BegunConsent) => await desk.progress({ namespace, name }, id);
  return {
    desk,
    begin: async (name, by = dana) => await desk.begin({ channel: { namespace, name }, by, redirectURI }),
    finish: async (name, { id, browserSecret }, callback) =>
      await desk.finish({ channel: { namespace, name }, id, callback, browserSecret }),
    progress,
    until: async (name, begun, kind, timeoutMs = 20_000) => {
      let last: ConsentProgress | undefined;
      const isThere = async () => {
        last = await progress(name, begun);
        return last.kind === kind && last;
      };
      try {
        return (await waitFor(isThere, { what: `the consent of ${name} to be ${kind}`, timeoutMs })) as never;
      } catch (error) {
        throw new Error(`${String(error)}\nIt is ${JSON.stringify(last)}`, { cause: error });
      }
    },
    close: async () => {
      await desk.drained();
      await Promise.all([registry.close(), vault.close(), client.close()]);
    },
  };
}

/** Where the simulator sends the person back to who answers its consent page: with these parameters and their account. */
export async function answerPage(
  ca: string,
  url: string,
  answer: Record<string, string>,
): Promise<Record<string, string>> {
  const page = new URL(url);
  for (const [name, value] of Object.entries(answer)) page.searchParams.set(name, value);
  const dispatcher = new Agent({ connect: { ca } });
  try {
    const { statusCode, headers, body } = await request(page, { dispatcher });
    const text = await body.text();
    if (statusCode !== 302) throw new Error(`the consent page answered ${statusCode}: ${text}`);
    return Object.fromEntries(new URL(String(headers.location)).searchParams);
  } finally {
    await dispatcher.close();
  }
}
