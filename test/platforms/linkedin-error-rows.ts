import { ask, requests, scopes, valid } from './linkedin-role-rows.ts';
import { cited, hourMs, nowAt, type Row, type Source } from './rows.ts';

const docs = 'https://learn.microsoft.com/en-us/linkedin';
const errorHandling: Source = [`${docs}/shared/api-guide/concepts/error-handling`, '2026-11-22', 'documented'];
const unconfirmed: Source = [`${docs}/shared/api-guide/concepts/error-handling`, '2026-11-22', 'unconfirmed'];
const rateLimits: Source = [`${docs}/shared/api-guide/concepts/rate-limits`, '2026-11-22', 'documented'];
const versioning: Source = [`${docs}/marketing/versioning`, '2026-11-22', 'documented'];
const versionTexts: Source = [`${docs}/marketing/versioning`, '2026-11-22', 'unconfirmed'];
const withoutNames: Source = ['https://github.com/xamarin/Xamarin.Auth/issues/461', '2026-11-25', 'observed'];
const unknownTokens: Source = [
  'https://github.com/xcarpentier/react-native-linkedin/issues/80',
  '2026-11-25',
  'observed',
];
const freshTokens: Source = ['https://github.com/jclusso/omniauth-linkedin-openid/issues/6', '2026-11-25', 'observed'];

const error = (status: number, code: string | undefined, serviceErrorCode: number | undefined, message: string) => ({
  status,
  body: { status, serviceErrorCode, code, message },
});
const revoked = 'The token used in the request has been revoked by the user';
const expired = 'The token used in the request has expired';
const young = { tokens: { obtainedAt: nowAt - 30_000 } };
const dead = { kind: 'AccessTokenDead', family: 'Rejected', reason: 'AccessRevoked' } as const;
const wait = { kind: 'Thrown', family: 'Transient', reason: 'PlatformUnavailable' } as const;
const odd = { kind: 'Thrown', family: 'Unexpected', reason: 'Unexpected' } as const;
const retired = { kind: 'Thrown', family: 'Misconfigured', reason: 'ApiVersionRetired', isAppFault: true } as const;
const missing = { kind: 'Rejected', family: 'Rejected', reason: 'ScopeMissing' } as const;
const notAdmitted = { kind: 'Thrown', family: 'Misconfigured', reason: 'AppReviewMissing', isAppFault: true } as const;
const ended = { tokens: { refresh: undefined, accessExpiresAt: nowAt - hourMs } };

const tokenRows = [
  ...cited(
    freshTokens,
    ask(
      'a fresh token that one server does not know yet',
      { Identity: error(401, 'REVOKED_ACCESS_TOKEN', 65_601, revoked) },
      wait,
      young,
    ),
    ask('an older token that was revoked', { Identity: error(401, 'REVOKED_ACCESS_TOKEN', 65_601, revoked) }, dead),
  ),
  ...cited(
    withoutNames,
    ask('a fresh token, by the number alone', { Identity: error(401, undefined, 65_601, revoked) }, wait, young),
  ),
  ...cited(
    unknownTokens,
    ask(
      'a token that LinkedIn does not know',
      { Identity: error(401, undefined, 65_600, 'Invalid access token') },
      dead,
    ),
  ),
  ...cited(
    errorHandling,
    ask(
      'a header that got lost on the way',
      { Identity: error(401, undefined, 401, 'Empty oauth2_access_token') },
      odd,
    ),
    ask(
      'something that is hidden from this login',
      { Role: error(404, 'NOT_FOUND', undefined, 'Could not find entity') },
      odd,
    ),
    ask(
      'an error of LinkedIn, also while it checks a token',
      { Identity: error(500, undefined, undefined, 'Internal Server Error') },
      wait,
    ),
  ),
  ...cited(
    unconfirmed,
    ask('a fresh token, by the name alone', { Role: error(401, 'REVOKED_ACCESS_TOKEN', undefined, 'No') }, wait, young),
    ask(
      'a token at its end, by name',
      { Identity: error(401, 'EXPIRED_ACCESS_TOKEN', undefined, expired) },
      { ...dead, reason: 'TokenExpired' },
      ended,
    ),
    ask(
      'a token at its end, by number',
      { Role: error(401, undefined, 65_602, expired) },
      { ...dead, reason: 'TokenExpired' },
      ended,
    ),
    ask('a header that got lost on the way, by number', { Identity: error(401, undefined, 65_604, 'No token') }, odd),
    ask(
      'a restricted member, by name',
      { Identity: error(401, 'RESTRICTED_MEMBER', undefined, 'Restricted') },
      { ...missing, reason: 'AccountSuspended' },
    ),
    ask(
      'a restricted member, by number',
      { Identity: error(401, undefined, 65_608, 'Restricted') },
      { ...missing, reason: 'AccountSuspended' },
    ),
  ),
];

const denied = 'Not enough permissions to access: GET /rest/organizationAcls';
const permissionRows = cited(
  errorHandling,
  ask('a permission that the token lacks', { Role: error(403, 'ACCESS_DENIED', undefined, 'No') }, missing, {
    scopes: ['r_organization_social'],
  }),
  ask('the same by its text alone', { Role: error(403, undefined, 100, denied) }, missing, {
    scopes: ['r_organization_social'],
  }),
  ask(
    'a product that the app lacks: the token has every permission',
    { Role: error(403, 'ACCESS_DENIED', 100, denied) },
    notAdmitted,
    { scopes, says: 'it is the app that may not use one of them' },
  ),
  ask('a member whom the app may not see', { Identity: error(403, 'ACCESS_DENIED', undefined, 'No') }, missing, {
    scopes: ['openid'],
  }),
  ask(
    'the same by its text',
    { Identity: error(403, undefined, 100, 'Not enough permissions to access: GET /me') },
    missing,
    { scopes: ['openid'] },
  ),
);

const versionRows = [
  ...cited(
    versioning,
    ask(
      'a version that is not served any more',
      { Role: error(426, 'NONEXISTENT_VERSION', undefined, 'Requested version 20251101 is not active') },
      retired,
      { says: 'LinkedIn does not serve this version of its API any more' },
    ),
    ask('a version that the app chose', {}, valid, {
      use: { settings: { apiVersion: '202611' } },
      sent: requests('202611'),
    }),
  ),
  ...cited(
    versionTexts,
    ask(
      'no version, or one that is none',
      { Role: error(400, 'VERSION_MISSING', undefined, 'A version must be present.') },
      retired,
    ),
    ask(
      'another mistake in the request',
      { Role: error(400, 'ILLEGAL_ARGUMENT', undefined, 'q is not a known finder') },
      odd,
    ),
  ),
];

const limitRows = cited(
  rateLimits,
  ask(
    "the day's requests are used up, and nothing says until when",
    { Role: error(429, 'TOO_MANY_REQUESTS', undefined, 'Resource level throttle APPLICATION DAY limit is reached.') },
    { kind: 'Thrown', family: 'Transient', reason: 'RateLimited' },
  ),
);

export const linkedinErrorRows: readonly Row[] = [...tokenRows, ...permissionRows, ...versionRows, ...limitRows];
