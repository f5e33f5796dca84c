import { cited, type Row, type Source } from '../rows.ts';
import { limited, newAccess, newTokens, ofApp, rejected, tokenDead, unavailable, unexpected } from './expected.ts';
import { ask, bring, cannotGiveBack, consent, exchange, refresh } from './questions.ts';
import { basicForm, codeGrant, consentQuery, get, post, refreshGrant } from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const docs: Source = [
  'https://developers.pinterest.com/docs/getting-started/set-up-authentication-and-authorization/',
  day,
  'documented',
];
const openapi: Source = ['https://github.com/pinterest/api-description/blob/main/v5/openapi.yaml', later, 'documented'];
const badGrant: Source = ['https://github.com/pinterest/pinterest-python-sdk/issues/114', later, 'observed'];
const badApp: Source = ['https://github.com/pinterest/pinterest-api-demo/issues/16', later, 'observed'];
const badToken: Source = [
  'https://github.com/pinterest/pinterest-python-generated-api-client/issues/31',
  later,
  'observed',
];
const continuous: Source = ['https://github.com/pinterest/pinterest-python-sdk/issues/156', later, 'observed'];
const pending: Source = [
  'https://github.com/yddav/marketing-automation-hub/blob/main/automation/social_media/PINTEREST_SETUP_COMPLETE.md',
  later,
  'observed',
];
const restricted: Source = ['https://github.com/Jaal-Yantra-Textiles/v2/pull/2080', later, 'observed'];

const fewScopes: Source = ['https://github.com/pinterest/api-quickstart/issues/97', later, 'observed'];

const token = 'https://api.pinterest.com/v5/oauth/token';
const granted = ['boards:read', 'pins:read', 'pins:write', 'user_accounts:read'];
const fresh = {
  access_token: 'new-access',
  token_type: 'bearer',
  expires_in: 2_592_000,
  scope: 'boards:read pins:read pins:write user_accounts:read',
  response_type: 'authorization_code',
};
const me = { id: '549755885175', username: 'nightstream', account_type: 'BUSINESS' };

export const rows: readonly Row[] = [
  ...cited(
    docs,
    consent(
      'the consent page',
      `https://www.pinterest.com/oauth/?${consentQuery}&scope=boards%3Aread%2Cpins%3Aread%2Cpins%3Awrite%2Cuser_accounts%3Aread&state=state-0001`,
      granted,
    ),
    {
      ...exchange(
        'the first tokens, with the end of the refresh token',
        200,
        { ...fresh, refresh_token: 'new-refresh', refresh_token_expires_in: 5_184_000 },
        { ...newTokens, expiresInS: 2_592_000, refreshExpiresInS: 5_184_000, scopes: granted },
      ),
      sent: [post(token, basicForm, codeGrant)],
    },
  ),
  ...cited(
    continuous,
    {
      ...refresh(
        'new tokens, good for another 60 days',
        200,
        {
          ...fresh,
          response_type: 'everlasting_refresh',
          refresh_token: 'new-refresh',
          refresh_token_expires_in: 5_184_000,
        },
        { ...newTokens, expiresInS: 2_592_000, refreshExpiresInS: 5_184_000, scopes: granted },
      ),
      sent: [post(token, basicForm, refreshGrant)],
    },
    refresh(
      'a new access token alone, with scopes between commas',
      200,
      { ...fresh, scope: 'boards:read,pins:read' },
      { ...newAccess, expiresInS: 2_592_000, scopes: ['boards:read', 'pins:read'] },
    ),
  ),
  ...cited(badGrant, {
    ...refresh(
      'a dead refresh token',
      401,
      { code: 283, message: 'The authorization grant is invalid' },
      rejected('AccessRevoked'),
    ),
    says: 'Pinterest rejected the stored login: "The authorization grant is invalid".',
  }),
  ...cited(
    badApp,
    refresh(
      'an app that Pinterest does not know, in the words of an older version',
      401,
      {
        status: 'failure',
        code: 283,
        data: 'Invalid Application ID',
        message: 'The authorization grant is invalid',
        endpoint_name: 'oauth_connect',
      },
      ofApp('Refused', 'AppUnknown'),
    ),
  ),
  ...cited(
    [badGrant[0], later, 'unconfirmed'],
    bring(
      'it was used already',
      400,
      { code: 283, message: 'The authorization grant is invalid' },
      rejected('ConsentRefused'),
    ),
    refresh(
      'a failed authentication may be the app',
      401,
      { code: 2, message: 'Authentication failed.' },
      unexpected('Refused'),
    ),
    refresh(
      'a wrong client secret, as RFC 6749 has it',
      401,
      { error: 'invalid_client' },
      ofApp('Refused', 'AppSecretInvalid'),
    ),
    refresh('too many requests', 429, { code: 8, message: 'You have exceeded your rate limit.' }, limited('Refused')),
  ),
  ...cited(
    openapi,
    {
      ...ask('a living token', 200, me, { kind: 'Valid', account: { id: '549755885175', handle: 'nightstream' } }),
      sent: [get('https://api.pinterest.com/v5/user_account')],
    },
    ask(
      '403, for a permission or something else',
      403,
      { code: 403, message: 'Not authorized.' },
      unexpected('Thrown'),
    ),
    ask('something unexpected', 500, { code: 1, message: 'Internal error' }, unavailable('Thrown')),
  ),
  ...cited(
    badToken,
    ask('a dead access token', 401, { code: 2, message: 'Authentication failed.', status: 'failure' }, tokenDead),
  ),
  ...cited(
    pending,
    {
      ...ask(
        'an app that is not approved yet',
        401,
        { code: 3, message: 'Your application consumer type is not supported.' },
        ofApp('Thrown', 'AppReviewMissing'),
      ),
      says: 'Pinterest has not approved the app',
    },
    ask(
      'an app that is not approved yet, with another status',
      403,
      { code: 3, message: 'Your application consumer type is not supported.' },
      ofApp('Thrown', 'AppReviewMissing'),
    ),
  ),
  ...cited(
    restricted,
    ask(
      'an app that may not use a restricted feature',
      401,
      { code: 3, message: 'Your application does not have access to this restricted feature: pin_search' },
      ofApp('Thrown', 'AppReviewMissing'),
    ),
  ),
  ...cited(
    fewScopes,
    ask(
      'a good token that the person gave too little with',
      401,
      { code: 3, message: 'Your token does not have sufficient permissions for this operation.' },
      rejected('ScopeMissing'),
    ),
  ),
  ...cited(
    [pending[0], later, 'unconfirmed'],
    ask('number 3 that is not about the app', 401, { code: 3, message: 'Authorization failed.' }, tokenDead),
  ),
  ...cited([docs[0], day, 'unconfirmed'], cannotGiveBack),
];
