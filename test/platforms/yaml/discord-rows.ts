import { cited, held, type Row, type Source } from '../rows.ts';
import { limited, newTokens, ofApp, rejected, tokenDead, unexpected } from './expected.ts';
import { consent, exchange, give, inspect, refresh, reissue } from './questions.ts';
import { basicForm, consentQuery, get, post, refreshGrant, verifiedCodeGrant } from './requests.ts';

const day = '2026-11-22';
const oauth: Source = ['https://docs.discord.com/developers/topics/oauth2', day, 'documented'];
const codes: Source = ['https://docs.discord.com/developers/topics/opcodes-and-status-codes', day, 'documented'];
const unsure: Source = [codes[0], day, 'unconfirmed'];
const limits: Source = ['https://docs.discord.com/developers/topics/rate-limits', day, 'documented'];
const singleUse: Source = ['https://github.com/discord/discord-api-docs/issues/5942', day, 'observed'];
const formerWords: Source = ['https://github.com/member-gentei/member-gentei/issues/18', '2026-11-25', 'observed'];

const token = 'https://discord.com/api/oauth2/token';
const scopes = ['identify', 'role_connections.write'];
const me = {
  application: { id: held.id, name: 'Main Stage', bot_public: true },
  scopes,
  expires: '2026-11-29T10:00:00.000000+00:00',
  user: { id: '80351110224678912', username: 'nightstream', discriminator: '0' },
};
const account = { id: '80351110224678912', handle: 'nightstream' };

const consentURL = `https://discord.com/oauth2/authorize?${consentQuery}&scope=identify%20role_connections.write&state=state-0001&code_challenge=${held.challenge}&code_challenge_method=S256`;

export const rows: readonly Row[] = [
  ...cited(
    oauth,
    consent('the consent page', consentURL, scopes),
    {
      ...consent('the consent page for somebody who was here before', `${consentURL}&prompt=consent`, scopes),
      reconnect: 'AccessRevoked',
    },
    {
      ...exchange(
        'the first tokens, with a webhook beside them',
        200,
        {
          token_type: 'Bearer',
          access_token: 'new-access',
          scope: 'identify webhook.incoming',
          expires_in: 604_800,
          refresh_token: 'new-refresh',
          webhook: { id: '347114750880120863', token: 'hook-token', name: 'Announcer' },
        },
        { ...newTokens, expiresInS: 604_800, scopes: ['identify', 'webhook.incoming'] },
      ),
      sent: [post(token, basicForm, verifiedCodeGrant)],
    },
    {
      ...refresh(
        'new tokens',
        200,
        {
          token_type: 'Bearer',
          access_token: 'new-access',
          scope: 'identify role_connections.write',
          expires_in: 604_800,
          refresh_token: 'new-refresh',
        },
        { ...newTokens, expiresInS: 604_800, scopes },
      ),
      sent: [post(token, basicForm, refreshGrant)],
    },
    {
      ...reissue(
        'an app token',
        200,
        { access_token: 'app-access', token_type: 'Bearer', expires_in: 604_800, scope: 'identify' },
        { kind: 'Answered', access: 'app-access', expiresInS: 604_800, scopes: ['identify'] },
      ),
      scopes: ['identify'],
      sent: [post(token, basicForm, 'scope=identify&grant_type=client_credentials')],
    },
    {
      ...inspect('a living token', 200, me, { kind: 'Valid', account, scopes, expiresInS: 604_800 }),
      sent: [get('https://discord.com/api/oauth2/@me')],
    },
    inspect(
      'a token without the scope identify, which tells no user',
      200,
      { ...me, user: undefined },
      unexpected('Thrown'),
    ),
    {
      ...inspect(
        'a token of another app',
        200,
        { ...me, application: { id: 'their-client' } },
        { kind: 'Thrown', family: 'Misconfigured', reason: 'AppChanged' },
      ),
      says: 'belongs to the app with client id "their-client"',
    },
    {
      ...give('a login is given back', 200, {}, { kind: 'Revoked' }),
      sent: [post('https://discord.com/api/oauth2/token/revoke', basicForm, 'token=held-refresh-0001')],
    },
    refresh('a wrong client secret', 401, { error: 'invalid_client' }, ofApp('Refused', 'AppSecretInvalid')),
  ),
  ...cited(singleUse, {
    ...refresh('a refresh token that was used before', 400, { error: 'invalid_grant' }, rejected('AccessRevoked')),
    says: 'Discord rejected the stored login: "invalid_grant".',
  }),
  ...cited(
    formerWords,
    refresh(
      'a refresh token that was used before, in the words of former years',
      400,
      { error: 'invalid_request', error_description: 'Invalid "refresh_token" in request.' },
      rejected('AccessRevoked'),
    ),
  ),
  ...cited(
    [oauth[0], day, 'unconfirmed'],
    refresh('another bad request', 400, { error: 'invalid_request' }, unexpected('Refused')),
    give(
      'a wrong client secret when a login is given back',
      401,
      { error: 'invalid_client' },
      ofApp('Failed', 'AppSecretInvalid'),
    ),
  ),
  ...cited(
    codes,
    inspect('a dead access token', 401, { message: '401: Unauthorized', code: 0 }, tokenDead),
    inspect(
      'an account that was never verified',
      403,
      { message: 'Verify', code: 40002 },
      rejected('AccountUnconfirmed'),
    ),
    inspect(
      'a code that says nothing of the login',
      403,
      { message: 'Missing Access', code: 50001 },
      unexpected('Thrown'),
    ),
  ),
  ...cited(
    unsure,
    inspect('an invalid token with another status', 403, { message: 'Invalid token', code: 50014 }, tokenDead),
    inspect('an invalid access token with another status', 403, { message: 'Invalid OAuth2', code: 50025 }, tokenDead),
    inspect('a permission that is missing', 403, { message: 'Missing scope', code: 50026 }, rejected('ScopeMissing')),
  ),
  ...cited(
    limits,
    refresh(
      'the limit of the whole app',
      429,
      { message: 'You are being rate limited.', retry_after: 12.5, global: true },
      limited('Refused', 12.5),
    ),
    inspect(
      'the limit of one route',
      429,
      { message: 'You are being rate limited.', retry_after: 1.337, global: false },
      limited('Thrown', 2),
      { 'retry-after': '2', 'x-ratelimit-scope': 'user' },
    ),
    refresh('a ban of the address, told by a page', 429, '<html>banned</html>', limited('Refused', 600), {
      'retry-after': '600',
    }),
  ),
];
