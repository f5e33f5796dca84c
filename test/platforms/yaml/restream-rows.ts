import { cited, nowAt, type Row, type Source } from '../rows.ts';
import { limited, newTokens, ofApp, rejected, tokenDead, unexpected } from './expected.ts';
import { ask, bring, consent, exchange, give, refresh } from './questions.ts';
import { basicForm, codeGrant, consentQuery, form, get, post, refreshGrant } from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const docs = 'https://developers.restream.io';
const dialog: Source = [`${docs}/authentication/authorize-dialog`, day, 'documented'];
const exchanging: Source = [`${docs}/authentication/code-exchange`, day, 'documented'];
const refreshing: Source = [`${docs}/authentication/refreshing-tokens`, day, 'documented'];
const revoking: Source = [`${docs}/authentication/revoking-tokens`, day, 'documented'];
const profile: Source = [`${docs}/private-api/profile`, later, 'documented'];
const unsure: Source = [refreshing[0], later, 'unconfirmed'];

const token = 'https://api.restream.io/oauth/token';
const yearS = 31_536_000;
const fresh = {
  access_token: 'new-access',
  expires: nowAt / 1_000 + 3600,
  expires_in: 3600,
  refresh_token: 'new-refresh',
  scope: 'profile.read stream.read',
  token_type: 'Bearer',
  accessToken: 'new-access',
  accessTokenExpiresIn: 3600,
  accessTokenExpiresAt: '2026-11-22T11:00:00.000Z',
  accessTokenExpiresEpoch: nowAt / 1_000 + 3600,
  refreshToken: 'new-refresh',
  refreshTokenExpiresIn: yearS,
  refreshTokenExpiresAt: '2027-11-22T10:00:00.000Z',
  refreshTokenExpiresEpoch: nowAt / 1_000 + yearS,
  scopeJson: ['profile.read', 'stream.read'],
  tokenType: 'Bearer',
};
const answered: Row['want'] = {
  ...newTokens,
  expiresInS: 3600,
  refreshExpiresInS: yearS,
  scopes: ['profile.read', 'stream.read'],
};

/** A failure as Restream writes it. */
const failure = (status: number, name: string, message: string) => ({
  error: { statusCode: status, status, code: status, message, name },
});

export const rows: readonly Row[] = [
  ...cited(
    dialog,
    consent(
      'the consent page, without scopes and without a challenge',
      `https://api.restream.io/login?${consentQuery}&state=state-0001`,
    ),
    {
      name: 'a person who said no comes back with nothing at all',
      call: 'code',
      callback: {},
      answers: {},
      want: { kind: 'NotSent', family: 'Rejected', reason: 'ConsentRefused' },
      says: 'No consent came back from Restream.',
      sent: [],
    },
  ),
  ...cited(exchanging, {
    ...exchange('the first tokens, told twice', 200, fresh, answered),
    sent: [post(token, basicForm, codeGrant)],
  }),
  ...cited(refreshing, {
    ...refresh('new tokens, the refresh token for another year', 200, fresh, answered),
    sent: [post(token, basicForm, refreshGrant)],
  }),
  ...cited(revoking, {
    ...give('a login is given back, which is answered with nothing', 200, '', { kind: 'Revoked' }),
    sent: [post('https://api.restream.io/oauth/revoke', form, 'token=held-refresh-0001')],
  }),
  ...cited(
    profile,
    {
      ...ask(
        'a living token',
        200,
        { id: 404_040, username: 'nightstream', email: 'live@example.com' },
        { kind: 'Valid', account: { id: '404040', handle: 'nightstream' } },
      ),
      sent: [get('https://api.restream.io/v2/user/profile')],
    },
    {
      ...ask(
        'a dead access token',
        401,
        failure(401, 'invalid_token', 'Invalid token: access token is invalid'),
        tokenDead,
      ),
      says: '(401 "Invalid token: access token is invalid")',
    },
  ),
  ...cited(
    unsure,
    refresh(
      'a dead refresh token',
      400,
      failure(400, 'invalid_grant', 'Invalid grant: refresh token is invalid'),
      rejected('AccessRevoked'),
    ),
    {
      ...refresh(
        'a refresh token that is older than a year',
        400,
        failure(400, 'invalid_grant', 'Invalid grant: refresh token has expired'),
        rejected('RefreshTokenExpired'),
      ),
      tokens: { refreshExpiresAt: nowAt - 1_000 },
    },
    refresh('a dead refresh token, as RFC 6749 has it', 400, { error: 'invalid_grant' }, rejected('AccessRevoked')),
    refresh(
      'a wrong client secret',
      401,
      failure(401, 'invalid_client', 'Invalid client: client credentials are invalid'),
      ofApp('Refused', 'AppSecretInvalid'),
    ),
    refresh(
      'an app that may not refresh',
      400,
      failure(400, 'unauthorized_client', 'Unauthorized client: `grant_type` is invalid'),
      ofApp('Refused', 'AppSecretInvalid'),
    ),
    refresh(
      'a bad request',
      400,
      failure(400, 'invalid_request', 'Missing parameter: `refresh_token`'),
      unexpected('Refused'),
    ),
    bring(
      'it was used already',
      400,
      failure(400, 'invalid_grant', 'Invalid grant: authorization code is invalid'),
      rejected('ConsentRefused'),
    ),
    ask(
      'an app that was registered without the scope for the question',
      403,
      failure(403, 'insufficient_scope', 'Insufficient scope: authorized scope is insufficient'),
      ofApp('Thrown', 'AppReviewMissing'),
    ),
    ask('too many requests', 429, failure(429, 'too_many_requests', 'Slow down'), limited('Thrown')),
  ),
];
