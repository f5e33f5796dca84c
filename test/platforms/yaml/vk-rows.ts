import type { Shape } from '../contract-rows.ts';
import { cited, held, type Row, type Source } from '../rows.ts';
import { limited, newTokens, ofApp, rejected, tokenDead, unavailable, unexpected } from './expected.ts';
import { ask, asking, bringing, consent, give } from './questions.ts';
import { consentQuery, form, post } from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const docs = 'https://id.vk.com/about/business/go/docs/ru/vkid/latest/vk-id/connection';
const methods: Source = [`${docs}/api-integration/api-description`, day, 'documented'];
const iosLibrary: Source = ['https://github.com/VKCOM/vkid-ios-sdk', later, 'documented'];
const webLibrary: Source = ['https://github.com/VKCOM/vkid-web-sdk', later, 'documented'];
const dartLibrary: Source = ['https://github.com/mIwr/vkid-dart-sdk', later, 'observed'];
const unsure: Source = [methods[0], day, 'unconfirmed'];

const extras = { device_id: 'aLk4RqYHj2oXdeQe' };
export const shape: Shape = { extras, callback: extras };

const account = { id: '1234567890', handle: 'Ivan' };
const fresh = {
  refresh_token: 'new-refresh',
  access_token: 'new-access',
  id_token: 'x.y.z',
  token_type: 'Bearer',
  expires_in: 3600,
  user_id: 1_234_567_890,
  state: 'XXXRandomZZZ',
  scope: 'vkid.personal_info video',
};
const answered: Row['want'] = {
  ...newTokens,
  expiresInS: 3600,
  scopes: ['video', 'vkid.personal_info'],
  account: { id: '1234567890' },
};

const refresh = asking('refresh', 'Token', { extras });
const bring = bringing({ callback: { code: held.code, state: held.state, ...extras } });

// What the exchanges send, which holds a new state each time, is in vk-requests.test.ts.
export const rows: readonly Row[] = [
  ...cited(
    methods,
    consent(
      'the consent page, with the method in small letters',
      `https://id.vk.com/authorize?${consentQuery}&scope=video%20vkid.personal_info&state=state-0001&code_challenge=${held.challenge}&code_challenge_method=s256`,
      ['video'],
    ),
    bring('the first tokens, whose account, and the device that belongs to them', 200, fresh, { ...answered, extras }),
    refresh('new tokens', 200, { ...fresh, id_token: undefined }, answered),
    {
      name: 'an imported login that lacks its device: nothing is sent',
      call: 'refresh',
      answers: {},
      want: { kind: 'NotSent', family: 'Misconfigured', reason: 'BootstrapInvalid' },
      says: 'the login lacks device_id',
      sent: [],
    },
    {
      name: 'Code: a person who comes back without the device: nothing is sent',
      call: 'code',
      answers: {},
      want: { kind: 'NotSent', family: 'Misconfigured', reason: 'BootstrapInvalid' },
      sent: [],
    },
    {
      ...ask(
        'a living token',
        200,
        { user: { user_id: '1234567890', first_name: 'Ivan', sex: 2 } },
        { kind: 'Valid', account },
      ),
      sent: [post('https://id.vk.com/oauth2/user_info', form, 'access_token=held-access-0001&client_id=our-client')],
    },
    {
      ...give('a login is given back', 200, { response: 1 }, { kind: 'Revoked' }),
      sent: [post('https://id.vk.com/oauth2/logout', form, 'access_token=held-access-0001&client_id=our-client')],
    },
  ),
  ...cited(
    iosLibrary,
    {
      ...refresh(
        'a dead refresh token',
        400,
        { error: 'invalid_request', error_description: 'refresh_token is missing or invalid' },
        rejected('AccessRevoked'),
      ),
      says: 'VK rejected the stored login: "refresh_token is missing or invalid".',
    },
    refresh('another bad request', 400, { error: 'invalid_request' }, unexpected('Refused')),
    ask('a dead access token', 401, { error: 'invalid_token' }, tokenDead),
  ),
  ...cited(
    webLibrary,
    refresh(
      'the same with status 200',
      200,
      { error: 'invalid_request', error_description: 'refresh_token is missing or invalid' },
      rejected('AccessRevoked'),
    ),
    ask('a dead access token, told with status 200', 200, { error: 'invalid_token' }, tokenDead),
  ),
  ...cited(
    dartLibrary,
    refresh('a person who is blocked or deleted', 403, { error: 'access_denied' }, rejected('AccountSuspended')),
    ask('the same while the account is asked for', 403, { error: 'access_denied' }, rejected('AccountSuspended')),
    refresh(
      'a client id that is not known or blocked',
      401,
      { error: 'invalid_client' },
      ofApp('Refused', 'AppUnknown'),
    ),
    refresh('too many requests', 400, { error: 'slow_down' }, limited('Refused')),
    ask(
      'a server that is overloaded, told with status 200',
      200,
      { error: 'temporarily_unavailable' },
      unavailable('Thrown'),
    ),
    ask('a server that fails, told with status 200', 200, { error: 'server_error' }, unavailable('Thrown')),
    give('a login that VK does not take back', 200, { response: 0 }, unexpected('Failed')),
  ),
  ...cited(
    unsure,
    bring('it was used already, as RFC 6749 has it', 400, { error: 'invalid_grant' }, rejected('ConsentRefused')),
    bring('it was used already, as VK says such things', 400, { error: 'invalid_request' }, unexpected('Refused')),
    bring('a client id that is not known', 401, { error: 'invalid_client' }, ofApp('Refused', 'AppUnknown')),
    refresh('a dead refresh token, as RFC 6749 has it', 400, { error: 'invalid_grant' }, rejected('AccessRevoked')),
  ),
];
