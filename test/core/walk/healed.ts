import { settings } from '../builders.ts';
import { grantOf } from './grants.ts';
import type { Stage } from './stage.ts';

/** There is nothing left that could heal by itself: time only passes. */
export function isOnlyAPersonsToMend({ vault, platform, cluster, replicas }: Stage): boolean {
  const record = grantOf(vault);
  const { state, reason } = cluster.channel?.status ?? {};
  if (replicas.some(({ isRunning }) => isRunning)) return false;
  if (record === undefined) return reason === 'GrantForgotten';
  return state === 'NeedsReauth' && !platform.accepts(record.tokens.refresh ?? record.tokens.access);
}

/** Every channel whose grant lives is Connected, and pods have its newest token. */
export function checkHealed({ vault, platform, cluster, judge, kernel }: Stage): void {
  judge.logins.checkSettled();
  const record = grantOf(vault);
  if (record === undefined || (record.account !== undefined && record.account.id !== '42')) return;
  const token = record.tokens.refresh ?? record.tokens.access;
  judge.losses.note(token);
  if (!platform.accepts(token)) return;
  const { state, reason } = cluster.channel?.status ?? {};
  if (state !== 'Connected') judge.violation('everything heals', `${state}/${reason} although ${token} is good`);
  const { secret } = cluster;
  const shown = secret.state === 'Ours' ? secret.secret.data.access_token?.reveal() : undefined;
  if (shown !== record.tokens.access)
    judge.violation('pods have the last token', `${shown}, not ${record.tokens.access}`);
  const left = (platform.tokenOf(shown)?.endsAt ?? 0) - kernel.now;
  if (!platform.isAlive(shown) || left < settings.propagationFloorMs / 2)
    judge.violation('pods have a living token', `${shown} has ${left} ms left`);
}
