import { cited, dayMs, held, nowAt, type Question, type Recorded, type Row, type Source } from './rows.ts';

const formHeaders = {
  accept: 'application/json',
  'user-agent': 'social-channel-operator',
  'content-type': 'application/x-www-form-urlencoded',
};
const tokenURL = 'https://oauth2.googleapis.com/token';
const prefix = 'https://www.googleapis.com/auth';
const ofApp = { family: 'Misconfigured', isAppFault: true } as const;
const consentRefused = { kind: 'Rejected', family: 'Rejected', reason: 'ConsentRefused' } as const;
const limited = { family: 'Transient', reason: 'RateLimited' } as const;

const webServer: Source = [
  'https://developers.google.com/identity/protocols/oauth2/web-server',
  '2026-11-22',
  'documented',
];
const expiration: Source = [
  'https://developers.google.com/identity/protocols/oauth2#expiration',
  '2026-11-22',
  'documented',
];
const granular: Source = [
  'https://developers.google.com/identity/protocols/oauth2/resources/granular-permissions',
  '2026-11-22',
  'documented',
];
const devices: Source = [
  'https://developers.google.com/identity/protocols/oauth2/limited-input-device',
  '2026-11-22',
  'documented',
];
// A recorded answer in a public library's tests, in place of the documented invalid_grant.
const deviceFixtures: Source = ['https://github.com/googleapis/google-auth-library-nodejs', '2026-11-22', 'observed'];
const tokenInfo: Source = ['https://github.com/googleapis/google-auth-library-nodejs', '2026-11-22', 'observed'];

const refused = (status: number, error: string, more: object = {}): Recorded => ({ status, body: { error, ...more } });
const scopes = [`${prefix}/youtube`, 'openid'];
const given: Recorded = {
  status: 200,
  body: {
    access_token: 'new-access',
    expires_in: 3599,
    refresh_token: 'new-refresh',
    scope: `openid ${prefix}/youtube`,
    token_type: 'Bearer',
    id_token: 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln',
  },
};
const answered = {
  kind: 'Answered',
  access: 'new-access',
  refresh: 'new-refresh',
  expiresInS: 3599,
  scopes,
} as const;

const consentURL =
  'https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=our-client&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fyoutube%20openid&state=state-0001&access_type=offline&prompt=consent';

const consentRows = [
  ...cited(
    webServer,
    {
      name: 'the consent page, in the form that always ends in a refresh token',
      call: 'consent',
      answers: {},
      scopes,
      want: { kind: 'Consent', url: consentURL },
    },
    {
      name: 'somebody who comes again sees the same page',
      call: 'consent',
      answers: {},
      scopes,
      reconnect: 'AccessRevoked',
      want: { kind: 'Consent', url: consentURL },
    },
    {
      name: 'a code for tokens',
      call: 'code',
      answers: { Token: given },
      want: answered,
      sent: [
        {
          method: 'POST',
          url: tokenURL,
          headers: formHeaders,
          body: `code=${held.code}&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback&grant_type=authorization_code&client_id=our-client&client_secret=app-secret-0001`,
        },
      ],
    },
    {
      name: 'a code whose answer holds no refresh token, as without prompt',
      call: 'code',
      answers: { Token: { status: 200, body: { access_token: 'new-access', expires_in: 3599 } } },
      want: { kind: 'Answered', access: 'new-access', expiresInS: 3599 },
    },
    {
      name: 'a code, and an app that is for its own organisation only',
      call: 'code',
      answers: { Token: refused(403, 'org_internal') },
      want: { kind: 'Refused', reason: 'AppSuspended', ...ofApp },
    },
  ),
  ...cited(granular, {
    name: 'a person who unticked one permission: what was given is told',
    call: 'code',
    answers: { Token: { status: 200, body: { access_token: 'new-access', expires_in: 3599, scope: 'openid' } } },
    want: { kind: 'Answered', access: 'new-access', expiresInS: 3599, scopes: ['openid'] },
  }),
];

const deadOf = (name: string, tokens: Question['tokens'], reason: string): Question => ({
  name,
  call: 'refresh',
  tokens: tokens ?? {},
  answers: { Token: refused(400, 'invalid_grant', { error_description: 'Bad Request' }) },
  want: { kind: 'Rejected', family: 'Rejected', reason },
});

const lifeRows = cited(
  expiration,
  {
    name: 'no refresh moves the end of a consent that was given for a limited time',
    call: 'refresh',
    tokens: { refreshExpiresAt: nowAt + 3 * dayMs },
    answers: {
      Token: { status: 200, body: { access_token: 'new-access', expires_in: 3599, refresh_token_expires_in: 604_799 } },
    },
    want: { kind: 'Answered', access: 'new-access', expiresInS: 3599, refreshExpiresInS: 3 * 86_400 },
  },
  // Whether the app is in testing tells only who sees all of its logins.
  deadOf('a dead refresh token seven days after its consent', { consentedAt: nowAt - 7 * dayMs }, 'AccessRevoked'),
  deadOf('a dead refresh token that was used yesterday', { obtainedAt: nowAt - dayMs }, 'AccessRevoked'),
  deadOf(
    'a dead refresh token that was last used half a year ago',
    { obtainedAt: nowAt - 180 * dayMs },
    'ExpiredUnused',
  ),
);

