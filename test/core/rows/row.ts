import type { Action } from '../../../src/core/action.ts';
import type { Observation } from '../../../src/core/observation.ts';
import { nowAt } from '../builders.ts';

/** One observation, the rule that it is about, and what is decided. */
export interface Row {
  /** The rule that the row is about. */
  readonly about: string;
  /** `fires`: it decides. `misses`: it has nothing to say. `yields`: it would decide, and an earlier rule does. */
  readonly how: 'fires' | 'misses' | 'yields';
  readonly when: string;
  readonly o: Observation;
  /** The rule that decides. */
  readonly by: string;
  readonly action: Action;
}

export function fires(about: string, when: string, o: Observation, action: Action): Row {
  return { about, how: 'fires', when, o, by: about, action };
}
export function misses(about: string, when: string, o: Observation, by: string, action: Action): Row {
  return { about, how: 'misses', when, o, by, action };
}
export function yields(about: string, when: string, o: Observation, by: string, action: Action): Row {
  return { about, how: 'yields', when, o, by, action };
}

/** Waits so many milliseconds from now; without a number until something changes. */
export function waits(forMs?: number): Action {
  return { kind: 'Wait', until: forMs === undefined ? undefined : nowAt + forMs };
}
