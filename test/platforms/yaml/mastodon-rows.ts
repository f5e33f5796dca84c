import type { Shape } from '../contract-rows.ts';
import { cited, held, type Question, type Row, type Source } from '../rows.ts';
import { limited, newAccess, newTokens, ofApp, rejected, unexpected } from './expected.ts';
import { alone, asking, bring, consent, reissue } from './questions.ts';
import { client, consentQuery, form, get, post, verifiedCodeGrant } from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const oauth: Source = ['https://docs.joinmastodon.org/methods/oauth/', day, 'documented'];
const accounts: Source = ['https://docs.joinmastodon.org/methods/accounts/#verify_credentials', later, 'documented'];
const code: Source = [
  'https://github.com/mastodon/mastodon/blob/main/app/controllers/api/base_controller.rb',
  later,
  'documented',
];
const throttle: Source = [
  'https://github.com/mastodon/mastodon/blob/main/config/initializers/rack_attack.rb',
  later,
  'documented',
];
const withdrawn: Source = ['https://github.com/mastodon/mastodon/issues/20431', later, 'observed'];
const unsure: Source = [oauth[0], day, 'unconfirmed'];

const settings = { server: 'social.example.com' };
export const shape: Shape = { settings };

const server = 'https://social.example.com';
const scopes = ['write:media', 'write:statuses'];
const granted = ['read:accounts', 'write:media', 'write:statuses'];
const challenge = `code_challenge=${held.challenge}&code_challenge_method=S256`;
const account = { id: '14715', handle: 'nightstream' };

const identify = asking('introspect', 'Identity', alone);
const ask = (name: string, status: number, error: string, want: Row['want']): Question =>
  identify(name, status, { error }, want);
const give = asking('revoke', 'Revoke', alone);

const ownRows: readonly Row[] = [
  ...cited(
    oauth,
    consent(
      'the consent page of the server that the app says',
      `${server}/oauth/authorize?${consentQuery}&scope=write%3Amedia%20write%3Astatuses%20read%3Aaccounts&state=state-0001&${challenge}`,
      scopes,
    ),
    {
      ...consent(
        'the consent page for somebody who was here before asks for the login once more',
        `${server}/oauth/authorize?${consentQuery}&scope=read%3Aaccounts&state=state-0001&${challenge}&force_login=true`,
        ['read:accounts'],
      ),
      reconnect: 'WrongAccount',
    },
    {
      ...bring(
        'a token without an end',
        200,
        {
          access_token: 'new-access',
          token_type: 'Bearer',
          scope: 'write:media write:statuses read:accounts',
          created_at: 1_573_979_017,
        },
        { ...newAccess, scopes: granted },
      ),
      sent: [post(`${server}/oauth/token`, form, `${verifiedCodeGrant}&${client}`)],
    },
    bring(
      'it was used already',
      400,
      {
        error: 'invalid_grant',
        error_description:
          'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI',
      },
      rejected('ConsentRefused'),
    ),
    bring(
      'a client id of another server',
      401,
      { error: 'invalid_client', error_description: 'Client authentication failed due to unknown client.' },
      ofApp('Refused', 'AppSecretInvalid'),
    ),
    {
      ...reissue(
        'an app token',
        200,
        { access_token: 'app-access', token_type: 'Bearer', scope: 'read', created_at: 1_573_979_017 },
        { kind: 'Answered', access: 'app-access', scopes: ['read'] },
      ),
      scopes: ['read'],
      sent: [post(`${server}/oauth/token`, form, `scope=read&grant_type=client_credentials&${client}`)],
    },
    {
      ...reissue(
        'a scope that the app was not registered with',
        400,
        { error: 'invalid_scope', error_description: 'The requested scope is invalid, unknown, or malformed.' },
        unexpected('Refused'),
      ),
      scopes: ['push'],
    },
    {
      ...give('a login is given back', 200, {}, { kind: 'Revoked' }),
      sent: [post(`${server}/oauth/revoke`, form, `token=held-access-0001&${client}`)],
    },
    give(
      'a token that another app was given',
      403,
      { error: 'unauthorized_client', error_description: 'You are not authorized to revoke this token' },
      ofApp('Failed', 'AppSecretInvalid'),
    ),
  ),
  ...cited(
    accounts,
    {
      ...identify(
        'a living token',
        200,
        { ...account, username: 'nightstream', acct: 'nightstream' },
        { kind: 'Valid', account },
      ),
      sent: [get(`${server}/api/v1/accounts/verify_credentials`)],
    },
    {
      ...ask(
        'a token that was withdrawn ends the login, for nothing can renew it',
        401,
        'The access token is invalid',
        rejected('AccessRevoked'),
      ),
      says: 'Mastodon does not show the account to this access token (401 "The access token is invalid").',
    },
    ask(
      'an account that the moderators have disabled',
      403,
      'Your login is currently disabled',
      rejected('AccountSuspended'),
    ),
    ask(
      'an account without a confirmed address',
      403,
      'Your login is missing a confirmed e-mail address',
      rejected('AccountUnconfirmed'),
    ),
    ask(
      'an account that waits for the moderators keeps its login',
      403,
      'Your login is currently pending approval',
      unexpected('Thrown'),
    ),
    ask(
      'the token of an app, which is of nobody',
      422,
      'This method requires an authenticated user',
      unexpected('Thrown'),
    ),
  ),
  ...cited(
    code,
    ask(
      'a login that lacks the scope for the question',
      403,
      'This action is outside the authorized scopes',
      rejected('ScopeMissing'),
    ),
    ask('something else that is forbidden', 403, 'This action is not allowed', unexpected('Thrown')),
  ),
  ...cited(
    withdrawn,
    ask('a token that ended with the password', 401, 'The access token was revoked', rejected('AccessRevoked')),
  ),
  ...cited(
    [withdrawn[0], later, 'unconfirmed'],
    ask(
      'the same in the language of the server',
      401,
      'Das Zugriffs-Token wurde widerrufen',
      rejected('AccessRevoked'),
    ),
  ),
  ...cited(
    throttle,
    identify('too many requests for this account', 429, { error: 'Too many requests' }, limited('Thrown', 240), {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '2026-11-22T10:04:00.000000Z',
    }),
  ),
  ...cited(
    unsure,
    bring(
      'a refresh token from a server of another kind is kept, and an end that it tells is not believed',
      200,
      { access_token: 'new-access', refresh_token: 'new-refresh', expires_in: 600, scope: 'read' },
      { ...newTokens, scopes: ['read'] },
    ),
  ),
];

export const rows: readonly Row[] = ownRows.map((row) => ({ ...row, use: { settings } }));
