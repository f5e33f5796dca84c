import { cited, held, type Question, type Row, type Source } from '../rows.ts';
import { limited, newTokens, ofApp, rejected, tokenDead, unexpected } from './expected.ts';
import { ask, bring, consent, exchange, give, poll, refresh, reissue } from './questions.ts';
import { basicForm, consentQuery, get, post, refreshGrant, verifiedCodeGrant } from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const oauth: Source = ['https://developers.zoom.us/docs/integrations/oauth/', day, 'documented'];
const sentences: Source = ['https://developers.zoom.us/docs/integrations/oauth-error-messages/', later, 'documented'];
/** The sentence is documented, and the word beside it is not. */
const beside: Source = [sentences[0], later, 'unconfirmed'];
const device: Source = ['https://developers.zoom.us/blog/device-authorization/', later, 'documented'];
const deadToken: Source = ['https://github.com/raycast/extensions/issues/10896', later, 'observed'];
const wrongClient: Source = ['https://github.com/JubaerHossain/zoom-laravel/issues/3', later, 'observed'];
const usedCode: Source = [
  'https://devforum.zoom.us/t/zoom-auth-redirect-invalid-invalid-authorization-code/12302',
  later,
  'observed',
];
const fewScopes: Source = ['https://github.com/JubaerHossain/zoom-laravel/issues/15', later, 'observed'];
const badAccess: Source = ['https://github.com/MacsiDigital/laravel-zoom/issues/22', later, 'observed'];
const limits: Source = ['https://developers.zoom.us/docs/commerce/rate-limits/', later, 'documented'];

const token = 'https://zoom.us/oauth/token';
const me = { id: 'KDcuGIm1QgePTO8WbOqwIQ', display_name: 'Night Stream', email: 'live@example.com', type: 2 };
const account = { id: me.id, handle: me.display_name };
const fresh = {
  access_token: 'new-access',
  token_type: 'bearer',
  refresh_token: 'new-refresh',
  expires_in: 3599,
  scope: 'user:read:user meeting:write:meeting',
};
const answered: Row['want'] = { ...newTokens, expiresInS: 3599, scopes: ['meeting:write:meeting', 'user:read:user'] };

const refused = (name: string, error: string, reason: string, want: Row['want']): Question =>
  refresh(name, 400, { reason, error }, want);
const refusedCode = (name: string, reason: string, want: Row['want']): Question =>
  bring(name, 400, { reason, error: 'invalid_request' }, want);

