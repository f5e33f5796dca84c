import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPaths } from '../src/vault/paths.ts';
import { operatorAccount } from '../test/harness/operator-access.ts';
import { VaultClient } from '../test/harness/vault-client.ts';
import { login, vaultAudience, vaultMount } from '../test/harness/vault-setup.ts';
import type { World } from '../test/harness/world.ts';
import type { Plan } from './bare-effects.ts';
import { connectFleet, type Fleet, type Tokens } from './fleet.ts';
import { cpuMs } from './process-facts.ts';
import type { Report } from './report.ts';
import type { PipelineResult, RequestCounts, Round } from './results.ts';
import { type Addresses, counted, leastSteps, refreshSteps, type Step, Wire } from './wire.ts';

export interface PipelineSize {
  readonly channels: number;
  readonly rounds: number;
}

/** What the operator does by default (`--workers`), and the bare loop with it. */
const WORKERS = 16;
/** Channels of the round that is counted: one after the other, through the proxies. */
const COUNTED = 8;

interface Steps {
  readonly all: readonly Step[];
  readonly least: readonly Step[];
  readonly requests: PipelineResult['requests'];
}

interface Run {
  readonly perSecond: number;
  readonly cpuMs: number;
}

/** Channels that are due all at once, refreshed by the operator and by a loop that makes its calls and nothing else. */
export async function measurePipeline(
  world: World,
  report: Report,
  tokens: Tokens,
  { channels, rounds }: PipelineSize,
): Promise<PipelineResult> {
  const steps = await countSteps(world, report, tokens);
  const fleet = await connectFleet(world, report, { tokens, count: channels });
  const done: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const told = `round ${round} of ${rounds}`;
    const bare = async () => await bareRound(world, fleet, steps.all);
    const operator = async () => await operatorRound(fleet);
    // Each goes first in every other round.
    const first = round % 2 === 1 ? await timed(fleet, report, `${told}: operator`, operator) : undefined;
    const plain = await timed(fleet, report, `${told}: bare loop, the same calls`, bare);
    const ours = first ?? (await timed(fleet, report, `${told}: operator`, operator));
    const few = async () => await bareRound(world, fleet, steps.least);
    const least = round > 1 ? undefined : await timed(fleet, report, `${told}: bare loop, the least calls`, few);
    done.push({
      operator: ours.perSecond,
      bare: plain.perSecond,
      ...(least && { least: least.perSecond }),
      operatorCpuMs: ours.cpuMs,
      bareCpuMs: plain.cpuMs,
    });
  }
  await fleet.close();
  await expectWhole(fleet);
  return { kind: 'pipeline', tokens, channels, workers: WORKERS, rounds: done, requests: steps.requests };
}

/** Makes all channels due, lets `work` refresh them, and waits until the last status is written. */
async function timed(fleet: Fleet, report: Report, what: string, work: () => Promise<Work>): Promise<Run> {
  await fleet.makeDue();
  const { names, watch, clientId, stage } = fleet;
  const before = new Map(names.map((name) => [name, fleet.generation(name)]));
  const startedAt = Date.now();
  const { cpu, end, broken } = await work();
  const isRefreshed = ({ metadata, status }: { metadata: { name: string }; status?: { generation?: number } }) =>
    (status?.generation ?? 0) > (before.get(metadata.name) ?? 0);
  const count = names.length;
  const refreshed = watch.until(isRefreshed as never, {
    count,
    what: `${count} channels to be refreshed`,
    timeoutMs: 60_000 + count * 200,
    onProgress: (found) => report.say(`  ${what}: ${found} of ${count}`),
  });
  const lastAt = await Promise.race([refreshed, broken]);
  const spent = cpu();
  await end();
  // From the first token's arrival at the platform to the last status: neither side's start is in it.
  const spends = await stage.simulator.spends({ clientId });
  const firstAt = Math.min(...spends.map(({ arrivedAt }) => arrivedAt).filter((at) => at >= startedAt));
  const perSecond = (count * 1000) / (lastAt - firstAt);
  report.say(`  ${what}: ${perSecond.toFixed(1)} refreshes/s`);
  return { perSecond, cpuMs: (await spent) / count };
}

interface Work {
  /** Its CPU time so far, milliseconds. */
  cpu(): number | Promise<number>;
  end(): Promise<unknown>;
  /** Rejects if it ends before it is done. */
  readonly broken: Promise<never>;
}

