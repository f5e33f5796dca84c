import { Sealed } from '../../src/core/sealed.ts';
import { cited, dayMs, held, nowAt, type Question, type Recorded, type Row, type Source } from './rows.ts';

const docs = 'https://docs.x.com/fundamentals/authentication/oauth-1-0a';
const steps: Source = [`${docs}/obtaining-user-access-tokens`, '2026-11-22', 'documented'];
const signing: Source = [`${docs}/authorizing-a-request`, '2026-11-22', 'documented'];
const invalidation: Source = [
  'https://docs.x.com/fundamentals/authentication/api-reference',
  '2026-11-22',
  'documented',
];
const numbers: Source = ['https://developer.x.com/en/support/x-api/error-troubleshooting', '2026-11-22', 'documented'];
const bareRefusals: Source = ['https://github.com/xdevplatform/xurl/issues/8', '2026-11-25', 'observed'];
const wrongVerifiers: Source = ['https://github.com/abraham/twitteroauth', '2026-11-25', 'observed'];
const unconfirmed: Source = [`${docs}/obtaining-user-access-tokens`, '2026-11-22', 'unconfirmed'];

const common = { accept: 'application/json', 'user-agent': 'social-channel-operator' };
/** The signature was calculated by another program (Python) from RFC 5849 section 3.4. */
const authorization = (more: string) => ({
  ...common,
  authorization: `OAuth oauth_consumer_key="our-client", oauth_nonce="nonce0001", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1795341600", ${more}`,
});

const signed = {
  use: { grantType: 'OAuth1' },
  tokens: { refresh: undefined, secret: Sealed.of(held.tokenSecret) },
} as const;
const form = (fields: Readonly<Record<string, string>>): Recorded => ({
  status: 200,
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  body: new URLSearchParams(fields).toString(),
});
const numbered = (status: number, code: number, message: string): Recorded => ({
  status,
  body: { errors: [{ code, message }] },
});

const callback = { oauth_token: 'temporary-0001', oauth_verifier: 'verifier-0001' };
const begin = (name: string, answer: Recorded, want: Question['want']): Question => ({
  ...{ name, call: 'consent', ...signed, answers: { Request: answer }, want },
});
const bring = (name: string, answer: Recorded, want: Question['want']): Question => ({
  ...{ name, call: 'code', ...signed, callback, answers: { Token: answer }, want },
});
const ofApp = (reason: string) => ({ family: 'Misconfigured', reason, isAppFault: true }) as const;
const refused = { kind: 'Rejected', family: 'Rejected', reason: 'ConsentRefused' } as const;

const stepRows = [
  ...cited(
    steps,
    {
      ...begin(
        'temporary credentials first, whose secret is kept',
        form({
          oauth_token: 'temporary-0001',
          oauth_token_secret: 'temporary-secret',
          oauth_callback_confirmed: 'true',
        }),
        {
          kind: 'Consent',
          url: 'https://api.x.com/oauth/authorize?oauth_token=temporary-0001',
          secret: 'temporary-secret',
        },
      ),
      sent: [
        {
          method: 'POST',
          url: 'https://api.x.com/oauth/request_token',
          headers: authorization(
            'oauth_version="1.0", oauth_callback="https%3A%2F%2Fconnect.example.com%2Fcallback", oauth_signature="3ah%2FM0OeKv981wsGCMxr%2FKdbkJs%3D"',
          ),
          body: '',
        },
      ],
    },
    begin(
      'credentials whose callback is not confirmed',
      form({ oauth_token: 'temporary-0001', oauth_token_secret: 'temporary-secret' }),
      { kind: 'Thrown', family: 'Unexpected', reason: 'Unexpected' },
    ),
    {
      ...bring(
        'a token, its secret, and whose it is',
        form({
          oauth_token: '2244990000000000001-next',
          oauth_token_secret: 'next-secret',
          user_id: '2244990000000000001',
          screen_name: 'examplestudio',
        }),
        {
          kind: 'Answered',
          access: '2244990000000000001-next',
          secret: 'next-secret',
          account: { id: '2244990000000000001', handle: 'examplestudio' },
        },
      ),
      sent: [
        {
          method: 'POST',
          url: 'https://api.x.com/oauth/access_token',
          headers: authorization(
            'oauth_token="temporary-0001", oauth_version="1.0", oauth_verifier="verifier-0001", oauth_signature="fOpMzZ%2BmdsrXmKH7%2BqrrzTreCQc%3D"',
          ),
          body: '',
        },
      ],
    },
    {
      name: 'a person who said no: the token that comes back is not shown',
      call: 'code',
      ...signed,
      callback: { denied: held.tokenSecret, state: held.state },
      answers: {},
      want: { kind: 'NotSent', family: 'Rejected', reason: 'ConsentRefused' },
      says: 'No consent came back from X. Nothing was replaced.',
      sent: [],
    },
    ...[415, 417].map((code) =>
      begin(
        `${code}: an address to come back to that is not registered`,
        numbered(403, code, 'Callback URL not approved for this client application.'),
        { kind: 'Thrown', ...ofApp('AppReviewMissing') },
      ),
    ),
    begin('a wrong key or secret', numbered(401, 32, 'Could not authenticate you.'), {
      kind: 'Thrown',
      ...ofApp('AppSecretInvalid'),
    }),
    begin('a wrong key or secret, in the other words', numbered(400, 215, 'Bad Authentication data.'), {
      kind: 'Thrown',
      ...ofApp('AppSecretInvalid'),
    }),
    begin('an app that X suspended', numbered(401, 416, 'Invalid / suspended application'), {
      kind: 'Thrown',
      ...ofApp('AppSuspended'),
    }),
  ),
  ...cited(
    wrongVerifiers,
    bring(
      'a verifier that was used, or is wrong',
      { status: 401, body: 'Error processing your OAuth request: Invalid oauth_verifier parameter' },
      refused,
    ),
  ),
  ...cited(
    unconfirmed,
    bring('temporary credentials that are over', numbered(401, 89, 'Invalid or expired token.'), refused),
  ),
];

