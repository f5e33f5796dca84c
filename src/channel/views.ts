import type { ObjectMeta } from '../api/metadata.ts';
import { annotations, labels, parseGrantVersion, secretNameOf } from '../api/names.ts';
import { isReason, type Reason } from '../api/reasons.ts';
import type { SocialApp, SocialChannel, SocialPlatform } from '../api/resources.gen.ts';
import { isBefore } from '../core/grant.ts';
import { parseInstant } from '../core/instant.ts';
import { mayOweNotice, type NoticeSink, type Told } from '../core/notice.ts';
import { isOfTheToken } from '../core/rejections.ts';
import { earliest, nextStepAt } from '../core/schedule.ts';

/** What is kept of a channel between reconciles: due times, the scrape's gauges, and what wakes it. */
export interface ChannelView {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly platform: string;
  readonly app: string;
  readonly owner: string | undefined;
  /** The platform's id of the account that is connected. */
  readonly account: string | undefined;
  /** What people call that account. */
  readonly handle: string | undefined;
  readonly state: 'Pending' | 'Connected' | 'Expiring' | 'NeedsReauth';
  readonly reason: string;
  readonly conditions: readonly { readonly type: ConditionType; readonly status: 'True' | 'False' | 'Unknown' }[];
  readonly accessTokenExpiresAt: number | undefined;
  readonly deadlineAt: number | undefined;
  readonly nextRefreshAt: number | undefined;
  readonly lastRefreshAt: number | undefined;
  readonly nextCheckAt: number | undefined;
  readonly nextAttemptAt: number | undefined;
  /** When what fails now began to fail. */
  readonly failingSince: number | undefined;
  /** What it ran into, where that is the app's to mend. */
  readonly appFault: ChannelAppFault | undefined;
  /** Since when the platform rejects its login, which is not believed yet. */
  readonly suspectedAt: number | undefined;
  /** Since when a person is needed, or since when it has been ready or not. */
  readonly since: number | undefined;
  /** When a rejection of its login was believed. */
  readonly condemnedAt: number | undefined;
  /** The last notice that each sink took. */
  readonly told: readonly Pick<Told, 'sink' | 'kind'>[];
  readonly bootstrapSecret: string | undefined;
  /** The channel of this namespace whose login it lives from. */
  readonly lender: string | undefined;
  readonly secretName: string;
  /** `<epoch>.<generation>` as status says. */
  readonly stamp: string;
  /** Status describes the present spec, and nothing was asked for since. */
  readonly isSettled: boolean;
  /** Somebody wants it to be freed of us without a further look. */
  readonly isAbandoned: boolean;
  /** Of everything in it that a user may change: generation, deletion, requests. */
  readonly wish: string;
}

export interface ChannelAppFault {
  readonly reason: Reason;
  readonly message: string;
  readonly at: number;
  /** Found beside a good login, so that a renewal says nothing of it. */
  readonly isBesideLogin: boolean;
}

type ConditionType = NonNullable<NonNullable<SocialChannel['status']>['conditions']>[number]['type'];

/** Annotations by which people, and the operator's own pages, ask for something. */
const requests = [
  annotations.refresh,
  annotations.abandon,
  annotations.acceptMissingGrant,
  annotations.consented,
  annotations.connectDevice,
  annotations.invite,
];

/** One copy of the words that thousands of views have in common; there are few of them. */
const words = new Map<string, string>();
const conditionSets = new Map<string, ChannelView['conditions']>();

function shared(word: string): string {
  const known = words.get(word);
  if (known !== undefined) return known;
  words.set(word, word);
  return word;
}

function sharedConditions(conditions: ChannelView['conditions']): ChannelView['conditions'] {
  const key = conditions.map(({ type, status }) => `${type}=${status}`).join();
  const known = conditionSets.get(key);
  if (known !== undefined) return known;
  const kept = conditions.map(({ type, status }) => ({ type, status }));
  conditionSets.set(key, kept);
  return kept;
}

