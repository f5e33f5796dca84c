import { randomBytes } from 'node:crypto';
import { authorization, basicUser, inJson, parameter } from './carriers.ts';
import { ages, endsAccessTokens, endsGrants, lasts, withdrawsScopes } from './causes.ts';
import { authorize } from './consent.ts';
import { done, refusal } from './odd-answers.ts';
import { consentLifeMs, drop, grantTokens, inspect, renewalLifeMs } from './odd-gate.ts';
import type { Answer, Call, Grant, Platform } from './platform.ts';
import { credentials } from './request.ts';

/**
 * `odd` is a platform of nowhere. It does everything that real ones do, otherwise, to prove that a description without
 * code reaches a platform that nobody has heard of. All of its documentation is this:
 *
 * - Consent: `GET https://door.odd.example/come-in` with `client_key`, `redirect_uri`, `response_type=code`, `state`,
 *   `scope` (separated by commas) and, if the client likes, a PKCE challenge (S256). It sends back `code` and `state`,
 *   or `error=access_denied`. A code lives for two minutes.
 * - Tokens: `POST https://gate.odd.example/tokens/grant`, a JSON body: `grant_type` is `authorization_code` with
 *   `auth_code`, `redirect_uri` (and `code_verifier`), or `refresh_token` with `renewal_key`. `client_key` may stand
 *   there too. The client shows itself by HTTP Basic: base64 of client key, colon and secret as they are, of which
 *   nothing is percent-encoded. Secrets hold characters that would be.
 * - Success: `{"ok":true,"data":{"auth":{"token":{"pass","lifetime_ms","renewal_key","renewal_lifetime_ms","allows"}},
 *   "member":{"number"}}}`. `pass` is the access token and lasts 90 minutes; `renewal_key` is new each time, the one
 *   before is dead then; it lasts 90 days from its issue, and a year from the consent at most. `allows` is a list with
 *   commas. `number` is the account, a JSON number of 17 digits without quotes.
 * - Failure: HTTP 200 and `{"ok":false,"reason":{"word","text"}}`. Words of the app are `app_unknown`, `app_word_wrong`
 *   and `app_shut`; of the request `odd_request`; of a code `code_dead`; of a renewal key `renewal_key_dead`, or why:
 *   `member_changed_password`, `member_left_app`, `member_gone`, `renewal_key_stale` (unused), `consent_over`; of a pass
 *   `pass_dead`; of a pass that lacks a scope `not_allowed`; `too_many` with `wait_ms` is a limit. Any of them may be
 *   `member_barred` (suspended), `member_must_sign_in` (locked) or `member_flagged` (a pass only: the spam filter).
 * - Who is it: `GET https://api.odd.example/v7/whoami` with `Authorization: Pass <pass>` and scope `me.read`:
 *   `{"ok":true,"data":{"member":{"number","nick","called"}}}`.
 * - Introspection: `POST https://gate.odd.example/tokens/inspect` with Basic and `{"pass"}`: `{"ok":true,"data":
 *   {"living":true,"app","member_number","allows","until_ms"}}`, or `{"living":false}`.
 * - Giving back: `POST https://gate.odd.example/tokens/drop` with Basic and `{"renewal_key"}` or `{"pass"}`; either
 *   ends the grant.
 *
 * Quirks: `html-refusals` (a page with HTTP 200 instead of JSON), `too-many`, `text-lifetimes` (milliseconds as text).
 */
export type OddQuirk = 'html-refusals' | 'too-many' | 'text-lifetimes';

