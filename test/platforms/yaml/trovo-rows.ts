import { cited, hourMs, nowAt, type Question, type Row, type Source } from '../rows.ts';
import { limited, newAccess, newTokens, ofApp, rejected, tokenDead, unexpected, unknownOutcome } from './expected.ts';
import { bring, consent, exchange, give, inspect, refresh } from './questions.ts';
import { consentQuery, get, plain, post } from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const docs: Source = ['https://developer.trovo.live/docs/APIs.html', day, 'documented'];
const codes: Source = ['https://docs.rs/trovo/latest/src/trovo/errors.rs.html', later, 'observed'];
const quoted: Source = ['https://github.com/artandor/multistream-tools/issues/70', later, 'observed'];

const api = 'https://open-api.trovo.live/openplatform';
const named = { ...plain, 'client-id': 'our-client' };
const json = { ...named, 'content-type': 'application/json' };
const scopes = ['channel_details_self', 'channel_update_self', 'user_details_self'];
const valid = {
  uid: '100000021',
  nick_name: 'nightstream',
  client_id: 'our-client',
  scopes,
  expire_ts: String((nowAt + 3 * hourMs) / 1_000),
};
const fresh = {
  access_token: 'new-access',
  token_type: 'OAuth',
  expires_in: '14400',
  refresh_token: 'new-refresh',
};
const answered: Row['want'] = { ...newTokens, expiresInS: 14_400 };
const account = { id: '100000021', handle: 'nightstream' };

/** A failure as Trovo writes it. */
const coded = (status: number, message: string) => ({ status, error: 'error', message });
const refused = (name: string, code: number, message: string, want: Row['want'], status = 400): Question =>
  refresh(name, status, coded(code, message), want);
const refusedCode = (name: string, code: number, want: Row['want']): Question =>
  bring(name, 400, coded(code, name), want);

export const rows: readonly Row[] = [
  ...cited(
    docs,
    consent(
      'the consent page',
      `https://open.trovo.live/page/login.html?${consentQuery}&scope=user_details_self+channel_details_self&state=state-0001`,
      ['user_details_self', 'channel_details_self'],
    ),
    {
      ...exchange('the first tokens, with a life in quotes', 200, fresh, answered),
      sent: [
        post(
          `${api}/exchangetoken`,
          json,
          '{"code":"brought-code-0001","redirect_uri":"https://connect.example.com/callback","grant_type":"authorization_code","client_secret":"app-secret-0001"}',
        ),
      ],
    },
    {
      ...refresh('new tokens come from another address', 200, fresh, answered),
      sent: [
        post(
          `${api}/refreshtoken`,
          json,
          '{"refresh_token":"held-refresh-0001","grant_type":"refresh_token","client_secret":"app-secret-0001"}',
        ),
      ],
    },
    {
      ...inspect('a living token', 200, valid, { kind: 'Valid', account, scopes, expiresInS: 10_800 }),
      sent: [get(`${api}/validate`, { ...named, authorization: 'OAuth held-access-0001' })],
    },
    inspect(
      'a token of another app',
      200,
      { ...valid, client_id: 'their-client' },
      { kind: 'Thrown', family: 'Misconfigured', reason: 'AppChanged' },
    ),
    {
      ...give('an access token is given back', 200, {}, { kind: 'Revoked' }),
      sent: [post(`${api}/revoke`, json, '{"access_token":"held-access-0001"}')],
    },
  ),
  ...cited(
    quoted,
    refresh(
      'new tokens of former days, without a new refresh token',
      200,
      { access_token: 'new-access', expires_in: '14400' },
      { ...newAccess, expiresInS: 14_400 },
    ),
  ),
  ...cited(
    codes,
    refused('a refresh token past its 30 days', 11712, 'Refresh token has expired', rejected('RefreshTokenExpired')),
    {
      ...refused('a dead refresh token', 11713, 'Invalid refresh token.', rejected('AccessRevoked')),
      says: 'Trovo rejected the stored login: "Invalid refresh token."',
    },
    refused('a wrong client secret', 11717, 'Invalid client secret', ofApp('Refused', 'AppSecretInvalid')),
    refused('fifty access tokens live already', 11718, 'Access token num is greater than 50', limited('Refused')),
    refused('an account that was blocked', 11400, 'The user is blocked', rejected('AccountSuspended')),
    refused('something in the header', 11701, 'Invalid header', unexpected('Refused')),
    refused('an error that nobody put down', 20000, 'Unknown error', unexpected('Refused')),
    refusedCode('it does not exist', 10710, rejected('ConsentRefused')),
    refusedCode('it is too old', 11710, rejected('ConsentRefused')),
    refusedCode('it was used', 11711, rejected('ConsentRefused')),
    refusedCode('the client secret is wrong', 11717, ofApp('Refused', 'AppSecretInvalid')),
    inspect('a dead access token', 401, coded(11714, 'Access token has expired'), tokenDead),
    inspect('the rate limit', 400, coded(11706, 'API rate limit exceeded.'), limited('Thrown')),
    inspect('an account that was blocked', 400, coded(11400, 'Blocked'), rejected('AccountSuspended')),
  ),
  ...cited(
    [codes[0], later, 'unconfirmed'],
    inspect('a dead access token with another status', 400, coded(11714, 'Access token has expired'), tokenDead),
    inspect('an invalid access token with another status', 400, coded(11704, 'Invalid access token'), tokenDead),
    inspect('an authorization that failed, with another status', 400, coded(10703, 'Authorization failed.'), tokenDead),
    refused('a dead refresh token with status 200', 11713, 'Invalid refresh token.', rejected('AccessRevoked'), 200),
    refused(
      'a dead refresh token, told by a server that is failing',
      11713,
      'Invalid refresh token.',
      unknownOutcome,
      500,
    ),
  ),
];
