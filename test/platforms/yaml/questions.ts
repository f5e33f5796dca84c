import type { Place, Question, Recorded } from '../rows.ts';

/** One question: its name, what the platform answers, and what is made of that. */
type Ask = (
  name: string,
  status: number,
  body: unknown,
  want: Question['want'],
  headers?: Recorded['headers'],
) => Question;

/** Questions of one call that one of the platform's addresses answers; `beside` is what each of them says besides. */
export const asking =
  (call: Question['call'], place: Place, beside: Partial<Question> = {}): Ask =>
  (name, status, body, want, headers) => ({
    ...beside,
    name,
    call,
    answers: { [place]: { status, body, ...(headers === undefined ? {} : { headers }) } },
    want,
  });

/** Questions about a code that a person brought, whose names say so. */
export const bringing = (beside?: Partial<Question>): Ask => {
  const ofCode = asking('code', 'Token', beside);
  return (name, ...answer) => ofCode(`Code: ${name}`, ...answer);
};

export const exchange = asking('code', 'Token');
export const bring = bringing();
export const refresh = asking('refresh', 'Token');
export const reissue = asking('reissue', 'Token');
export const poll = asking('poll', 'Token');
/** Of the address that tells whose the token is. */
export const ask = asking('introspect', 'Identity');
/** Of the address that tells what the token is. */
export const inspect = asking('introspect', 'Introspect');
export const give = asking('revoke', 'Revoke');

/** The login of a platform that gives no refresh tokens. */
export const alone = { tokens: { refresh: undefined } } as const;

export const consent = (name: string, url: string, scopes?: readonly string[]): Question => ({
  name,
  call: 'consent',
  answers: {},
  ...(scopes === undefined ? {} : { scopes }),
  want: { kind: 'Consent', url },
});

/** The platform has no address for it, and so nothing is sent. */
export const cannotGiveBack: Question = {
  name: 'a login cannot be given back',
  call: 'revoke',
  answers: {},
  want: { kind: 'Failed', family: 'Misconfigured', reason: 'PlatformInvalid' },
  sent: [],
};
