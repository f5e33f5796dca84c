import { createHmac, timingSafeEqual } from 'node:crypto';
import { acknowledged, type Heard } from '../core/push.ts';
import type { Sealed } from '../core/sealed.ts';
import { type Answer, parseAnswer, textAt } from './paths.ts';
import type { ReceiveRule } from './platform.ts';

/** A message as paths look into it. */
export function messageOf(text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return parseAnswer({ status: 200, headers, text, startedAt: 0, isCut: false });
}

/** A genuine message by what it says; without anybody named in it, it is none of our business. */
export function signalOf(
  rule: ReceiveRule,
  message: Answer,
  { id, event, answer = acknowledged }: { id: string; event: string; answer?: typeof acknowledged },
): Heard {
  const isMeant = rule.names === undefined || rule.names.includes(event);
  const subject = isMeant ? textAt(message, rule.subject) : undefined;
  if (subject === undefined) return { kind: 'Ignored', answer };
  return { kind: 'Signal', signal: { id, event, subjects: [subject] }, answer };
}

export function hmac(secret: Sealed, parts: readonly (string | Uint8Array)[]): Buffer {
  const digest = createHmac('sha256', secret.reveal());
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/** In constant time; what has another length was not made by anybody who has the secret. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
