import { calculatePKCECodeChallenge } from 'oauth4webapi';
import { Failure } from '../core/failure.ts';
import type { CodeRequest, ConsentRequest, ConsentStart, SpendOutcome } from '../core/platform-port.ts';
import { spendOutcome } from './answers.ts';
import { beginOAuth1, exchangeVerifier } from './oauth1-consent.ts';
import type { Parts } from './parts.ts';
import type { Platform, PlatformSpec } from './platform.ts';
import { spend } from './renewal.ts';
import { asked, codeRequest, withQuery } from './requests.ts';
import { filledTexts, filledURL } from './templates.ts';

/**
 * Where a person is led for the consent.
 * @throws Failure where the platform declares no such address, or cannot be asked (OAuth 1.0a)
 */
export async function beginConsent(parts: Parts, request: ConsentRequest): Promise<ConsentStart> {
  if (parts.platform.oauth1 !== undefined) return await beginOAuth1(parts, parts.platform.oauth1, request);
  return { url: await authorizationURL(parts.platform, request) };
}

/** The authorization request of RFC 6749 section 4.1.1, with the challenge of RFC 7636 section 4.3. */
async function authorizationURL({ spec, hooks }: Platform, request: ConsentRequest): Promise<string> {
  const { authorize } = spec;
  if (authorize?.url === undefined) throw nowhere(spec);
  const { scopes, paramNames = {}, pkce, pkceMethod } = authorize;
  const challenge = async () => ({
    code_challenge: await calculatePKCECodeChallenge(request.codeVerifier.reveal()),
    code_challenge_method: pkceMethod,
  });
  const values = { client: request.client, extras: {} };
  // A literal plus between scopes is how a query writes a space.
  const wanted = asked(spec, request.scopes);
  const separator = scopes.separator === '+' ? ' ' : scopes.separator;
  const standard: Readonly<Record<string, string>> = {
    response_type: 'code',
    client_id: request.client.id,
    redirect_uri: request.redirectURI,
    ...(scopes.send && wanted.length > 0 ? { scope: wanted.join(separator) } : {}),
    state: request.state,
    ...(pkce === 'S256' ? await challenge() : {}),
    ...filledTexts(authorize.params, values).texts,
    ...(request.reconnect === undefined ? {} : filledTexts(authorize.reconnectParams, values).texts),
    ...(request.reconnect === undefined ? {} : hooks?.reconnectParams?.(request.reconnect)),
  };
  const pairs = Object.entries(standard)
    .map(([name, value]): [string, string] => [paramNames[name] ?? name, value])
    .filter(([name]) => name !== '');
  const url = withQuery(filledURL(authorize.url, values), pairs);
  return scopes.separator === '+' ? url : url.replaceAll('+', '%20');
}

function nowhere({ displayName }: PlatformSpec): Failure {
  const message = `the definition of ${displayName} has no authorize.url, so nobody can be led to its consent page`;
  return new Failure('Misconfigured', 'PlatformInvalid', message, { source: 'Operator', isAppFault: true });
}

/** Exchanges what the person brought back for tokens. The code is used up by it. Never throws. */
export async function exchangeCode(parts: Parts, request: CodeRequest): Promise<SpendOutcome> {
  const { spec, oauth1 } = parts.platform;
  if (oauth1 !== undefined) return await exchangeVerifier(parts, oauth1, request);
  const code = request.callback[spec.callback.codeParam];
  if (code === undefined || code === '') return { kind: 'NotSent', failure: refusedByPerson(spec, request.callback) };
  const extras = persistedFrom(spec, request.callback);
  const outcome = await spend(parts, {
    client: request.client,
    timeoutMs: request.timeoutMs,
    phase: 'Code',
    build: () =>
      codeRequest(spec, {
        client: request.client,
        extras,
        scopes: [],
        redirectURI: request.redirectURI,
        code,
        codeVerifier: request.codeVerifier.reveal(),
      }),
    read: (answer, reading) => spendOutcome(answer, reading, 'Code'),
  });
  if (outcome.kind !== 'Answered') return outcome;
  return { kind: 'Answered', answer: { ...outcome.answer, extras: { ...extras, ...outcome.answer.extras } } };
}

/** RFC 6749 section 4.1.2.1, and platforms that come back with other words or none. */
export function refusedByPerson({ displayName }: PlatformSpec, callback: CodeRequest['callback']): Failure {
  // Never `denied` of OAuth 1.0a, which holds the temporary token.
  const word = callback.error ?? callback.error_reason ?? callback.error_code;
  const quoted = word === undefined || !/^[\w.-]{1,64}$/.test(word) ? '' : ` ("${word}")`;
  const message = `No consent came back from ${displayName}${quoted}. Nothing was replaced.`;
  return new Failure('Rejected', 'ConsentRefused', message, { source: 'Platform' });
}

function persistedFrom({ callback: rules }: PlatformSpec, callback: CodeRequest['callback']): Record<string, string> {
  const found = Object.entries(rules.persist ?? {}).map(([name, param]) => [name, callback[param]] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
