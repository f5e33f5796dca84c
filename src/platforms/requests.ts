import { createHash } from 'node:crypto';
import type { TokenSet } from '../core/grant.ts';
import { parseDuration } from '../core/instant.ts';
import { commonHeaders, formType, type OutgoingRequest, type StandardRequest, tokenForm } from './form.ts';
import type { GrantRequest, PlatformSpec } from './platform.ts';
import { filledTexts, filledURL, type TemplateValues } from './templates.ts';

/** What a token request is made of, beside the platform's declaration. */
export interface TokenRequest extends TemplateValues {
  readonly scopes: readonly string[];
}

/**
 * The refresh of RFC 6749 section 6, or what takes its place: with strategy Exchange the living token is what is sent.
 * Throws TypeError without a token, Failure where something that the platform asks for is missing: then nothing is sent.
 */
export async function refreshRequest(
  spec: PlatformSpec,
  request: TokenRequest,
  tokens: TokenSet | undefined,
): Promise<OutgoingRequest> {
  const token = spec.refresh.strategy === 'Exchange' ? (tokens?.refresh ?? tokens?.access) : tokens?.refresh;
  if (token === undefined) throw new TypeError('a refresh needs a token');
  const own = (isShortLived(spec, tokens) ? spec.token.upgrade : spec.token.refresh) ?? {};
  const parameters = { refresh_token: token.reveal() };
  const form = await tokenRequest(spec, own, 'refresh_token', parameters, { ...request, token });
  return { ...form, secrets: [token.reveal(), ...form.secrets] };
}

/** Whether the held token is one of the short-lived kind, which is traded by `token.upgrade`. */
function isShortLived(spec: PlatformSpec, tokens: TokenSet | undefined): boolean {
  const belowMs = spec.refresh.upgradeBelow === undefined ? undefined : parseDuration(spec.refresh.upgradeBelow);
  const expiresAt = tokens?.refresh === undefined ? tokens?.accessExpiresAt : tokens.refreshExpiresAt;
  if (belowMs === undefined || tokens === undefined || expiresAt === undefined) return false;
  return tokens.lifeBeforeMs === undefined && expiresAt - tokens.obtainedAt < belowMs;
}

/** The client credentials grant of RFC 6749 section 4.4. */
export async function clientCredentialsRequest(spec: PlatformSpec, request: TokenRequest): Promise<OutgoingRequest> {
  return await tokenRequest(spec, spec.token.clientCredentials ?? {}, 'client_credentials', {}, request);
}

/** The exchange of an authorization code (RFC 6749 section 4.1.3, RFC 7636 section 4.5). */
export async function codeRequest(
  spec: PlatformSpec,
  request: TokenRequest & { readonly code: string; readonly codeVerifier: string; readonly redirectURI: string },
): Promise<OutgoingRequest> {
  const { code, codeVerifier, redirectURI } = request;
  const verifier = spec.authorize?.pkce === 'S256' ? { code_verifier: codeVerifier } : {};
  const parameters = { code, redirect_uri: redirectURI, ...verifier };
  const form = await tokenRequest(spec, spec.token.code ?? {}, 'authorization_code', parameters, request);
  return { ...form, secrets: [code, codeVerifier, ...form.secrets] };
}

/** Any request at the token endpoint: as oauth4webapi forms it, with the platform's names and formats laid over it. */
export async function tokenRequest(
  spec: PlatformSpec,
  own: GrantRequest,
  grantType: string,
  parameters: Readonly<Record<string, string>>,
  request: TokenRequest,
): Promise<OutgoingRequest> {
  const { token } = spec;
  const auth = own.clientAuth ?? token.clientAuth;
  const more = filledTexts({ ...token.params, ...own.params }, request);
  const repeated = own.include?.includes('Scope') ? scopeParameter(spec, request.scopes) : {};
  const standard = await tokenForm(
    filledURL(own.url ?? token.url, request),
    own.grantType ?? grantType,
    { ...parameters, ...repeated, ...more.texts },
    { auth, client: request.client },
  );
  const headers = filledTexts(token.headers, request);
  const format = {
    method: own.method ?? token.method,
    bodyFormat: own.bodyFormat ?? token.bodyFormat,
    paramNames: { ...token.paramNames, ...own.paramNames },
    headers: headers.texts,
  };
  // The app's secret too where it is not sent: whatever an answer repeats is never shown.
  const ofApp = request.client.secret === undefined ? [] : [request.client.secret.reveal()];
  return formatted(standard, format, [...more.secrets, ...ofApp]);
}

/** The scopes that a consent asks for: those of channel or app, and those that our own questions need. */
export function asked({ authorize }: PlatformSpec, scopes: readonly string[]): readonly string[] {
  return [...new Set([...scopes, ...(authorize?.scopes.always ?? [])])];
}

export function scopeParameter(spec: PlatformSpec, scopes: readonly string[]): Record<string, string> {
  const rule = spec.authorize?.scopes;
  if (scopes.length === 0 || rule?.send === false) return {};
  return { scope: scopes.join(rule?.separator ?? ' ') };
}

export interface Format {
  readonly method: 'GET' | 'POST';
  readonly bodyFormat: 'Form' | 'JSON' | 'Query';
  readonly paramNames: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** The standard request under the platform's names, in the platform's format. */
export function formatted(
  standard: StandardRequest,
  { method, bodyFormat, paramNames, headers }: Format,
  moreSecrets: readonly string[],
): OutgoingRequest {
  const pairs = renamed(standard.parameters, paramNames);
  const all = { ...commonHeaders, ...lowerCased(headers), ...standard.headers };
  const secrets = [...standard.secrets, ...moreSecrets];
  if (method === 'GET' || bodyFormat === 'Query') {
    return {
      method,
      url: withQuery(standard.url, pairs),
      headers: all,
      ...(method === 'POST' ? { body: '' } : {}),
      secrets,
    };
  }
  const isJSON = bodyFormat === 'JSON';
  return {
    method,
    url: standard.url,
    headers: { ...all, 'content-type': isJSON ? 'application/json' : formType },
    body: isJSON ? JSON.stringify(Object.fromEntries(pairs)) : new URLSearchParams(pairs).toString(),
    secrets,
  };
}

function renamed(parameters: URLSearchParams, names: Readonly<Record<string, string>>): [string, string][] {
  return [...parameters]
    .map(([name, value]): [string, string] => [names[name] ?? name, value])
    .filter(([name]) => name !== '');
}

export function withQuery(url: string, pairs: Iterable<readonly [string, string]>): string {
  const target = new URL(url);
  for (const [name, value] of pairs) target.searchParams.append(name, value);
  return target.href;
}

export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Names a login inside this process: the refresh token where there is one, because it stays longer. */
export function loginDigest({ refresh, access }: TokenSet): string {
  return createHash('sha256')
    .update((refresh ?? access)?.reveal() ?? '')
    .digest('base64url');
}

/** Where refresh tokens really go: what a grant is bound to. */
export function tokenOrigin({ token }: PlatformSpec): string {
  return new URL(token.refresh?.url ?? token.url).origin;
}
