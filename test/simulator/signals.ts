import { createHmac, createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { ControlError } from './directory.ts';
import type { App } from './model.ts';
import type { Answer, Call } from './platform.ts';
import type { World } from './world.ts';

/** Whose login a signal is about. */
export interface SignalInput {
  platform: string;
  clientId: string;
  accountId: string;
}

/** A request that a platform sends by itself. */
export interface Signal {
  headers: Record<string, string>;
  body: string;
}

/** What the platform would post to the address that the app's owner has entered there. */
export function signal(world: World, { platform, clientId, accountId }: SignalInput): Signal {
  const app = world.directory.app(platform, clientId);
  world.directory.account(platform, accountId);
  const make = makers[platform];
  if (make === undefined) throw new ControlError(`${platform} tells nothing by itself`);
  return make(app, accountId, world.clocks.now(platform));
}

type Maker = (app: App, accountId: string, now: number) => Signal;

const json = (value: object): string => JSON.stringify(value);

/** Facebook Login, Instagram Login, Threads: the same on removal of the app and on a request to delete data. */
const signedRequest: Maker = ({ clientSecret }, accountId, now) => {
  const payload = json({ algorithm: 'HMAC-SHA256', issued_at: Math.floor(now / 1000), user_id: accountId });
  const encoded = Buffer.from(payload).toString('base64url');
  const signature = createHmac('sha256', clientSecret ?? '')
    .update(encoded)
    .digest('base64url');
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ signed_request: `${signature}.${encoded}` }).toString(),
  };
};

/** EventSub by webhook, subscribed with the app's client secret as its secret. */
const eventSub: Maker = ({ clientId, clientSecret }, accountId, now) => {
  const [id, timestamp] = [randomUUID(), new Date(now).toISOString().replace('Z', '000000Z')];
  const type = 'user.authorization.revoke';
  const body = json({
    subscription: { id: randomUUID(), status: 'enabled', type, version: '1', condition: { client_id: clientId } },
    event: { client_id: clientId, user_id: accountId, user_login: null, user_name: null },
  });
  const signature = createHmac('sha256', clientSecret ?? '')
    .update(id + timestamp + body)
    .digest('hex');
  return {
    headers: {
      'content-type': 'application/json',
      'Twitch-Eventsub-Message-Id': id,
      'Twitch-Eventsub-Message-Type': 'notification',
      'Twitch-Eventsub-Message-Timestamp': timestamp,
      'Twitch-Eventsub-Message-Signature': `sha256=${signature}`,
      'Twitch-Eventsub-Subscription-Type': type,
      'Twitch-Eventsub-Subscription-Version': '1',
    },
    body,
  };
};

/** X Activity. */
const activity: Maker = ({ clientSecret }, accountId, now) => {
  const payload = { date_time: new Date(now).toISOString(), user_id: accountId, app_id: '30000001' };
  const data = { event_uuid: randomUUID(), filter: {}, event_type: 'oauth.revoke', payload };
  const body = json({ data });
  const signature = createHmac('sha256', clientSecret ?? '')
    .update(body)
    .digest('base64');
  return {
    headers: { 'content-type': 'application/json', 'x-twitter-webhooks-signature': `sha256=${signature}` },
    body,
  };
};

const issuer = 'https://accounts.google.com/';
const kid = 'simulated-risc-key';
let pair: { publicKey: KeyObject; privateKey: KeyObject } | undefined;
const keys = () => {
  pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  return pair;
};

/** Cross-Account Protection: a Security Event Token. */
const securityEvent: Maker = ({ clientId }, accountId, now) => {
  const event = 'https://schemas.openid.net/secevent/oauth/event-type/tokens-revoked';
  const subject = { subject_type: 'iss-sub', iss: issuer, sub: accountId };
  const claims = {
    iss: issuer,
    aud: clientId,
    iat: Math.floor(now / 1000),
    jti: randomUUID(),
    events: { [event]: { subject } },
  };
  const signed = [{ alg: 'RS256', kid, typ: 'secevent+jwt' }, claims]
    .map((part) => Buffer.from(json(part)).toString('base64url'))
    .join('.');
  const signature = createSign('RSA-SHA256').update(signed).sign(keys().privateKey).toString('base64url');
  return { headers: { 'content-type': 'application/secevent+jwt' }, body: `${signed}.${signature}` };
};

const makers: Readonly<Record<string, Maker>> = {
  facebook: signedRequest,
  'instagram-page': signedRequest,
  instagram: signedRequest,
  threads: signedRequest,
  twitch: eventSub,
  x: activity,
  youtube: securityEvent,
};

/** Where the keys are that Security Event Tokens are signed with. Its addresses are under the one that was asked. */
export function riscConfiguration({ request }: Call): Answer {
  const base = `https://${request.headers.host}`;
  return { status: 200, body: { issuer, jwks_uri: `${base}/www.googleapis.com/oauth2/v3/certs` } };
}

export function riscKeys(): Answer {
  const key = keys().publicKey.export({ format: 'jwk' });
  return { status: 200, body: { keys: [{ ...key, kid, alg: 'RS256', use: 'sig' }] } };
}
