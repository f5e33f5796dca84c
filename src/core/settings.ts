import type { NoticeSink } from './notice.ts';

/** The durations that schedule and protocol obey, in milliseconds. Their relations are validated together in `config.ts`. */
export interface Settings {
  /** Kubelet sync + cache lag + our own retry budget: so long before its end a new token must be on its way to the pods. */
  readonly propagationFloorMs: number;
  /** How long a claim keeps others from spending. */
  readonly claimLifeMs: number;
  /** Deadline of one request to a platform. */
  readonly httpTimeoutMs: number;
  /** No two routine refreshes of one channel are closer than this. */
  readonly minRefreshIntervalMs: number;
  /** Access token lifetimes outside of this range are not believed. */
  readonly minTokenLifetimeMs: number;
  readonly maxTokenLifetimeMs: number;
  /** Pause before a rejection is confirmed by asking again, on platforms where that is harmless. */
  readonly confirmPauseMs: number;
  /** What was rejected within this time counts together. */
  readonly brakeWindowMs: number;
  /** So long a rejection that is one of many is not believed. */
  readonly brakeHoldMs: number;
  /** So many channels of one app, and this part of them, make a wave; the same for all apps of a platform. */
  readonly brakeAppChannels: number;
  readonly brakeAppPercent: number;
  readonly brakePlatformChannels: number;
  readonly brakePlatformPercent: number;
  /** How often the record of a NeedsReauth or stalled channel is read again. */
  readonly reReadIntervalMs: number;
  /** Whether the Vault path `token` is written too. */
  readonly writeVaultToken: boolean;
  /** Where notices go; none where they are off. */
  readonly noticeSinks: readonly NoticeSink[];
  /** What one owner is to be told within this time becomes one mail; a recovery is told once it has held for so long. */
  readonly noticeWindowMs: number;
}
