import { createHmac } from 'node:crypto';

/** The credentials of one signed request (RFC 5849 section 1.1), and what makes it unique (section 3.3). */
export interface Signing {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Absent while temporary credentials are asked for. */
  readonly token?: string | undefined;
  readonly tokenSecret?: string | undefined;
  readonly nonce: string;
  /** Epoch seconds. */
  readonly timestamp: number;
}

export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  /** Parameters of a form body; a body of another type is not signed (section 3.4.1.3.1). */
  readonly form?: Readonly<Record<string, string>> | undefined;
  /** Further protocol parameters, such as `oauth_callback`. */
  readonly protocol?: Readonly<Record<string, string>> | undefined;
}

/** The Authorization header of RFC 5849 section 3.5.1, signed with HMAC-SHA1 (section 3.4.2). */
export function authorizationHeader(request: SignedRequest, signing: Signing): string {
  const protocol = {
    oauth_consumer_key: signing.clientId,
    oauth_nonce: signing.nonce,
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(signing.timestamp),
    ...(signing.token === undefined ? {} : { oauth_token: signing.token }),
    oauth_version: '1.0',
    ...request.protocol,
  };
  const signed = { ...protocol, oauth_signature: signature(request, protocol, signing) };
  const fields = Object.entries(signed).map(([name, value]) => `${percentEncode(name)}="${percentEncode(value)}"`);
  return `OAuth ${fields.join(', ')}`;
}

/** Section 3.4.2, over the base string of section 3.4.1. */
export function signature(
  request: SignedRequest,
  protocol: Readonly<Record<string, string>>,
  { clientSecret, tokenSecret = '' }: Pick<Signing, 'clientSecret' | 'tokenSecret'>,
): string {
  const key = `${percentEncode(clientSecret)}&${percentEncode(tokenSecret)}`;
  return createHmac('sha1', key).update(baseString(request, protocol)).digest('base64');
}

/** Section 3.4.1.1: the method, the address without its query, and all parameters in order. */
export function baseString(
  { method, url, form = {} }: SignedRequest,
  protocol: Readonly<Record<string, string>>,
): string {
  const { protocol: scheme, host, pathname, searchParams } = new URL(url);
  const pairs = [...searchParams, ...Object.entries(form), ...Object.entries(protocol)]
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => byBytes(a, b) || byBytes(x, y))
    .map(([name, value]) => `${name}=${value}`);
  return [method.toUpperCase(), `${scheme}//${host}${pathname}`, pairs.join('&')].map(percentEncode).join('&');
}

/** Encoded text is ASCII, so that the order of code units is the order of bytes (section 3.4.1.3.2). */
function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Section 3.6: unlike encodeURIComponent also `! * ' ( )`. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!*'()]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
