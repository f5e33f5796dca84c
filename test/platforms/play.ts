import { Failure } from '../../src/core/failure.ts';
import type { TokenSet } from '../../src/core/grant.ts';
import type {
  ConsentStart,
  Derivation,
  DeviceOutcome,
  DeviceStart,
  Introspection,
  PlatformClient,
  Revocation,
  SpendOutcome,
} from '../../src/core/platform-port.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { createPlatformClient } from '../../src/platforms/client.ts';
import type { OutgoingRequest } from '../../src/platforms/form.ts';
import { IssuerKeys } from '../../src/platforms/issuer-keys.ts';
import { createLoginMemory } from '../../src/platforms/login-memory.ts';
import { Pace } from '../../src/platforms/pace.ts';
import type { ErrorRule, Platform } from '../../src/platforms/platform.ts';
import type { Send } from '../../src/platforms/send.ts';
import { inUse } from '../../src/platforms/use.ts';
import { dayMs, held, nowAt, type Place, type Question, type Seen } from './rows.ts';

const tokens: TokenSet = {
  access: Sealed.of(held.access),
  refresh: Sealed.of(held.refresh),
  obtainedAt: nowAt - 3_600_000,
  consentedAt: nowAt - 10 * dayMs,
};
const oauthClient = { id: held.id, secret: Sealed.of(held.secret) };

/** The platform as a row uses it: the kind of its account, the settings of its app. */
function used(platform: Platform, use: Question['use']): Platform {
  return inUse(platform, { settings: {}, isPublic: false, ...use });
}

/** A client whose requests are noted and answered from `answers`; the place is told by the URL. */
export function recordedClient(
  platform: Platform,
  { answers, use, account }: Pick<Question, 'answers' | 'use' | 'account'>,
  standard?: readonly ErrorRule[],
): { client: PlatformClient; sent: OutgoingRequest[]; setNow(at: number): void } {
  const sent: OutgoingRequest[] = [];
  const taken = new Map<Place, number>();
  let now = nowAt;
  const inPlace = used(platform, use);
  const send: Send = async (request) => {
    sent.push(request);
    const place = placeOf(inPlace, request, account, answers);
    const count = taken.get(place) ?? 0;
    taken.set(place, count + 1);
    const recorded = [answers[place] ?? []].flat()[Array.isArray(answers[place]) ? count : 0];
    if (recorded === undefined) throw new Error(`no answer recorded for ${place} ${request.url}`);
    const { status, headers = {}, body = '' } = recorded;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return { kind: 'Answer', answer: { status, headers, text, startedAt: now, isCut: false } };
  };
  const clock = { now: () => now, monotonic: () => now, sleep: () => Promise.resolve() };
  const parts = {
    clock,
    send,
    accepted: { minMs: 60_000, maxMs: 400 * dayMs },
    memory: createLoginMemory(),
    keys: new IssuerKeys(send, clock),
    pace: new Pace(clock),
    heldMs: () => 0,
    newNonce: () => held.nonce,
    ...(standard === undefined ? {} : { standard }),
  };
  const setNow = (at: number) => {
    now = at;
  };
  return { client: createPlatformClient(inPlace, parts), sent, setNow };
}

function placeOf(
  { spec, oauth1 }: Platform,
  { method, url }: OutgoingRequest,
  account = '',
  answers: Question['answers'] = {},
): Place {
  const at = (text: string) => {
    const { origin, pathname } = new URL(text.replaceAll('{{account.id}}', encodeURIComponent(account)));
    return origin + pathname;
  };
  const places: readonly (readonly [Place, string | undefined, string?])[] = [
    ...(spec.revoke?.calls ?? []).map((call) => ['Revoke', call.url, call.method] as const),
    ['Touch', spec.touch?.url],
    ['Introspect', spec.introspect?.url],
    ['Identity', spec.identity?.url],
    ['Role', spec.role?.url],
    ['Derive', spec.derive?.url],
    ['Device', spec.device?.url],
    ['Token', spec.device?.tokenURL],
    ['Request', oauth1?.requestURL],
  ];
  // A call with a method of its own goes before others at the same address.
  const found = places.filter(([, one, own]) => one !== undefined && at(one) === at(url) && (own ?? method) === method);
  // Where two questions have one address, the row says which of them it answers.
  return (found.find(([place]) => answers[place] !== undefined) ?? found[0])?.[0] ?? 'Token';
}

export interface Played {
  readonly seen: Seen;
  readonly message: string | undefined;
  readonly sent: readonly OutgoingRequest[];
}

export async function play(platform: Platform, row: Question, standard?: readonly ErrorRule[]): Promise<Played> {
  const { client, sent } = recordedClient(platform, row, standard);
  const outcome = await callOf(client, row).catch((error: unknown): Outcome => {
    if (error instanceof Failure) return { kind: 'Thrown', failure: error };
    throw error;
  });
  return { seen: seenOf(outcome), message: messageOf(outcome), sent };
}

