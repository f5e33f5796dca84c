import * as oauth from 'oauth4webapi';
import type { Sealed } from '../../core/sealed.ts';
import type { Person } from './access.ts';

/** What the browser keeps, sealed, while the person is at the sign-in server. */
export interface SignInTransaction {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Path of ours to go to afterwards. */
  readonly returnTo: string;
}

export interface SignIn {
  /** Where people type their password, for the page: a host name. */
  readonly host: string;
  /** @throws SignInFailed when the sign-in server cannot be asked */
  begin(returnTo: string): Promise<{ readonly url: string; readonly transaction: SignInTransaction }>;
  /** @throws SignInFailed when the answer is not genuine, or says no */
  finish(callback: URLSearchParams, transaction: SignInTransaction): Promise<Person>;
  /** Where a person ends the session at the sign-in server itself; undefined where that names no such page, or is away. */
  endSessionURL(): Promise<string | undefined>;
}

/** Why nobody was signed in. `Denied`: the server or the person said no. */
export class SignInFailed extends Error {
  readonly kind: 'Unavailable' | 'Denied' | 'NotGenuine';

  constructor(kind: SignInFailed['kind'], message: string) {
    super(message);
    this.name = 'SignInFailed';
    this.kind = kind;
  }
}

/** As `fetch`, with the authorities to trust built in. */
export type Fetch = (url: string, options: object) => Promise<Response>;

export interface SignInOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client. */
  readonly clientSecret?: Sealed | undefined;
  readonly redirectURI: string;
  readonly groupsClaim: string;
  readonly scopes: readonly string[];
  readonly fetch: Fetch;
  readonly now: () => number;
}

const discoveryLifeMs = 3_600_000;
const timeoutMs = 10_000;

/** Sign-in by OpenID Connect: code flow with PKCE and nonce, issuer checked (OpenID Connect Core 3.1, RFC 9207). */
export function createSignIn(options: SignInOptions): SignIn {
  const { issuer, redirectURI, scopes } = options;
  const client: oauth.Client = { client_id: options.clientId };
  const http = () => ({ [oauth.customFetch]: options.fetch, signal: AbortSignal.timeout(timeoutMs) });
  const server = discovered(options, http);
  return {
    host: new URL(issuer).host,
    begin: async (returnTo) => {
      const { authorization_endpoint: endpoint } = await server();
      if (endpoint === undefined) throw new SignInFailed('Unavailable', 'the sign-in server names no login page');
      const transaction = {
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
        verifier: oauth.generateRandomCodeVerifier(),
        returnTo,
      };
      const url = new URL(endpoint);
      const parameters = {
        response_type: 'code',
        client_id: client.client_id,
        redirect_uri: redirectURI,
        scope: scopes.join(' '),
        state: transaction.state,
        nonce: transaction.nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(transaction.verifier),
        code_challenge_method: 'S256',
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return { url: url.href, transaction };
    },
    finish: async (callback, { state, nonce, verifier }) => {
      const known = await server();
      return await sorted(async () => {
        const answer = oauth.validateAuthResponse(known, client, callback, state);
        const response = await oauth.authorizationCodeGrantRequest(
          known,
          client,
          clientAuth(known, options.clientSecret),
          answer,
          redirectURI,
          verifier,
          http(),
        );
        const expected = { expectedNonce: nonce, requireIdToken: true };
        const tokens = await oauth.processAuthorizationCodeResponse(known, client, response, expected);
        return await personOf(known, client, tokens, options.groupsClaim, http);
      });
    },
    endSessionURL: async () => {
      const known = await server().catch((error: unknown) => {
        if (error instanceof SignInFailed) return undefined;
        throw error;
      });
      return logoutURL(known?.end_session_endpoint, client.client_id);
    },
  };
}

/**
 * OpenID Connect RP-Initiated Logout 1.0. Without `id_token_hint`, as no ID token is kept: the server asks the person
 * once more. Without an address to come back to, which would have to be registered.
 */
function logoutURL(endpoint: unknown, clientId: string): string | undefined {
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return undefined;
  const url = new URL(endpoint);
  if (url.protocol !== 'https:') return undefined;
  url.searchParams.set('client_id', clientId);
  return url.href;
}

type Http = () => { [oauth.customFetch]: Fetch; signal: AbortSignal };

/** Fetched when first needed, so that a sign-in server that is away keeps nothing else from working. */
function discovered({ issuer, now }: SignInOptions, http: Http): () => Promise<oauth.AuthorizationServer> {
  let kept: { readonly server: oauth.AuthorizationServer; readonly at: number } | undefined;
  return async () => {
    if (kept !== undefined && now() - kept.at < discoveryLifeMs) return kept.server;
    const address = new URL(issuer);
    const server = await sorted(async () => {
      const response = await oauth.discoveryRequest(address, http());
      return await oauth.processDiscoveryResponse(address, response);
    });
    kept = { server, at: now() };
    return server;
  };
}

function clientAuth(server: oauth.AuthorizationServer, secret: Sealed | undefined): oauth.ClientAuth {
  if (secret === undefined) return oauth.None();
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const isBasic = methods.includes('client_secret_basic') || !methods.includes('client_secret_post');
  return isBasic ? oauth.ClientSecretBasic(secret.reveal()) : oauth.ClientSecretPost(secret.reveal());
}

/** Foreign messages may hold a token or an address with a code: only their kind is told. */
async function sorted<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) {
      throw new SignInFailed('Denied', `the sign-in server answered ${word(error.error)}`);
    }
    if (error instanceof oauth.ResponseBodyError || error instanceof oauth.WWWAuthenticateChallengeError) {
      throw new SignInFailed('Unavailable', 'the sign-in server refused the request of this operator');
    }
    if (error instanceof oauth.OperationProcessingError) {
      throw new SignInFailed(
        'NotGenuine',
        `the answer of the sign-in server does not fit (${error.code ?? 'unknown'})`,
      );
    }
    throw new SignInFailed('Unavailable', 'the sign-in server could not be asked');
  }
}

function word(text: string): string {
  return /^[\w.-]{1,64}$/.test(text) ? text : 'with an error';
}

type Claims = Readonly<Record<string, unknown>>;

/** From the ID token; what is missing there is asked for at the userinfo endpoint, where there is one. */
async function personOf(
  server: oauth.AuthorizationServer,
  client: oauth.Client,
  tokens: oauth.TokenEndpointResponse,
  groupsClaim: string,
  http: Http,
): Promise<Person> {
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  if (claims === undefined) throw new SignInFailed('NotGenuine', 'the sign-in server sent no ID token');
  let told: Claims = claims as Claims;
  const isComplete = told.email !== undefined && told[groupsClaim] !== undefined;
  if (!isComplete && server.userinfo_endpoint !== undefined) {
    const response = await oauth.userInfoRequest(server, client, tokens.access_token, http());
    told = { ...((await oauth.processUserInfoResponse(server, client, claims.sub, response)) as Claims), ...told };
  }
  const texts = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const email = texts(told.email);
  return {
    id: claims.sub,
    name: texts(told.name) ?? texts(told.preferred_username) ?? email ?? claims.sub,
    email,
    isEmailVerified: told.email_verified === true,
    groups: groupsOf(told[groupsClaim]),
  };
}

function groupsOf(claim: unknown): readonly string[] {
  const listed = Array.isArray(claim) ? claim : [claim];
  return listed.filter((group): group is string => typeof group === 'string' && group !== '');
}
