import { openConsentedGrant, redeemCode } from './consent.ts';
import type { App, EndCause } from './model.ts';
import { done, refusal } from './odd-answers.ts';
import type { Answer, Call, Token } from './platform.ts';
import {
  basicCredentials,
  noteEncodedSecret,
  noteProblems,
  type ParameterRules,
  parameterProblems,
} from './request.ts';

const dayMs = 86_400_000;

/** From the issue of the renewal key. */
export const renewalLifeMs = 90 * dayMs;
export const consentLifeMs = 365 * dayMs;

const membersOf: Readonly<Record<string, ParameterRules>> = {
  authorization_code: {
    required: ['grant_type', 'auth_code', 'redirect_uri'],
    optional: ['client_key', 'code_verifier'],
  },
  refresh_token: { required: ['grant_type', 'renewal_key'], optional: ['client_key'] },
};

/** The body's members as parameters. What is no text counts as empty. */
function membersIn({ json }: Call['request']): URLSearchParams {
  const entries = Object.entries(json ?? {});
  return new URLSearchParams(
    entries.map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : '']),
  );
}

/** The app of a JSON request that is as documented. */
function clientOf(call: Call, rules: ParameterRules): App | Answer {
  const { request } = call;
  const basic = basicCredentials(request);
  if (request.json === null || basic === null || request.query.size > 0) {
    call.complain('the call needs a JSON body, HTTP Basic and no query');
    return refusal(null, 'odd_request');
  }
  const app = call.world.directory.findApp('odd', basic.user);
  const members = membersIn(request);
  if (noteProblems(call, parameterProblems(members, rules))) {
    return refusal(app ?? null, 'odd_request');
  }
  if (!app) {
    return refusal(null, 'app_unknown');
  }
  if ((members.get('client_key') ?? app.clientId) !== app.clientId) {
    call.complain('client_key differs from that of the Basic header');
    return refusal(app, 'odd_request');
  }
  if (basic.password !== app.clientSecret) {
    noteEncodedSecret(call, basic.password, app.clientSecret);
    return refusal(app, 'app_word_wrong');
  }
  const word = app.suspended ? 'app_shut' : 'too_many';
  return app.suspended || app.quirks.includes('too-many') ? refusal(app, word) : app;
}

/** A code or a renewal key for tokens. */
export function grantTokens(call: Call): Answer {
  const grantType = membersIn(call.request).get('grant_type') ?? '';
  const rules = membersOf[grantType] ?? { required: ['grant_type'], optional: ['client_key'] };
  const app = clientOf(call, rules);
  if (!('quirks' in app)) {
    return app;
  }
  if (!membersOf[grantType]) {
    call.complain('grant_type is none of ours');
    return refusal(app, 'odd_request');
  }
  return grantType === 'refresh_token' ? renew(call, app) : exchangeCode(call, app);
}

const rejected = (app: App, word: string): Answer => ({ ...refusal(app, word), outcome: 'rejected' });

/** Why a renewal key is dead, where the platform says so. */
const wordOf: Partial<Record<EndCause, string>> = {
  'password-changed': 'member_changed_password',
  disconnected: 'member_left_app',
  deleted: 'member_gone',
  unused: 'renewal_key_stale',
  'aged-out': 'consent_over',
};

function renew(call: Call, app: App): Answer {
  const { world } = call;
  const presented = world.tokens.find(membersIn(call.request).get('renewal_key') ?? '');
  const isOurs = presented?.kind === 'refresh' && presented.grant.platform === 'odd';
  if (!isOurs || presented.grant.clientId !== app.clientId) {
    return rejected(app, 'renewal_key_dead');
  }
  const { troubles } = world;
  if (troubles.has('suspended', presented.grant)) {
    return rejected(app, 'member_barred');
  }
  if (troubles.has('locked', presented.grant)) {
    return rejected(app, 'member_must_sign_in');
  }
  if (!world.isAlive(presented)) {
    return rejected(app, wordOf[presented.endedBy ?? 'rotated'] ?? 'renewal_key_dead');
  }
  const renewed = world.renew(presented, app);
  return granted(app, renewed.access, renewed.refresh);
}

function exchangeCode(call: Call, app: App): Answer {
  const members = membersIn(call.request);
  const verifier = members.get('code_verifier');
  const parameters = { code: members.get('auth_code') ?? '', ...(verifier !== null && { code_verifier: verifier }) };
  const code = redeemCode(call, app, new URLSearchParams(parameters));
  if (!code) {
    return rejected(app, 'code_dead');
  }
  if (code.redirectUri !== members.get('redirect_uri')) {
    call.complain('redirect_uri of the exchange differs from that of the consent');
    return refusal(app, 'odd_request');
  }
  const { accountId, scopes } = code;
  const at = { consentedAt: call.now, obtainedAt: call.now };
  const opened = openConsentedGrant(call.world, app, { accountId, scopes, ...at });
  return granted(app, opened.access, opened.refresh);
}

function granted(app: App, access: Token, renewalKey: Token | null): Answer {
  const { grant, issuedAt: now } = access;
  const renewalEnd = Math.min((renewalKey?.issuedAt ?? now) + renewalLifeMs, grant.consentedAt + consentLifeMs);
  const left = (at: number) => (app.quirks.includes('text-lifetimes') ? String(at - now) : at - now);
  const token = {
    ...{ pass: access.value, lifetime_ms: left(access.announcedExpiresAt ?? now) },
    ...{ renewal_key: renewalKey?.value, renewal_lifetime_ms: left(renewalEnd) },
    allows: grant.scopes.join(','),
  };
  return { ...done({ auth: { token }, member: { number: grant.accountId } }, ['number']), outcome: 'granted' };
}

/** What a pass is good for. */
export function inspect(call: Call): Answer {
  const app = clientOf(call, { required: ['pass'], optional: ['client_key'] });
  if (!('quirks' in app)) {
    return app;
  }
  const access = call.world.livingAccess('odd', membersIn(call.request).get('pass'));
  if (access?.grant.clientId !== app.clientId) {
    return done({ living: false });
  }
  const { clientId, accountId, scopes } = access.grant;
  const facts = { app: clientId, member_number: accountId, allows: scopes.join(',') };
  return done({ living: true, ...facts, until_ms: access.announcedExpiresAt }, ['member_number']);
}

/** Either token ends the grant; one that is gone already is no failure. */
export function drop(call: Call): Answer {
  const which = membersIn(call.request).has('pass') ? 'pass' : 'renewal_key';
  const app = clientOf(call, { required: [which], optional: ['client_key'] });
  if (!('quirks' in app)) {
    return app;
  }
  const presented = call.world.tokens.find(membersIn(call.request).get(which) ?? '');
  if (presented?.grant.platform === 'odd' && presented.grant.clientId === app.clientId) {
    call.world.endGrant(presented.grant, 'revoked-by-client');
  }
  return done({});
}
