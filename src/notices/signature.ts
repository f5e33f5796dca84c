import { createHmac } from 'node:crypto';
import type { Sealed } from '../core/sealed.ts';

/**
 * Headers of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA-256 over id, timestamp and body, once by each
 * secret, so that a receiver can change its secret without a gap.
 * @param at epoch milliseconds of this attempt: receivers refuse old ones
 */
export function signatureHeaders(id: string, at: number, body: string, secrets: readonly Sealed[]) {
  const timestamp = String(Math.floor(at / 1000));
  const sign = (secret: Sealed) =>
    `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map(sign).join(' '),
  };
}

/** `whsec_` and base64, as the specification writes secrets; anything else is taken as it stands. */
function keyOf(secret: Sealed): Buffer {
  const text = secret.reveal();
  return text.startsWith('whsec_') ? Buffer.from(text.slice('whsec_'.length), 'base64') : Buffer.from(text, 'utf8');
}

/** The secrets of a file, one a line. Read at each use: whoever changes the file need not restart anything. */
export function secretsIn(text: string, seal: (value: string) => Sealed): Sealed[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(seal);
}
