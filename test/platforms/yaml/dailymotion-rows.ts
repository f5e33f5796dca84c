import { cited, type Row, type Source } from '../rows.ts';
import { limited, newTokens, ofApp, rejected, tokenDead, unexpected } from './expected.ts';
import { consent, exchange, give, inspect, refresh, reissue } from './questions.ts';
import { client, codeGrant, consentQuery, form, get, post, refreshGrant } from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const guides = 'https://developers.dailymotion.com/guides';
const refreshing: Source = [`${guides}/refresh-token`, day, 'documented'];
const agreeing: Source = [
  'https://developers.dailymotion.com/v0/docs/authenticate-using-authorization-codes.md',
  day,
  'documented',
];
const giving: Source = [`${guides}/revoke-authorization`, day, 'documented'];
const scoping: Source = [`${guides}/api-scopes`, later, 'documented'];
const details: Source = [`${guides}/retrieve-access-token-details/`, later, 'documented'];
const errors: Source = ['https://developers.dailymotion.com/api/platform-api/errors/', later, 'documented'];

const token = 'https://api.dailymotion.com/oauth/token';
const fresh = { access_token: 'new-access', expires_in: 36_000, refresh_token: 'new-refresh' };
const answered: Row['want'] = { ...newTokens, expiresInS: 36_000 };
const valid = {
  id: 'x1fz4ii',
  scope: ['manage_videos', 'userinfo'],
  roles: [],
  username: 'nightstream',
  screenname: 'Night Stream',
};

const nested = (code: number, message: string, type: string) => ({
  error: { more_info: 'https://developer.dailymotion.com/api#error-codes', code, message, type },
});

export const rows: readonly Row[] = [
  ...cited(
    agreeing,
    consent(
      'the consent page',
      `https://api.dailymotion.com/oauth/authorize?${consentQuery}&scope=userinfo%20manage_videos&state=state-0001`,
      ['userinfo', 'manage_videos'],
    ),
    {
      ...exchange('the first tokens', 200, fresh, answered),
      sent: [post(token, form, `${codeGrant}&${client}`)],
    },
  ),
  ...cited(refreshing, {
    ...refresh('new tokens', 200, fresh, answered),
    sent: [post(token, form, `${refreshGrant}&${client}`)],
  }),
  ...cited(scoping, {
    ...reissue(
      'an app token',
      200,
      { access_token: 'app-access', expires_in: 36_000 },
      { kind: 'Answered', access: 'app-access', expiresInS: 36_000 },
    ),
    scopes: ['userinfo', 'manage_videos'],
    sent: [post(token, form, `scope=userinfo+manage_videos&grant_type=client_credentials&${client}`)],
  }),
  ...cited(
    [refreshing[0], day, 'unconfirmed'],
    {
      ...refresh(
        'a dead refresh token',
        400,
        { error: 'invalid_grant', error_description: 'Invalid refresh token.' },
        rejected('AccessRevoked'),
      ),
      says: 'Dailymotion rejected the stored login: "Invalid refresh token."',
    },
    refresh('a wrong client secret', 400, { error: 'invalid_client' }, ofApp('Refused', 'AppSecretInvalid')),
    refresh('a refresh that comes too often', 429, { error: 'slow' }, limited('Refused')),
    refresh('the words of the API at the token endpoint', 400, nested(400, 'Hm', 'hm'), unexpected('Refused')),
    refresh('an error with status 200', 200, { error: 'invalid_grant' }, rejected('AccessRevoked')),
  ),
  ...cited(
    details,
    {
      ...inspect('a living token', 200, valid, {
        kind: 'Valid',
        account: { id: 'x1fz4ii', handle: 'Night Stream' },
        scopes: ['manage_videos', 'userinfo'],
      }),
      sent: [get('https://api.dailymotion.com/auth')],
    },
    inspect(
      'an account without a screen name',
      200,
      { ...valid, screenname: null },
      { kind: 'Valid', account: { id: 'x1fz4ii', handle: 'nightstream' }, scopes: ['manage_videos', 'userinfo'] },
    ),
  ),
  ...cited(
    [details[0], later, 'unconfirmed'],
    inspect('details of nobody', 200, { id: null, scope: [], roles: [] }, unexpected('Thrown')),
  ),
  ...cited(
    errors,
    {
      ...inspect('a dead access token', 401, nested(401, 'Invalid access token', 'invalid_token'), tokenDead),
      says: 'Dailymotion says that the access token is not good any more (401 "Invalid access token").',
    },
    inspect(
      '403 is spam or a missing permission, and says not which',
      403,
      nested(403, 'No', 'denied'),
      unexpected('Thrown'),
    ),
    inspect('a missing parameter', 400, nested(400, 'Missing', 'missing_required_parameter'), unexpected('Thrown')),
  ),
  ...cited(
    giving,
    {
      ...give('a login is given back, with the token in the header', 200, {}, { kind: 'Revoked' }),
      sent: [get('https://api.dailymotion.com/logout')],
    },
    give('a login is gone already', 401, nested(401, 'Invalid access token', 'invalid_token'), { kind: 'AlreadyGone' }),
  ),
];
