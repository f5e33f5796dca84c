import type { Shape } from './contract-rows.ts';
import { cited, dayMs, nowAt, type Question, type Row, type Source } from './rows.ts';
import { xErrorRows } from './x-error-rows.ts';
import { xOAuth1Rows } from './x-oauth1-rows.ts';

const oauth2 = 'https://docs.x.com/fundamentals/authentication/oauth-2-0';
const codeFlow: Source = [`${oauth2}/authorization-code`, '2026-11-22', 'documented'];
const userTokens: Source = [`${oauth2}/user-access-token`, '2026-11-22', 'documented'];
const apiReference: Source = [
  'https://docs.x.com/fundamentals/authentication/api-reference',
  '2026-11-22',
  'documented',
];
const lateCodes: Source = ['https://github.com/PLhery/node-twitter-api-v2/issues/496', '2026-11-25', 'observed'];
const missingHeaders: Source = ['https://github.com/unasuke/omniauth-twitter2/issues/4', '2026-11-25', 'observed'];
const deadTokens: Source = ['https://github.com/trypostit/trypost/issues/126', '2026-11-25', 'observed'];
const lookUps: Source = ['https://docs.x.com/x-api/users/get-my-user', '2026-11-22', 'documented'];

const common = { accept: 'application/json', 'user-agent': 'social-channel-operator' };
const formHeaders = { ...common, 'content-type': 'application/x-www-form-urlencoded' };
// base64 of our-client:app-secret-0001
const basic = { ...common, authorization: 'Basic b3VyLWNsaWVudDphcHAtc2VjcmV0LTAwMDE=' };
const basicForm = { ...basic, 'content-type': 'application/x-www-form-urlencoded' };
const tokenURL = 'https://api.x.com/2/oauth2/token';
const revokeURL = 'https://api.x.com/2/oauth2/revoke';
const isPublic = { use: { isPublic: true } } as const;

const given = {
  token_type: 'bearer',
  expires_in: 7200,
  access_token: 'next-access',
  scope: 'users.read tweet.read tweet.write offline.access',
  refresh_token: 'next-refresh',
};
const renewed = {
  kind: 'Answered',
  access: 'next-access',
  refresh: 'next-refresh',
  expiresInS: 7200,
  scopes: ['offline.access', 'tweet.read', 'tweet.write', 'users.read'],
} as const;
const withoutRefresh = { ...given, scope: 'users.read tweet.read', refresh_token: undefined };

function tokenError(status: number, error: string, error_description?: string) {
  return { Token: { status, body: { error, error_description } } };
}
const post = (url: string, headers: Readonly<Record<string, string>>, body: string) => [
  { method: 'POST' as const, url, headers, body },
];

const consentRows = [
  ...cited(
    codeFlow,
    {
      name: 'the consent page, with a challenge',
      call: 'consent',
      answers: {},
      scopes: ['tweet.read', 'users.read', 'offline.access'],
      want: {
        kind: 'Consent',
        url: 'https://x.com/i/oauth2/authorize?response_type=code&client_id=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=tweet.read%20users.read%20offline.access&state=state-0001&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256',
      },
    },
    {
      name: 'a code of a confidential app: the secret in the header alone',
      call: 'code',
      answers: { Token: { status: 200, body: given } },
      want: renewed,
      sent: post(
        tokenURL,
        basicForm,
        'code=brought-code-0001&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&grant_type=authorization_code',
      ),
    },
    {
      name: 'a code of a public app: the client id in the form',
      call: 'code',
      ...isPublic,
      answers: { Token: { status: 200, body: given } },
      want: renewed,
      sent: post(
        tokenURL,
        formHeaders,
        'code=brought-code-0001&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&grant_type=authorization_code&client_id=our-client',
      ),
    },
    {
      name: 'a login that was given without offline.access',
      call: 'code',
      answers: { Token: { status: 200, body: withoutRefresh } },
      want: { kind: 'Answered', access: 'next-access', expiresInS: 7200, scopes: ['tweet.read', 'users.read'] },
    },
  ),
  ...cited(lateCodes, {
    name: 'a code that is older than thirty seconds, or was used',
    call: 'code',
    answers: tokenError(400, 'invalid_request', 'Value passed for the authorization code was invalid.'),
    want: { kind: 'Rejected', family: 'Rejected', reason: 'ConsentRefused' },
  }),
];

const dead = 'Value passed for the token was invalid.';
const rejected = (reason: 'AccessRevoked' | 'RefreshTokenExpired') =>
  ({ kind: 'Rejected', family: 'Rejected', reason }) as const;
