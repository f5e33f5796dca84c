/**
 * Whether a dependency is asked at all. Closed while it answers; open after so many requests in a row that it did not
 * answer, however many channels they were for: then one probe at a time goes out, ever more rarely.
 */
export interface Breaker {
  /** In a row. */
  readonly failures: number;
  /** Probes in vain since it opened. */
  readonly probes: number;
  /** When the next probe may go out, milliseconds of the caller's clock; undefined: closed. */
  readonly probeAt: number | undefined;
  /** A probe is out, and what came of it is not known yet. */
  readonly isProbing: boolean;
}

export const closedBreaker: Breaker = { failures: 0, probes: 0, probeAt: undefined, isProbing: false };

/** Fewer are what a restart or a lost connection brings, and each key's own backoff is enough for them. */
export const failuresToOpen = 20;
const FIRST_PROBE_MS = 1_000;
const PROBE_CAP_MS = 30_000;
/** A probe that is never heard of again does not keep the next one waiting for longer. */
const PROBE_LIFE_MS = 30_000;

/** Milliseconds until a probe may go out; 0: ask. */
export function heldMs({ probeAt }: Breaker, now: number): number {
  return probeAt === undefined ? 0 : Math.max(0, probeAt - now);
}

/** Whoever is let through an open breaker is its probe: until that is heard of, or its life is over, nobody follows. */
export function letThrough(breaker: Breaker, now: number): Breaker {
  if (breaker.probeAt === undefined) return breaker;
  return { ...breaker, isProbing: true, probeAt: now + PROBE_LIFE_MS };
}

/** @param unit uniform in [0, 1), so that replicas do not probe together */
export function afterFailure(breaker: Breaker, now: number, unit: number): Breaker {
  const failures = breaker.failures + 1;
  const isOpen = breaker.probeAt !== undefined;
  // Open already, and not the probe: a request that was under way when it opened.
  if (failures < failuresToOpen || (isOpen && !breaker.isProbing)) return { ...breaker, failures };
  const probes = isOpen ? breaker.probes + 1 : 0;
  const stepMs = Math.min(PROBE_CAP_MS, FIRST_PROBE_MS * 2 ** Math.min(probes, 10));
  return { failures, probes, probeAt: now + stepMs / 2 + (stepMs / 2) * unit, isProbing: false };
}
