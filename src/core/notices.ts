import { getCondition } from '../api/conditions.ts';
import { isBlocked, isReason, meaning, type Reason, remedy } from '../api/reasons.ts';
import type { SocialChannelStatus } from '../api/resources.gen.ts';
import { parseInstant } from './instant.ts';
import type { Notice, NoticeKind, NoticeSink, Told } from './notice.ts';
import type { Observation } from './observation.ts';
import { ladderOf } from './schedule.ts';
import { gather } from './state.ts';

/** What this channel owes now. */
export interface Dues {
  readonly owed: readonly { readonly sink: NoticeSink; readonly notice: Notice }[];
  /** When to look again although nothing may change; undefined: only with the channel's own moments. */
  readonly againAt?: number | undefined;
}

/** How soon a channel whose notices are held is looked at again: no watch brings the end of a wave. */
const HELD_MS = 60_000;

/**
 * What has to be told of a channel now, and was not yet: from its status and the last notice that each sink took, never
 * from what happened in between. So a restart or another replica neither repeats nor loses anything, and of steps that
 * were slept through only the latest is told.
 * @param status as it is, or is about to be, written
 * @param isHeld the platform rejects many logins at once: whatever is said now may be untrue in an hour
 */
export function duesOf(o: Observation, status: SocialChannelStatus, isHeld: boolean): Dues {
  const { noticeSinks, noticeWindowMs } = o.settings;
  const { state } = status;
  if (noticeSinks.length === 0 || state === undefined || o.channel.metadata.deletionTimestamp !== undefined)
    return { owed: [] };
  const step = latestStep(o);
  const found = noticeSinks.map((sink) => ({ sink, due: dueFor(o, status, toldTo(status, sink), step) }));
  const wellAt = wellSince(status) + noticeWindowMs;
  const [now, later] = [found.filter(isDue), found.filter(({ due }) => due?.kind === 'Recovered' && o.now < wellAt)];
  if (isHeld) return { owed: [], againAt: now.length + later.length === 0 ? undefined : o.now + HELD_MS };
  const owed = now
    .filter((one) => !later.includes(one))
    .map(({ sink, due }) => ({ sink, notice: noticeOf(o, status, due, step) }));
  return { owed, againAt: later.length === 0 ? undefined : wellAt };
}

interface Due {
  readonly kind: NoticeKind;
  /** What it is about, as the instant that tells this occasion from others. */
  readonly about: number;
}

function isDue(one: { sink: NoticeSink; due: Due | undefined }): one is { sink: NoticeSink; due: Due } {
  return one.due !== undefined;
}

function toldTo(status: SocialChannelStatus, sink: NoticeSink): Told | undefined {
  return status.notices?.find((one) => one.sink === sink);
}

function dueFor(
  o: Observation,
  status: SocialChannelStatus,
  told: Told | undefined,
  step: number | undefined,
): Due | undefined {
  const toldAt = parseInstant(told?.sentTime) ?? 0;
  if (status.state === 'NeedsReauth') {
    const about = parseInstant(status.needsReauthSince) ?? o.now;
    return told?.kind === 'NeedsReauth' ? undefined : { kind: 'NeedsReauth', about };
  }
  const isWell = status.state === 'Connected' && isReady(status);
  if (told?.kind === 'NeedsReauth') {
    if (isWell) return { kind: 'Recovered', about: toldAt };
    return status.reason === 'DeadlineNear' && step !== undefined ? { kind: 'Expiring', about: step } : undefined;
  }
  if (told?.kind === 'Expiring' && isWell && step === undefined) return { kind: 'Recovered', about: toldAt };
  if (step === undefined && ownersTrouble(status) !== undefined && told?.kind !== 'Expiring')
    return { kind: 'Expiring', about: parseInstant(status.failure?.firstTime) ?? o.now };
  if (status.state === 'Pending' || step === undefined || toldAt >= step - SAME_STEP_MS) return undefined;
  return { kind: 'Expiring', about: step };
}

