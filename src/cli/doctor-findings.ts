import { getCondition } from '../api/conditions.ts';
import type { SocialApp, SocialChannel, SocialPlatform } from '../api/resources.gen.ts';
import { parseInstant } from '../core/instant.ts';
import { isPersonNeeded } from './people.ts';
import { counted, span } from './text.ts';

export interface Finding {
  /** `unknown`: it could not be looked at, mostly for want of a permission. */
  readonly level: 'good' | 'warn' | 'bad' | 'unknown';
  readonly text: string;
  /** What to do, or where it is. */
  readonly next?: string;
}

export const good = (text: string): Finding => ({ level: 'good', text });

/** Times are told by two clocks: those of the operator and of this machine. */
export interface ClockReading {
  readonly serverAt: number | undefined;
  readonly sentAt: number;
  readonly receivedAt: number;
}

const CLOCK_WARN_MS = 5_000;
const CLOCK_BAD_MS = 60_000;

export function clockFinding({ serverAt, sentAt, receivedAt }: ClockReading): Finding {
  if (serverAt === undefined) return { level: 'unknown', text: 'the API server tells no time (no Date header)' };
  // The header has whole seconds, so its middle is the best guess.
  const offset = serverAt + 500 - (sentAt + receivedAt) / 2;
  const doubt = (receivedAt - sentAt) / 2 + 500;
  const off = Math.max(0, Math.abs(offset) - doubt);
  if (off < CLOCK_WARN_MS) return good("this machine's clock and the API server's agree");
  const text = `this machine's clock is ${span(off)} ${offset > 0 ? 'behind' : 'ahead of'} the API server's`;
  const next =
    'Set it by NTP: ages and remaining lives shown here are off by that much. If the operator runs here too, its times are.';
  return { level: off < CLOCK_BAD_MS ? 'warn' : 'bad', text, next };
}

export function definitionsFinding(served: readonly string[], wanted: readonly string[]): Finding {
  const missing = wanted.filter((plural) => !served.includes(plural));
  if (missing.length === 0) return good(`the cluster serves ${wanted.join(', ')}`);
  const text = `the cluster does not serve ${missing.join(', ')}`;
  return { level: 'bad', text, next: 'Apply the resources: kubectl apply -f crds/' };
}

/** What the operator says of Vault stands in the status of its channels. */
const ofVault = ['VaultUnavailable', 'VaultDenied', 'VaultMountInvalid'];

type Trouble = { readonly reason: string; readonly message: string };

function troublesOf({ status }: SocialChannel): Trouble[] {
  const failure = status?.failure;
  return [
    ...(status?.reason === undefined ? [] : [{ reason: status.reason, message: status.message ?? '' }]),
    ...(failure === undefined ? [] : [{ reason: failure.code, message: failure.message ?? '' }]),
  ];
}

function reporting(channels: readonly SocialChannel[], reasons: readonly string[]) {
  return channels.flatMap((channel) => {
    const found = troublesOf(channel).find(({ reason }) => reasons.includes(reason));
    return found === undefined ? [] : [{ channel, ...found }];
  });
}

export function vaultFindings(channels: readonly SocialChannel[]): Finding[] {
  const known = channels.filter(({ status }) => status !== undefined);
  if (known.length === 0) return [{ level: 'unknown', text: 'no channel says anything about Vault yet' }];
  const found = ofVault.flatMap((reason): Finding[] => {
    const told = reporting(known, [reason]);
    const [first] = told;
    if (first === undefined) return [];
    return [
      { level: 'bad', text: `${reason}: ${counted(told.length, 'channel')} of ${known.length}`, next: first.message },
    ];
  });
  return found.length > 0
    ? found
    : [good('no channel reports trouble with Vault: mount, policy and reachability are right')];
}

/** The way out to the platforms, by platform. */
export function egressFindings(channels: readonly SocialChannel[]): Finding[] {
  const away = reporting(channels, ['PlatformUnavailable', 'RateLimited']);
  const platforms = [...new Set(away.map(({ channel }) => channel.status?.platform ?? 'unknown'))];
  const found = platforms.map((platform): Finding => {
    const here = away.filter(({ channel }) => (channel.status?.platform ?? 'unknown') === platform);
    const text = `${here[0]?.reason}: ${counted(here.length, 'channel')} on ${platform}`;
    return { level: 'warn', text, next: here[0]?.message ?? '' };
  });
  return found.length > 0 ? found : [good('no channel reports that its platform cannot be reached')];
}

export function operatorPermissionFindings(channels: readonly SocialChannel[]): Finding[] {
  const [first] = reporting(channels, ['PermissionDenied']);
  if (first === undefined) return [];
  return [{ level: 'bad', text: "the operator's ServiceAccount lacks a permission", next: first.message }];
}

