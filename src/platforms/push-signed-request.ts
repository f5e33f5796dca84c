import { createHash } from 'node:crypto';
import type { OAuthClient } from '../core/platform-port.ts';
import type { Heard, PushAnswer, PushRequest } from '../core/push.ts';
import type { Sealed } from '../core/sealed.ts';
import { textAt } from './paths.ts';
import type { ReceiveRule } from './platform.ts';
import { hmac, isSame, messageOf, signalOf } from './push-message.ts';

/**
 * A form with `signed_request`: base64url of the HMAC-SHA-256 of the encoded payload, a dot, the payload. It has no
 * nonce, so a repetition is known by the whole of it. The same comes when an app is removed and when data is to be
 * deleted, and the latter demands a code of confirmation: both are answered with one.
 * https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback
 */
export function hearSignedRequest(rule: ReceiveRule, { secret }: OAuthClient, request: PushRequest): Heard {
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  const [signature, payload, ...more] = (form.get('signed_request') ?? '').split('.');
  if (request.method !== 'POST' || !signature || !payload || more.length > 0) return { kind: 'Malformed' };
  // Whose secret it is cannot be told without one.
  if (secret === undefined) return { kind: 'Forged' };
  if (!isSame(Buffer.from(signature, 'base64url'), hmac(secret, [payload]))) return { kind: 'Forged' };
  const message = messageOf(Buffer.from(payload, 'base64url').toString('utf8'));
  if (textAt(message, ['algorithm'])?.toUpperCase() !== 'HMAC-SHA256') return { kind: 'Malformed' };
  const id = createHash('sha256').update(payload).digest('hex');
  const answer = confirmation(secret, textAt(message, ['issued_at']) ?? '0', id, request);
  return signalOf(rule, message, { id, event: 'signed_request', answer });
}

/** The same for the same request. It names the moment and nobody, and whoever has no secret cannot make one. */
function confirmation(secret: Sealed, issuedAt: string, id: string, { deletionURL }: PushRequest): PushAnswer {
  const moment = /^\d{1,12}$/.test(issuedAt) ? Number(issuedAt).toString(36) : '0';
  const code = `${moment}-${hmac(secret, ['deletion', id]).toString('hex').slice(0, 20)}`;
  const body = JSON.stringify({ url: deletionURL(code), confirmation_code: code });
  return { status: 200, type: 'application/json', body };
}
