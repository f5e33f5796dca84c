import type { Reason } from './reasons.ts';

/**
 * The condition types of channels, apps and platforms. `ReauthRequired` and `Stalled` are abnormal when True, the
 * others are abnormal when False. `WorkloadsRestarted` is there only with `spec.rollout`.
 *
 * Source: Kubernetes API conventions, section Typical status properties; kstatus for `Ready` and `Stalled`.
 */
export const conditionTypes = [
  'Ready',
  'TokenValid',
  'ReauthRequired',
  'SecretProjected',
  'Stalled',
  'WorkloadsRestarted',
] as const;
export type ConditionType = (typeof conditionTypes)[number];

export type ConditionStatus = 'True' | 'False' | 'Unknown';

/** One condition as it stands in `status.conditions`. */
export interface Condition {
  type: ConditionType;
  status: ConditionStatus;
  reason: Reason;
  /** For people; holds no counter and no current time, or every look would be a change. */
  message: string;
  /** The generation of the spec that the condition describes. */
  observedGeneration?: number;
  /** RFC 3339; when `status` last changed. */
  lastTransitionTime: string;
}

/** A condition before it is known whether it is a transition. */
export type ConditionFacts = Omit<Condition, 'lastTransitionTime'>;

/**
 * The list with `facts` in it, in place of the condition of that type if there is one. `lastTransitionTime` moves to
 * `nowAt` (epoch milliseconds) only when `status` changes; a new reason or message alone is no transition.
 * The given list is left as it is.
 */
export function setCondition(conditions: readonly Condition[], facts: ConditionFacts, nowAt: number): Condition[] {
  const before = getCondition(conditions, facts.type);
  const lastTransitionTime =
    before?.status === facts.status
      ? before.lastTransitionTime
      : new Date(nowAt).toISOString().replace(/\.\d{3}Z$/, 'Z');
  const after: Condition = { ...facts, lastTransitionTime };
  if (!before) return [...conditions, after];
  return conditions.map((condition) => (condition.type === facts.type ? after : condition));
}

/** The condition of that type, if it was ever written. */
export function getCondition(conditions: readonly Condition[] | undefined, type: ConditionType): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}
