import { createHash } from 'node:crypto';
import { parseInstant } from '../core/instant.ts';
import type { OAuthClient } from '../core/platform-port.ts';
import type { Heard, PushRequest } from '../core/push.ts';
import type { Sealed } from '../core/sealed.ts';
import type { Parts } from './parts.ts';
import { type Answer, textAt } from './paths.ts';
import type { ReceiveRule } from './platform.ts';
import { hmac, isSame, messageOf, signalOf } from './push-message.ts';

/** A message that was sent so long ago, or will be, is refused: whoever caught one cannot keep it for later. */
const MAX_AGE_MS = 10 * 60_000;

type SignatureRule = NonNullable<ReceiveRule['signature']>;

/** A JSON body with an HMAC-SHA-256 in a header, over the body alone or over headers and body. */
export function hearSignedBody(
  { clock }: Pick<Parts, 'clock'>,
  rule: ReceiveRule,
  { secret }: OAuthClient,
  request: PushRequest,
): Heard {
  const { signature } = rule;
  if (signature === undefined || secret === undefined) return { kind: 'Forged' };
  if (request.method === 'GET') return proved(rule, signature, secret, request);
  const message = messageOf(Buffer.from(request.body).toString('utf8'), request.headers);
  if (!isGenuine(signature, secret, message, request)) return { kind: 'Forged' };
  if (rule.timestamp !== undefined && !isFresh(textAt(message, [rule.timestamp]), clock.now())) return { kind: 'Old' };
  const { challenge } = rule;
  if (challenge !== undefined && textAt(message, [challenge.path]) === challenge.equals) {
    const body = textAt(message, [challenge.answer]);
    return body === undefined ? { kind: 'Malformed' } : { kind: 'Challenged', answer: { ...plain, body } };
  }
  if (message.body === undefined) return { kind: 'Malformed' };
  const event = (rule.name && textAt(message, [rule.name])) ?? '';
  const id = (rule.id && textAt(message, [rule.id])) ?? createHash('sha256').update(request.body).digest('hex');
  return signalOf(rule, message, { id, event });
}

const plain = { status: 200, type: 'text/plain' } as const;

/** Answers with the signature of what stands in the query, by which the platform knows that we have the secret. */
function proved({ queryChallenge }: ReceiveRule, rule: SignatureRule, secret: Sealed, { query }: PushRequest): Heard {
  const asked = queryChallenge && query[queryChallenge.parameter];
  // A signature of whatever anybody sends must be no message: messages are objects.
  if (queryChallenge === undefined || asked === undefined || !/^[\w.~+/=-]{1,256}$/.test(asked))
    return { kind: 'Malformed' };
  const body = JSON.stringify({ [queryChallenge.field]: rule.prefix + written(rule, hmac(secret, [asked])) });
  return { kind: 'Challenged', answer: { status: 200, type: 'application/json', body } };
}

function isGenuine(rule: SignatureRule, secret: Sealed, message: Answer, { headers, body }: PushRequest): boolean {
  const given = headers[rule.header.toLowerCase()];
  if (given === undefined || !given.startsWith(rule.prefix)) return false;
  // The raw bytes: what was parsed and written again is another text.
  const parts = rule.over.map((path) => (path === '$text' ? body : textAt(message, [path])));
  if (!parts.every((part) => part !== undefined)) return false;
  const expected = written(rule, hmac(secret, parts));
  return isSame(Buffer.from(given.slice(rule.prefix.length)), Buffer.from(expected));
}

function written({ encoding }: SignatureRule, digest: Buffer): string {
  return digest.toString(encoding === 'Hex' ? 'hex' : 'base64');
}

function isFresh(text: string | undefined, now: number): boolean {
  const at = parseInstant(text);
  return at !== undefined && Math.abs(now - at) <= MAX_AGE_MS;
}
