import type { ConditionStatus } from '../api/conditions.ts';
import { annotations, grantVersion, shownTokenKey } from '../api/names.ts';
import type { Reason } from '../api/reasons.ts';
import type { Rule } from './action.ts';
import { isClaimAlive, isSuspended, isWaiting, refreshDueAt } from './due.ts';
import { formatInstant, parseDuration, parseInstant } from './instant.ts';
import type { FoundWorkload, Observation } from './observation.ts';
import type { WorkloadFacts, WorkloadRef } from './ports.ts';
import { earliest } from './schedule.ts';
import { gather } from './state.ts';

/**
 * What is written to the pod template: the version of the grant that the Secret shows, never a part of it, and when. The
 * first tells a process that starts anew that this restart was made; by the second restarts keep their distance.
 */
export function restartAnnotations(o: Observation): Readonly<Record<string, string>> {
  return { [shownTokenKey(o.channel.metadata.name)]: versionOf(o), [annotations.restartedAt]: formatInstant(o.now) };
}

function versionOf({ grant }: Observation): string {
  return grant.state === 'Present' ? grantVersion(grant.record.epoch, grant.record.generation) : '';
}

/** Restarts pods that cannot read the Secret again, once it shows a new token and nothing is about to replace that one. */
export const restart: Rule = (o) => {
  if (isWaiting(o, 'Rollout') || !isTokenSettled(o)) return undefined;
  const due = stale(o).filter(({ facts }) => o.now >= restartableAt(o, facts));
  return due.length === 0 ? undefined : { kind: 'Restart', workloads: due };
};

/** A token that is dead, being spent for, or to be renewed in this very pass is none to start pods with. */
function isTokenSettled(o: Observation): boolean {
  if (!gather(o).isTokenValid || isClaimAlive(o)) return false;
  return isSuspended(o) || isWaiting(o, 'Spend') || (refreshDueAt(o) ?? Number.POSITIVE_INFINITY) > o.now;
}

function stale(o: Observation): readonly FoundWorkload[] {
  return (o.workloads ?? []).filter((one): one is FoundWorkload => one.state === 'Found' && !isFresh(o, one.facts));
}

/** Whether all pods that this template made began with the token that the Secret shows. */
export function isFresh(o: Observation, { createdAt, restartedAt, shown }: WorkloadFacts): boolean {
  if (shown[o.channel.metadata.name] === versionOf(o)) return true;
  // It began after the token was there, of its own accord or because of another channel; clocks differ, and caches lag.
  return Math.max(createdAt, restartedAt ?? 0) > shownSince(o) + o.settings.propagationFloorMs;
}

function shownSince(o: Observation): number {
  const noted = o.secret.state === 'Ours' ? o.secret.secret.annotations[annotations.projectedAt] : undefined;
  return parseInstant(noted) ?? (o.grant.state === 'Present' ? o.grant.record.tokens.obtainedAt : 0);
}

function restartableAt(o: Observation, { restartedAt }: WorkloadFacts): number {
  const intervalMs = parseDuration(o.channel.spec.rollout?.minInterval ?? '') ?? 0;
  // Noted by a clock that ran ahead, or by hand: it would hold up all restarts until then.
  return restartedAt === undefined || restartedAt > o.now + o.settings.propagationFloorMs
    ? 0
    : restartedAt + intervalMs;
}

/** When workloads are to be looked at again; undefined where all of them have the token. */
export function rolloutMoment(o: Observation): number | undefined {
  const late = stale(o).map(({ facts }) => Math.max(restartableAt(o, facts), o.retries.Rollout?.nextAt ?? 0));
  // No watch tells that a workload, or a permission, is there now.
  const isUnfound = (o.workloads ?? []).some(({ state }) => state !== 'Found');
  const moments = [...late.filter((at) => at > o.now), isUnfound ? o.now + o.settings.reReadIntervalMs : undefined];
  return earliest(...moments);
}

/** What `WorkloadsRestarted` says; undefined where nothing new is known. */
export function rolloutCondition(o: Observation): [ConditionStatus, Reason, string] | undefined {
  const { workloads } = o;
  if (workloads === undefined) return undefined;
  for (const one of workloads) {
    if (one.state === 'Unreadable') return ['False', one.failure.reason, refusalMessage(one.failure)];
    if (one.state === 'Missing') return ['False', 'WorkloadNotFound', missingMessage(o, one.ref)];
  }
  const [late] = stale(o);
  if (late === undefined) {
    const message = `${namesOf(workloads)} runs with the present token, or is being rolled out with it.`;
    return ['True', 'Restarted', message];
  }
  const failed = o.retries.Rollout;
  if (failed !== undefined) return ['False', failed.failure.reason, refusalMessage(failed.failure)];
  const at = restartableAt(o, late.facts);
  if (at <= o.now) return undefined;
  const message = `${namesOf([late])} was restarted at ${formatInstant(late.facts.restartedAt ?? 0)}; for the new token it is restarted at ${formatInstant(at)} (spec.rollout.minInterval).`;
  return ['False', 'RestartWaiting', message];
}

function refusalMessage({ reason, message }: { reason: Reason; message: string }): string {
  if (reason !== 'PermissionDenied') return message;
  return `${message} Restarts have permissions of their own: rbac.rolloutRestarts in the chart's values, or deploy/rbac-rollout.yaml.`;
}

function missingMessage(o: Observation, { kind, name }: WorkloadRef): string {
  return `${kind} ${o.channel.metadata.namespace}/${name} of spec.rollout does not exist; it is looked for again every few minutes. The Secret has the new token all the same.`;
}

function namesOf(workloads: readonly { readonly ref: WorkloadRef }[]): string {
  return workloads.map(({ ref }) => `${ref.kind} ${ref.name}`).join(', ');
}