/**
 * What only the account's owner can put right at the platform while access comes to its end, though the login is good.
 * Whatever else makes a channel Expiring without a deadline is ended by itself, or by people whom alerts reach.
 */
function ownersTrouble({ state, failure }: SocialChannelStatus): Reason | undefined {
  const code = failure?.code ?? '';
  return state === 'Expiring' && isReason(code) && isBlocked(code) ? code : undefined;
}

/** Platforms tell the end of a consent with an inaccuracy of seconds: a step that moves by less is the same. */
const SAME_STEP_MS = 60_000;

/** The step of the ladder that passed last; undefined before the first. */
function latestStep(o: Observation): number | undefined {
  const { deadline } = gather(o);
  return deadline && ladderOf(deadline, o.channel).findLast((at) => at <= o.now);
}

function isReady({ conditions }: SocialChannelStatus): boolean {
  return getCondition(conditions ?? [], 'Ready')?.status === 'True';
}

/** Since when it has been well: what goes up and down within a moment is told to nobody. */
function wellSince({ conditions }: SocialChannelStatus): number {
  return parseInstant(getCondition(conditions ?? [], 'Ready')?.lastTransitionTime) ?? 0;
}

function noticeOf(o: Observation, status: SocialChannelStatus, { kind, about }: Due, step: number | undefined): Notice {
  const { metadata, spec } = o.channel;
  const { namespace = '', name, uid = '' } = metadata;
  const { account, reconnectURL } = status;
  const { reason, ...texts } = textsOf(o, status, kind, step);
  const deadlineAt = parseInstant(status.deadlineTime);
  return {
    id: `${uid}-${kind.toLowerCase()}-${about}`,
    kind,
    at: o.now,
    channel: { namespace, name, uid },
    app: `${spec.appRef.namespace ?? namespace}/${spec.appRef.name}`,
    platform: displayNameOf(o) ?? status.platform ?? '',
    account: account && { id: account.id, handle: account.handle ?? account.id },
    owner: spec.owner,
    reason,
    ...texts,
    since: kind === 'Recovered' ? undefined : about,
    deadlineAt: kind === 'NeedsReauth' ? undefined : deadlineAt,
    token: tokenOf(status),
    reconnectURL: kind === 'Recovered' || (isReason(reason) && isBlocked(reason)) ? undefined : reconnectURL,
  };
}

function saidOf(status: SocialChannelStatus, kind: NoticeKind, step: number | undefined): string {
  if (kind === 'Recovered') return 'Healthy';
  if (kind === 'NeedsReauth') return status.reason ?? '';
  return (step === undefined ? ownersTrouble(status) : undefined) ?? 'DeadlineNear';
}

function textsOf(o: Observation, status: SocialChannelStatus, kind: NoticeKind, step: number | undefined) {
  const said = saidOf(status, kind, step);
  const { namespace, name: channel } = o.channel.metadata;
  const names = {
    platform: displayNameOf(o),
    account: status.account?.handle,
    owner: o.channel.spec.owner?.name,
    app: o.channel.spec.appRef.name,
    channel,
    namespace,
  };
  if (!isReason(said)) return { reason: said, why: status.message ?? '' };
  const reason: Reason = said;
  const why = kind === 'Recovered' ? 'The channel is connected again.' : meaning(reason, names);
  return kind === 'Recovered' ? { reason, why } : { reason, why, remedy: remedy(reason, names) };
}

function displayNameOf({ app }: Observation): string | undefined {
  return app.state === 'Ready' ? app.platform.profile.displayName : undefined;
}

function tokenOf({ conditions, accessTokenExpiryTime }: SocialChannelStatus): Notice['token'] {
  const works = getCondition(conditions ?? [], 'TokenValid')?.status === 'True';
  return { works, until: works ? parseInstant(accessTokenExpiryTime) : undefined };
}
