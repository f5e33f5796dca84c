import { hmacSha1Signature, percentEncoded } from './oauth1-signature.ts';
import type { WireAnswer, WireClient } from './wire-client.ts';

/** How a request is signed by OAuth 1.0a, and what a test may spoil of it. */
export interface Signing {
  method?: string;
  query?: Record<string, string>;
  form?: Record<string, string>;
  token?: { value: string; secret: string };
  /** Further parameters of the header, or others than usual. */
  oauth?: Record<string, string>;
  clientSecret?: string;
  /** Signed instead of the original address. */
  address?: string;
  spoil?(header: string): string;
}

let nonces = 0;

/** As app `key` with its secret `consumer-secret`, unless it is said otherwise. */
function authorizationOf(path: string, signing: Signing): string {
  const { method = 'GET', query = {}, form = {}, token, clientSecret = 'consumer-secret', spoil } = signing;
  nonces += 1;
  const oauth = {
    ...{ oauth_consumer_key: 'key', oauth_nonce: `nonce${nonces}`, oauth_signature_method: 'HMAC-SHA1' },
    ...{ oauth_timestamp: String(Math.floor(Date.now() / 1000)), oauth_version: '1.0' },
    ...(token && { oauth_token: token.value }),
    ...signing.oauth,
  };
  const parameters = [...Object.entries(oauth), ...Object.entries(query), ...Object.entries(form)];
  const parts = { method, url: signing.address ?? `https:/${path}`, parameters };
  const signature = hmacSha1Signature(parts, clientSecret, token?.secret ?? '');
  const pairs = Object.entries({ ...oauth, oauth_signature: signature }).map(
    ([name, value]) => `${name}="${percentEncoded(value)}"`,
  );
  const header = `OAuth ${pairs.join(', ')}`;
  return spoil?.(header) ?? header;
}

/** Sends a signed request. */
export function sendSigned(wire: WireClient, path: string, signing: Signing): Promise<WireAnswer> {
  const headers = { authorization: authorizationOf(path, signing) };
  const query = new URLSearchParams(signing.query).toString();
  const address = query === '' ? path : `${path}?${query}`;
  if (signing.method !== 'POST') {
    return wire.get(address, headers);
  }
  return signing.form ? wire.post(address, signing.form, headers) : wire.send('POST', address, headers);
}
