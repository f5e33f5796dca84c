import { sleep, waitFor } from '../test/harness/wait.ts';
import { bothReady, isReady, operatorPods, upgrade } from './install.ts';
import { paths } from './names.ts';
import type { Telling } from './steps.ts';
import type { World } from './world.ts';

/** Between two troubles there is time for a refresh. */
const pauseMs = 20_000;

/** Operator pods one by one, both at once, their node, an upgrade with changed values and back. */
export async function streams(world: World, consumer: string, shipped: object, { say }: Telling): Promise<void> {
  const consumerNode = await nodeOf(world, consumer);
  for (const pod of await bothReady(world)) {
    say(`operator pod ${pod.metadata.name} is deleted`);
    await world.kubectl(['delete', 'pod', '-n', paths.operator, pod.metadata.name]);
    await bothReady(world);
  }
  await sleep(pauseMs);
  await bothAtOnce(world, consumerNode, say);
  await sleep(pauseMs);
  await drained(world, say);
  await sleep(pauseMs);
  say('the release is upgraded with changed values, and rolled back');
  await upgrade(world, { ...shipped, logLevel: 'debug', podAnnotations: { 'example.com/upgraded': 'true' } });
  await bothReady(world);
  await world.helm(['rollback', paths.release, '-n', paths.operator, '--wait', '--timeout', '5m']);
  await bothReady(world);
}

async function nodeOf(world: World, pod: string): Promise<string> {
  return world.kubectl(['get', 'pod', '-n', paths.stage, pod, '-o', 'jsonpath={.spec.nodeName}']);
}

/** With the consumer's node closed, both come up on the other one. */
async function bothAtOnce(world: World, consumerNode: string, say: Telling['say']): Promise<void> {
  await world.kubectl(['cordon', consumerNode]);
  const names = (await operatorPods(world)).map(({ metadata }) => metadata.name);
  say(`both operator pods are deleted at once; ${consumerNode} takes no new ones`);
  await world.kubectl(['delete', 'pod', '-n', paths.operator, ...names]);
  await bothReady(world);
  await world.kubectl(['uncordon', consumerNode]);
}

/** The node that both are on: the PodDisruptionBudget lets one go at a time, so one is Ready at every moment. */
async function drained(world: World, say: Telling['say']): Promise<void> {
  const nodes = new Set((await operatorPods(world)).map(({ spec }) => spec.nodeName as string));
  const [node = ''] = nodes;
  if (nodes.size !== 1) throw new Error(`Both operator pods should be on one node, not on ${[...nodes].join(', ')}.`);
  say(`${node} is drained`);
  let fewest = 2;
  let isOver = false;
  const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=240s'];
  const drain = world.kubectl(['drain', node, ...flags]).finally(() => (isOver = true));
  const watch = waitFor(
    async () => {
      fewest = Math.min(fewest, (await operatorPods(world)).filter(isReady).length);
      return isOver;
    },
    { timeoutMs: 300_000, everyMs: 200, what: 'the drain to end' },
  );
  await Promise.all([drain, watch]);
  await bothReady(world);
  await world.kubectl(['uncordon', node]);
  if (fewest < 1) throw new Error('During the drain no operator pod was Ready: the PodDisruptionBudget did not hold.');
  say(`drained and opened again; at least ${fewest} operator pod was Ready throughout`);
}