function whoami(call: Call): Answer {
  const value = credentials(call.request, 'Pass');
  if (value === null || call.request.query.size > 0) {
    call.complain('whoami needs "Authorization: Pass <pass>" and no parameters');
    return refusal(null, 'odd_request');
  }
  const { world } = call;
  const known = world.tokens.find(value);
  if (known?.kind !== 'access' || known.grant.platform !== 'odd') {
    return refusal(null, 'pass_dead');
  }
  const { grant } = known;
  const app = world.directory.app('odd', grant.clientId);
  const word = troubleOf(call, grant) ?? (world.isAlive(known) ? null : 'pass_dead');
  if (word !== null || app.quirks.includes('too-many')) {
    return refusal(app, word ?? 'too_many');
  }
  if (!grant.scopes.includes('me.read')) {
    return refusal(app, 'not_allowed');
  }
  const { id, login, displayName } = world.directory.account('odd', grant.accountId ?? '');
  return done({ member: { number: id, nick: login, called: displayName } }, ['number']);
}

function troubleOf({ world }: Call, grant: Grant): string | null {
  const words = {
    suspended: 'member_barred',
    locked: 'member_must_sign_in',
    'spam-blocked': 'member_flagged',
  } as const;
  const causes = Object.keys(words) as (keyof typeof words)[];
  const there = causes.find((cause) => world.troubles.has(cause, grant));
  return there ? words[there] : null;
}

/** Characters that are others when they are percent-encoded, or encoded as a form is. */
const hardToCarry = 'w+/=:% &~_-.!';

const newSecret: Platform['newSecret'] = (kind) => {
  const random = randomBytes(18).toString('base64url');
  return kind === 'client-secret' ? `${hardToCarry}${random}` : `${kind}.${random}${randomBytes(12).toString('hex')}`;
};

const renewalEnd = (grant: Grant, main: { issuedAt: number }) => {
  const unused = { at: main.issuedAt + renewalLifeMs, cause: 'unused' } as const;
  const over = { at: grant.consentedAt + consentLifeMs, cause: 'aged-out' } as const;
  return over.at <= unused.at ? over : unused;
};

const causes: Platform['causes'] = {
  'password-changed': endsGrants(),
  disconnected: endsGrants(),
  deleted: endsGrants(),
  'permission-withdrawn': withdrawsScopes,
  suspended: lasts('everything'),
  locked: lasts('everything'),
  'spam-blocked': lasts('nothing'),
  'token-ended-early': endsAccessTokens,
  unused: ages('everything', (grant, _app, world) => {
    const main = world.tokens.newestRefresh(grant);
    return main ? main.issuedAt + renewalLifeMs : null;
  }),
  'consent-over': ages('consent', (grant) => grant.consentedAt + consentLifeMs),
};

/** A platform of nowhere; its documentation stands above. */
export const odd: Platform = {
  name: 'odd',
  newSecret,
  accessLifetimeSeconds: () => 90 * 60,
  singleUse: () => true,
  agedOut: (grant, _app, main) => renewalEnd(grant, main),
  causes,
  carriers: {
    tokens: [inJson('renewal_key'), inJson('pass'), authorization],
    clientIds: [basicUser, inJson('client_key'), parameter('client_key')],
  },
  spends: [
    { operation: 'token', kind: 'refresh', at: inJson('renewal_key') },
    { operation: 'token', kind: 'code', at: inJson('auth_code') },
  ],
  routes: [
    {
      method: 'GET',
      path: '/door.odd.example/come-in',
      operation: 'authorize',
      answer: (call) =>
        authorize(call, {
          required: ['client_key', 'redirect_uri', 'response_type', 'state', 'scope'],
          optional: [],
          clientIdParameter: 'client_key',
          scopeSeparator: ',',
          pkce: 'optional',
          codeLifeMs: 120_000,
          redirectMismatch: 'we do not go there',
        }),
    },
    { method: 'POST', path: '/gate.odd.example/tokens/grant', operation: 'token', answer: grantTokens },
    { method: 'POST', path: '/gate.odd.example/tokens/inspect', operation: 'validate', answer: inspect },
    { method: 'POST', path: '/gate.odd.example/tokens/drop', operation: 'revoke', answer: drop },
    { method: 'GET', path: '/api.odd.example/v7/whoami', operation: 'identity', answer: whoami },
  ],
};
