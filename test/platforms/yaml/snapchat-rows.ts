import { cited, type Row, type Source } from '../rows.ts';
import { limited, newTokens, ofApp, rejected, tokenDead, unexpected } from './expected.ts';
import { ask, cannotGiveBack, consent, exchange, refresh } from './questions.ts';
import { client, codeGrant, consentQuery, form, get, post, refreshGrant } from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const docs: Source = ['https://developers.snap.com/api/marketing-api/Ads-API/authentication', day, 'documented'];
const profiles = 'https://developers.snap.com/api/marketing-api/Public-Profile-API/Profiles';
/** The fields are documented; the address is known from public code. */
const profile: Source = [profiles, later, 'observed'];
const expired: Source = ['https://adskull.io/en/errors/snapchat/401', later, 'observed'];
const permission: Source = ['https://github.com/rudderlabs/rudder-transformer', later, 'observed'];

const token = 'https://accounts.snapchat.com/login/oauth2/access_token';
const fresh = {
  access_token: 'new-access',
  refresh_token: 'new-refresh',
  expires_in: 3600,
  token_type: 'Bearer',
  scope: 'snapchat-profile-api',
};
const me = {
  request_status: 'SUCCESS',
  request_id: '98e2a602',
  public_profile: { id: 'c3c0a1f2-0001', display_name: 'Night Stream', snap_user_name: 'nightstream' },
};

export const rows: readonly Row[] = [
  ...cited(
    docs,
    consent(
      'the consent page, without a challenge',
      `https://accounts.snapchat.com/login/oauth2/authorize?${consentQuery}&scope=snapchat-profile-api%20snapchat-marketing-api&state=state-0001`,
      ['snapchat-profile-api', 'snapchat-marketing-api'],
    ),
    {
      ...exchange('the first tokens', 200, fresh, { ...newTokens, expiresInS: 3600, scopes: ['snapchat-profile-api'] }),
      sent: [post(token, form, `${codeGrant}&${client}`)],
    },
    {
      ...refresh(
        'new tokens, for half an hour as older pages have it',
        200,
        { ...fresh, expires_in: 1800 },
        { ...newTokens, expiresInS: 1800, scopes: ['snapchat-profile-api'] },
      ),
      sent: [post(token, form, `${refreshGrant}&${client}`)],
    },
  ),
  ...cited(
    [docs[0], day, 'unconfirmed'],
    {
      ...refresh('a dead refresh token', 400, { error: 'invalid_grant' }, rejected('AccessRevoked')),
      says: 'Snapchat rejected the stored login: "invalid_grant".',
    },
    refresh('a wrong client secret', 401, { error: 'invalid_client' }, ofApp('Refused', 'AppSecretInvalid')),
    refresh('an app that may not ask', 400, { error: 'unauthorized_client' }, ofApp('Refused', 'AppSecretInvalid')),
    refresh('a scope that was not admitted', 400, { error: 'invalid_scope' }, unexpected('Refused')),
    refresh('words of the API at the token endpoint', 400, { request_status: 'ERROR' }, unexpected('Refused')),
    ask('too many requests', 429, { request_status: 'ERROR', error_code: 'RATE_LIMIT' }, limited('Thrown')),
    cannotGiveBack,
  ),
  ...cited(
    profile,
    {
      ...ask('a living token', 200, me, { kind: 'Valid', account: { id: 'c3c0a1f2-0001', handle: 'nightstream' } }),
      sent: [get('https://businessapi.snapchat.com/v1/public_profiles/my_profile')],
    },
    ask(
      'a profile without a user name',
      200,
      { ...me, public_profile: { id: 'c3c0a1f2-0001', display_name: 'Night Stream' } },
      { kind: 'Valid', account: { id: 'c3c0a1f2-0001', handle: 'Night Stream' } },
    ),
  ),
  ...cited(
    [profile[0], later, 'unconfirmed'],
    ask('a profile beside a failure does not count', 200, { ...me, request_status: 'ERROR' }, unexpected('Thrown')),
    ask('no profile at all', 200, { request_status: 'SUCCESS' }, unexpected('Thrown')),
  ),
  ...cited(expired, {
    ...ask(
      'a dead access token',
      401,
      { error: 'invalid_token', error_description: 'The access token expired' },
      tokenDead,
    ),
    says: 'Snapchat does not show the account to this access token (401 "The access token expired").',
  }),
  ...cited(
    permission,
    ask(
      'a missing permission, in words that also stand for other things',
      400,
      { request_status: 'ERROR', debug_message: 'Caller does not have permission', error_code: 'E3002' },
      unexpected('Thrown'),
    ),
  ),
];
