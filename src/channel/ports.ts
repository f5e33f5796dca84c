import type { SocialApp } from '../api/resources.gen.ts';
import type { Failure } from '../core/failure.ts';
import type {
  AppApi,
  ChannelApi,
  Clock,
  EventApi,
  GrantStore,
  NamespaceApi,
  ObjectRef,
  PlatformApi,
  PlatformRegistry,
  Random,
  SecretApi,
  SharedSecretApi,
} from '../core/ports.ts';
import type { Settings } from '../core/settings.ts';
import type { ChannelMeter } from './meter.ts';

/** Log lines of this room: constant messages with fields. */
export interface ChannelLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Faults that belong to an app, not to its channels; the SocialApp controller shows them. */
export interface AppFaults {
  report(app: ObjectRef, failure: Failure): void;
  /** A request of this app was accepted: whatever was wrong with it is over. */
  clear(app: ObjectRef): void;
}

/** The request budget of each app, by `SocialApp.spec.rateLimit`. */
export interface AppRates {
  /** Takes one request; answers how many milliseconds to wait instead, 0 when it was taken. */
  take(app: SocialApp): number;
}

/** Everything that the channel room needs of the world. */
export interface World {
  readonly channels: ChannelApi;
  readonly apps: AppApi;
  readonly platforms: PlatformApi;
  readonly namespaces: NamespaceApi;
  readonly sharedSecrets: SharedSecretApi;
  readonly secrets: SecretApi;
  readonly events: EventApi;
  readonly grants: GrantStore;
  readonly registry: PlatformRegistry;
  readonly clock: Clock;
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
}
