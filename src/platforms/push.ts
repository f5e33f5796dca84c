import type { OAuthClient } from '../core/platform-port.ts';
import type { Heard, PushRequest } from '../core/push.ts';
import type { Parts } from './parts.ts';
import { hearSecurityEvent } from './push-security-event.ts';
import { hearSignedBody } from './push-signed-body.ts';
import { hearSignedRequest } from './push-signed-request.ts';

/** Checks a message that came by itself. Never throws; nothing in it is believed before its proof is. */
export async function hear(parts: Parts, client: OAuthClient, request: PushRequest): Promise<Heard> {
  const rule = parts.platform.spec.push?.find(({ receive }) => receive !== undefined);
  if (rule?.receive === undefined) return { kind: 'Malformed' };
  switch (rule.transport) {
    case 'SignedRequest':
      return hearSignedRequest(rule.receive, client, request);
    case 'Webhook':
      return hearSignedBody(parts, rule.receive, client, request);
    case 'SecurityEventToken':
      return await hearSecurityEvent(parts, rule.receive, client, request);
  }
}
