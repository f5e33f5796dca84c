import { createHash } from 'node:crypto';
import type { PlatformProfile } from '../../../src/core/profile.ts';
import { hourMs, minuteMs, secondMs } from '../times.ts';
import { checkHealed } from './healed.ts';
import { settled } from './kernel.ts';
import { Replica } from './replica.ts';
import { type Call, type Mutation, Stage, type Traffic } from './stage.ts';

/**
 * Calls that wait for their turn: those to the grant, the parked answers and the token endpoint. All others are answered
 * at once, together with the step before them: they read what nobody changes here (namespace, app, platform, registers),
 * or what is read before the grant is (channel, bootstrap), so that whatever comes between them comes before the grant's
 * read as well; or they show the grant to others (Secret, the Vault path `token`, status). Late writes of those are the
 * random walk's.
 */
const taking = /grant$|parked$|^claim$|^commit$|^release$|^spend$/;

/** What a run reads once and keeps through all its passes. */
const beginning = /^read (channel|namespace|app|platform|bootstrap)$/;

/** What one process knows in the midst of a run, as digests. */
interface Learnt {
  readonly inputs: string;
  readonly pass: string;
  readonly last: string;
}
const unlearnt: Learnt = { inputs: '', pass: '', last: '' };

/** Calls wait here until it is decided whose turn it is. */
class Crossing implements Traffic {
  readonly waiting: Call[] = [];
  isOpen = true;
  /** Whether no call set out that changes what others decide by. */
  isQuiet = true;
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }
  submit(call: Call): void {
    const { kernel } = this.#stage;
    if (taking.test(call.what) && !isRead(call)) this.isQuiet = false;
    if (this.isOpen || !taking.test(call.what)) kernel.at(kernel.now, () => call.replica.deliver(call.arrive()));
    else this.waiting.push(call);
  }
}

function isRead({ what }: Call): boolean {
  return what.startsWith('read');
}

interface Choice {
  readonly name: string;
  readonly take: () => void;
}

export interface Found {
  readonly states: number;
  readonly paths: number;
  readonly ends: number;
  readonly losses: number;
  readonly violations: readonly string[];
}

interface Limits {
  readonly profile: PlatformProfile;
  readonly mutation?: Mutation | undefined;
  readonly crashes?: number;
  readonly consents?: number;
  /** The search ends here with what it has; for mutations, which may have no end. */
  readonly maxStates?: number;
}

/** One run of the cycle: two replicas that both believe the channel theirs, one person, one crash. */
class Cycle {
  readonly stage: Stage;
  readonly #crossing: Crossing;
  readonly #learnt = new Map<string, Learnt>();
  #crashes: number;
  #consents: number;
  #endsAt = 0;