export function notReadyFindings(
  kind: 'SocialApp' | 'SocialPlatform',
  objects: readonly (SocialApp | SocialPlatform)[],
): Finding[] {
  const found = objects.flatMap(({ metadata, status }): Finding[] => {
    const ready = getCondition(status?.conditions, 'Ready');
    const name = `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
    if (ready?.status !== 'False') return [];
    return [{ level: 'bad', text: `${name} is not usable: ${ready.reason}`, next: ready.message }];
  });
  return found.length > 0 ? found : [good(`${counted(objects.length, kind)}, none with a fault`)];
}

/** How long the operator may take for a first look. */
const FIRST_LOOK_MS = 60_000;

export function channelFindings(channels: readonly SocialChannel[], now: number): Finding[] {
  const unseen = channels.filter(({ status, metadata }) => {
    const createdAt = parseInstant(metadata.creationTimestamp) ?? now;
    return status?.state === undefined && now - createdAt > FIRST_LOOK_MS;
  });
  const needed = channels.filter(isPersonNeeded);
  const found: Finding[] = [];
  if (unseen.length > 0) {
    const names = unseen.slice(0, 5).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    const text = `the operator has never looked at ${counted(unseen.length, 'channel')}: ${names.join(', ')}${unseen.length > 5 ? ', …' : ''}`;
    found.push({ level: 'bad', text, next: 'Does it run, and does it watch this namespace (--watch-namespaces)?' });
  }
  if (needed.length > 0) {
    const text = `${needed.length} of ${counted(channels.length, 'channel')} ${needed.length === 1 ? 'needs' : 'need'} a person`;
    found.push({ level: 'warn', text, next: 'Which, and who: kubectl socialchannel status' });
  }
  return found.length > 0 ? found : [good(`${counted(channels.length, 'channel')}, nobody has to act`)];
}

/** coordination.k8s.io/v1 Lease of one replica. */
export interface MemberLease {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly renewTime?: string;
    readonly leaseDurationSeconds?: number;
  };
}

/** `now` is the API server's clock, by which replicas of the same cluster roughly live. */
export function replicaFinding(leases: readonly MemberLease[], now: number): Finding {
  const alive = leases.filter(({ spec }) => {
    const renewedAt = parseInstant(spec?.renewTime);
    return (
      renewedAt !== undefined &&
      spec?.holderIdentity &&
      now - renewedAt < (spec.leaseDurationSeconds ?? 0) * 1000 + 5_000
    );
  });
  const places = [...new Set(alive.map(({ metadata }) => metadata.namespace))].join(', ');
  if (alive.length > 0) return good(`${counted(alive.length, 'replica')} of the operator alive in namespace ${places}`);
  const text = 'no replica of the operator is alive: none renews its Lease';
  return {
    level: 'bad',
    text,
    next: 'Channels keep what they have, and nothing is renewed. Look at its pods: kubectl get pods -A -l app.kubernetes.io/name=social-channel-operator',
  };
}

/** `/readyz` of one pod, asked through the API server. */
export interface ReadyAnswer {
  readonly pod: string;
  readonly status: number;
  readonly text: string;
}

export function readyFinding({ pod, status, text }: ReadyAnswer): Finding {
  if (status === 200) return good(`pod ${pod} is ready`);
  const said = text.trim().split('\n').slice(0, 5).join(' ').slice(0, 300);
  if (status === 503 && !text.includes('"kind":"Status"'))
    return { level: 'bad', text: `pod ${pod} is not ready`, next: said };
  return { level: 'unknown', text: `pod ${pod} could not be asked through the API server (${status})` };
}

/** core/v1 Event. */
export interface WarningEvent {
  readonly metadata: { readonly creationTimestamp?: string };
  readonly involvedObject: { readonly kind?: string; readonly namespace?: string; readonly name?: string };
  readonly reason?: string;
  readonly message?: string;
  readonly eventTime?: string;
}

const RECENT_MS = 3_600_000;

/** Warnings of the last hour, the newest of each object and reason. */
export function eventFindings(events: readonly WarningEvent[], now: number): Finding[] {
  const recent = events
    .map((event) => ({ event, at: parseInstant(event.eventTime ?? event.metadata.creationTimestamp) ?? 0 }))
    .filter(({ at }) => now - at < RECENT_MS)
    .sort((a, b) => b.at - a.at);
  const newest = new Map(recent.toReversed().map((one) => [keyOf(one.event), one]));
  const found = [...newest.values()].toReversed().map(({ event, at }): Finding => {
    const { kind, namespace, name } = event.involvedObject;
    return {
      level: 'warn',
      text: `${kind} ${namespace}/${name}: ${event.reason}, ${span(now - at)} ago`,
      next: event.message ?? '',
    };
  });
  return found.length > 0 ? found : [good('no warning of the operator within the last hour')];
}

function keyOf({ involvedObject: { kind, namespace, name }, reason }: WarningEvent): string {
  return [kind, namespace, name, reason].join('|');
}
