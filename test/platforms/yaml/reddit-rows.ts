import type { Shape } from '../contract-rows.ts';
import { cited, type Row, type Source } from '../rows.ts';
import { limited, newAccess, newTokens, ofApp, rejected, tokenDead, unexpected } from './expected.ts';
import { ask, bring, consent, exchange, give, refresh, reissue } from './questions.ts';
import { basic, bearer, codeGrant, consentQuery, form, get, plain, post, refreshGrant } from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const wiki: Source = ['https://github.com/reddit-archive/reddit/wiki/OAuth2', day, 'documented'];
const help: Source = ['https://support.reddithelp.com/hc/en-us/articles/16160319875092', day, 'documented'];
const code: Source = [
  'https://github.com/reddit-archive/reddit/blob/master/r2/r2/controllers/oauth2.py',
  later,
  'documented',
];
const posthog: Source = ['https://github.com/PostHog/posthog/pull/70985', later, 'observed'];
const kept: Source = ['https://github.com/praw-dev/praw/pull/1767', day, 'observed'];
const prawcore: Source = ['https://github.com/praw-dev/prawcore/blob/main/prawcore/util.py', later, 'observed'];

const settings = { username: 'nightstream_dev' };
export const shape: Shape = { settings };

const agent = { 'user-agent': 'kubernetes:our-client:v1 (by /u/nightstream_dev)' };
const signed = { ...form, ...agent, ...basic };
const token = 'https://www.reddit.com/api/v1/access_token';
const fresh = { access_token: 'new-access', token_type: 'bearer', expires_in: 3600, scope: 'identity submit' };
const scopes = ['identity', 'submit'];

const ownRows = [
  ...cited(
    wiki,
    consent(
      'the consent page, for good',
      `https://www.reddit.com/api/v1/authorize?${consentQuery}&scope=identity%20submit&state=state-0001&duration=permanent`,
      scopes,
    ),
    {
      ...exchange(
        'the first tokens',
        200,
        { ...fresh, refresh_token: 'new-refresh' },
        { ...newTokens, expiresInS: 3600, scopes },
      ),
      sent: [post(token, signed, codeGrant)],
    },
    {
      ...refresh('a new access token', 200, fresh, { ...newAccess, expiresInS: 3600, scopes }),
      sent: [post(token, signed, refreshGrant)],
    },
    {
      ...reissue(
        'an app token',
        200,
        { ...fresh, access_token: 'app-access' },
        { kind: 'Answered', access: 'app-access', expiresInS: 3600, scopes },
      ),
      scopes,
      sent: [post(token, signed, 'scope=identity+submit&grant_type=client_credentials')],
    },
    {
      ...ask(
        'a living token',
        200,
        { id: '4x2yz', name: 'nightstream', is_suspended: false },
        {
          kind: 'Valid',
          account: { id: '4x2yz', handle: 'nightstream' },
        },
      ),
      sent: [get('https://oauth.reddit.com/api/v1/me', { ...plain, ...agent, ...bearer })],
    },
    ask('a dead access token', 401, { message: 'Unauthorized', error: 401 }, tokenDead),
    refresh(
      'a wrong client secret',
      401,
      { message: 'Unauthorized', error: 401 },
      ofApp('Refused', 'AppSecretInvalid'),
    ),
    bring(
      'it was used already, which is told with status 200',
      200,
      { error: 'invalid_grant' },
      rejected('ConsentRefused'),
    ),
    {
      ...give('a login is given back', 204, '', { kind: 'Revoked' }),
      sent: [post('https://www.reddit.com/api/v1/revoke_token', signed, 'token=held-refresh-0001')],
    },
    give(
      'a wrong client secret when a login is given back',
      401,
      { message: 'Unauthorized', error: 401 },
      ofApp('Failed', 'AppSecretInvalid'),
    ),
  ),
  ...cited(
    code,
    refresh('a wrong client secret, told by the header alone', 401, '', ofApp('Refused', 'AppSecretInvalid'), {
      'www-authenticate': 'Basic realm="reddit"',
    }),
    refresh(
      'a dead refresh token, in the words of the published code',
      400,
      { error: 'invalid_request' },
      rejected('AccessRevoked'),
    ),
    refresh(
      'a grant type that Reddit does not know, told with status 200',
      200,
      { error: 'unsupported_grant_type' },
      ofApp('Refused', 'PlatformInvalid'),
    ),
    give('a token of another app', 400, { error: 'unauthorized_client' }, ofApp('Failed', 'AppSecretInvalid')),
  ),
  ...cited(posthog, {
    ...refresh(
      'a dead refresh token, as it is told now',
      400,
      { message: 'Bad Request', error: 400 },
      rejected('AccessRevoked'),
    ),
    says: 'Reddit rejected the stored login: "Bad Request".',
  }),
  ...cited(
    [posthog[0], later, 'unconfirmed'],
    refresh('a dead refresh token, as RFC 6749 has it', 400, { error: 'invalid_grant' }, rejected('AccessRevoked')),
    refresh(
      'a request that is not allowed at all says nothing of the token',
      403,
      { message: 'Forbidden', error: 403 },
      unexpected('Refused'),
    ),
    ask('a bad request says nothing of the token', 400, { message: 'Bad Request', error: 400 }, unexpected('Thrown')),
  ),
  ...cited(
    kept,
    refresh(
      'a refresh token that is repeated',
      200,
      { ...fresh, refresh_token: 'held-refresh-0001' },
      { ...newAccess, refresh: 'held-refresh-0001', expiresInS: 3600, scopes },
    ),
  ),
  ...cited(
    prawcore,
    ask('a permission that is missing', 403, { message: 'Forbidden', error: 403 }, rejected('ScopeMissing'), {
      'www-authenticate': 'Bearer realm="reddit", error="insufficient_scope"',
    }),
    ask('something else that is forbidden', 403, { message: 'Forbidden', error: 403 }, unexpected('Thrown')),
  ),
  ...cited(
    help,
    ask('too many requests', 429, { message: 'Too Many Requests', error: 429 }, limited('Thrown', 120), {
      'retry-after': '120',
      'x-ratelimit-remaining': '0.0',
      'x-ratelimit-reset': '120',
    }),
  ),
];

export const rows: readonly Row[] = ownRows.map((row) => ({ ...row, use: { settings } }));
