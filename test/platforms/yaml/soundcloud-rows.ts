import { cited, held, type Row, type Source } from '../rows.ts';
import { limited, newTokens, ofApp, rejected, tokenDead, unavailable, unexpected, unknownOutcome } from './expected.ts';
import { ask, bring, consent, give, refresh, reissue } from './questions.ts';
import {
  basicForm,
  client,
  consentQuery,
  form,
  get,
  plain,
  post,
  refreshGrant,
  verifiedCodeGrant,
} from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const guide: Source = ['https://developers.soundcloud.com/docs/api/guide', later, 'documented'];
const openapi: Source = ['https://github.com/soundcloud/api', day, 'documented'];
const limits: Source = ['https://developers.soundcloud.com/docs/api/rate-limits', later, 'documented'];
const issue = (number: number): Source => [`https://github.com/soundcloud/api/issues/${number}`, later, 'observed'];
const unsure: Source = [guide[0], later, 'unconfirmed'];

const token = 'https://secure.soundcloud.com/oauth/token';
const blocked = '<html><h1>403 ERROR</h1>The request could not be satisfied. Request blocked.</html>';
const fresh = {
  access_token: 'new-access',
  token_type: 'bearer',
  expires_in: 3599,
  refresh_token: 'new-refresh',
  scope: '',
};
const answered: Row['want'] = { ...newTokens, expiresInS: 3599 };
const me = { id: 183, urn: 'soundcloud:users:183', username: 'nightstream', kind: 'user' };

export const rows: readonly Row[] = [
  ...cited(
    guide,
    consent(
      'the consent page, without scopes',
      `https://secure.soundcloud.com/authorize?${consentQuery}&state=state-0001&code_challenge=${held.challenge}&code_challenge_method=S256`,
    ),
    {
      ...bring('the first tokens', 200, fresh, answered),
      sent: [post(token, form, `${verifiedCodeGrant}&${client}`)],
    },
    {
      ...refresh('new tokens', 200, fresh, answered),
      sent: [post(token, form, `${refreshGrant}&${client}`)],
    },
    {
      ...reissue(
        'an app token, by Basic',
        200,
        { ...fresh, access_token: 'app-access' },
        { ...answered, access: 'app-access' },
      ),
      sent: [post(token, basicForm, 'grant_type=client_credentials')],
    },
  ),
  ...cited(
    openapi,
    {
      ...ask('a living token, and the text that names the account', 200, me, {
        kind: 'Valid',
        account: { id: 'soundcloud:users:183', handle: 'nightstream' },
      }),
      sent: [get('https://api.soundcloud.com/me', { ...plain, authorization: 'OAuth held-access-0001' })],
    },
    {
      ...give('a login is given back', 200, '', { kind: 'Revoked' }),
      sent: [
        post(
          'https://secure.soundcloud.com/sign-out',
          { ...plain, 'content-type': 'application/json' },
          '{"access_token":"held-access-0001"}',
        ),
      ],
    },
  ),
  ...cited(issue(395), {
    ...refresh('a refresh token that was used before', 400, { error: 'invalid_grant' }, rejected('AccessRevoked')),
    says: 'SoundCloud rejected the stored login: "invalid_grant".',
  }),
  ...cited(
    issue(341),
    bring(
      'it was used already, or the address is not the registered one',
      400,
      { error: 'invalid_grant' },
      rejected('ConsentRefused'),
    ),
  ),
  ...cited(
    issue(489),
    refresh('a network in front of the token endpoint that lets nobody through', 403, blocked, unknownOutcome, {
      'content-type': 'text/html',
    }),
  ),
  ...cited(
    issue(169),
    refresh(
      'an outage in the words of a dead token, under another name',
      401,
      {
        code: 401,
        message: 'invalid_grant',
        status: '401 - Unauthorized',
        errors: [{ error_message: 'invalid_grant' }],
        error: null,
        error_code: 'invalid_grant',
      },
      unexpected('Refused'),
    ),
  ),
  ...cited(
    limits,
    ask(
      'a limit that says until when it holds',
      429,
      {
        errors: [
          {
            meta: {
              rate_limit: { group: 'plays', max_nr_of_requests: 15_000, time_window: 'PT24H' },
              remaining_requests: 0,
              reset_time: '2026/11/22 10:15:00 +0000',
            },
          },
        ],
      },
      limited('Thrown', 900),
    ),
  ),
  ...cited(
    unsure,
    ask('a dead access token', 401, { code: 401, message: '', error: null }, tokenDead),
    ask(
      'an account that has a number only is not taken for another one',
      200,
      { id: 183, username: 'nightstream' },
      unexpected('Thrown'),
    ),
    refresh(
      'a wrong client secret, as RFC 6749 has it',
      401,
      { error: 'invalid_client' },
      ofApp('Refused', 'AppSecretInvalid'),
    ),
    give('a login that was withdrawn already', 401, '', { kind: 'AlreadyGone' }),
    give('a server that fails', 503, '', unavailable('Failed')),
  ),
];
