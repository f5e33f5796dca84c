import { Desk } from '../../../src/channel/desk.ts';
import { Memories } from '../../../src/channel/memory.ts';
import { ChannelReconciler } from '../../../src/channel/reconcile.ts';
import { asFailure } from '../../../src/core/failure.ts';
import type { Later } from './kernel.ts';
import { operatorWorld } from './ports.ts';
import type { Stage } from './stage.ts';

const key = 'main-stage/twitch';

/** One process of the operator: a memory and a clock of its own. Once it has died nothing of it goes on. */
export class Replica {
  readonly name: string;
  readonly slot: string;
  isAlive = true;
  isFrozen = false;
  /** What its wall clock is off by. */
  skewMs = 0;
  /** Answers while it is frozen. */
  readonly #held: (() => void)[] = [];
  readonly #stage: Stage;
  readonly #reconciler: ChannelReconciler;
  /** Where people who connect the channel are served. */
  readonly desk: Desk;
  readonly #memories = new Memories();
  readonly #ownsFor: (replica: Replica, ms: number) => boolean;
  isRunning = false;
  #isWanted = false;
  #failures = 0;
  #due: Later | undefined;
  dueAt: number | undefined;

  constructor(stage: Stage, slot: string, ownsFor: (replica: Replica, ms: number) => boolean) {
    this.#stage = stage;
    this.slot = slot;
    this.name = stage.nextName(slot);
    this.#ownsFor = ownsFor;
    const whole = operatorWorld(stage, this);
    const world = stage.mutation?.wrap?.(whole) ?? whole;
    this.#reconciler = new ChannelReconciler(world, this.#memories);
    this.desk = new Desk(world);
  }

  /** Runs something of this process, later if it is frozen, never if it is dead. */
  deliver(what: () => void): void {
    if (!this.isAlive) return;
    if (this.isFrozen) this.#held.push(what);
    else what();
  }
  freeze(): void {
    this.isFrozen = true;
  }
  thaw(): void {
    this.isFrozen = false;
    for (const what of this.#held.splice(0)) this.deliver(what);
  }
  die(): void {
    this.isAlive = false;
    this.#setDue(undefined);
    this.#stage.judge.answers.died(this);
    this.#stage.judge.logins.died(this);
  }

  /** What it remembers between two runs. */
  memory(): unknown {
    return this.#memories.of(key);
  }

  owns(ms: number): boolean {
    return this.#ownsFor(this, ms);
  }

  /** Wants a run after so many milliseconds; the sooner one counts. */
  wake(afterMs: number): void {
    if (!this.isAlive) return;
    const at = this.#stage.kernel.now + afterMs;
    if (this.isRunning) this.#isWanted = true;
    else if (this.dueAt === undefined || at < this.dueAt) this.#setDue(at);
  }

  #setDue(at: number | undefined): void {
    const { kernel } = this.#stage;
    if (this.#due !== undefined) kernel.cancel(this.#due);
    this.dueAt = at;
    if (at === undefined) return;
    const due = kernel.at(at, () => this.deliver(() => due === this.#due && this.#run()));
    this.#due = due;
  }

  #run(): void {
    this.dueAt = undefined;
    if (!this.owns(0)) return;
    this.isRunning = true;
    const owns = (ms: number) => this.#stage.mutation?.ownsAlways === true || this.owns(ms);
    this.#reconciler.reconcile(key, { owns }).then(
      ({ afterMs }) => {
        this.#failures = 0;
        this.#rest(afterMs);
      },
      (error: unknown) => {
        const failure = asFailure(error);
        if (failure.family !== 'Transient') this.#stage.judge.violation('no bug', `a run failed: ${failure.message}`);
        // The controller's own schedule.
        this.#failures += 1;
        this.#rest(Math.min(1_000 * 2 ** (this.#failures - 1), 60_000));
      },
    );
  }

  #rest(afterMs: number | undefined): void {
    this.isRunning = false;
    const isWanted = this.#isWanted;
    this.#isWanted = false;
    if (isWanted) this.#setDue(this.#stage.kernel.now);
    else this.#setDue(afterMs === undefined ? undefined : this.#stage.kernel.now + Math.max(afterMs, 1));
  }
}
