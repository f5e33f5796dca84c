import type { SocialApp } from '../api/resources.gen.ts';
import type { Wave } from '../core/brake.ts';
import type { ConsentStore, LinkSeal } from '../core/consent-records.ts';
import type { Failure } from '../core/failure.ts';
import type { Told } from '../core/notice.ts';
import type { Dues } from '../core/notices.ts';
import type { PlatformRegistry } from '../core/platform-port.ts';
import type {
  AppApi,
  ChannelApi,
  EventApi,
  GrantStore,
  NamespaceApi,
  ObjectRef,
  PatientClock,
  PlatformApi,
  Random,
  SecretApi,
  SharedSecretApi,
  WorkloadApi,
} from '../core/ports.ts';
import type { PlatformProfile } from '../core/profile.ts';
import type { Settings } from '../core/settings.ts';
import type { Escrow } from './escrow.ts';
import type { ChannelMeter } from './meter.ts';

/** Log lines of this room: constant messages with fields. */
export interface ChannelLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Tokens are asked for at one place, and about at others: an app may be fine at the one and not at the other. */
export type RequestKind = 'Token' | 'Question';

/** Faults that belong to an app, not to its channels; the SocialApp controller shows them. */
export interface AppFaults {
  /** @param by the kind of request that ran into it */
  report(app: ObjectRef, failure: Failure, by: RequestKind): void;
  /** Requests of this kind are accepted: what they ran into is over. Token requests also show that the client is known. */
  clear(app: ObjectRef, by: RequestKind): void;
  /** Changes when something that was wrong with the app is over: what waits because of it wakes. */
  recoveries(app: ObjectRef): number;
  /**
   * A login of this app died at the very age at which logins of apps in testing die. Answers whether that was seen with
   * several of its channels, which points to the app and not to the people.
   */
  diedOfTesting(app: ObjectRef, channel: ObjectRef): boolean;
}

/** Whether the platform rejects many logins at once, of one app or of all apps of a platform. */
export interface RejectionWaves {
  /** @param app namespace and name */
  of(app: string, platform: string): Wave | undefined;
}

/** The request budget of each app, by `SocialApp.spec.rateLimit` or by what the platform publishes. */
export interface AppRates {
  /**
   * Takes one request; answers how many milliseconds this asker has to wait instead, 0 when it was taken.
   * @param tooLateAt who has least time left goes first; epoch milliseconds, 0 where a person waits
   */
  take(app: SocialApp, profile: PlatformProfile, asker: string, tooLateAt: number): number;
}

/** What people are told of their channels; nothing waits for it. */
export interface Notices {
  /** What sinks took of this channel and its status may not show yet. */
  sent(key: string): readonly Told[];
  /** What this channel owes now, beside what its status shows as told. False where it has to be offered again. */
  owes(key: string, owed: Dues['owed'], shown: readonly Told[]): boolean;
  /** These channels are looked after elsewhere, or are gone. */
  forget(which: (key: string) => boolean): void;
}

/** Everything that the channel room needs of the world. */
export interface World {
  readonly channels: ChannelApi;
  readonly apps: AppApi;
  readonly platforms: PlatformApi;
  readonly namespaces: NamespaceApi;
  readonly sharedSecrets: SharedSecretApi;
  readonly secrets: SecretApi;
  readonly workloads: WorkloadApi;
  readonly events: EventApi;
  readonly grants: GrantStore;
  readonly escrow: Escrow;
  readonly consents: ConsentStore;
  readonly links: LinkSeal;
  /** Where people connect channels, without a slash at its end; absent while there are no pages. */
  readonly pagesURL?: string | undefined;
  readonly registry: PlatformRegistry;
  readonly clock: PatientClock;
  readonly random: Random;
  readonly settings: Settings;
  readonly clusterId: string;
  readonly adoptCluster?: string | undefined;
  readonly metadataPrefixes: readonly string[];
  /** Name of this process, as it stands in claims. */
  readonly holder: string;
  readonly meter: ChannelMeter;
  readonly log: ChannelLog;
  readonly appFaults: AppFaults;
  readonly appRates: AppRates;
  readonly waves: RejectionWaves;
  readonly notices: Notices;
}
