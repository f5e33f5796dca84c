import { createHash } from 'node:crypto';
import type { App, SystemUserToken } from './model.ts';
import type { Answer, AskedShape, Call, Code, GrantShape, Token } from './platform.ts';
import { parameterProblems } from './request.ts';
import type { World } from './world.ts';

/** Where a platform publishes no life of a code, a short one finds a client that dawdles. */
export const usualCodeLifeMs = 5 * 60_000;

/** Parameters by which a test, or a person in a browser, answers the consent page. They belong to no platform. */
const answerParameters = ['approve', 'approve_scopes', 'approve_assets', 'decline'];

const challengeParameters = ['code_challenge', 'code_challenge_method'];

/** How a platform's consent page is asked and answers. What is absent is as most platforms have it. */
export interface ConsentRules {
  required: readonly string[];
  optional: readonly string[];
  /** What the platform's error page says when the address to return to is not registered. */
  redirectMismatch: string;
  /** The same for an app that is not there. Absent is `invalid_client`. */
  unknownClient?: string;
  /** What else this platform does not take; null is nothing. */
  problem?(query: URLSearchParams): string | null;
  /** Absent is yes, as far as the platform has them. */
  withRefreshToken?(query: URLSearchParams, knownPerson: boolean): boolean;
  /** Absent is a space. */
  scopeSeparator?: string | RegExp;
  /** Absent is `client_id`. */
  clientIdParameter?: string;
  /** S256 alone. Only where it is required may a client without a secret ask. Absent is `none`. */
  pkce?: 'none' | 'optional' | 'required';
  codeLifeMs?: number;
  /** What stands in the address of return beside `code` and `state`. */
  callback?(code: Code): Record<string, string>;
  /** What follows the address of return: `#_`. */
  fragment?: string;
  /** How a refusal is told. */
  denial?: Readonly<Record<string, string>>;
}

const usualDenial = { error: 'access_denied', error_description: 'The user denied you access' };

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (status: number, inside: string): Answer => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: `<!doctype html><html lang="en"><head><title>Simulated consent</title></head><body>${inside}</body></html>`,
});

/** The platform's own error page: the person is not sent back. */
export function refused(call: Call, text: string): Answer {
  call.complain(text);
  return page(400, `<h1>Error</h1><p>${escapeHtml(text)}</p>`);
}

const scopesOf = (text: string, rules: ConsentRules): string[] =>
  text.split(rules.scopeSeparator ?? ' ').filter(Boolean);

function consentProblem(query: URLSearchParams, rules: ConsentRules): string | null {
  const { pkce = 'none' } = rules;
  const required = [...rules.required, ...(pkce === 'required' ? challengeParameters : [])];
  const optional = [...rules.optional, ...answerParameters, ...(pkce === 'optional' ? challengeParameters : [])];
  const [problem] = parameterProblems(query, { required, optional });
  if (problem) return problem.text;
  if ((query.get('response_type') ?? 'code') !== 'code') return 'response_type must be code';
  if (query.has('code_challenge') && query.get('code_challenge_method') !== 'S256') {
    return 'code_challenge_method must be S256';
  }
  const isGlued = scopesOf(query.get('scope') ?? '', rules).some((scope) => /[\s,;]/.test(scope));
  return isGlued ? 'the scopes are not separated as this platform has it' : (rules.problem?.(query) ?? null);
}

/** The consent page: without an answer it lists the accounts, with one it redirects back. */
export function authorize(call: Call, rules: ConsentRules): Answer {
  const { query } = call.request;
  const problem = consentProblem(query, rules);
  if (problem) {
    return refused(call, problem);
  }
  const app = call.world.directory.findApp(call.platform.name, query.get(rules.clientIdParameter ?? 'client_id') ?? '');
  if (!app || app.clientType === 'device' || (app.clientType === 'public' && rules.pkce !== 'required')) {
    return refused(call, rules.unknownClient ?? 'invalid_client');
  }
  if (!app.redirectUris.includes(query.get('redirect_uri') ?? '')) {
    return refused(call, rules.redirectMismatch);
  }
  if (query.has('decline')) {
    return sendBack(query, rules, rules.denial ?? usualDenial);
  }
  if (!query.has('approve')) {
    return accountsPage(call);
  }
  const code = issueCode(call, app, rules);
  return sendBack(query, rules, { code: code.value, ...rules.callback?.(code) });
}