export const rows: readonly Row[] = [
  ...cited(
    oauth,
    consent(
      'the consent page, without scopes',
      `https://zoom.us/oauth/authorize?${consentQuery}&state=state-0001&code_challenge=${held.challenge}&code_challenge_method=S256`,
      ['user:read:user'],
    ),
    {
      ...exchange('the first tokens', 200, { ...fresh, api_url: 'https://api.zoom.us' }, answered),
      sent: [post(token, basicForm, verifiedCodeGrant)],
    },
    { ...refresh('new tokens', 200, fresh, answered), sent: [post(token, basicForm, refreshGrant)] },
    {
      ...reissue(
        'the token of a chatbot',
        200,
        { access_token: 'app-access', token_type: 'bearer', expires_in: 3599, scope: 'imchat:bot' },
        { kind: 'Answered', access: 'app-access', expiresInS: 3599, scopes: ['imchat:bot'] },
      ),
      sent: [post(token, basicForm, 'grant_type=client_credentials')],
    },
    {
      ...ask('a living token', 200, me, { kind: 'Valid', account }),
      sent: [get('https://api.zoom.us/v2/users/me')],
    },
    {
      ...give('a login is given back', 200, { status: 'success' }, { kind: 'Revoked' }),
      sent: [post('https://zoom.us/oauth/revoke', basicForm, 'token=held-access-0001')],
    },
  ),
  ...cited(deadToken, {
    ...refused('a refresh token that was used before', 'invalid_grant', 'Invalid Token!', rejected('AccessRevoked')),
    says: 'Zoom rejected the stored login: "Invalid Token!"',
  }),
  ...cited(
    wrongClient,
    refused(
      'a wrong client secret',
      'invalid_client',
      'Invalid client_id or client_secret',
      ofApp('Refused', 'AppSecretInvalid'),
    ),
  ),
  ...cited(
    usedCode,
    refusedCode(
      'it was used already, or is not one',
      'Invalid authorization code mk1Cq8Pap6_PatCmZLwQ',
      rejected('ConsentRefused'),
    ),
  ),
  ...cited(
    beside,
    refused(
      'an app that is disabled, which is told as an invalid client',
      'invalid_client',
      'The app has been disabled by the developer',
      ofApp('Refused', 'AppSuspended'),
    ),
    refusedCode('it is older than five minutes', 'Code is expired', rejected('ConsentRefused')),
    refusedCode(
      'an address that the app has not registered',
      'Redirect URI mismatch.',
      ofApp('Refused', 'RedirectURIMismatch'),
    ),
    refused('the scopes of the app have changed', 'invalid_grant', 'Refresh token invalid.', rejected('ScopeChanged')),
    refused(
      'the person has left the account',
      'invalid_grant',
      'The owner of the token does not exist.',
      rejected('AccountDeleted'),
    ),
    refused(
      'an administrator does not approve the app any more',
      'invalid_grant',
      'The token is disabled by admin.',
      rejected('AdminPolicyBlocked'),
    ),
    refused(
      'a token that Zoom has lost',
      'invalid_request',
      'Can not find the authentication for the access token.',
      rejected('AccessRevoked'),
    ),
    refused(
      'a token that was used as often as it may be',
      'invalid_grant',
      'The token ID is out of the token tolerance range.',
      rejected('RefreshTokenExpired'),
    ),
    refused(
      'the person has agreed once more since',
      'invalid_request',
      'The token has been revoked.',
      rejected('AccessRevoked'),
    ),
    refused(
      'a failure of the lookup service',
      'invalid_request',
      'Creating authorization code error.',
      unexpected('Refused'),
    ),
    refused(
      'a grant type that Zoom does not know',
      'unsupported_grant_type',
      'Grant type is not supported from token endpoint.',
      ofApp('Refused', 'PlatformInvalid'),
    ),
    give(
      'a login that was withdrawn already',
      400,
      { reason: 'The token has been revoked.', error: 'invalid_request' },
      { kind: 'AlreadyGone' },
    ),
    give('an answer that does not say success', 200, { status: 'failure' }, unexpected('Failed')),
    ask(
      'a user that is not found proves nothing',
      404,
      { code: 1001, message: 'User does not exist.' },
      unexpected('Thrown'),
    ),
  ),
  ...cited(badAccess, ask('a dead access token', 401, { code: 124, message: 'Invalid access token.' }, tokenDead)),
  ...cited(
    fewScopes,
    ask(
      'an app that was registered without the scope for the question',
      400,
      { code: 4711, message: 'Invalid access token, does not contain scopes:[user:read:user].' },
      ofApp('Thrown', 'AppReviewMissing'),
    ),
  ),
  ...cited(limits, ask('too many requests of the account in a second', 429, { code: 429 }, limited('Thrown'))),
  ...cited(
    [limits[0], later, 'unconfirmed'],
    ask('too many requests of the account in a day', 429, { code: 429 }, limited('Thrown', 50_400), {
      'retry-after': '2026-11-23T00:00:00Z',
    }),
  ),
  ...cited(
    device,
    {
      name: 'the codes for a device, for which the app proves itself',
      call: 'device',
      answers: {
        Device: {
          status: 200,
          body: {
            device_code: 'example-device',
            user_code: 'abcd1234',
            verification_uri: 'https://zoom.us/oauth_device',
            verification_uri_complete: 'https://zoom.us/oauth/device/complete/abcd1234',
            expires_in: 900,
            interval: 5,
          },
        },
      },
      want: {
        kind: 'Device',
        userCode: 'abcd1234',
        verificationURI: 'https://zoom.us/oauth_device',
        expiresInS: 900,
        intervalS: 5,
      },
      sent: [post('https://zoom.us/oauth/devicecode', basicForm, 'client_id=our-client')],
    },
    {
      ...poll('the first tokens of a device', 200, fresh, answered),
      sent: [
        post(
          token,
          basicForm,
          'device_code=device-code-0001&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code',
        ),
      ],
    },
  ),
];
