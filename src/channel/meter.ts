import type { Revocation, SpendOutcome } from '../core/platform-port.ts';

/** What the channel room counts; `main` connects it to Prometheus. None of it may throw. */
export interface ChannelMeter {
  /** An app is there: its series begin at zero, because a rate does not see the first increment of an absent one. */
  began(platform: string, app: string): void;
  /** Vault's clock minus ours, milliseconds. */
  vaultClock(skewMs: number): void;
  /** A claim was written, lost to another writer, or could not be written. */
  claimed(platform: string, outcome: 'Won' | 'Lost' | 'Failed'): void;
  /** A token request ended; `family` is None where it was answered. */
  spent(platform: string, app: string, outcome: SpendOutcome['kind'], family: string, durationMs: number): void;
  /** Validity that was left of the old access token when the new one was stored, milliseconds; negative: a gap. */
  refreshed(platform: string, headroomMs: number | undefined, durationMs: number): void;
  introspected(platform: string, app: string, outcome: string, durationMs: number): void;
  derived(platform: string, app: string, outcome: string, durationMs: number): void;
  /** A consent was begun, or came to something; the words are those of `ConsentProgress` and `Refusal`. */
  consent(platform: string, outcome: string): void;
  /** What a person brought back was exchanged; `family` is None where it was answered. */
  exchanged(platform: string, app: string, family: string, durationMs: number): void;
  /** A new access token lives much shorter than the one before. */
  lifetimeShortened(platform: string): void;
  /** A login was given back to the platform, or could not be; `Shared`: a sibling lives from it. */
  revoked(platform: string, outcome: Revocation['kind'] | 'Shared'): void;
  commitRetried(platform: string): void;
  parked(platform: string): void;
  /** An answer was put into escrow; taken from there; or found there and could not be opened. */
  escrowed(platform: string, what: 'Written' | 'Adopted' | 'Unreadable'): void;
  verdict(platform: string, reason: string): void;
  /** A verdict that a healing probe proved wrong. */
  falselyAccused(platform: string): void;
  /** From the arrival of the platform's answer to the Secret written, milliseconds. */
  projected(platform: string, lagMs: number): void;
}
