import { createHash } from 'node:crypto';
import { Failure } from '../core/failure.ts';
import type { TokenSet } from '../core/grant.ts';
import type { OAuthClient } from '../core/ports.ts';
import type { Sealed } from '../core/sealed.ts';
import type { ClientAuth, PlatformSpec } from './platform.ts';

/** One HTTP request, ready to be sent. It holds secrets in the clear: it goes to `send` and nowhere else. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Every secret in it, so that a platform that repeats them in its error text cannot make us print them. */
  readonly secrets: readonly string[];
}

/**
 * The refresh of RFC 6749 section 6. Throws TypeError without a refresh token, Failure without the client secret that the
 * platform asks for: then there is nothing to send.
 */
export function refreshRequest(
  spec: PlatformSpec,
  client: OAuthClient,
  tokens: TokenSet | undefined,
  scopes: readonly string[],
): OutgoingRequest {
  if (tokens?.refresh === undefined) throw new TypeError('a refresh needs a refresh token');
  const refreshToken = tokens.refresh.reveal();
  const parameters = {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    ...(spec.token.includeScopeOnRefresh ? scopeParameter(spec, scopes) : {}),
    ...spec.token.params,
    ...spec.token.refreshParams,
  };
  return tokenRequest(spec, client, spec.token.refreshURL ?? spec.token.url, parameters, [refreshToken]);
}

/** The client credentials grant of RFC 6749 section 4.4. */
export function clientCredentialsRequest(
  spec: PlatformSpec,
  client: OAuthClient,
  scopes: readonly string[],
): OutgoingRequest {
  const parameters = {
    grant_type: 'client_credentials',
    ...(spec.token.includeScopeOnReissue ? scopeParameter(spec, scopes) : {}),
    ...spec.token.params,
  };
  return tokenRequest(spec, client, spec.token.url, parameters, []);
}

/** The platform's validity call; undefined where it has none. */
export function introspectRequest(
  spec: PlatformSpec,
  client: OAuthClient,
  access: Sealed,
): OutgoingRequest | undefined {
  const call = spec.introspect;
  if (call === undefined) return undefined;
  const token = access.reveal();
  if (call.tokenPlacement === 'Header') {
    return { ...bearerRequest(call, client, token), ...(call.method === 'POST' ? { body: '' } : {}) };
  }
  const proof = call.clientAuth === 'None' ? noProof : clientProof(call.clientAuth, client);
  return {
    method: 'POST',
    url: call.url,
    headers: { ...commonHeaders, 'content-type': formType, ...headersFor(call.headers, client), ...proof.headers },
    body: formEncode({ token, ...proof.parameters }),
    secrets: [token, ...proof.secrets],
  };
}

/** The platform's "who am I"; undefined where it has none. */
export function identityRequest(spec: PlatformSpec, client: OAuthClient, access: Sealed): OutgoingRequest | undefined {
  return spec.identity === undefined ? undefined : bearerRequest(spec.identity, client, access.reveal());
}

interface BearerCall {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly scheme: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function bearerRequest(call: BearerCall, client: OAuthClient, token: string): OutgoingRequest {
  return {
    method: call.method,
    url: call.url,
    headers: { ...commonHeaders, ...headersFor(call.headers, client), authorization: `${call.scheme} ${token}` },
    secrets: [token],
  };
}

const formType = 'application/x-www-form-urlencoded';
const commonHeaders = { accept: 'application/json', 'user-agent': 'social-channel-operator' } as const;

function headersFor(
  headers: Readonly<Record<string, string>> | undefined,
  client: OAuthClient,
): Record<string, string> {
  const entries = Object.entries(headers ?? {});
  return Object.fromEntries(
    entries.map(([name, value]) => [name.toLowerCase(), value.replaceAll('{{client.id}}', client.id)]),
  );
}

function scopeParameter(spec: PlatformSpec, scopes: readonly string[]): Record<string, string> {
  const rule = spec.authorize?.scopes;
  if (scopes.length === 0 || rule?.send === false) return {};
  return { scope: scopes.join(rule?.separator ?? ' ') };
}

function tokenRequest(
  spec: PlatformSpec,
  client: OAuthClient,
  url: string,
  parameters: Readonly<Record<string, string>>,
  secrets: readonly string[],
): OutgoingRequest {
  const proof = clientProof(spec.token.clientAuth, client);
  const isJSON = spec.token.bodyFormat === 'JSON';
  const all = { ...parameters, ...proof.parameters };
  return {
    method: 'POST',
    url,
    headers: { ...commonHeaders, 'content-type': isJSON ? 'application/json' : formType, ...proof.headers },
    body: isJSON ? JSON.stringify(all) : formEncode(all),
    secrets: [...secrets, ...proof.secrets],
  };
}

interface ClientProof {
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

const noProof: ClientProof = { parameters: {}, headers: {}, secrets: [] };

/** Client authentication of RFC 6749 section 2.3.1; with None the client only names itself (section 3.2.1). */
function clientProof(method: ClientAuth, client: OAuthClient): ClientProof {
  if (method === 'None') return { parameters: { client_id: client.id }, headers: {}, secrets: [] };
  if (client.secret === undefined) throw secretMissing(client);
  const secret = client.secret.reveal();
  if (method === 'Post') {
    return { parameters: { client_id: client.id, client_secret: secret }, headers: {}, secrets: [secret] };
  }
  // Several servers compare the text as it stands and take the encoding that the RFC asks for as a wrong secret.
  const encode = method === 'Basic' ? formEncodeText : (text: string) => text;
  const credentials = Buffer.from(`${encode(client.id)}:${encode(secret)}`).toString('base64');
  return { parameters: {}, headers: { authorization: `Basic ${credentials}` }, secrets: [secret, credentials] };
}

/**
 * A client without a secret is another kind of client: platforms may give it refresh tokens of another kind too (Twitch:
 * single-use, and a replay ends the whole connection), so it is refused rather than sent without.
 */
function secretMissing(client: OAuthClient): Failure {
  const message = `the app with client id "${client.id}" has no client secret, and this platform asks for one. Nothing was sent; give the SocialApp a clientSecretRef.`;
  return new Failure('Misconfigured', 'AppSecretInvalid', message, { source: 'Operator', isAppFault: true });
}

function formEncode(parameters: Readonly<Record<string, string>>): string {
  return new URLSearchParams(parameters).toString();
}

/** One value as application/x-www-form-urlencoded writes it (RFC 6749 appendix B): a space is `+`. */
function formEncodeText(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

/** Names a login inside this process: the refresh token where there is one, because it stays longer. */
export function loginDigest({ refresh, access }: TokenSet): string {
  return createHash('sha256')
    .update((refresh ?? access)?.reveal() ?? '')
    .digest('base64url');
}
