import { cited, type Row, type Source } from '../rows.ts';
import { limited, ofApp, rejected, unavailable, unexpected } from './expected.ts';
import { alone, asking, bring, consent, poll, reissue } from './questions.ts';
import { basic, basicForm, bearer, codeGrant, consentQuery, form, get, plain, post } from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const openapi: Source = ['https://github.com/vimeo/openapi', day, 'documented'];
const lifetime: Source = ['https://help.vimeo.com/hc/en-us/articles/12427891978641', day, 'documented'];
const limits: Source = ['https://help.vimeo.com/hc/en-us/articles/12427783954065', day, 'documented'];
const device: Source = ['https://developer.vimeo.com/api/authentication', later, 'documented'];
/** What comes before the person has agreed is not documented; these are the words of the RFC. */
const deviceWaits: Source = ['RFC 8628 section 3.5', later, 'unconfirmed'];
const badCode: Source = ['https://github.com/vimeo/vimeo.php/issues/298', later, 'observed'];
const badClient: Source = ['https://github.com/vimeo/vimeo.php/issues/147', later, 'observed'];
const badToken: Source = ['https://github.com/vimeo/laravel/issues/32', later, 'observed'];
const noCredentials: Source = ['https://github.com/vimeo/vimeo.php/issues/263', later, 'observed'];

const accept = { accept: 'application/vnd.vimeo.*+json;version=3.4' };
const user = { uri: '/users/152184', name: 'Night Stream', link: 'https://vimeo.com/nightstream' };
const scopes = ['create', 'edit', 'private', 'public'];
const valid = {
  access_token: 'held-access-0001',
  token_type: 'bearer',
  scope: 'public private create edit',
  app: { name: 'Main Stage', uri: '/apps/58479' },
  user,
};
const answered: Row['want'] = { kind: 'Answered', access: valid.access_token, scopes, account: { id: '152184' } };

const inspect = asking('introspect', 'Introspect', alone);
const give = asking('revoke', 'Revoke', alone);

export const rows: readonly Row[] = [
  ...cited(
    openapi,
    consent(
      'the consent page',
      `https://api.vimeo.com/oauth/authorize?${consentQuery}&scope=public%20private%20create%20edit&state=state-0001`,
      ['public', 'private', 'create', 'edit'],
    ),
    {
      ...bring('a token without an end, with the account', 200, valid, answered),
      sent: [post('https://api.vimeo.com/oauth/access_token', { ...form, ...accept, ...basic }, codeGrant)],
    },
    {
      ...reissue(
        'an app token comes from another address',
        200,
        { access_token: 'app-access', token_type: 'bearer', scope: 'public' },
        { kind: 'Answered', access: 'app-access', scopes: ['public'] },
      ),
      scopes: ['public'],
      sent: [
        post(
          'https://api.vimeo.com/oauth/authorize/client',
          { ...form, ...accept, ...basic },
          'scope=public&grant_type=client_credentials',
        ),
      ],
    },
    {
      ...inspect('a living token', 200, valid, {
        kind: 'Valid',
        account: { id: '152184', handle: 'Night Stream' },
        scopes,
      }),
      sent: [get('https://api.vimeo.com/oauth/verify', { ...plain, ...accept, ...bearer })],
    },
    inspect('a token of nobody, as an app has it', 200, { ...valid, user: undefined }, unexpected('Thrown')),
    {
      ...inspect(
        'a living app token',
        200,
        { ...valid, user: undefined, scope: 'public' },
        { kind: 'Valid', scopes: ['public'] },
      ),
      kind: 'App',
    },
    {
      ...give('a login is given back', 204, '', { kind: 'Revoked' }),
      sent: [
        { method: 'DELETE', url: 'https://api.vimeo.com/tokens', headers: { ...plain, ...bearer }, body: undefined },
      ],
    },
    bring(
      'the credentials of the app are wrong',
      401,
      { error: 'Something strange occurred.', error_code: 8001 },
      ofApp('Refused', 'AppSecretInvalid'),
    ),
  ),
  ...cited(
    lifetime,
    bring('an end that is told is not believed, for there is none', 200, { ...valid, expires_in: 3600 }, answered),
  ),
  ...cited(
    badCode,
    bring(
      'it was used already, or is too old',
      400,
      { error: 'invalid_request', error_description: 'Invalid authorization code' },
      rejected('ConsentRefused'),
    ),
  ),
  ...cited(
    [openapi[0], day, 'unconfirmed'],
    bring('another bad request', 400, { error: 'invalid_request' }, unexpected('Refused')),
    give('a login that was withdrawn already', 401, { error_code: 8002 }, { kind: 'AlreadyGone' }),
    give('a platform that cannot take it back now', 503, '', unavailable('Failed')),
  ),
  ...cited(
    badClient,
    bring(
      'no app has this client id',
      400,
      {
        error: 'invalid_client',
        error_description: "A valid client ID must be provided along with any request made to Vimeo's API",
      },
      ofApp('Refused', 'AppSecretInvalid'),
    ),
  ),
  ...cited(badToken, {
    ...inspect(
      'a token that was withdrawn ends the login, for nothing can renew it',
      401,
      { error: 'You must provide a valid authenticated access token.' },
      rejected('AccessRevoked'),
    ),
    says: 'Vimeo says that the access token is not good any more (401 "You must provide a valid authenticated access token.").',
  }),
  ...cited(
    noCredentials,
    inspect(
      'a header that got lost on the way',
      401,
      {
        error: 'Something strange occurred. Please contact the app owners.',
        link: null,
        developer_message: 'No user credentials were provided.',
        error_code: 8003,
      },
      unexpected('Thrown'),
    ),
  ),
  ...cited(
    limits,
    inspect('too many requests', 429, { error: 'Too many API requests.' }, limited('Thrown', 60), {
      'retry-after': '60',
    }),
  ),
  ...cited(
    device,
    {
      name: 'the codes for a device, for which the app proves itself',
      call: 'device',
      scopes: ['public', 'edit'],
      answers: {
        Device: {
          status: 200,
          body: {
            device_code: 'example-device',
            user_code: 'CZRW1B',
            authorize_link: 'https://api.vimeo.com/oauth/device/authorize',
            activate_link: 'https://vimeo.com/activate',
            expires_in: 900,
            interval: 5,
          },
        },
      },
      want: {
        kind: 'Device',
        userCode: 'CZRW1B',
        verificationURI: 'https://vimeo.com/activate',
        expiresInS: 900,
        intervalS: 5,
      },
      sent: [
        post(
          'https://api.vimeo.com/oauth/device',
          basicForm,
          'scope=public+edit&grant_type=device_grant&client_id=our-client',
        ),
      ],
    },
    {
      ...poll('a token for a device, from an address of its own', 200, valid, answered),
      sent: [
        post(
          'https://api.vimeo.com/oauth/device/authorize',
          { ...form, ...basic, ...accept },
          'device_code=device-code-0001&user_code=WDJB-MJHT&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code',
        ),
      ],
    },
  ),
  ...cited(
    deviceWaits,
    poll('a person who has not agreed on the device yet', 400, { error: 'authorization_pending' }, { kind: 'Pending' }),
  ),
];
