import { createHmac } from 'node:crypto';

/** As RFC 5849 section 3.6 has it: all but letters, digits, `-`, `.`, `_` and `~`. */
export const percentEncoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** What is signed of a request, by OAuth 1.0a. */
export interface SignedParts {
  method: string;
  /** Its query does not count here, it is among the parameters. */
  url: string;
  /** Decoded, of the query, the form and the header; all but `oauth_signature` and `realm`. */
  parameters: readonly (readonly [name: string, value: string])[];
}

const baseUrl = (url: string): string => {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
};

/** RFC 5849 section 3.4.1. */
export function signatureBase({ method, url, parameters }: SignedParts): string {
  const sorted = parameters
    .map(([name, value]) => [percentEncoded(name), percentEncoded(value)] as const)
    .sort(([name, value], [otherName, otherValue]) => {
      const [one, other] = name === otherName ? [value, otherValue] : [name, otherName];
      return one < other ? -1 : Number(one > other);
    });
  const joined = sorted.map(([name, value]) => `${name}=${value}`).join('&');
  return [method.toUpperCase(), baseUrl(url), joined].map(percentEncoded).join('&');
}

/** RFC 5849 section 3.4.2. A request without a token has an empty token secret. */
export function hmacSha1Signature(parts: SignedParts, clientSecret: string, tokenSecret: string): string {
  const key = `${percentEncoded(clientSecret)}&${percentEncoded(tokenSecret)}`;
  return createHmac('sha1', key).update(signatureBase(parts)).digest('base64');
}