function sendBack(query: URLSearchParams, rules: ConsentRules, parameters: Readonly<Record<string, string>>): Answer {
  const back = new URL(query.get('redirect_uri') ?? '');
  const state = query.get('state');
  for (const [name, value] of Object.entries({ ...parameters, ...(state !== null && { state }) })) {
    back.searchParams.set(name, value);
  }
  return { status: 302, headers: { Location: back.href + (rules.fragment ?? '') }, body: '' };
}

/** What the person chooses from. */
export function accountsPage(call: Call): Answer {
  const link = (name: string, value: string, text: string): string => {
    const query = new URLSearchParams(call.request.query);
    query.set(name, value);
    return `<li><a href="?${escapeHtml(query.toString())}">${escapeHtml(text)}</a></li>`;
  };
  const accounts = call.world.directory.accounts(call.platform.name);
  const links = accounts.map(({ id, login }) => link('approve', id, `Continue as ${login} (${id})`));
  return page(200, `<h1>Simulated ${call.platform.name}</h1><ul>${links.join('')}${link('decline', '1', 'Deny')}</ul>`);
}

function issueCode(call: Call, app: App, rules: ConsentRules): Code {
  const { query } = call.request;
  const account = call.world.directory.account(app.platform, query.get('approve') ?? '');
  const known = call.world.livingGrants(app.platform, app.clientId, account.id).length > 0;
  const asked = scopesOf(query.get('scope') ?? '', rules);
  const approved = query.get('approve_scopes');
  const scopes = approved === null ? asked : scopesOf(approved, rules);
  const code: Code = {
    value: call.platform.newSecret('code'),
    platform: app.platform,
    clientId: app.clientId,
    accountId: account.id,
    scopes,
    declined: asked.filter((scope) => !scopes.includes(scope)),
    assetIds: query.get('approve_assets')?.split(',') ?? null,
    redirectUri: query.get('redirect_uri') ?? '',
    codeChallenge: query.get('code_challenge'),
    withRefreshToken: rules.withRefreshToken?.(query, known) ?? true,
    expiresAt: call.now + (rules.codeLifeMs ?? usualCodeLifeMs),
    used: false,
  };
  call.world.codes.set(code.value, code);
  return code;
}

/**
 * Uses up the code that stands in these parameters of an exchange. Null when it is unknown, late, used, another app's,
 * or its PKCE verifier does not fit.
 */
export function redeemCode(call: Call, app: App, parameters = call.request.form): Code | null {
  const code = call.world.codes.get(parameters.get('code') ?? '');
  if (!code || code.used || code.clientId !== app.clientId || code.platform !== app.platform) {
    return null;
  }
  code.used = true;
  const challenge = createHash('sha256')
    .update(parameters.get('code_verifier') ?? '')
    .digest('base64url');
  const fits = code.codeChallenge === null ? !parameters.has('code_verifier') : code.codeChallenge === challenge;
  return code.expiresAt > call.now && fits ? code : null;
}

/** Which tokens a consent leads to on the app's platform. */
export function shapeOf(world: World, app: App, asked: AskedShape): GrantShape {
  const pair = { refreshToken: true, shortLived: false, tokenSecret: false };
  return world.directory.platform(app.platform).grantShape?.(app, asked) ?? pair;
}

export interface Consent {
  accountId: string;
  scopes: readonly string[];
  declined?: readonly string[];
  /** By the platform's clock. */
  consentedAt: number;
  obtainedAt: number;
  limitedUntilAt?: number | null;
  assetIds?: readonly string[] | null;
  shortLived?: boolean;
  oauth1?: boolean;
  systemUser?: SystemUserToken;
}

/** What a consent leads to: a new grant with its first tokens. */
export function openConsentedGrant(world: World, app: App, consent: Consent): { access: Token; refresh: Token | null } {
  const { obtainedAt, shortLived = false, oauth1 = false, systemUser, ...rest } = consent;
  const kind = systemUser && { systemUser };
  const shape = shapeOf(world, app, { scopes: consent.scopes, shortLived, oauth1, ...kind });
  const names = { platform: app.platform, clientId: app.clientId };
  const grant = world.openGrant({
    ...{ limitedUntilAt: null, assetIds: null, ...rest },
    ...names,
    shape,
    lastUsedAt: obtainedAt,
  });
  const refresh = shape.refreshToken ? world.issue(grant, 'refresh', { issuedAt: obtainedAt }) : null;
  const { shortLived: isShort } = shape;
  const access = world.issue(grant, 'access', { issuedAt: obtainedAt, withRefresh: refresh, shortLived: isShort });
  world.directory.platform(app.platform).opened?.(world, grant);
  return { access, refresh };
}
