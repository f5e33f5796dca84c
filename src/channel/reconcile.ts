import { rejectedSince } from '../core/brake.ts';
import { type Decision, decide } from '../core/decide.ts';
import { asFailure, CasLost, type Failure } from '../core/failure.ts';
import { isAbandoned } from '../core/leaving.ts';
import type { Observation, Retry } from '../core/observation.ts';
import { earliest } from '../core/schedule.ts';
import { act, attemptOf, type Effect } from './act.ts';
import { forgetReleased } from './brake-by-hand.ts';
import { tellUnreadable } from './escrow.ts';
import { Memories, noteFailure } from './memory.ts';
import { type Inputs, observe, readInputs } from './observe.ts';
import type { World } from './ports.ts';
import { report, reportBlind } from './report.ts';

/** What a run is given beside its key; the runtime's own type says the same. */
export interface Run {
  owns(forMs: number): boolean;
}

/** When the key wants to be seen again; absent: only when something changes. */
export interface Rest {
  readonly afterMs?: number;
}

/** Effects in one run. The longest honest chain is import, introspect, claim account, refresh, project. */
const MAX_PASSES = 12;

/** One sentence: observe, decide, act, report. It is never told why it was called. */
export class ChannelReconciler {
  readonly #world: World;
  readonly #memories: Memories;

  constructor(world: World, memories = new Memories()) {
    this.#world = world;
    this.#memories = memories;
  }

  /** These channels are looked after elsewhere from now on. */
  forget(which: (key: string) => boolean): void {
    this.#memories.forgetThose(which);
    this.#world.notices.forget(which);
  }

  /** @throws Failure when Kubernetes or Vault could not be asked; the queue backs off. */
  async reconcile(key: string, run: Run): Promise<Rest> {
    const [namespace = '', name = ''] = key.split('/');
    const channel = await this.#world.channels.get({ namespace, name });
    if (channel === undefined) {
      this.#memories.forget(key);
      this.#world.notices.forget((other) => other === key);
      return {};
    }
    if (isAbandoned(channel)) {
      await this.#world.channels.removeFinalizer(channel);
      return {};
    }
    try {
      return await this.#settle(key, await readInputs(this.#world, channel), run);
    } catch (error) {
      await reportBlind(this.#world, channel, asFailure(error));
      throw error;
    }
  }

  async #settle(key: string, inputs: Inputs, run: Run): Promise<Rest> {
    const memory = this.#memories.of(key);
    forgetReleased(this.#world, inputs, memory);
    let known: Effect = {};
    let observed: Observation | undefined;
    const startedAt = this.#world.clock.monotonic();
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      const o = await observe(this.#world, inputs, memory, known);
      observed = o;
      await tellUnreadable(this.#world, o, memory);
      const decision = decide(o);
      if (decision.action.kind === 'Wait') return await this.#rest(o, decision.action.until);
      try {
        const effect = await act({ world: this.#world, o, memory, owns: run.owns }, decision.action);
        delete memory.retries[attemptOf(decision.action)];
        if (effect.isOver) return { afterMs: 0 };
        known = effect;
        // A commit may have waited for Vault for hours: channel and namespace may be others by now.
        if (this.#world.clock.monotonic() - startedAt > this.#world.settings.claimLifeMs) return { afterMs: 0 };
      } catch (error) {
        known = {};
        // Somebody else wrote: nothing failed, the world is looked at again.
        if (!(error instanceof CasLost)) this.#note(key, o, decision, asFailure(error));
      }
    }
    return await this.#rest(observed as Observation, this.#world.clock.now() + 1_000);
  }

  async #rest(o: Observation, until: number | undefined): Promise<Rest> {
    const at = earliest(until, await report(this.#world, o));
    return at === undefined ? {} : { afterMs: Math.max(at - this.#world.clock.now(), 0) };
  }

  #note(key: string, o: Observation, { rule, action }: Decision, failure: Failure): void {
    const world = this.#world;
    const since = failure.family === 'Rejected' ? rejectedSince(o, failure.reason) : undefined;
    const { settings, clock, random } = world;
    const context = { now: clock.now(), inputs: o.inputs, settings, unit: random.unit(), rejectedSince: since };
    const retry = noteFailure(this.#memories.of(key), attemptOf(action), failure, context);
    if (isWorthALine(retry)) {
      const fields = { channel: key, rule, attempt: retry.count, retryInMs: retry.nextAt - context.now, err: failure };
      world.log.warn(fields, 'an attempt failed; the channel keeps what it has');
    }
  }
}

/** The first failure, and then ever fewer: an outage of an hour is a handful of lines, not thousands. */
function isWorthALine({ count }: Retry): boolean {
  return (count & (count - 1)) === 0;
}