const me: Recorded = {
  status: 200,
  body: { data: { id: '2244990000000000001', name: 'Example Studio', username: 'examplestudio' } },
};
const ask = (name: string, answer: Recorded, want: Question['want']): Question => ({
  ...{ name, call: 'introspect', ...signed, answers: { Identity: answer }, want },
});
const questionRows = [
  ...cited(signing, {
    ...ask('the account, asked with a signature', me, {
      kind: 'Valid',
      account: { id: '2244990000000000001', handle: 'examplestudio' },
    }),
    sent: [
      {
        method: 'GET',
        url: 'https://api.x.com/2/users/me',
        headers: authorization(
          'oauth_token="held-access-0001", oauth_version="1.0", oauth_signature="%2B8bIbPBP3M0xTpVq3krRnbMquf8%3D"',
        ),
        body: undefined,
      },
    ],
  }),
  ...cited(
    numbers,
    ask('89: the login is over, because nothing renews it', numbered(401, 89, 'Invalid or expired token.'), {
      kind: 'Rejected',
      family: 'Rejected',
      reason: 'AccessRevoked',
    }),
    {
      ...ask('89 after years: such a token has no age to die of', numbered(401, 89, 'Invalid or expired token.'), {
        kind: 'Rejected',
        family: 'Rejected',
        reason: 'AccessRevoked',
      }),
      tokens: { ...signed.tokens, obtainedAt: nowAt - 2_000 * dayMs },
    },
    ask('32: keys or signature, and no word of the login', numbered(401, 32, 'Could not authenticate you.'), {
      kind: 'Thrown',
      ...ofApp('AppSecretInvalid'),
    }),
  ),
  ...cited(
    bareRefusals,
    ask(
      'a refusal without a number is no end of a login',
      { status: 401, body: { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' } },
      { kind: 'Thrown', family: 'Unexpected', reason: 'Unexpected' },
    ),
  ),
];

const giveBack = (name: string, answer: Recorded, want: Question['want']): Question => ({
  ...{ name, call: 'revoke', ...signed, answers: { Revoke: answer }, want },
});
const revokeRows = cited(
  invalidation,
  {
    ...giveBack(
      'signed with the very token',
      { status: 200, body: { access_token: 'held-access-0001' } },
      {
        kind: 'Revoked',
      },
    ),
    sent: [
      {
        method: 'POST',
        url: 'https://api.x.com/1.1/oauth/invalidate_token.json',
        headers: authorization(
          'oauth_token="held-access-0001", oauth_version="1.0", oauth_signature="4TaEzsxOI9PtGHkwsyr%2BfnJMV58%3D"',
        ),
        body: '',
      },
    ],
  },
  giveBack('one that is over already', numbered(401, 89, 'Invalid or expired token.'), { kind: 'AlreadyGone' }),
);

export const xOAuth1Rows: readonly Row[] = [...stepRows, ...questionRows, ...revokeRows];
