import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { OAuthClient } from '../core/platform-port.ts';
import type { Heard, PushRequest } from '../core/push.ts';
import type { Parts } from './parts.ts';
import type { ReceiveRule } from './platform.ts';
import { messageOf, signalOf } from './push-message.ts';

/** Nobody signs these with a secret that both sides have. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384'];

const answer = { status: 202, type: 'text/plain', body: '' } as const;

/**
 * A Security Event Token (RFC 8417) as the body, signed by one of the issuer's keys. It tells what was, so its end says
 * nothing; repetitions are known by `jti`.
 */
export async function hearSecurityEvent(
  parts: Parts,
  rule: ReceiveRule,
  client: OAuthClient,
  { method, body }: PushRequest,
): Promise<Heard> {
  const token = Buffer.from(body).toString('utf8').trim();
  if (method !== 'POST' || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return { kind: 'Malformed' };
  const claims = await verified(parts, rule, client, token);
  if (typeof claims === 'string') return { kind: claims };
  const { jti, events } = claims;
  if (typeof jti !== 'string' || typeof events !== 'object' || events === null) return { kind: 'Malformed' };
  const heard = Object.entries(events).map(([event, about]) =>
    signalOf(rule, messageOf(JSON.stringify(about)), { id: jti, event, answer }),
  );
  // One token may tell several events of one person (RFC 8417 section 2): one reason to ask is enough.
  return heard.find(({ kind }) => kind === 'Signal') ?? { kind: 'Ignored', answer };
}

async function verified(
  { keys, platform }: Parts,
  { issuer = '', url = '' }: ReceiveRule,
  client: OAuthClient,
  token: string,
): Promise<JWTPayload | 'Forged' | 'Failed'> {
  const by = { name: issuer, url, platform: platform.spec.displayName };
  for (const isMissing of [false, true]) {
    const set = await keys.of(by, isMissing);
    if (set === undefined) return 'Failed';
    try {
      const demands = { issuer, audience: client.id, algorithms, clockTolerance: Number.MAX_SAFE_INTEGER };
      return (await jwtVerify(token, createLocalJWKSet(set), demands)).payload;
    } catch (error) {
      // The issuer has changed its keys since, or somebody made one up.
      if (!(error instanceof errors.JWKSNoMatchingKey)) return 'Forged';
    }
  }
  return 'Forged';
}