const refusedApp = { kind: 'Refused', family: 'Misconfigured', isAppFault: true } as const;
const refreshRows = [
  ...cited(
    userTokens,
    {
      name: 'a new pair for the old one',
      call: 'refresh',
      answers: { Token: { status: 200, body: given } },
      want: renewed,
      sent: post(tokenURL, basicForm, 'refresh_token=held-refresh-0001&grant_type=refresh_token'),
    },
    {
      name: 'a new pair for a public app',
      call: 'refresh',
      ...isPublic,
      answers: { Token: { status: 200, body: given } },
      want: renewed,
      sent: post(
        tokenURL,
        formHeaders,
        'refresh_token=held-refresh-0001&grant_type=refresh_token&client_id=our-client',
      ),
    },
  ),
  ...cited(
    deadTokens,
    {
      name: 'a refresh token that was spent, or taken back',
      call: 'refresh',
      answers: tokenError(400, 'invalid_request', dead),
      want: rejected('AccessRevoked'),
      says: `X rejected the stored login: "${dead}" This happens when`,
    },
    {
      name: 'a refresh token that nobody used for half a year',
      call: 'refresh',
      tokens: { obtainedAt: nowAt - 181 * dayMs },
      answers: tokenError(400, 'invalid_request', dead),
      want: rejected('RefreshTokenExpired'),
    },
    {
      name: 'an old consent whose tokens were renewed all along',
      call: 'refresh',
      tokens: { consentedAt: nowAt - 500 * dayMs },
      answers: tokenError(400, 'invalid_request', dead),
      want: rejected('AccessRevoked'),
    },
    {
      name: 'the same in the words of the RFC',
      call: 'refresh',
      answers: tokenError(400, 'invalid_grant', dead),
      want: rejected('AccessRevoked'),
    },
    {
      name: 'a parameter that is missing',
      call: 'refresh',
      answers: tokenError(400, 'invalid_request', 'Missing required parameter [client_id].'),
      want: { kind: 'Refused', family: 'Unexpected', reason: 'Unexpected' },
    },
    {
      name: 'the words of a rejection with another error',
      call: 'refresh',
      answers: tokenError(400, 'unknown_error', dead),
      want: { kind: 'Refused', family: 'Unexpected', reason: 'Unexpected' },
    },
    {
      name: 'the words of a rejection from a broken server: the token may be spent',
      call: 'refresh',
      answers: tokenError(503, 'invalid_request', dead),
      want: { kind: 'Unknown', family: 'Transient', reason: 'PlatformUnavailable', hasRaw: true },
    },
  ),
  ...cited(
    missingHeaders,
    {
      name: 'no header, or a wrong secret in it',
      call: 'refresh',
      answers: tokenError(401, 'unauthorized_client', 'Missing valid authorization header'),
      want: { ...refusedApp, reason: 'AppSecretInvalid' },
    },
    ...[400, 401].map(
      (status): Question => ({
        name: `a client id that X does not know, ${status}`,
        call: 'refresh',
        answers: tokenError(status, 'invalid_client'),
        want: { ...refusedApp, reason: 'AppUnknown' },
      }),
    ),
  ),
];

const me = { data: { id: '2244990000000000001', name: 'Example Studio', username: 'examplestudio' } };
const valid = { kind: 'Valid', account: { id: '2244990000000000001', handle: 'examplestudio' } } as const;
const lookUpRows = cited(
  lookUps,
  {
    name: 'the account, by its number and not by its name',
    call: 'introspect',
    answers: { Identity: { status: 200, body: me } },
    want: valid,
    sent: [
      {
        method: 'GET',
        url: 'https://api.x.com/2/users/me',
        headers: { ...common, authorization: 'Bearer held-access-0001' },
        body: undefined,
      },
    ],
  },
  {
    name: 'errors beside the account are about something else',
    call: 'introspect',
    answers: {
      Identity: {
        status: 200,
        body: { ...me, errors: [{ type: 'https://api.x.com/2/problems/user-suspended', detail: 'Another one' }] },
      },
    },
    want: valid,
  },
  {
    name: 'errors and no account',
    call: 'introspect',
    answers: {
      Identity: { status: 200, body: { errors: [{ type: 'https://api.x.com/2/problems/resource-not-found' }] } },
    },
    want: { kind: 'Thrown', family: 'Unexpected', reason: 'Unexpected' },
  },
);

const revokeRows = cited(
  apiReference,
  {
    name: 'both tokens',
    call: 'revoke',
    answers: { Revoke: { status: 200, body: { revoked: true } } },
    want: { kind: 'Revoked' },
    sent: [
      ...post(revokeURL, basicForm, 'token=held-refresh-0001'),
      ...post(revokeURL, basicForm, 'token=held-access-0001'),
    ],
  },
  {
    name: 'both tokens of a public app',
    call: 'revoke',
    ...isPublic,
    answers: { Revoke: { status: 200 } },
    want: { kind: 'Revoked' },
    sent: [
      ...post(revokeURL, formHeaders, 'token=held-refresh-0001&client_id=our-client'),
      ...post(revokeURL, formHeaders, 'token=held-access-0001&client_id=our-client'),
    ],
  },
  {
    name: 'a refresh token that takes the access token with it',
    call: 'revoke',
    answers: {
      Revoke: [{ status: 200 }, { status: 400, body: { error: 'invalid_request', error_description: dead } }],
    },
    want: { kind: 'Revoked' },
  },
);

export const xRows: readonly Row[] = [
  ...consentRows,
  ...refreshRows,
  ...lookUpRows,
  ...revokeRows,
  ...xErrorRows,
  ...xOAuth1Rows,
];

export const xShape: Shape = { good: { Identity: { status: 200, body: me } } };