const personRows = cited(tokenInfo, {
  name: 'the person beside the channel, by whom logins are counted',
  call: 'introspect',
  answers: {
    Introspect: {
      status: 200,
      body: { aud: 'our-client', sub: '100000000000000000001', scope: 'openid', expires_in: '3481' },
    },
    Identity: { status: 200, body: { items: [{ id: 'UCexample', snippet: { title: 'Example Studio' } }] } },
    Role: { status: 200, body: { items: [] } },
  },
  want: {
    kind: 'Valid',
    account: { id: 'UCexample', handle: 'Example Studio' },
    person: '100000000000000000001',
    scopes: ['openid'],
    expiresInS: 3481,
  },
});

const revoke = (name: string, answer: Recorded, want: Question['want']): Question => {
  return { name, call: 'revoke', answers: { Revoke: answer }, want };
};

const revokeRows = cited(
  webServer,
  {
    name: 'a server that fails when it is asked for a code',
    call: 'device',
    answers: { Device: { status: 503, body: '<html>Service Unavailable</html>' } },
    want: { kind: 'Thrown', family: 'Transient', reason: 'PlatformUnavailable' },
  },
  {
    ...revoke('the refresh token, and not a word on the app', { status: 200, body: {} }, { kind: 'Revoked' }),
    sent: [
      {
        method: 'POST',
        url: 'https://oauth2.googleapis.com/revoke',
        headers: formHeaders,
        body: 'token=held-refresh-0001',
      },
    ],
  },
  revoke('a token that is dead already', refused(400, 'invalid_token'), { kind: 'AlreadyGone' }),
  revoke('a platform that fails: it is tried again', refused(503, 'backend_error'), {
    kind: 'Failed',
    family: 'Transient',
    reason: 'PlatformUnavailable',
  }),
);

const start = (name: string, answer: Recorded, want: Question['want']): Question => {
  return { name, call: 'device', scopes: [...scopes, `${prefix}/youtube.upload`], answers: { Device: answer }, want };
};
const poll = (name: string, answer: Recorded, want: Question['want']): Question => {
  return { name: `device: ${name}`, call: 'poll', scopes, answers: { Token: answer }, want };
};
const started = {
  device_code: 'AH-EXAMPLE',
  user_code: 'WDJB-MJHT',
  verification_url: 'https://www.google.com/device',
  expires_in: 1800,
  interval: 5,
};

const deviceRows = [
  ...cited(
    devices,
    {
      ...start(
        'a code for another device, without the scope that this way may not ask for',
        { status: 200, body: started },
        {
          kind: 'Device',
          userCode: 'WDJB-MJHT',
          verificationURI: 'https://www.google.com/device',
          expiresInS: 1800,
          intervalS: 5,
        },
      ),
      sent: [
        {
          method: 'POST',
          url: 'https://oauth2.googleapis.com/device/code',
          headers: formHeaders,
          body: 'scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fyoutube+openid&client_id=our-client',
        },
      ],
    },
    start('too many new codes', refused(403, 'rate_limit_exceeded'), { kind: 'Thrown', ...limited }),
    start('an app of another type', refused(401, 'invalid_client'), {
      kind: 'Thrown',
      reason: 'AppSecretInvalid',
      ...ofApp,
    }),
    poll('a person who has not agreed yet', refused(428, 'authorization_pending'), { kind: 'Pending' }),
    poll('questions that come too fast', refused(403, 'slow_down'), { kind: 'Pending', slowDown: true }),
    poll('a person who said no', refused(403, 'access_denied'), consentRefused),
    poll('a code that is used, wrong or too old', refused(400, 'invalid_grant'), consentRefused),
    poll("a policy of the person's organisation", refused(400, 'admin_policy_enforced'), {
      kind: 'Rejected',
      family: 'Rejected',
      reason: 'AdminPolicyBlocked',
    }),
    {
      ...poll('a person who agreed', given, answered),
      sent: [
        {
          method: 'POST',
          url: tokenURL,
          headers: formHeaders,
          body: 'device_code=device-code-0001&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=our-client&client_secret=app-secret-0001',
        },
      ],
    },
  ),
  ...cited(
    deviceFixtures,
    poll('a code that is too old, in the words of the RFC', refused(400, 'expired_token'), consentRefused),
  ),
];

/** How a login comes, how long it lives, whose it is, and how it is given back. */
export const youtubeConsentRows: readonly Row[] = [
  ...consentRows,
  ...lifeRows,
  ...personRows,
  ...revokeRows,
  ...deviceRows,
];