async function operatorRound({ operator }: Fleet): Promise<Work> {
  await operator.start();
  const pid = operator.process.pid ?? 0;
  return { cpu: () => cpuMs(pid), end: () => operator.stop(), broken: new Promise(() => {}) };
}

async function bareRound(world: World, fleet: Fleet, steps: readonly Step[], through?: Addresses): Promise<Work> {
  const file = join(world.folder, 'bare-plan.json');
  writeFileSync(file, JSON.stringify(await planOf(world, fleet, steps, through)), { mode: 0o600 });
  const program = join(import.meta.dirname, 'bare-loop.ts');
  const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(child, 'close').then(([code]) => {
    if (code !== 0) throw new Error(`the bare loop ended with exit code ${code}`);
    return (JSON.parse(said) as { cpuMs: number }).cpuMs;
  });
  const broken = new Promise<never>((_, reject) => ended.catch(reject));
  return { cpu: () => ended, end: () => ended, broken };
}

/** With the operator's own permissions at both servers, so that they check as much for the one as for the other. */
async function planOf(world: World, fleet: Fleet, steps: readonly Step[], through?: Addresses): Promise<Plan> {
  const { operator, stage, names, watch, clientId, clientSecret } = fleet;
  const paths = createPaths(vaultMount, stage.vaultPrefix);
  const jwt = await world.admin.token(operator.namespace, operatorAccount, [vaultAudience]);
  const anonymous = new VaultClient(world.vault.url, { ca: world.vault.ca });
  const vaultToken = await login(anonymous, `operator-${operator.namespace}`, jwt);
  await anonymous.close();
  const direct = { kubernetes: world.cluster.url, vault: world.vault.url, platform: world.simulator?.url ?? '' };
  return {
    addresses: through ?? direct,
    ca: readFileSync(operator.files.ca, 'utf8'),
    kubernetesToken: await world.admin.token(operator.namespace, operatorAccount),
    vaultToken,
    clientId,
    clientSecret,
    workers: WORKERS,
    steps,
    namespace: stage.namespace,
    prefix: stage.vaultPrefix,
    channels: names.map((name) => {
      const channel = watch.get(name);
      const account = paths.account({ platform: 'twitch', clientId, accountId: channel?.status?.account.id }).path;
      const [, digest = ''] = account.split('accounts/');
      return { name, uid: channel?.metadata.uid ?? '', generation: fleet.generation(name), account: digest };
    }),
  };
}

/** What is sent for one refresh, as proxies before the servers see it: of the operator, then of the bare loop. */
async function countSteps(world: World, report: Report, tokens: Tokens): Promise<Steps> {
  const wire = await Wire.start(world);
  const { kubernetes, vault, platform } = wire.addresses;
  // From its first day at these addresses: a login is bound to the address at which it was given.
  const through = { kubernetesUrl: kubernetes, vaultUrl: vault, platformEndpoints: { twitch: platform } };
  const operator = { ...through, args: ['--workers', '1'] };
  const fleet = await connectFleet(world, report, { tokens, count: COUNTED, operator });
  report.say('counting the requests of a refresh through proxies, untimed');
  wire.taken();
  await timed(fleet, report, 'operator, counted', () => operatorRound(fleet));
  const all = refreshSteps(wire.taken(), {
    names: fleet.names,
    namespace: fleet.stage.namespace,
    prefix: fleet.stage.vaultPrefix,
  });
  const least = leastSteps(all);
  const requests: Record<'operator' | 'bare' | 'least', RequestCounts> = {
    operator: counted(all),
    bare: {},
    least: {},
  };
  for (const [which, steps] of [
    ['bare', all],
    ['least', least],
  ] as const) {
    await timed(fleet, report, `bare loop, counted (${which})`, () => bareRound(world, fleet, steps, wire.addresses));
    requests[which] = averaged(counted(wire.taken()), fleet.names.length);
  }
  await fleet.close();
  await wire.stop();
  return { all, least, requests };
}

function averaged(counts: RequestCounts, channels: number): RequestCounts {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / channels]));
}

/** By the platform's ledger: a fast refresh that loses a login is none. */
async function expectWhole({ stage, clientId }: Fleet): Promise<void> {
  const { doubleSpends, lostGrants, complaints } = await stage.simulator.summary({ clientId });
  const found = [...doubleSpends, ...lostGrants, ...complaints];
  if (found.length > 0) throw new Error(`the platform's ledger is not clean: ${JSON.stringify(found.slice(0, 3))}`);
}