export function channelView(channel: SocialChannel): ChannelView {
  const { metadata, spec, status } = channel;
  const namespace = metadata.namespace ?? '';
  const asked = metadata.annotations ?? {};
  const wishes = requests.map((name) => asked[name] ?? '');
  return {
    uid: metadata.uid ?? '',
    namespace: shared(namespace),
    name: metadata.name,
    platform: shared(status?.platform ?? ''),
    app: shared(`${spec.appRef.namespace ?? namespace}/${spec.appRef.name}`),
    owner: spec.owner?.name,
    account: status?.account?.id,
    handle: status?.account?.handle,
    state: status?.state ?? 'Pending',
    reason: shared(status?.reason ?? 'Pending'),
    conditions: sharedConditions(status?.conditions ?? []),
    accessTokenExpiresAt: parseInstant(status?.accessTokenExpiryTime),
    deadlineAt: parseInstant(status?.deadlineTime),
    nextRefreshAt: parseInstant(status?.nextRefreshTime),
    lastRefreshAt: parseInstant(status?.lastRefreshTime),
    nextCheckAt: parseInstant(status?.nextCheckTime),
    nextAttemptAt: parseInstant(status?.failure?.nextAttemptTime),
    failingSince: parseInstant(status?.failure?.firstTime),
    appFault: appFaultOf(status),
    suspectedAt: status?.failure?.family === 'Rejected' ? parseInstant(status.failure.firstTime) : undefined,
    since: parseInstant(
      status?.needsReauthSince ?? status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime,
    ),
    condemnedAt: isCondemned(status) ? parseInstant(status?.needsReauthSince) : undefined,
    told: (status?.notices ?? []).map(({ sink, kind }) => ({ sink, kind })),
    bootstrapSecret: spec.bootstrap?.secretRef.name,
    lender: spec.grantFrom?.name,
    secretName: secretNameOf(channel),
    stamp: `${status?.epoch ?? 0}.${status?.generation ?? 0}`,
    isSettled:
      status?.observedGeneration === metadata.generation &&
      metadata.deletionTimestamp === undefined &&
      asked[annotations.consented] === undefined &&
      status?.device?.userCode === undefined &&
      (asked[annotations.connectDevice] ?? '') === (status?.device?.request ?? '') &&
      (asked[annotations.invite] ?? '') === (status?.invitation?.request ?? '') &&
      (asked[annotations.refresh] ?? '') === (status?.lastHandledRefreshRequest ?? ''),
    isAbandoned: asked[annotations.abandon] !== undefined,
    wish: [metadata.uid, metadata.generation, metadata.deletionTimestamp ?? '', ...wishes].join('|'),
  };
}

/** Faults that only the requests of its channels tell of an app. */
const ofTheApp = new Set<string>([
  'AppSecretInvalid',
  'AppUnknown',
  'AppSuspended',
  'AppReviewMissing',
  'QuotaExhausted',
  'ApiVersionRetired',
]);

function appFaultOf(status: SocialChannel['status']): ChannelView['appFault'] {
  const { code = '', message = '', lastTime } = status?.failure ?? {};
  return (
    faultOf(code, message, lastTime, false) ??
    (status?.appFault && faultOf(status.appFault.code, status.appFault.message, status.appFault.time, true))
  );
}

function faultOf(code: string, message: string, time: string | undefined, isBesideLogin: boolean) {
  const at = parseInstant(time);
  if (!isReason(code) || !ofTheApp.has(code) || at === undefined) return undefined;
  return { reason: code, message, at, isBesideLogin };
}

/** By the platform's word; what a consent's own clock or another account ends is no part of any wave. */
function isCondemned(status: SocialChannel['status']): boolean {
  const reason = status?.reason ?? '';
  return status?.state === 'NeedsReauth' && isReason(reason) && isOfTheToken(reason);
}

/** Whether a change of a channel is more than the echo of our own status write. */
export function isWish(now: ChannelView | undefined, before: ChannelView | undefined): boolean {
  return now?.wish !== before?.wish;
}

