import type { Failure } from '../core/failure.ts';
import type { CodeRequest, ConsentRequest, ConsentStart, SpendOutcome } from '../core/platform-port.ts';
import { Sealed } from '../core/sealed.ts';
import { isSuccess, spendOutcome } from './answers.ts';
import { refusedByPerson } from './consent.ts';
import { failureOf, plainFailure, type Reading, sortedBy } from './failures.ts';
import { commonHeaders, type OutgoingRequest } from './form.ts';
import { authorizationHeader } from './oauth1.ts';
import { answered, type Parts, readingOf } from './parts.ts';
import { parseAnswer, type RawAnswer } from './paths.ts';
import type { OAuth1Endpoints } from './platform.ts';
import { spend } from './renewal.ts';
import { withQuery } from './requests.ts';
import { secretOf } from './templates.ts';

interface Signed {
  readonly client: ConsentRequest['client'];
  readonly protocol: Readonly<Record<string, string>>;
  readonly token?: string;
  readonly tokenSecret?: string;
}

/** Asks for temporary credentials (RFC 5849 section 2.1). @throws Failure when the platform gives none */
export async function beginOAuth1(
  parts: Parts,
  { requestURL, authorizeURL }: OAuth1Endpoints,
  request: ConsentRequest,
): Promise<ConsentStart> {
  // The registered address to the letter: what came back is told by the temporary token, for which there is no state.
  const protocol = { oauth_callback: request.redirectURI };
  const outgoing = signedPost(parts, requestURL, { client: request.client, protocol });
  const raw = await answered(parts, request, outgoing, 'Code');
  const fields = new URLSearchParams(raw.text);
  const [token, secret] = [fields.get('oauth_token'), fields.get('oauth_token_secret')];
  const isGiven = raw.status === 200 && fields.get('oauth_callback_confirmed') === 'true';
  if (!isGiven || !token || !secret) throw notGiven(raw, readingOf(parts, undefined, outgoing));
  return { url: withQuery(authorizeURL, [['oauth_token', token]]), secret: Sealed.of(secret) };
}

/** Exchanges the verifier for token credentials (RFC 5849 section 2.3). Never throws. */
export async function exchangeVerifier(
  parts: Parts,
  endpoints: OAuth1Endpoints,
  { client, callback, secret, timeoutMs }: CodeRequest,
): Promise<SpendOutcome> {
  const { oauth_token: token, oauth_verifier: verifier } = callback;
  if (token === undefined || verifier === undefined) {
    return { kind: 'NotSent', failure: refusedByPerson(parts.platform.spec, callback) };
  }
  return await spend(parts, {
    client,
    timeoutMs,
    phase: 'Code',
    build: () => {
      const tokenSecret = secret === undefined ? {} : { tokenSecret: secret.reveal() };
      const protocol = { oauth_verifier: verifier };
      return signedPost(parts, endpoints.tokenURL, { client, protocol, token, ...tokenSecret });
    },
    read: (raw, reading) => tokenCredentials(raw, endpoints) ?? spendOutcome(raw, reading, 'Code'),
  });
}

function tokenCredentials(raw: RawAnswer, endpoints: OAuth1Endpoints): SpendOutcome | undefined {
  const fields = new URLSearchParams(raw.text);
  const [token, secret] = [fields.get('oauth_token'), fields.get('oauth_token_secret')];
  if (!isSuccess(parseAnswer(raw)) || !token || !secret) return undefined;
  const id = fields.get(endpoints.accountID);
  const handle = fields.get(endpoints.handle) ?? undefined;
  const account = id === null ? undefined : { id, handle };
  const given = { access: Sealed.of(token), secret: Sealed.of(secret), obtainedAt: raw.startedAt, account };
  return { kind: 'Answered', answer: { ...given, raw: Sealed.of(raw.text) } };
}

function signedPost(parts: Parts, url: string, { client, protocol, token, tokenSecret }: Signed): OutgoingRequest {
  const clientSecret = secretOf(client);
  const timestamp = Math.floor(parts.clock.now() / 1_000);
  const signing = { clientId: client.id, clientSecret, token, tokenSecret, nonce: parts.newNonce(), timestamp };
  const authorization = authorizationHeader({ method: 'POST', url, protocol }, signing);
  const secrets = [clientSecret, token, tokenSecret].filter((one) => one !== undefined);
  return { method: 'POST', url, headers: { ...commonHeaders, authorization }, body: '', secrets };
}

function notGiven(raw: RawAnswer, reading: Reading): Failure {
  const answer = parseAnswer(raw);
  const rule = sortedBy('Code', answer, reading);
  if (rule !== undefined) return failureOf(rule, 'Code', answer, reading);
  const what = `${reading.platform.spec.displayName} gave no temporary credentials`;
  return plainFailure('Unexpected', 'Unexpected', what, answer, reading);
}
