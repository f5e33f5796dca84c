import * as oauth from 'oauth4webapi';
import type { OAuthClient } from '../core/platform-port.ts';
import type { ClientAuth } from './platform.ts';
import { secretOf } from './templates.ts';

/** One HTTP request, ready to be sent. It holds secrets in the clear: it goes to `send` and nowhere else. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Every secret in it, so that a platform that repeats them in its error text cannot make us print them. */
  readonly secrets: readonly string[];
}

export const formType = 'application/x-www-form-urlencoded';
export const commonHeaders = { accept: 'application/json', 'user-agent': 'social-channel-operator' } as const;

/** A request as the RFCs have it, before a platform's own names and formats are laid over it. */
export interface StandardRequest {
  readonly url: string;
  readonly parameters: URLSearchParams;
  /** Of the client authentication. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

export interface Proof {
  readonly auth: ClientAuth;
  readonly client: OAuthClient;
}

/** A token request (RFC 6749 sections 4.1.3, 4.4.2 and 6), formed by oauth4webapi. @throws Failure without the secret */
export async function tokenForm(
  url: string,
  grantType: string,
  parameters: Readonly<Record<string, string>>,
  { auth, client }: Proof,
): Promise<StandardRequest> {
  const proof = proofOf(auth, client);
  const formed = await captured((options) =>
    oauth.genericTokenEndpointRequest(
      { issuer: new URL(url).origin, token_endpoint: url },
      { client_id: client.id },
      proof.apply,
      grantType,
      new URLSearchParams(parameters),
      options,
    ),
  );
  return { ...formed, secrets: proof.secrets };
}

/** RFC 7662 section 2.1 or RFC 7009 section 2.1: the token as a form parameter, and the app's proof. */
export async function questionForm(
  kind: 'introspection' | 'revocation',
  url: string,
  token: string,
  { auth, client }: Proof,
): Promise<StandardRequest> {
  const proof = proofOf(auth, client);
  const endpoint = { issuer: new URL(url).origin, [`${kind}_endpoint`]: url };
  const request = kind === 'introspection' ? oauth.introspectionRequest : oauth.revocationRequest;
  const formed = await captured((options) => request(endpoint, { client_id: client.id }, proof.apply, token, options));
  return { ...formed, secrets: [token, ...proof.secrets] };
}

/** RFC 8628 section 3.1. @throws Failure without the secret */
export async function deviceForm(
  url: string,
  parameters: Readonly<Record<string, string>>,
  { auth, client }: Proof,
): Promise<StandardRequest> {
  const proof = proofOf(auth, client);
  const formed = await captured((options) =>
    oauth.deviceAuthorizationRequest(
      { issuer: new URL(url).origin, device_authorization_endpoint: url },
      { client_id: client.id },
      proof.apply,
      new URLSearchParams(parameters),
      options,
    ),
  );
  return { ...formed, secrets: proof.secrets };
}

type Options = {
  [oauth.customFetch]: (url: string, init: Init) => Promise<Response>;
  [oauth.allowInsecureRequests]: true;
};
interface Init {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: URLSearchParams;
}

/** What the library would send. It is sent by `send` alone, once, so that what became of it is known. */
async function captured(form: (options: Options) => Promise<unknown>): Promise<Omit<StandardRequest, 'secrets'>> {
  let formed: Omit<StandardRequest, 'secrets'> | undefined;
  await form({
    [oauth.customFetch]: async (url, { headers, body }) => {
      const { authorization } = headers;
      formed = { url, parameters: body, headers: authorization === undefined ? {} : { authorization } };
      return new Response();
    },
    // `send` refuses what is not https, and says so to people.
    [oauth.allowInsecureRequests]: true,
  });
  if (formed === undefined) throw new TypeError('the library formed no request');
  return formed;
}

interface AppliedProof {
  readonly apply: oauth.ClientAuth;
  readonly secrets: readonly string[];
}

/**
 * Client authentication of RFC 6749 section 2.3.1; with None the client only names itself (section 3.2.1). Basic is not the
 * library's: that one also encodes `-` and `_`, which the form encoding of appendix B leaves alone, and servers that
 * compare the text as it stands take that for a wrong secret.
 */
function proofOf(auth: ClientAuth, client: OAuthClient): AppliedProof {
  if (auth === 'None') return { apply: oauth.None(), secrets: [] };
  const secret = secretOf(client);
  if (auth === 'Post') return { apply: oauth.ClientSecretPost(secret), secrets: [secret] };
  const encode = auth === 'Basic' ? formEncoded : (text: string) => text;
  const credentials = Buffer.from(`${encode(client.id)}:${encode(secret)}`).toString('base64');
  return {
    apply: (_as, _client, _body, headers) => headers.set('authorization', `Basic ${credentials}`),
    secrets: [secret, credentials],
  };
}

/** One value as application/x-www-form-urlencoded writes it (RFC 6749 appendix B): a space is `+`. */
function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