/** Whether a channel changed in a way that matters to those that live from its login. */
export function isLenderNews(now: ChannelView | undefined, before: ChannelView | undefined): boolean {
  return now?.stamp !== before?.stamp || now?.state !== before?.state;
}

const DAY_MS = 24 * 3_600_000;

/**
 * When a channel that is seen for the first time since the start needs its first run, from its status alone: a restart
 * re-reads nothing from Vault that is not due, and nothing stampedes. Undefined: at once.
 */
export function firstDueAt(
  view: ChannelView,
  secret: SecretView | undefined,
  { now, phase, noticeSinks = [] }: { now: number; phase: number; noticeSinks?: readonly NoticeSink[] },
): number | undefined {
  const shows = parseGrantVersion(secret?.stamp);
  const isShown = shows !== undefined && `${shows.epoch}.${shows.generation}` === view.stamp;
  if (!view.isSettled || view.state === 'Pending' || !isShown) return undefined;
  // What was to be told when the last process ended is told now.
  if (mayOweNotice(view.state, view.told, noticeSinks)) return undefined;
  // A new grant may have come meanwhile; nobody else looks for one.
  if (view.state === 'NeedsReauth') return now + 300_000 * phase;
  const dailyAt = now + DAY_MS * phase;
  return earliest(
    view.nextRefreshAt,
    view.nextCheckAt,
    view.nextAttemptAt,
    view.accessTokenExpiresAt,
    view.deadlineAt,
    noticeSinks.length === 0 ? undefined : nextStepAt(view.deadlineAt, now),
    dailyAt,
  );
}

/** What is kept of a Secret, which is watched as metadata only. */
export interface SecretView {
  readonly namespace: string;
  readonly name: string;
  /** The channel that it is projected for; undefined for Secrets that users share. */
  readonly channel: string | undefined;
  readonly stamp: string | undefined;
  readonly resourceVersion: string;
}

export function secretView(object: { metadata?: ObjectMeta }): SecretView {
  const metadata = object.metadata;
  return {
    namespace: shared(metadata?.namespace ?? ''),
    name: metadata?.name ?? '',
    channel: metadata?.labels?.[labels.channel],
    stamp: metadata?.annotations?.[annotations.grant],
    resourceVersion: metadata?.resourceVersion ?? '',
  };
}

/** Whether a change of a projected Secret is more than the echo of our own write, which always brings a newer grant. */
export function isForeignEdit(now: SecretView | undefined, before: SecretView | undefined): boolean {
  if (now === undefined || before === undefined) return now === undefined;
  const [shows, showed] = [parseGrantVersion(now.stamp), parseGrantVersion(before.stamp)];
  const isNewer = shows !== undefined && showed !== undefined && isBefore(showed, shows);
  return now.resourceVersion !== before.resourceVersion && !isNewer;
}

/** What is kept of a SocialApp: enough to find the channels that a change of its Secret concerns. */
export interface AppView {
  readonly namespace: string;
  readonly name: string;
  readonly clientSecret: string | undefined;
  readonly platform: string;
  readonly generation: number;
  /** What its annotations ask for about rejections, and what was decided: both are no part of the spec. */
  readonly asked: string;
  readonly decided: string;
}

export function appView(app: SocialApp): AppView {
  const { releasedTime = '', confirmedTime = '' } = app.status?.rejections ?? {};
  const { [annotations.releaseRejections]: release = '', [annotations.confirmRejections]: confirm = '' } =
    app.metadata.annotations ?? {};
  return {
    namespace: app.metadata.namespace ?? '',
    name: app.metadata.name,
    clientSecret: app.spec.clientSecretRef?.name,
    platform: app.spec.platform,
    generation: app.metadata.generation ?? 0,
    asked: `${release}|${confirm}`,
    decided: `${releasedTime}|${confirmedTime}`,
  };
}

/** What is kept of a SocialPlatform. */
export interface PlatformView {
  readonly generation: number;
}

export function platformView(platform: SocialPlatform): PlatformView {
  return { generation: platform.metadata.generation ?? 0 };
}
