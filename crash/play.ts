import { sleep, waitFor } from '../test/harness/wait.ts';
import type { World } from '../test/harness/world.ts';
import { type CellStage, openCellStage } from './cell-stage.ts';
import type { Cell, Story, Trouble } from './cells.ts';
import { factsOf, windowOf } from './facts.ts';
import type { Facts } from './judge.ts';
import { quiet, statusOf, ways } from './paths.ts';
import { matchOf, type Server, serverOf, shown } from './wire.ts';

/** How long Vault or the API server stays away. */
const downMs = 4_000;
/** Longer than the operator waits before it puts an answer into its escrow: what it can do, it has done by then. */
const lingerMs = 4_000;
/** A recovery waits for the end of the access token, on a machine that does other things. */
const settleMs = 90_000;

export interface Played {
  readonly facts: Facts;
  readonly trace: readonly string[];
  /** From a renewal's answer to its acknowledged commit, where nothing stood between. */
  readonly windowMs?: number;
}

/** Plays a story without any kill and answers the calls that it makes. */
export async function rehearse(
  world: World,
  { path, kind, isAnswerLost }: Story,
): Promise<Played & { calls: string[] }> {
  const stage = await openCellStage(world, path, kind);
  try {
    await ways[path].prepare(stage);
    const from = stage.calls().length;
    if (isAnswerLost) await loseAnswer(stage, path);
    await ways[path].begin(stage);
    const unsettled = await settled(stage, path);
    const isMet = !isAnswerLost || (await isAnswerMet(stage));
    const calls = isMet
      ? stage
          .calls()
          .slice(from)
          .map(({ call }) => call)
      : [];
    const facts = await factsOf(stage, { from, isFired: true, unsettled, isImmediate: false, killedAt: undefined });
    return { ...ending(stage, from, facts), calls };
  } finally {
    await stage.close();
  }
}

export async function play(world: World, cell: Cell): Promise<Played> {
  const stage = await openCellStage(world, cell.path, cell.kind);
  try {
    await ways[cell.path].prepare(stage);
    const from = stage.calls().length;
    if (cell.trouble === 'answer-lost') await loseAnswer(stage, cell.path);
    const struck = struckAt(stage, cell);
    await ways[cell.path].begin(stage);
    const killedAt = await struck;
    const unsettled = killedAt === undefined ? undefined : await settled(stage, cell.path);
    const course = { from, isFired: killedAt !== undefined, unsettled, isImmediate: !lingers(cell), killedAt };
    return ending(stage, from, await factsOf(stage, course));
  } finally {
    await stage.close();
  }
}

function ending(stage: CellStage, from: number, facts: Facts): Played {
  const calls = stage.calls().slice(from);
  const trace = calls.map(({ call, request }) => shown(call, request));
  const windowMs = windowOf(stage, from);
  return { facts, trace, ...(windowMs === undefined ? {} : { windowMs }) };
}

const downServer = (trouble: Trouble): Server | undefined =>
  trouble === 'vault-down' ? 'vault' : trouble === 'api-down' ? 'kubernetes' : undefined;

/** With the answer in hand and a store away, the process lives on for a while: it is to do what it can. */
const lingers = ({ point, trouble }: Cell): boolean => point === 'after-answer' && downServer(trouble) !== undefined;

/** Kills the operator at the cell's call and starts it again with everything up. Answers when it died, if it did. */
async function struckAt(stage: CellStage, cell: Cell): Promise<number | undefined> {
  const { operator, proxies } = stage;
  const down = downServer(cell.trouble);
  const trap = setTrap(stage, cell, async () => {
    if (down !== undefined) await proxies[down].refuse();
  });
  const killedAt = await waitFor(trap.killedAt, { timeoutMs: settleMs, everyMs: 20, what: 'the kill' }).catch(
    () => undefined,
  );
  trap.remove();
  if (killedAt === undefined) return undefined;
  const bringBack = async () => {
    if (down === undefined) return;
    await sleep(downMs);
    await proxies[down].accept();
  };
  await Promise.all([operator.start(), bringBack()]);
  return killedAt;
}

interface Trap {
  readonly killedAt: () => number | undefined;
  remove(): void;
}

function setTrap({ operator, proxies }: CellStage, cell: Cell, takeAway: () => Promise<void>): Trap {
  const server = serverOf(cell.call);
  const isLingering = lingers(cell);
  // A call whose own answer is to arrive is not cut off before it has.
  const isTakenFirst = isLingering && downServer(cell.trouble) !== server;
  let killedAt: number | undefined;
  const victim = async () => {
    if (isLingering && !isTakenFirst) await takeAway();
    if (isLingering) await sleep(lingerMs);
    await operator.kill();
    const at = Date.now();
    if (!isLingering) await takeAway();
    killedAt = at;
  };
  const action = { kill: cell.point, victim, ...(isTakenFirst ? { first: takeAway } : {}) };
  const rule = proxies[server].rule({ ...matchOf(cell.call), nth: cell.nth, action });
  return { killedAt: () => killedAt, remove: () => rule.remove() };
}

/** Undefined when the path has come to its end; else what was seen last. */
async function settled(stage: CellStage, path: Cell['path']): Promise<string | undefined> {
  try {
    await waitFor(() => ways[path].isOver(stage), { timeoutMs: settleMs, everyMs: 250, what: 'the end' });
    const { state } = (await statusOf(stage)) ?? {};
    // Without a login its record is read again every few seconds, for ever.
    if (state !== 'NeedsReauth') await quiet(stage, settleMs);
    return undefined;
  } catch {
    const { state, reason, generation } = (await statusOf(stage)) ?? {};
    return `not at rest after ${settleMs / 1_000} s: ${state} (${reason}), generation ${generation}`;
  }
}

async function loseAnswer({ simulator, kind, app }: CellStage, path: Cell['path']): Promise<void> {
  const { clientId } = app;
  const operation = path === 'refresh' ? kind.renewal : 'any';
  await simulator.addFault({ platform: kind.platform, clientId, operation, times: 1, kind: 'answer-lost' });
}

async function isAnswerMet({ simulator, app }: CellStage): Promise<boolean> {
  return (await simulator.faults()).some(({ clientId, met }) => clientId === app.clientId && met > 0);
}