type Outcome =
  | SpendOutcome
  | Introspection
  | Derivation
  | DeviceOutcome
  | Revocation
  | ({ readonly kind: 'Consent' } & ConsentStart)
  | ({ readonly kind: 'Device' } & DeviceStart)
  | { readonly kind: 'Thrown'; readonly failure: Failure };

function messageOf(outcome: Outcome): string | undefined {
  if ('failure' in outcome) return outcome.failure.message;
  return outcome.kind === 'Valid' ? (outcome.blocked ?? outcome.appFault)?.message : undefined;
}

async function callOf(client: PlatformClient, row: Question): Promise<Outcome> {
  const sender = { client: oauthClient, timeoutMs: 1_000 };
  const login = {
    ...sender,
    tokens: { ...tokens, ...row.tokens },
    extras: row.extras ?? {},
    account: row.account,
    wantedScopes: row.scopes,
  };
  const scopes = row.scopes ?? ['one', 'two'];
  const codeVerifier = Sealed.of(held.verifier);
  const { redirectURI, state } = held;
  switch (row.call) {
    case 'refresh':
      return await client.refresh({ ...login, scopes: row.scopes ?? [] });
    case 'reissue':
      return await client.reissue({ ...sender, scopes });
    case 'introspect':
      return await client.introspect({ ...login, kind: row.kind ?? 'User' });
    case 'derive':
      return await client.derive(login);
    case 'consent': {
      return {
        kind: 'Consent',
        ...(await client.beginConsent({
          ...sender,
          redirectURI,
          state,
          scopes,
          codeVerifier,
          reconnect: row.reconnect,
        })),
      };
    }
    case 'code': {
      const callback = row.callback ?? { code: held.code, state };
      return await client.exchangeCode({
        ...sender,
        callback,
        redirectURI,
        codeVerifier,
        secret: Sealed.of(held.tokenSecret),
      });
    }
    case 'device':
      return { kind: 'Device', ...(await client.startDevice({ ...sender, scopes })) };
    case 'poll':
      return await client.pollDevice({ ...sender, scopes, device });
    case 'revoke':
      return await client.revoke(login);
  }
}

const device: DeviceStart = {
  deviceCode: Sealed.of(held.deviceCode),
  userCode: 'WDJB-MJHT',
  verificationURI: 'https://example.com/device',
  expiresInMs: 1_800_000,
  intervalMs: 5_000,
};

function seenOf(outcome: Outcome): Seen {
  const { kind } = outcome;
  switch (kind) {
    case 'Answered': {
      const { access, refresh, secret, accessExpiresAt, refreshExpiresAt, scopes, account, extras } = outcome.answer;
      return defined({
        kind,
        access: access?.reveal(),
        refresh: refresh?.reveal(),
        secret: secret?.reveal(),
        expiresInS: fromNow(accessExpiresAt),
        refreshExpiresInS: fromNow(refreshExpiresAt),
        scopes,
        account,
        extras: extras === undefined || Object.keys(extras).length === 0 ? undefined : extras,
      });
    }
    case 'Valid':
      return defined({
        kind,
        account: outcome.account,
        person: outcome.person,
        scopes: outcome.scopes,
        expiresInS: fromNow(outcome.accessExpiresAt),
        sourceExpiresInS: fromNow(outcome.sourceExpiresAt),
        consentExpiresInS: fromNow(outcome.consentExpiresAt),
        beside: (outcome.blocked ?? outcome.appFault)?.reason,
      });
    case 'Derived':
      return defined({ kind, access: outcome.access.reveal(), account: outcome.account });
    case 'Consent':
      return defined({ kind, url: outcome.url, secret: outcome.secret?.reveal() });
    case 'Device': {
      const { userCode, verificationURI, expiresInMs, intervalMs } = outcome;
      return { kind, userCode, verificationURI, expiresInS: expiresInMs / 1_000, intervalS: intervalMs / 1_000 };
    }
    case 'Pending':
      return defined({ kind, slowDown: outcome.slowDown || undefined });
    case 'Revoked':
    case 'AlreadyGone':
      return { kind };
    default:
      return failureSeen(outcome);
  }
}

function failureSeen(outcome: Extract<Outcome, { failure: Failure }>): Seen {
  const { family, reason, isAppFault, retryAfterMs } = outcome.failure;
  return defined({
    kind: outcome.kind,
    family,
    reason,
    isAppFault: isAppFault || undefined,
    retryAfterS: retryAfterMs === undefined ? undefined : retryAfterMs / 1_000,
    hasRaw: (outcome.kind === 'Unknown' && outcome.raw !== undefined) || undefined,
  });
}

function fromNow(at: number | undefined): number | undefined {
  return at === undefined ? undefined : (at - nowAt) / 1_000;
}

/** Without the keys that hold nothing, so that a row writes down only what is there. */
function defined(seen: { kind: string } & Record<string, unknown>): Seen {
  return Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined)) as unknown as Seen;
}
