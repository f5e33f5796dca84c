/**
 * A program of its own: makes the calls of refreshes, with the same concurrency as the operator and with kept-alive
 * connections, and does nothing else. Its plan comes in a file; it says in one JSON line what CPU time it took.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { type BareChannel, effectOf, type Plan, type Seen } from './bare-effects.ts';
import { inParallel } from './parallel.ts';
import type { ServerName, Step } from './wire.ts';

const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Plan;
const pools: Readonly<Record<ServerName, Agent>> = {
  kubernetes: poolOf(32),
  vault: poolOf(16),
  platform: poolOf(32),
};

function poolOf(connections: number): Agent {
  return new Agent({ connect: { ca: plan.ca }, connections, pipelining: 1, allowH2: false, keepAliveTimeout: 30_000 });
}

async function send(step: Step, body: string | undefined, contentType: string, seen: Seen): Promise<string> {
  const { name, account } = seen.channel;
  const path = step.path
    .replaceAll('{namespace}', plan.namespace)
    .replaceAll('{prefix}', plan.prefix)
    .replaceAll('{account}', account)
    .replaceAll('{channel}', name);
  const answer = await request(`${plan.addresses[step.server]}${path}`, {
    method: step.method as 'GET',
    dispatcher: pools[step.server],
    headers: {
      ...(step.server === 'kubernetes' ? { authorization: `Bearer ${plan.kubernetesToken}` } : {}),
      ...(step.server === 'vault' ? { 'x-vault-token': plan.vaultToken } : {}),
      ...(step.accept === undefined ? {} : { accept: step.accept }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
    },
    body: body ?? null,
  });
  const text = await answer.body.text();
  const isMissed = answer.statusCode === 404 && step.method === 'GET';
  if (answer.statusCode > 299 && !isMissed) {
    throw new Error(
      `${step.server} answered ${answer.statusCode} to ${step.method} ${step.path}: ${text.slice(0, 300)}`,
    );
  }
  return text;
}

async function refresh(channel: BareChannel): Promise<void> {
  const seen: Seen = { channel, plan, versions: new Map(), record: {}, resourceVersion: '' };
  for (const step of plan.steps) {
    const effect = effectOf(step, seen);
    const text = await send(step, effect.body, effect.contentType ?? 'application/json', seen);
    effect.take?.(text);
  }
}

await inParallel(plan.channels, plan.workers, refresh);
const { user, system } = process.cpuUsage();
process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1000 })}\n`);
await Promise.all(Object.values(pools).map((pool) => pool.close()));
