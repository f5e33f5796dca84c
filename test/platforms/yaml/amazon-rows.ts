import { cited, type Question, type Row, type Source } from '../rows.ts';
import { limited, newAccess, ofApp, rejected, tokenDead, unavailable, unexpected } from './expected.ts';
import { ask, bring, cannotGiveBack, consent, exchange, poll, refresh } from './questions.ts';
import { client, codeGrant, consentQuery, form, get, post, refreshGrant } from './requests.ts';

const day = '2026-11-22';
const later = '2026-11-25';
const docs = 'https://developer.amazon.com/docs/login-with-amazon';
const grants: Source = [`${docs}/authorization-grants.html`, day, 'documented'];
const refreshing: Source = [`${docs}/refresh-token.html`, later, 'documented'];
const profile: Source = [`${docs}/obtain-customer-profile.html`, day, 'documented'];
/** Public code quotes these words from there; the statuses are as it has them. */
const profileFailures: Source = [`${profile[0]} and RFC 6750 section 3.1`, later, 'unconfirmed'];
const codePair: Source = [`${docs}/retrieve-code-other-platforms-cbl-docs.html`, day, 'documented'];
const polling: Source = [`${docs}/retrieve-token-other-platforms-cbl-docs.html`, later, 'documented'];
const regions: Source = [
  'https://developer.amazon.com/docs/amazon-data-portability/use-refresh-token.html',
  later,
  'documented',
];
const deadToken: Source = ['https://github.com/amzn/selling-partner-api-docs/issues/2379', later, 'observed'];
const usedCode: Source = ['https://github.com/amzn/selling-partner-api-models/issues/4112', later, 'observed'];
const malformed: Source = ['https://github.com/amzn/selling-partner-api-docs/issues/1390', later, 'observed'];
const deviceWords: Source = ['https://github.com/alexa/avs-device-sdk', later, 'observed'];
const unsure: Source = [grants[0], later, 'unconfirmed'];

const token = 'https://api.amazon.com/auth/o2/token';
const fresh = { access_token: 'new-access', token_type: 'bearer', expires_in: 3600 };
const answered: Row['want'] = { ...newAccess, expiresInS: 3600 };
const me = { user_id: 'amzn1.account.K2LI23KL2LK2', name: 'Night Stream', email: 'live@example.com' };
const account = { id: me.user_id, handle: me.name };

const failure = (error: string, words: string) => ({
  error,
  error_description: words,
  request_id: 'fb9b8c63-5f84-42b1-a50b-54a5757bdba9',
});
const waits = (name: string, error: string, want: Row['want']): Question =>
  poll(name, 400, { error, error_description: 'It says so.' }, want);

export const rows: readonly Row[] = [
  ...cited(
    grants,
    consent('the consent page', `https://www.amazon.com/ap/oa?${consentQuery}&scope=profile&state=state-0001`, [
      'profile',
    ]),
    {
      ...exchange(
        'the first tokens',
        200,
        { ...fresh, refresh_token: 'new-refresh' },
        { ...answered, refresh: 'new-refresh' },
      ),
      sent: [post(token, form, `${codeGrant}&${client}`)],
    },
  ),
  ...cited(
    refreshing,
    {
      ...refresh('a new access token, and the old refresh token stays', 200, fresh, answered),
      sent: [post(token, form, `${refreshGrant}&${client}`)],
    },
    refresh(
      'a new access token, with the refresh token once more',
      200,
      { ...fresh, refresh_token: 'held-refresh-0001' },
      { ...answered, refresh: 'held-refresh-0001' },
    ),
  ),
  ...cited(regions, {
    ...refresh('an app of another region is asked there', 200, fresh, answered),
    use: { settings: { loginHost: 'eu.account.amazon.com', apiHost: 'api.amazon.co.uk' } },
    sent: [post('https://api.amazon.co.uk/auth/o2/token', form, `${refreshGrant}&${client}`)],
  }),
  ...cited(profile, {
    ...ask('a living token', 200, me, { kind: 'Valid', account }),
    sent: [get('https://api.amazon.com/user/profile')],
  }),
  ...cited(
    profileFailures,
    ask(
      'a dead access token',
      400,
      {
        error: 'invalid_token',
        error_description: 'The access token provided is expired, revoked, malformed, or invalid.',
      },
      tokenDead,
    ),
    ask(
      'a login without the scope profile, told with the status of a dead token',
      401,
      {
        error: 'insufficient_scope',
        error_description: 'The access token provided does not have access to the required scope.',
      },
      rejected('ScopeMissing'),
    ),
    ask('a server that fails', 500, { error: 'ServerError' }, unavailable('Thrown')),
    ask('a bad request', 400, { error: 'invalid_request' }, unexpected('Thrown')),
  ),
  ...cited(deadToken, {
    ...refresh(
      'the person has removed the app',
      400,
      failure(
        'invalid_grant',
        "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission.",
      ),
      rejected('AccessRevoked'),
    ),
    says: "User may have revoked or didn't grant the permission.",
  }),
  ...cited(
    usedCode,
    bring(
      'it was used already, or is older than five minutes',
      400,
      failure('invalid_grant', 'The request has an invalid grant parameter : code'),
      rejected('ConsentRefused'),
    ),
  ),
  ...cited(
    malformed,
    refresh(
      'a request that came in another form',
      400,
      failure('invalid_request', 'Malformed request'),
      unexpected('Refused'),
    ),
  ),
  ...cited(
    unsure,
    refresh(
      'a wrong client secret',
      401,
      failure('invalid_client', 'Client authentication failed'),
      ofApp('Refused', 'AppSecretInvalid'),
    ),
    refresh(
      'an app that may not ask this way',
      400,
      failure('unauthorized_client', 'Not authorized for requested operation'),
      ofApp('Refused', 'AppSecretInvalid'),
    ),
    ask('too many requests', 429, { error: 'Throttled' }, limited('Thrown')),
    cannotGiveBack,
  ),
  ...cited(codePair, {
    name: 'a code for a person without a browser at hand',
    call: 'device',
    scopes: ['profile'],
    answers: {
      Device: {
        status: 200,
        body: {
          user_code: 'AAYJHL',
          device_code: 'device-code-0001',
          verification_uri: 'https://amazon.com/us/code',
          expires_in: 600,
          interval: 30,
        },
      },
    },
    want: {
      kind: 'Device',
      userCode: 'AAYJHL',
      verificationURI: 'https://amazon.com/us/code',
      expiresInS: 600,
      intervalS: 30,
    },
    sent: [
      post(
        'https://api.amazon.com/auth/o2/create/codepair',
        form,
        'scope=profile&response_type=device_code&client_id=our-client',
      ),
    ],
  }),
  ...cited(
    polling,
    {
      ...waits('the person has not entered the code yet', 'authorization_pending', { kind: 'Pending' }),
      sent: [
        post(
          token,
          form,
          'device_code=device-code-0001&user_code=WDJB-MJHT&grant_type=device_code&client_id=our-client',
        ),
      ],
    },
    poll(
      'the person has agreed',
      200,
      { ...fresh, refresh_token: 'new-refresh' },
      { ...answered, refresh: 'new-refresh' },
    ),
  ),
  ...cited(
    deviceWords,
    waits('too many questions', 'slow_down', { kind: 'Pending', slowDown: true }),
    waits('the pair of codes is too old, or is none', 'invalid_code_pair', rejected('ConsentRefused')),
    waits('an app that may not do this', 'unauthorized_client', ofApp('Refused', 'AppSecretInvalid')),
  ),
];
