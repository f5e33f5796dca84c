import { held, type Question } from '../rows.ts';

/** Headers as they leave here. */
export const plain = { accept: 'application/json', 'user-agent': 'social-channel-operator' };
export const form = { ...plain, 'content-type': 'application/x-www-form-urlencoded' };
export const basic = { authorization: `Basic ${Buffer.from(`${held.id}:${held.secret}`).toString('base64')}` };
export const basicForm = { ...form, ...basic };
export const bearer = { authorization: `Bearer ${held.access}` };

/** The redirect URI as it stands in a form or a query. */
export const callback = encodeURIComponent(held.redirectURI);

/** What the query of a consent page begins with. */
export const consentQuery = `response_type=code&client_id=our-client&redirect_uri=${callback}`;

/** Forms that ask for tokens, and how an app proves itself in one. */
export const codeGrant = `code=brought-code-0001&redirect_uri=${callback}&grant_type=authorization_code`;
export const verifiedCodeGrant = `code=brought-code-0001&redirect_uri=${callback}&code_verifier=${held.verifier}&grant_type=authorization_code`;
export const refreshGrant = 'refresh_token=held-refresh-0001&grant_type=refresh_token';
export const client = 'client_id=our-client&client_secret=app-secret-0001';

type Sent = NonNullable<Question['sent']>[number];

export function post(url: string, headers: Sent['headers'], body: string): Sent {
  return { method: 'POST', url, headers, body };
}

export function get(url: string, headers: Sent['headers'] = { ...plain, ...bearer }): Sent {
  return { method: 'GET', url, headers, body: undefined };
}
