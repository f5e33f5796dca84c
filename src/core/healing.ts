import { isClaimAlive, isSuspended, refreshRequest, type Usable, usable } from './due.ts';
import type { GrantRecord, Verdict } from './grant.ts';
import type { Observation } from './observation.ts';
import { isOfTheAccount, isOfTheToken } from './rejections.ts';
import { isRenewable } from './schedule.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1 h, 6 h and 24 h after a verdict: only where asking again is harmless. */
const PROBES_MS = [HOUR_MS, 6 * HOUR_MS, DAY_MS] as const;

export interface Healing {
  readonly kind: 'Spend' | 'Recheck';
  readonly at: number;
}

/** How and when a verdict is looked at again; undefined: only a new grant ends it. */
export function healingOf(o: Observation): Healing | undefined {
  const ready = usable(o);
  const verdict = ready?.grant.record.verdict;
  if (ready === undefined || verdict === undefined || isClaimAlive(o) || isSuspended(o)) return undefined;
  return isOfTheAccount(verdict.reason) ? ofAccount(o, ready.grant.record, verdict) : ofToken(o, ready, verdict);
}

/** For as long as it takes: an administrator who gives a role back after a week need tell nobody. */
function ofAccount(o: Observation, record: GrantRecord, { at, probes }: Verdict): Healing {
  // Where the token endpoint itself said no, the access token has nothing to tell; what is refused is not used up.
  const isRefused = o.fingerprint !== undefined && record.rejected.includes(o.fingerprint);
  const attempt = isRefused ? o.retries.Spend : o.retries.Introspect;
  // A person who has mended it need not wait: the refresh annotation asks at once.
  const dueAt = refreshRequest(o) !== undefined ? o.now : at + (PROBES_MS[probes] ?? (probes - 1) * DAY_MS);
  return { kind: isRefused ? 'Spend' : 'Recheck', at: Math.max(dueAt, attempt?.nextAt ?? 0) };
}

function ofToken(o: Observation, { grant, app }: Usable, { at, probes, reason }: Verdict): Healing | undefined {
  const afterMs = PROBES_MS[probes];
  const { profile } = app.platform;
  if (profile.oldToken !== 'Lives' || !isOfTheToken(reason) || afterMs === undefined) return undefined;
  if (grant.record.kind === 'App' || !isRenewable(grant.record, profile)) return undefined;
  return { kind: 'Spend', at: Math.max(at + afterMs, o.retries.Spend?.nextAt ?? 0) };
}

/** When a verdict is looked at again: by the platform, or in Vault, where somebody may have put it right. */
export function verdictMoment(o: Observation): number | undefined {
  if (o.grant.state !== 'Present' || o.grant.record.verdict === undefined) return undefined;
  return Math.min(o.now + o.settings.reReadIntervalMs, healingOf(o)?.at ?? Number.POSITIVE_INFINITY);
}
