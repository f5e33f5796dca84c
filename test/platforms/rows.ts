import { Failure } from '../../src/core/failure.ts';
import type { TokenSet } from '../../src/core/grant.ts';
import type { Introspection, PlatformClient, SpendOutcome } from '../../src/core/ports.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { createPlatformClient } from '../../src/platforms/client.ts';
import { createIdentityMemory } from '../../src/platforms/identity-memory.ts';
import type { ErrorRule, Phase, Platform } from '../../src/platforms/platform.ts';
import type { OutgoingRequest } from '../../src/platforms/requests.ts';
import type { Send } from '../../src/platforms/send.ts';

/** Now, in every row: 2026-11-22T10:00:00Z. */
export const nowAt = Date.UTC(2026, 10, 22, 10);
export const dayMs = 86_400_000;

/** An answer as a platform gave it. A body that is not a text is sent as JSON. */
export interface Recorded {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What is compared: an outcome with its secrets in the clear and its instants as seconds from now. */
export interface Seen {
  readonly kind: string;
  readonly family?: string;
  readonly reason?: string;
  readonly isAppFault?: true;
  readonly retryAfterS?: number;
  readonly access?: string;
  readonly refresh?: string;
  readonly expiresInS?: number;
  readonly refreshExpiresInS?: number;
  readonly scopes?: readonly string[];
  readonly account?: { readonly id: string; readonly handle?: string | undefined };
  readonly hasRaw?: true;
}

export interface Row {
  readonly name: string;
  readonly call: 'refresh' | 'reissue' | 'introspect';
  readonly answers: Readonly<Partial<Record<Phase, Recorded>>>;
  /** Introspection of an app token. */
  readonly kind?: 'App';
  readonly tokens?: Partial<TokenSet>;
  readonly want: Seen;
  /** A part of the message for people. */
  readonly says?: string;
  /** The requests, exactly, in order. */
  readonly sent?: readonly Pick<OutgoingRequest, 'method' | 'url' | 'headers' | 'body'>[];
}

export const held = {
  access: 'held-access-0001',
  refresh: 'held-refresh-0001',
  secret: 'app-secret-0001',
  id: 'our-client',
};

const tokens: TokenSet = {
  access: Sealed.of(held.access),
  refresh: Sealed.of(held.refresh),
  obtainedAt: nowAt - 3_600_000,
  consentedAt: nowAt - 10 * dayMs,
};
const oauthClient = { id: held.id, secret: Sealed.of(held.secret), extra: {} };

/** A client whose requests are noted and answered from `answers`; the phase is told by the URL. */
export function recordedClient(
  platform: Platform,
  answers: Row['answers'],
  standard?: readonly ErrorRule[],
): { client: PlatformClient; sent: OutgoingRequest[]; setNow(at: number): void } {
  const sent: OutgoingRequest[] = [];
  let now = nowAt;
  const send: Send = async (request) => {
    sent.push(request);
    const recorded = answers[phaseOf(platform, request)];
    if (recorded === undefined) throw new Error(`no answer recorded for ${request.url}`);
    const { status, headers = {}, body = '' } = recorded;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return { kind: 'Answer', answer: { status, headers, text, startedAt: now, isCut: false } };
  };
  const clock = { now: () => now, monotonic: () => now, sleep: () => Promise.resolve() };
  const accepted = { minMs: 60_000, maxMs: 400 * dayMs };
  const parts = {
    clock,
    send,
    accepted,
    memory: createIdentityMemory(),
    ...(standard === undefined ? {} : { standard }),
  };
  const setNow = (at: number) => {
    now = at;
  };
  return { client: createPlatformClient(platform, parts), sent, setNow };
}

function phaseOf({ spec }: Platform, { url }: OutgoingRequest): Phase {
  if (url === spec.introspect?.url) return 'Introspect';
  return url === spec.identity?.url ? 'Identity' : 'Token';
}

export interface Played {
  readonly seen: Seen;
  readonly message: string | undefined;
  readonly sent: readonly OutgoingRequest[];
}

export async function play(platform: Platform, row: Row, standard?: readonly ErrorRule[]): Promise<Played> {
  const { client, sent } = recordedClient(platform, row.answers, standard);
  const outcome = await callOf(client, row);
  return { seen: seenOf(outcome), message: 'failure' in outcome ? outcome.failure.message : undefined, sent };
}

type Outcome = SpendOutcome | Introspection | { readonly kind: 'Thrown'; readonly failure: Failure };

async function callOf(client: PlatformClient, { call, kind, tokens: changes }: Row): Promise<Outcome> {
  const common = { client: oauthClient, extras: {}, timeoutMs: 1_000 };
  const held = { ...tokens, ...changes };
  switch (call) {
    case 'refresh':
      return client.refresh({ ...common, tokens: held, scopes: [] });
    case 'reissue':
      return client.reissue({ ...common, scopes: ['one', 'two'] });
    case 'introspect':
      return introspect(client, { ...common, tokens: held, kind: kind ?? 'User' });
  }
}

async function introspect(
  client: PlatformClient,
  request: Parameters<PlatformClient['introspect']>[0],
): Promise<Outcome> {
  try {
    return await client.introspect(request);
  } catch (error) {
    if (error instanceof Failure) return { kind: 'Thrown', failure: error };
    throw error;
  }
}

function seenOf(outcome: Outcome): Seen {
  if (outcome.kind === 'Answered') {
    const { access, refresh, accessExpiresAt, refreshExpiresAt, scopes, account } = outcome.answer;
    return defined({
      kind: outcome.kind,
      access: access.reveal(),
      refresh: refresh?.reveal(),
      expiresInS: fromNow(accessExpiresAt),
      refreshExpiresInS: fromNow(refreshExpiresAt),
      scopes,
      account,
    });
  }
  if (outcome.kind === 'Valid') {
    const { account, scopes, accessExpiresAt } = outcome;
    return defined({ kind: outcome.kind, account, scopes, expiresInS: fromNow(accessExpiresAt) });
  }
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
