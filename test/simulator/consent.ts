import { createHash } from 'node:crypto';
import type { App } from './model.ts';
import type { Answer, Call, Code, Grant, Token } from './platform.ts';
import type { World } from './world.ts';

/** No platform here publishes the life of a code; a short one finds a client that dawdles. */
const codeLifeMs = 5 * 60_000;

/** Parameters by which a test, or a person in a browser, answers the consent page. They belong to no platform. */
const answerParameters = ['approve', 'approve_scopes', 'decline'];

export interface ConsentRules {
  required: readonly string[];
  optional: readonly string[];
  /** What the platform's error page says when the address to return to is not registered. */
  redirectMismatch: string;
  withRefreshToken(query: URLSearchParams, knownPerson: boolean): boolean;
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (status: number, inside: string): Answer => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: `<!doctype html><html lang="en"><head><title>Simulated consent</title></head><body>${inside}</body></html>`,
});

function refused(call: Call, text: string): Answer {
  call.complain(text);
  return page(400, `<h1>Error</h1><p>${escapeHtml(text)}</p>`);
}

function consentProblem(query: URLSearchParams, rules: ConsentRules): string | null {
  const names = [...query.keys()];
  const known = [...rules.required, ...rules.optional, ...answerParameters];
  const unknown = names.find((name) => !known.includes(name));
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  const missing = rules.required.find((name) => !query.get(name));
  if (unknown !== undefined) return `parameter ${unknown} is not known here`;
  if (repeated !== undefined) return `parameter ${repeated} was sent more than once`;
  if (missing !== undefined) return `parameter ${missing} is missing or empty`;
  if (query.get('response_type') !== 'code') return 'response_type must be code';
  if (query.has('code_challenge') && query.get('code_challenge_method') !== 'S256') {
    return 'code_challenge_method must be S256';
  }
  return null;
}

/** The consent page: without an answer it lists the accounts, with one it redirects back. */
export function authorize(call: Call, rules: ConsentRules): Answer {
  const { query } = call.request;
  const problem = consentProblem(query, rules);
  if (problem) {
    return refused(call, problem);
  }
  const app = call.world.directory.findApp(call.platform.name, query.get('client_id') ?? '');
  if (!app || app.clientType === 'public') {
    return refused(call, 'invalid_client');
  }
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!app.redirectUris.includes(redirectUri)) {
    return refused(call, rules.redirectMismatch);
  }
  const back = new URL(redirectUri);
  const state = query.get('state');
  if (query.has('decline')) {
    back.searchParams.set('error', 'access_denied');
    back.searchParams.set('error_description', 'The user denied you access');
  } else if (query.has('approve')) {
    const code = issueCode(call, app, rules);
    back.searchParams.set('code', code.value);
    back.searchParams.set('scope', code.scopes.join(' '));
  } else {
    return accountsPage(call);
  }
  if (state !== null) {
    back.searchParams.set('state', state);
  }
  return { status: 302, headers: { Location: back.href }, body: '' };
}

function accountsPage(call: Call): Answer {
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
  const known = liveGrant(call.world, app, account.id) !== undefined;
  const code: Code = {
    value: call.platform.newSecret('code'),
    platform: app.platform,
    clientId: app.clientId,
    accountId: account.id,
    scopes: (query.get('approve_scopes') ?? query.get('scope') ?? '').split(' ').filter(Boolean),
    redirectUri: query.get('redirect_uri') ?? '',
    codeChallenge: query.get('code_challenge'),
    withRefreshToken: rules.withRefreshToken(query, known),
    expiresAt: call.now + codeLifeMs,
    used: false,
  };
  call.world.codes.set(code.value, code);
  return code;
}

/** Uses up a code. Null when it is unknown, late, used, another app's, or its PKCE verifier does not fit. */
export function redeemCode(call: Call, app: App): Code | null {
  const { form } = call.request;
  const code = call.world.codes.get(form.get('code') ?? '');
  if (!code || code.used || code.clientId !== app.clientId || code.platform !== app.platform) {
    return null;
  }
  code.used = true;
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  const fits = code.codeChallenge === null ? !form.has('code_verifier') : code.codeChallenge === challenge;
  return code.expiresAt > call.now && fits ? code : null;
}

export function liveGrant(world: World, app: App, accountId: string | null): Grant | undefined {
  return [...world.grants.values()].find(
    (grant) =>
      grant.platform === app.platform &&
      grant.clientId === app.clientId &&
      grant.accountId === accountId &&
      world.settle(grant).endedMachineAt === null,
  );
}

export interface Consent {
  accountId: string;
  scopes: string[];
  /** By the platform's clock. */
  consentedAt: number;
  obtainedAt: number;
  limitedUntilAt: number | null;
}

/** What a consent leads to: a new grant with its first pair of tokens. */
export function openConsentedGrant(world: World, app: App, consent: Consent): Record<'access' | 'refresh', Token> {
  const { obtainedAt, ...rest } = consent;
  const names = { platform: app.platform, clientId: app.clientId };
  const grant = world.openGrant({ ...rest, ...names, lastUsedAt: obtainedAt });
  const refresh = world.issue(grant, 'refresh', { issuedAt: obtainedAt });
  const access = world.issue(grant, 'access', { issuedAt: obtainedAt, withRefresh: refresh });
  world.enforceGrantLimit(grant);
  return { access, refresh };
}
