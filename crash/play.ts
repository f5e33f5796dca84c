import { sleep, waitFor } from '../test/harness/wait.ts';
import { type CellStage, openCellStage } from './cell-stage.ts';
import { type Cell, isConsent, type Story, type Trouble } from './cells.ts';
import { factsOf, windowOf } from './facts.ts';
import type { Facts } from './judge.ts';
import type { Lane } from './lane.ts';
import { quiet, statusOf, ways, whenMoved } from './paths.ts';
import { withoutPlaces } from './results.ts';
import { matchOf, type Server, serverOf, shown } from './wire.ts';

/** How long Vault or the API server stays away. */
const downMs = 4_000;
/** Longer than the operator waits before it puts an answer into its escrow: what it can do, it has done by then. */
const lingerMs = 4_000;
/** A recovery waits for the end of the access token, on a machine that does other things. */
const settleMs = 90_000;
/** A path that has come to its end, and nothing more for so long: what was to be killed at will not come. */
const idleMs = 5_000;

export interface Played {
  readonly facts: Facts;
  readonly trace: readonly string[];
  /** From a renewal's answer to its acknowledged commit, where nothing stood between. */
  readonly windowMs?: number;
}

/** Plays a story without any kill and answers the calls that it makes. */
export async function rehearse(lane: Lane, { path, kind, isAnswerLost }: Story): Promise<Played & { calls: string[] }> {
  const stage = await openCellStage(lane, path, kind);
  await begun(stage, path, isAnswerLost);
  await ways[path].begin(stage);
  const unsettled = await settled(stage, path);
  const isMet = !isAnswerLost || path === 'takeover' || (await isAnswerMet(stage));
  const calls = isMet ? stage.steps().map(({ call }) => call) : [];
  const facts = await factsOf(stage, { isFired: true, unsettled, isImmediate: false, killedAt: undefined });
  const played = ending(stage, facts);
  await stage.close();
  return { ...played, calls };
}

/** A lane on which it throws has to be given up: nobody knows what was left behind. */
export async function play(lane: Lane, cell: Cell): Promise<Played> {
  const stage = await openCellStage(lane, cell.path, cell.kind);
  await begun(stage, cell.path, cell.trouble === 'answer-lost');
  const struck = struckAt(stage, cell);
  await ways[cell.path].begin(stage);
  const killedAt = await struck;
  const unsettled = killedAt === undefined ? undefined : await settled(stage, cell.path);
  const course = { isFired: killedAt !== undefined, unsettled, isImmediate: !lingers(cell), killedAt };
  const played = ending(stage, await factsOf(stage, course));
  await stage.close();
  return played;
}

/** In a takeover it is the holder's death that loses an answer. */
async function begun(stage: CellStage, path: Cell['path'], isAnswerLost: boolean): Promise<void> {
  await ways[path].prepare(stage, isAnswerLost);
  if (isAnswerLost && path !== 'takeover') await loseAnswer(stage, path);
}

function ending(stage: CellStage, facts: Facts): Played {
  const trace = stage.calls().map(({ call, request }) => shown(call, request));
  const windowMs = windowOf(stage);
  return { facts, trace, ...(windowMs === undefined ? {} : { windowMs }) };
}

const downServer = (trouble: Trouble): Server | undefined =>
  trouble === 'vault-down' ? 'vault' : trouble === 'api-down' ? 'kubernetes' : undefined;

/** With the answer in hand and a store away, the process lives on for a while: it is to do what it can. */
const lingers = ({ point, trouble }: Cell): boolean => point === 'after-answer' && downServer(trouble) !== undefined;

/** Kills the operator at the cell's call and starts it again with everything up. Answers when it died, if it did. */
async function struckAt(stage: CellStage, cell: Cell): Promise<number | undefined> {
  const { operator, proxies } = stage.victim;
  const down = downServer(cell.trouble);
  const trap = setTrap(stage, cell, async () => {
    if (down !== undefined) await proxies[down].refuse();
  });
  const killedAt = await sprung(stage, cell, trap);
  trap.remove();
  if (killedAt === undefined) return undefined;
  operator.process.spawn();
  if (down !== undefined) {
    await sleep(stage.slowness * downMs);
    await proxies[down].accept();
  }
  return killedAt;
}

/** When the kill fell; undefined where the path is at its end without it. */
async function sprung(stage: CellStage, { path }: Cell, trap: Trap): Promise<number | undefined> {
  const isOver = whenMoved(stage, () => ways[path].isOver(stage));
  const isIdle = () => Date.now() - (stage.calls().at(-1)?.request.arrivedAt ?? Date.now()) > stage.slowness * idleMs;
  const look = async () => trap.killedAt() ?? (isIdle() && (await isOver()) ? 'never' : undefined);
  const seen = await waitFor(look, { timeoutMs: stage.slowness * settleMs, everyMs: 20, what: 'the kill' }).catch(
    () => 'never',
  );
  return typeof seen === 'number' ? seen : trap.killedAt();
}

interface Trap {
  readonly killedAt: () => number | undefined;
  remove(): void;
}

function setTrap(
  { victim: { operator, proxies }, slowness }: CellStage,
  cell: Cell,
  takeAway: () => Promise<void>,
): Trap {
  const server = serverOf(cell.call);
  const isLingering = lingers(cell);
  // A call whose own answer is to arrive is not cut off before it has.
  const isTakenFirst = isLingering && downServer(cell.trouble) !== server;
  let killedAt: number | undefined;
  const victim = async () => {
    if (isLingering && !isTakenFirst) await takeAway();
    if (isLingering) await sleep(slowness * lingerMs);
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
    await waitFor(
      whenMoved(stage, () => ways[path].isOver(stage)),
      { timeoutMs: stage.slowness * settleMs, everyMs: 100, what: 'the end' },
    );
    const { state } = (await statusOf(stage)) ?? {};
    // Without a login its record is read again every few seconds, for ever.
    if (state !== 'NeedsReauth') await quiet(stage, stage.slowness * settleMs);
    return undefined;
  } catch {
    const { state, reason, generation } = (await statusOf(stage)) ?? {};
    const told = stage.person === undefined ? '' : `; the person read: ${withoutPlaces(stage.person.told.join(' → '))}`;
    return `not at rest after ${(stage.slowness * settleMs) / 1_000} s: ${state} (${reason}), generation ${generation}${told}`;
  }
}

async function loseAnswer({ simulator, kind, app }: CellStage, path: Cell['path']): Promise<void> {
  const { clientId } = app;
  // A person asks the platform too: its consent page is to answer.
  const operation = isConsent(path) ? 'token' : path === 'refresh' ? kind.renewal : 'any';
  await simulator.addFault({ platform: kind.platform, clientId, operation, times: 1, kind: 'answer-lost' });
}

async function isAnswerMet({ simulator, app }: CellStage): Promise<boolean> {
  return (await simulator.faults()).some(({ clientId, met }) => clientId === app.clientId && met > 0);
}
