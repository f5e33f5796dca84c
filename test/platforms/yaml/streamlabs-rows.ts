import { cited, type Row, type Source } from '../rows.ts';
import { limited, newAccess, newTokens, ofApp, rejected, unavailable, unexpected } from './expected.ts';
import { alone, asking, bring, cannotGiveBack, consent } from './questions.ts';
import { client, codeGrant, consentQuery, form, get, post } from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const oauth: Source = ['https://dev.streamlabs.com/docs/oauth-2', day, 'documented'];
const connecting: Source = ['https://dev.streamlabs.com/docs/connecting-to-an-account', day, 'documented'];
const twir: Source = ['https://github.com/twirapp/twir', later, 'observed'];
const unsure: Source = [oauth[0], later, 'unconfirmed'];

const scopes = ['alerts.create', 'donations.read', 'socket.token'];
const user = {
  streamlabs: { id: 1_234_567, display_name: 'nightstream', thumbnail: null },
  twitch: { id: '80351110', display_name: 'NightStream', name: 'nightstream' },
};

const ask = asking('introspect', 'Identity', alone);

export const rows: readonly Row[] = [
  ...cited(
    twir,
    consent(
      'the consent page',
      `https://streamlabs.com/api/v2.0/authorize?${consentQuery}&scope=alerts.create%20donations.read%20socket.token&state=state-0001`,
      scopes,
    ),
    {
      ...ask('a living token', 200, user, { kind: 'Valid', account: { id: '1234567', handle: 'nightstream' } }),
      sent: [get('https://streamlabs.com/api/v2.0/user')],
    },
  ),
  ...cited(
    oauth,
    {
      ...bring(
        'a token without an end, whatever the answer tells, and the refresh token that nobody needs',
        200,
        { access_token: 'new-access', token_type: 'Bearer', expires_in: 3600, refresh_token: 'new-refresh' },
        newTokens,
      ),
      sent: [post('https://streamlabs.com/api/v2.0/token', form, `${codeGrant}&${client}`)],
    },
    bring('a token alone', 200, { access_token: 'new-access', token_type: 'Bearer' }, newAccess),
  ),
  ...cited(connecting, {
    name: 'a person who declined',
    call: 'code',
    callback: { error: 'access_denied' },
    answers: {},
    want: { kind: 'NotSent', family: 'Rejected', reason: 'ConsentRefused' },
    says: 'No consent came back from Streamlabs ("access_denied").',
    sent: [],
  }),
  ...cited(
    unsure,
    bring(
      'it is older than five minutes, as RFC 6749 has it',
      400,
      { error: 'invalid_grant' },
      rejected('ConsentRefused'),
    ),
    bring(
      'it was used already, in the words of a library that many servers have',
      400,
      { error: 'invalid_request', error_description: 'Check the "code" parameter.' },
      unexpected('Refused'),
    ),
    bring('a wrong client secret', 401, { error: 'invalid_client' }, ofApp('Refused', 'AppSecretInvalid')),
    {
      ...ask(
        'a token that was withdrawn ends the login, for nothing can renew it',
        401,
        { message: 'Unauthenticated.' },
        rejected('AccessRevoked'),
      ),
      says: 'Streamlabs does not show the account to this access token (401 "Unauthenticated.").',
    },
    ask('a permission that is missing proves nothing', 403, { message: 'Forbidden' }, unexpected('Thrown')),
    ask('accounts behind the hub alone are not the hub', 200, { twitch: user.twitch }, unexpected('Thrown')),
    ask('a network in front that lets nobody through', 403, '<html>Just a moment...</html>', unexpected('Thrown')),
    ask('too many requests', 429, { message: 'Too Many Attempts.' }, limited('Thrown', 41), { 'retry-after': '41' }),
    ask('a server that fails', 500, { message: 'Server Error' }, unavailable('Thrown')),
    {
      ...cannotGiveBack,
      ...alone,
      says: 'Streamlabs has no way to give a login back',
    },
  ),
];