  constructor({ profile, mutation, crashes = 1, consents = 1 }: Limits) {
    this.#crashes = crashes;
    this.#consents = consents;
    this.stage = new Stage(profile, (stage) => new Crossing(stage), mutation);
    this.stage.isSteady = true;
    this.#crossing = this.stage.traffic as Crossing;
    this.stage.onLearnt = (replica, what, result) => {
      if (this.#crossing.isOpen) return;
      const { inputs, pass } = this.#learnt.get(replica.name) ?? unlearnt;
      const last = digest([what, result]);
      // When it began counts as well: a run that takes too long starts anew.
      const begun = beginning.test(what)
        ? digest([inputs, last, what === 'read channel' && this.stage.kernel.now])
        : inputs;
      this.#learnt.set(replica.name, { inputs: begun, pass: digest([pass, last]), last });
    };
    this.stage.onPass = (replica) => {
      const { inputs, last } = this.#learnt.get(replica.name) ?? unlearnt;
      this.#learnt.set(replica.name, { inputs, pass: digest([inputs, last, replica.memory()]), last });
    };
  }

  /** Connected, and the refresh is due for both replicas at once. */
  async begin(): Promise<void> {
    const { stage } = this;
    const lifeMs = stage.platform.profile.accessLifetimeMs ?? 0;
    const startAt = stage.kernel.now;
    this.#start('a');
    await stage.kernel.passUntil(startAt + secondMs);
    (stage.replicas[0] as Replica).die();
    await stage.kernel.passUntil(startAt + 0.75 * lifeMs);
    this.#crossing.isOpen = false;
    stage.replicas.length = 0;
    stage.cluster.onNews = () => {
      for (const replica of stage.replicas) replica.wake(0);
    };
    this.#start('a');
    this.#start('b');
    this.#endsAt = startAt + lifeMs + 30 * minuteMs;
    await this.#run();
  }

  choices(): readonly Choice[] {
    const { waiting } = this.#crossing;
    const found = waiting.flatMap((call) => this.#fatesOf(call));
    if (waiting.length === 0 && !this.isOver) found.push({ name: 'time passes', take: () => {} });
    if (this.#consents > 0 && !this.isOver) found.push({ name: 'a person consents', take: () => this.#consent() });
    if (this.#crashes > 0 && this.isAtRest && !this.isOver) {
      for (const replica of this.stage.replicas.filter(({ isAlive }) => isAlive))
        found.push({ name: `${replica.name} dies at rest`, take: () => this.#crash(replica) });
    }
    return found;
  }
  /** Nobody is in the midst of a run. */
  get isAtRest(): boolean {
    return this.stage.replicas.every(({ isRunning }) => !isRunning);
  }
  get isOver(): boolean {
    const { nextAt } = this.stage.kernel;
    return this.#crossing.waiting.length === 0 && (nextAt === undefined || nextAt > this.#endsAt);
  }
  async take(choice: Choice): Promise<void> {
    this.stage.tell(() => `> ${choice.name}`);
    choice.take();
    await settled();
    if (choice.name === 'time passes') await this.stage.kernel.step();
    await this.#run();
  }

  /** Everything that tells this moment from another: the world, and all that each process has learnt so far. */
  state(): string {
    const { vault, cluster, platform, kernel, replicas, escrow } = this.stage;
    const newest = vault.paths().map((path) => [path, vault.versions(path), vault.newest(path)]);
    const processes = replicas.map((replica) => this.#process(replica));
    const waiting = this.#crossing.waiting.map(({ replica, what }) => `${replica.slot} ${what}`).sort();
    const rest = [kernel.now, kernel.agenda(), this.#crashes, this.#consents, waiting];
    const all = JSON.stringify([
      newest,
      cluster.snapshot(),
      platform.memory(),
      escrow.map(({ claimId }) => claimId),
      processes,
      rest,
    ]);
    // Which number a process or a claim has makes no difference, only whose it is.
    return digest(all.replace(/\b([ab])-\d+(?:\/\d+)?/g, '$1').replace(/"id":"\d+"/g, ''));
  }

  /** Between two runs a process is what it remembers; within one, that and all that it has learnt for this pass. */
  #process(replica: Replica): unknown {
    const { slot, name, isAlive, isRunning, dueAt } = replica;
    if (!isAlive) return [slot];
    if (isRunning) return [slot, this.#learnt.get(name)?.pass];
    this.#learnt.set(name, { ...unlearnt, pass: digest(replica.memory()) });
    return [slot, dueAt, replica.memory()];
  }

  /** Time goes on until all has healed that can, each call answered as it comes. Answers whether there were only looks. */
  async end(): Promise<boolean> {
    this.#crossing.isOpen = true;
    this.#crossing.isQuiet = true;
    const { kernel, judge } = this.stage;
    await kernel.passUntil(this.#endsAt, () => judge.violations.length > 0);
    const { isQuiet } = this.#crossing;
    await kernel.passUntil(this.#endsAt + hourMs, () => judge.violations.length > 0);
    if (judge.violations.length === 0) checkHealed(this.stage);
    return isQuiet;
  }

  /** What needs no time happens. */
  async #run(): Promise<void> {
    const { kernel } = this.stage;
    await settled();
    while (kernel.nextAt !== undefined && kernel.nextAt <= kernel.now) await kernel.step();
  }

  #fatesOf(call: Call): Choice[] {
    const name = `${call.replica.name} ${call.what}`;
    const done = { name, take: () => this.#leave(call, () => call.replica.deliver(call.arrive())) };
    if (this.#crashes === 0) return [done];
    // What was read dies with its reader: to die after it is to die before the next call.
    const dies = () => this.#leave(call, () => this.#crash(call.replica));
    const before = { name: `${name}: dies before`, take: dies };
    const after = {
      name: `${name}: dies after`,
      take: () => {
        call.arrive();
        dies();
      },
    };
    return isRead(call) ? [done, before] : [done, before, after];
  }

  #leave(call: Call, what: () => void): void {
    const { waiting } = this.#crossing;
    waiting.splice(waiting.indexOf(call), 1);
    what();
  }
  #crash(replica: Replica): void {
    this.#crashes -= 1;
    replica.die();
    const { kernel, replicas } = this.stage;
    kernel.at(kernel.now + 10 * secondMs, () => {
      replicas.splice(replicas.indexOf(replica), 1);
      this.#start(replica.slot);
    });
  }
  #consent(): void {
    this.#consents -= 1;
    this.stage.cluster.change({ bootstrap: this.stage.newConsent() });
  }
  #start(slot: string): void {
    const replica = new Replica(this.stage, slot, () => true);
    this.stage.replicas.push(replica);
    replica.wake(0);
  }
}

/** Every order in which it can happen: depth first, each path from the start, and no state twice. */
export async function search(limits: Limits): Promise<Found> {
  const { mutation, maxStates = Number.POSITIVE_INFINITY } = limits;
  const seen = new Set<string>();
  const violations = new Set<string>();
  const open: (readonly number[])[] = [[]];
  const count = { paths: 0, ends: 0, losses: 0 };
  for (let path = open.pop(); path !== undefined && seen.size < maxStates; path = open.pop()) {
    count.paths += 1;
    const cycle = new Cycle(limits);
    await cycle.begin();
    for (const choice of path) await cycle.take(cycle.choices()[choice] as Choice);
    const isEnd = await follow(cycle, [...path], seen, open);
    const { judge } = cycle.stage;
    for (const violation of judge.violations) violations.add(violation);
    if (isEnd) count.ends += 1;
    count.losses += judge.losses.counts().Interrupted ?? 0;
    if (mutation !== undefined && violations.size > 0) break;
  }
  return { states: seen.size, ...count, violations: [...violations] };
}

/**
 * Always the first choice; the others are for later. Answers whether the end was reached, and not a state seen before.
 *
 * Where all processes rest, it is first tried out what follows if nobody dies or consents any more. If that is nothing but
 * looks (reads, questions, status), their orders are not searched: reads commute, so in each order everybody learns the same
 * and it ends the same. A death or a consent amid these looks is a choice of this very state: who dies amid a look leaves
 * behind what one leaves who dies at rest, and a consent between two looks meets the grant that it meets here. If anything
 * is written or spent, the search goes on step by step. Without this, the daily looks of the sixty days of an exchange and
 * those at a login that waits for a person were most of all states.
 */
async function follow(cycle: Cycle, path: number[], seen: Set<string>, open: (readonly number[])[]): Promise<boolean> {
  for (;;) {
    if (cycle.stage.judge.violations.length > 0) return false;
    const state = cycle.state();
    if (seen.has(state)) return false;
    seen.add(state);
    const choices = cycle.choices();
    for (let other = 1; other < choices.length; other += 1) open.push([...path, other]);
    const [first] = choices;
    if (cycle.isOver || first === undefined) {
      await cycle.end();
      return true;
    }
    if (cycle.isAtRest) {
      const isQuiet = await cycle.end();
      if (!isQuiet) open.push([...path, 0]);
      return isQuiet;
    }
    path.push(0);
    await cycle.take(first);
  }
}

function digest(of: unknown): string {
  return createHash('md5').update(JSON.stringify(of)).digest('base64');
}
