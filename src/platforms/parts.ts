import type { TokenSet } from '../core/grant.ts';
import type { OAuthClient } from '../core/platform-port.ts';
import type { Clock } from '../core/ports.ts';
import type { Sealed } from '../core/sealed.ts';
import type { CallValues } from './calls.ts';
import { failureOf, type Reading, sortedBy } from './failures.ts';
import type { OutgoingRequest } from './form.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import type { AcceptedLifetimes } from './lifetimes.ts';
import type { LoginMemory } from './login-memory.ts';
import type { Pace } from './pace.ts';
import { parseAnswer, type RawAnswer } from './paths.ts';
import type { ErrorRule, Phase, Platform } from './platform.ts';
import type { Delivery, Send } from './send.ts';

/** One platform, and what its client works with. */
export interface Parts {
  readonly platform: Platform;
  /** The platform's own rules, then the standard ones. */
  readonly rules: readonly ErrorRule[];
  readonly clock: Clock;
  readonly send: Send;
  /** Milliseconds until it is worth for this app to ask that host for tokens again; 0: now. */
  readonly heldMs: (origin: string, clientId: string) => number;
  readonly accepted: AcceptedLifetimes;
  readonly memory: LoginMemory;
  readonly pace: Pace;
  /** Of those who sign what platforms tell by themselves. */
  readonly keys: IssuerKeys;
  /** A new unguessable text for one signed request. */
  readonly newNonce: () => string;
}

/** What every request knows of its sender. */
export interface Sender {
  readonly client: OAuthClient;
  readonly timeoutMs: number;
}

/** Sends once, unless the platform asked this app to wait; heeds what the answer says about further requests. */
export async function deliver(
  { platform, pace, send, rules, accepted }: Parts,
  { client, timeoutMs }: Sender,
  outgoing: OutgoingRequest,
  phase: Phase,
): Promise<Delivery> {
  const failure = pace.objection(platform, client.id);
  if (failure !== undefined) return { kind: 'NotSent', failure };
  const kind = phase === 'Token' || phase === 'Code' ? 'Token' : 'Other';
  const delivery = await send(outgoing, platform.spec.displayName, timeoutMs, { kind, clientId: client.id });
  if (delivery.kind !== 'Answer') return delivery;
  const answer = parseAnswer(delivery.answer);
  pace.heed(platform, client.id, answer);
  const reading = { platform, rules, accepted, secrets: outgoing.secrets };
  const rule = sortedBy(phase, answer, reading);
  if (rule?.blocks === 'App') {
    const { retryAfterMs } = failureOf(rule, phase, answer, reading);
    if (retryAfterMs !== undefined) pace.hold(platform, client.id, retryAfterMs);
  }
  return delivery;
}

/** The answer to a question that may be asked again freely. @throws Failure when none came */
export async function answered(
  parts: Parts,
  sender: Sender,
  outgoing: OutgoingRequest,
  phase: Phase,
): Promise<RawAnswer> {
  const delivery = await deliver(parts, sender, outgoing, phase);
  if (delivery.kind !== 'Answer') throw delivery.failure;
  return delivery.answer;
}

export function readingOf(
  { platform, rules, accepted }: Parts,
  tokens: TokenSet | undefined,
  { secrets }: OutgoingRequest,
): Reading {
  return { platform, rules, accepted, tokens, secrets };
}

/** What a call about one login is made of. */
export function callValues(
  { clock, newNonce }: Parts,
  token: Sealed,
  of: {
    readonly client: OAuthClient;
    readonly tokens: TokenSet;
    readonly extras: Readonly<Record<string, string>>;
    readonly account?: string | undefined;
  },
): CallValues {
  const { client, tokens, extras, account } = of;
  const timestamp = Math.floor(clock.now() / 1_000);
  return { client, tokens, extras, account, token, nonce: newNonce(), timestamp };
}
