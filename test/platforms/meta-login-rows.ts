import { deadToken, deaths, errorCodes, graphError, observed } from './meta-rows.ts';
import { cited, type Question, type Recorded, type Row, type Seen, type Source } from './rows.ts';

/** Rows of the login that every platform has whose accounts are reached through graph.facebook.com. */

const permissions: Source = [
  'https://developers.facebook.com/docs/graph-api/reference/user/permissions/',
  '2026-11-22',
  'documented',
];
const phpSDK: Source = ['https://github.com/facebookarchive/php-graph-sdk', '2026-11-22', 'observed'];

export const graph = 'https://graph.facebook.com/v26.0';
export const common = { accept: 'application/json', 'user-agent': 'social-channel-operator' };
export const bearer = (token: string) => ({ ...common, authorization: `Bearer ${token}` });
/** Each is HMAC-SHA256 by app-secret-0001, worked out with another program. */
export const proofOf = {
  access: 'b26b623c40f1f12dab4af90f43cc33acb670ea058a49cbb343f16b24e39bd04e',
  refresh: '7f0f7e25ee167d2522aca217415b95d224415e9cae2fdfb1f77996afcc986e97',
  app: 'ddf274603ba73e4dca75352f54e97134da1e6fdd2e7962d1b95692fb91ae3401',
};
export const debugURL = (token: string) =>
  `${graph}/debug_token?input_token=${token}&access_token=our-client%7Capp-secret-0001&appsecret_proof=${proofOf.app}`;

export type Data = Readonly<Record<string, unknown>>;
export const debugged = (data: Data): Recorded => ({ status: 200, body: { data } });

/** What the shared rows need to know of a platform. */
export interface LoginShape {
  readonly account: string;
  readonly scopes: readonly string[];
  /** What is told of the person's token, and of the one that pods have. */
  readonly ofPerson: Data;
  readonly ofPage: Data;
  /** Good answers to everything. */
  readonly good: Question['answers'];
  /** What comes of them. */
  readonly valid: Seen;
}

function askedOf({ account, good }: Pick<LoginShape, 'account' | 'good'>) {
  return (name: string, answers: Question['answers'], want: Seen, more: Partial<Question> = {}): Question => ({
    ...{ name, call: 'introspect' as const, account, answers: { ...good, ...answers }, want },
    ...more,
  });
}

const code = (name: string, said: Parameters<typeof graphError>[0], want: Question['want']): Question => ({
  name: `Code: ${name}`,
  call: 'code',
  answers: { Token: graphError(said) },
  want,
});
const noConsent = { kind: 'Rejected', family: 'Rejected', reason: 'ConsentRefused' } as const;
const codeRows: readonly Row[] = [
  ...cited(
    observed,
    code('it was used', { code: 100, subcode: 36009 }, noConsent),
    code('it is too old', { code: 100, message: 'This authorization code has expired.' }, noConsent),
    code(
      'an address that is not registered, in the words for a bad code',
      {
        code: 100,
        message:
          'Error validating verification code. Please make sure your redirect_uri is identical to the one you used.',
      },
      { kind: 'Refused', family: 'Misconfigured', reason: 'RedirectURIMismatch', isAppFault: true },
    ),
    code('it is none', { code: 100, message: 'Invalid verification code format.' }, noConsent),
    code(
      'a wrong client secret',
      { code: 1, message: 'Error validating client secret.' },
      {
        kind: 'Refused',
        family: 'Misconfigured',
        reason: 'AppSecretInvalid',
        isAppFault: true,
      },
    ),
  ),
  ...cited(
    ['https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow', '2026-11-22', 'unconfirmed'],
    code('it is too old, by number', { code: 100, subcode: 36007 }, noConsent),
    code('it was meant for another address', { code: 100, subcode: 36008 }, noConsent),
  ),
];

const legacyRows = cited(
  phpSDK,
  ...(
    [
      [450, 'TokenExpired'],
      [452, 'TokenMalformed'],
      [412, 'AppNotInstalled'],
    ] as const
  ).map(
    ([number, reason]): Question => ({
      name: `the session code ${number} of older days`,
      call: 'refresh',
      answers: { Token: graphError({ code: number }) },
      want: { kind: 'Rejected', family: 'Rejected', reason },
    }),
  ),
);

