import { minuteMs, secondMs } from '../times.ts';
import type { Chance } from './chance.ts';
import type { Break, Call, Side, Stage, Traffic } from './stage.ts';

/** The deadlines of the operator's own clients. */
const deadlinesMs: Readonly<Record<Side, number>> = {
  vault: 5 * secondMs,
  api: 10 * secondMs,
  platform: 15 * secondMs,
};

export interface Outage {
  readonly side: Side;
  readonly isSilent: boolean;
  readonly slot: string | undefined;
}

/** What is asked at each call: whether something was planned for it. */
export interface Plan {
  /** Answers true where the answer to this call is to be lost. */
  meets(call: Call, phase: 'Before' | 'After'): boolean;
}

/** Every call takes its own time; outages and the plan break some of them. */
export class RandomTraffic implements Traffic {
  readonly outages = new Set<Outage>();
  plan: Plan = { meets: () => false };
  readonly #stage: Stage;
  readonly #chance: Chance;

  constructor(stage: Stage, chance: Chance) {
    this.#stage = stage;
    this.#chance = chance;
  }

  isCut(side: Side, slot: string): Outage | undefined {
    for (const outage of this.outages) {
      if (outage.side === side && (outage.slot === undefined || outage.slot === slot)) return outage;
    }
    return undefined;
  }

  submit(call: Call): void {
    const { kernel } = this.#stage;
    const timeoutAt = kernel.now + deadlinesMs[call.side];
    let isLost = this.plan.meets(call, 'Before');
    if (!call.replica.isAlive) return;
    const cut = this.isCut(call.side, call.replica.slot);
    if (cut !== undefined && !cut.isSilent) {
      this.#breakAt(kernel.now + 2, call, 'NotSent');
      return;
    }
    if (cut !== undefined) {
      this.#breakAt(timeoutAt, call, 'Lost');
      return;
    }
    kernel.at(kernel.now + this.#latencyMs(), () => {
      // It is on its way, whatever became of its sender.
      if (this.isCut(call.side, call.replica.slot) !== undefined) return this.#breakAt(timeoutAt, call, 'Lost');
      const settle = call.arrive();
      isLost = this.plan.meets(call, 'After') || isLost;
      if (isLost) this.#breakAt(timeoutAt, call, 'Lost');
      else kernel.at(kernel.now + this.#latencyMs(), () => call.replica.deliver(settle));
    });
  }

  #breakAt(at: number, call: Call, how: Break): void {
    this.#stage.kernel.at(at, () => call.replica.deliver(() => call.breakOff(how)));
  }

  /** Milliseconds mostly, and now and then as long as a deadline allows. */
  #latencyMs(): number {
    return Math.ceil(this.#chance.isTrue(0.02) ? this.#chance.spread(50, 2_400) : this.#chance.spread(1, 50));
  }
}

/** How long after news a process hears of them. */
export function newsMs(chance: Chance): number {
  return Math.ceil(chance.isTrue(0.05) ? chance.spread(secondMs, minuteMs) : chance.spread(5, 500));
}
