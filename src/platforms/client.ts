import { asFailure, Failure } from '../core/failure.ts';
import { parseDuration } from '../core/instant.ts';
import type {
  Clock,
  Introspection,
  IntrospectRequest,
  PlatformClient,
  SpendOutcome,
  SpendRequest,
} from '../core/ports.ts';
import { Sealed } from '../core/sealed.ts';
import { type Reading, spendOutcome } from './answers.ts';
import { standardRules } from './errors.ts';
import { identityFinding, introspectionFinding } from './findings.ts';
import type { IdentityMemory } from './identity-memory.ts';
import type { AcceptedLifetimes } from './lifetimes.ts';
import type { RawAnswer } from './paths.ts';
import type { ErrorRule, Platform } from './platform.ts';
import { profileOf } from './profile.ts';
import {
  clientCredentialsRequest,
  identityRequest,
  introspectRequest,
  type OutgoingRequest,
  refreshRequest,
} from './requests.ts';
import type { Delivery, Send } from './send.ts';

export interface ClientParts {
  readonly clock: Clock;
  readonly send: Send;
  readonly accepted: AcceptedLifetimes;
  readonly memory: IdentityMemory;
  /** Only for the test that removes rules. */
  readonly standard?: readonly ErrorRule[];
}

/** One platform as the engine runs it, from its declaration alone. */
export function createPlatformClient(platform: Platform, parts: ClientParts): PlatformClient {
  const { spec } = platform;
  const rules = [...(spec.errors ?? []), ...(parts.standard ?? standardRules)];
  const reading = { platform, rules, accepted: parts.accepted };
  return {
    profile: profileOf(platform),
    tokenOrigin: new URL(spec.token.refreshURL ?? spec.token.url).origin,
    refresh: (request) =>
      spend(parts, reading, request, () => refreshRequest(spec, request.client, request.tokens, request.scopes)),
    reissue: (request) =>
      spend(parts, reading, request, () => clientCredentialsRequest(spec, request.client, request.scopes)),
    introspect: (request) => introspect(parts, reading, request),
  };
}

type BareReading = Omit<Reading, 'tokens' | 'secrets'>;

async function spend(
  { send }: ClientParts,
  bare: BareReading,
  { tokens, timeoutMs }: SpendRequest,
  build: () => OutgoingRequest,
): Promise<SpendOutcome> {
  let outgoing: OutgoingRequest | undefined;
  let delivery: Delivery | undefined;
  try {
    outgoing = build();
    delivery = await send(outgoing, bare.platform.spec.displayName, timeoutMs);
    if (delivery.kind === 'NotSent') return delivery;
    if (delivery.kind === 'Broken') return { kind: 'Unknown', failure: delivery.failure, raw: sealed(delivery.text) };
    return spendOutcome(delivery.answer, { ...bare, tokens, secrets: outgoing.secrets });
  } catch (error) {
    // A bug here must not lose an answer that came: what may have been sent stays unknown, with the bytes.
    const failure = asFailure(error);
    if (outgoing === undefined) return { kind: 'NotSent', failure };
    return { kind: 'Unknown', failure, raw: sealed(delivery?.kind === 'Answer' ? delivery.answer.text : undefined) };
  }
}

function sealed(text: string | undefined): Sealed | undefined {
  return text === undefined ? undefined : Sealed.of(text);
}

async function introspect(parts: ClientParts, bare: BareReading, request: IntrospectRequest): Promise<Introspection> {
  const { access } = request.tokens;
  const { spec } = bare.platform;
  if (access === undefined || (spec.introspect === undefined && spec.identity === undefined)) {
    throw new Failure('Unexpected', 'Unexpected', `there is nothing to ask ${spec.displayName} about this login`, {
      source: 'Operator',
    });
  }
  const validity = introspectRequest(spec, request.client, access);
  const found =
    validity === undefined
      ? ({ kind: 'Valid' } as const)
      : introspectionFinding(
          await answered(parts, bare, validity, request),
          readingOf(bare, validity, request),
          request,
        );
  // An app token is nobody's login, so there is nobody to ask for.
  if (found.kind !== 'Valid' || request.kind === 'App') return found;
  return withIdentity(parts, bare, request, found);
}

/** Adds whose account it is, asked less often than the token's validity: on some platforms it costs quota. */
async function withIdentity(
  parts: ClientParts,
  bare: BareReading,
  request: IntrospectRequest,
  found: Extract<Introspection, { kind: 'Valid' }>,
): Promise<Introspection> {
  const { identity } = bare.platform.spec;
  const { tokens, client } = request;
  const who = tokens.access === undefined ? undefined : identityRequest(bare.platform.spec, client, tokens.access);
  if (identity === undefined || who === undefined) return found;
  const remembered = parts.memory.recall(bare.platform.name, tokens);
  const nowAt = parts.clock.now();
  // Without a validity call, this one is the check itself, and is never skipped or overlooked.
  const known = bare.platform.spec.introspect === undefined ? undefined : remembered;
  const isFresh = known !== undefined && nowAt < known.askedAt + (parseDuration(identity.interval) ?? 0);
  if (isFresh) return { ...found, account: known.account };
  try {
    const told = identityFinding(await answered(parts, bare, who, request), readingOf(bare, who, request));
    if (told.kind !== 'Valid' || told.account === undefined) return told;
    parts.memory.remember(bare.platform.name, tokens, { account: told.account, askedAt: nowAt });
    return { ...found, account: told.account };
  } catch (error) {
    // The token was just found valid, and the account is known: a used-up quota must not hide that.
    if (known === undefined) throw error;
    return { ...found, account: known.account };
  }
}

function readingOf(bare: BareReading, outgoing: OutgoingRequest, { tokens }: IntrospectRequest): Reading {
  return { ...bare, tokens, secrets: outgoing.secrets };
}

/** The answer to a question that may be asked again freely; throws the Failure when none came. */
async function answered(
  { send }: ClientParts,
  bare: BareReading,
  outgoing: OutgoingRequest,
  { timeoutMs }: IntrospectRequest,
): Promise<RawAnswer> {
  const delivery = await send(outgoing, bare.platform.spec.displayName, timeoutMs);
  if (delivery.kind !== 'Answer') throw delivery.failure;
  return delivery.answer;
}