function inspectionRows({ account, ofPerson, ofPage, good }: LoginShape): readonly Row[] {
  const ask = askedOf({ account, good });
  return [
    ...cited(
      errorCodes,
      ask(
        'the app asks with a secret that was changed',
        { Introspect: graphError({ code: 190 }) },
        {
          kind: 'Thrown',
          family: 'Misconfigured',
          reason: 'AppSecretInvalid',
          isAppFault: true,
        },
      ),
      ask(
        'the same, in an older code',
        { Introspect: graphError({ code: 102 }) },
        {
          kind: 'Thrown',
          family: 'Misconfigured',
          reason: 'AppSecretInvalid',
          isAppFault: true,
        },
      ),
    ),
    ...deaths.flatMap(([what, { code: number, subcode, message = 'The session was invalidated' }, reason, source]) => {
      const dead = { ...ofPage, is_valid: false, scopes: [], error: { code: number, subcode, message } };
      return cited(
        source,
        ask(
          `a Page's token that died: ${what}`,
          { Introspect: [debugged(ofPerson), debugged(dead)] },
          deadToken(reason, true),
        ),
        ask(
          `the person's token died, and with it all that came of it: ${what}`,
          { Introspect: debugged({ ...dead, type: 'USER' }) },
          { kind: 'Rejected', family: 'Rejected', reason },
        ),
      );
    }),
  ];
}

/** The same codes say that a person took a permission back, and that an app was never admitted to it. */
function permissionRows({ account, scopes, ofPerson, good, valid }: LoginShape): readonly Row[] {
  const ask = askedOf({ account, good });
  return [
    ...cited(
      permissions,
      ...[10, 200, 299].flatMap((code): Question[] => [
        ask(
          `code ${code} where a permission is missing`,
          { Role: graphError({ code }, 403) },
          {
            kind: 'Rejected',
            family: 'Rejected',
            reason: 'ScopeMissing',
          },
          { scopes: [...scopes, 'business_management'] },
        ),
        ask(
          `code ${code} where none is: the app was not admitted`,
          { Role: graphError({ code }, 403) },
          {
            ...valid,
            beside: 'AppReviewMissing',
          },
          { scopes },
        ),
        ask(
          `code ${code} to the Page itself`,
          { Identity: graphError({ code }, 403) },
          {
            kind: 'Thrown',
            family: 'Misconfigured',
            reason: 'AppReviewMissing',
            isAppFault: true,
          },
          { scopes },
        ),
        ask(
          `code ${code} to the Page itself, without a permission`,
          { Identity: graphError({ code }, 403) },
          {
            kind: 'Rejected',
            family: 'Rejected',
            reason: 'ScopeMissing',
          },
          { scopes: ['else'] },
        ),
        {
          name: `code ${code} instead of a Page's token, without a permission`,
          call: 'derive',
          account,
          scopes: ['else'],
          answers: { Derive: graphError({ code }, 403), Introspect: debugged(ofPerson) },
          want: { kind: 'Rejected', family: 'Rejected', reason: 'ScopeMissing' },
        },
        {
          name: `code ${code} instead of a Page's token, with all of them`,
          call: 'derive',
          account,
          scopes,
          answers: { Derive: graphError({ code }, 403), Introspect: debugged(ofPerson) },
          want: { kind: 'Thrown', family: 'Misconfigured', reason: 'AppReviewMissing', isAppFault: true },
        },
      ]),
      ask('code 300 is none of them', { Role: graphError({ code: 300 }, 403) }, valid),
    ),
  ];
}

const revokeRows = (account: string): readonly Row[] =>
  cited(
    permissions,
    ...[true, { success: true }].map(
      (body): Question => ({
        name: `everything that the person gave the app: ${JSON.stringify(body)}`,
        call: 'revoke',
        account,
        answers: { Revoke: { status: 200, body } },
        want: { kind: 'Revoked' },
        sent: [
          {
            method: 'DELETE',
            url: `${graph}/me/permissions?appsecret_proof=${proofOf.refresh}`,
            headers: bearer('held-refresh-0001'),
            body: undefined,
          },
        ],
      }),
    ),
    {
      name: 'there is nothing to give back',
      call: 'revoke',
      account,
      answers: { Revoke: graphError({ code: 190, subcode: 458 }) },
      want: { kind: 'AlreadyGone' },
    },
    {
      name: 'a limit is not the end of anything',
      call: 'revoke',
      account,
      answers: { Revoke: graphError({ code: 4 }) },
      want: { kind: 'Failed', family: 'Transient', reason: 'RateLimited' },
    },
  );

export function loginRows(shape: LoginShape): readonly Row[] {
  return [...codeRows, ...legacyRows, ...inspectionRows(shape), ...permissionRows(shape), ...revokeRows(shape.account)];
}
