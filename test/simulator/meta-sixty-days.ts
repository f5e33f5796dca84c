import { type ConsentRules, openConsentedGrant, redeemCode } from './consent.ts';
import {
  flatError,
  type GraphProblem,
  graphError,
  lacksPermission,
  rejected,
  requestBug,
  wrongSecret,
} from './meta-answers.ts';
import { appRefusal, type Method } from './meta-calls.ts';
import type { Caller } from './meta-limits.ts';
import type { App } from './model.ts';
import type { Answer, Call, Grant, NewAccess, Token } from './platform.ts';
import { formProblems, noteProblems } from './request.ts';
import type { World } from './world.ts';

/**
 * Instagram and Threads: `omit-expires-in` is what it says; a refresh may leave the token's value as it is
 * (`same-token-value`), or end the presented one (`old-token-dies`).
 */
export type SixtyDaysQuirk = 'omit-expires-in' | 'same-token-value' | 'old-token-dies';

/** Where a login gives a token of an hour, that one of sixty days, and that another of sixty days. */
export interface SixtyDays {
  /** How its grant types begin. */
  prefix: 'ig' | 'th';
  /** How its tokens begin. */
  tokenPrefix: 'IGAA' | 'THAA';
  /** Without it nothing works. */
  basicScope: string;
  /** What an app that is not there is told where codes are taken. */
  unknownApp: string;
  /** What a code gives beside the token. */
  withCode(app: App, access: Token): unknown;
  /** What a refresh gives beside the token. */
  withRefresh(scopes: readonly string[]): object;
  /** Who is not served. */
  objection(call: Call, caller: Caller): GraphProblem | null;
}

const dayMs = 86_400_000;
const dataAccessMs = 90 * dayMs;

/** Seconds: an hour, or sixty days less a little, as the documentation's example has it. */
export const lifeSeconds = ({ shortLived }: NewAccess): number => (shortLived ? 3600 : 5_183_944);

const separator = /[, ]/;

/** How both dialogs ask for a consent and send the person back. */
export const dialogRules = (login: SixtyDays): Omit<ConsentRules, 'required' | 'optional'> => ({
  redirectMismatch: 'Invalid redirect_uri',
  unknownClient: login.unknownApp,
  scopeSeparator: separator,
  codeLifeMs: 3_600_000,
  fragment: '#_',
  denial: {
    error: 'access_denied',
    error_reason: 'user_denied',
    error_description: 'The user denied your request.',
  },
  problem: (query) =>
    (query.get('scope') ?? '').split(separator).includes(login.basicScope)
      ? null
      : `Invalid scope: ${login.basicScope} must be among them`,
});

/** When the app may read the person's data no more. Only a new login moves it. */
export const dataAccessEnd = (grant: Grant): number => grant.consentedAt + dataAccessMs;

/** When what a private account permits is over; null where nothing is. */
export function permissionsEnd(grant: Grant, world: World): number | null {
  const isPrivate = world.directory.findAccount(grant.platform, grant.accountId)?.isPrivate;
  return isPrivate ? dataAccessEnd(grant) : null;
}

/** What is permitted still. */
export function scopesOf({ world, now }: Call, grant: Grant): readonly string[] {
  const end = permissionsEnd(grant, world);
  return end !== null && end <= now ? [] : grant.scopes;
}

const codeRules = {
  required: ['client_id', 'client_secret', 'grant_type', 'redirect_uri', 'code'],
  optional: [],
  multipart: true,
};

/** `POST /oauth/access_token`, the one address whose errors are flat. */
export const codeExchange =
  (login: SixtyDays) =>
  (call: Call): Answer => {
    const { form } = call.request;
    const problem = noteProblems(call, formProblems(call.request, codeRules));
    if (problem) {
      return flatError(problem.text);
    }
    if (form.get('grant_type') !== 'authorization_code') {
      call.complain('grant_type must be authorization_code');
      return flatError('Invalid grant type');
    }
    const app = call.world.directory.findApp(call.platform.name, form.get('client_id') ?? '');
    if (!app) {
      return flatError(login.unknownApp);
    }
    const refusal = appRefusal(app) ?? (app.clientSecret === form.get('client_secret') ? null : wrongSecret(100));
    return refusal ? flatError(refusal.message) : redeem(call, login, app);
  };

function redeem(call: Call, login: SixtyDays, app: App): Answer {
  const code = redeemCode(call, app);
  if (!code) {
    return rejected(flatError('Matching code was not found or was already used'));
  }
  if (code.redirectUri !== call.request.form.get('redirect_uri')) {
    call.complain('redirect_uri of the exchange differs from that of the consent');
    return rejected(flatError('Error validating verification code: the redirect_uri is not identical'));
  }
  const { accountId, scopes } = code;
  const at = { consentedAt: call.now, obtainedAt: call.now };
  const { access } = openConsentedGrant(call.world, app, { accountId, scopes, shortLived: true, ...at });
  return { status: 200, outcome: 'granted', body: login.withCode(app, access) };
}

const grantTypeProblem = (call: Call, expected: string): GraphProblem | null => {
  if (call.request.query.get('grant_type') === expected) {
    return null;
  }
  call.complain(`grant_type must be ${expected}`);
  return requestBug('grant_type is not one of this address');
};

const granted = (call: Call, app: App, access: Token, more: object = {}): Answer => {
  const left = Math.floor(((access.announcedExpiresAt ?? call.now) - call.now) / 1000);
  const life = app.quirks.includes('omit-expires-in') ? {} : { expires_in: left };
  return {
    status: 200,
    outcome: 'granted',
    body: { access_token: access.value, token_type: 'bearer', ...life, ...more },
  };
};

type Renewal = (call: Call, app: App, token: Token) => Answer;

/** What both renewals ask first. */
const renewal = (login: SixtyDays, kind: 'exchange' | 'refresh', renew: Renewal): Method => ({
  required: kind === 'exchange' ? ['grant_type', 'client_secret'] : ['grant_type'],
  optional: [],
  about: 'nothing',
  answer: (call, caller) => {
    const { app, token } = caller;
    const problem = grantTypeProblem(call, `${login.prefix}_${kind}_token`) ?? login.objection(call, caller);
    if (problem || !token) {
      return graphError(problem ?? requestBug('this is no token of a person'));
    }
    return renew(call, app, token);
  },
});

/** `GET /access_token`: an hour's token for one of sixty days. */
export const exchange = (login: SixtyDays): Method =>
  renewal(login, 'exchange', (call, app, token) => {
    if (call.request.query.get('client_secret') !== app.clientSecret) {
      return graphError(wrongSecret(100));
    }
    return token.shortLived
      ? granted(call, app, call.world.exchange(token))
      : rejected(graphError({ code: 452, message: 'Session key invalid' }));
  });

/** `GET /refresh_access_token`: another sixty days, from now on, for a token that is a day old at least. */
export const refresh = (login: SixtyDays): Method =>
  renewal(login, 'refresh', (call, app, token) => {
    if (call.now - token.issuedAt < dayMs) {
      call.complain('a token was refreshed before it was 24 hours old');
      const message = 'The access token is not 24 hours old and cannot be refreshed yet';
      return graphError({ code: 100, type: 'IGApiException', message });
    }
    const scopes = scopesOf(call, token.grant);
    if (!scopes.includes(login.basicScope)) {
      return rejected(graphError(lacksPermission(10, login.basicScope)));
    }
    const keepsValue = app.quirks.includes('same-token-value');
    const endsPresented = app.quirks.includes('old-token-dies');
    return granted(call, app, call.world.exchange(token, { keepsValue, endsPresented }), login.withRefresh(scopes));
  });
