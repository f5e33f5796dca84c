import { asFailure } from '../core/failure.ts';
import type { TokenSet } from '../core/grant.ts';
import { parseDuration } from '../core/instant.ts';
import type { ReissueRequest, SpendOutcome, SpendRequest } from '../core/platform-port.ts';
import { Sealed } from '../core/sealed.ts';
import { spendOutcome, touchOutcome } from './answers.ts';
import { callRequest } from './calls.ts';
import type { Reading } from './failures.ts';
import type { OutgoingRequest } from './form.ts';
import { callValues, deliver, type Parts, readingOf, type Sender } from './parts.ts';
import type { RawAnswer } from './paths.ts';
import type { Phase } from './platform.ts';
import { clientCredentialsRequest, refreshRequest } from './requests.ts';
import type { Delivery } from './send.ts';

/** One request that may use something up, and how its answer is read. */
export interface Spend extends Sender {
  readonly tokens?: TokenSet | undefined;
  readonly phase: Phase;
  /** Everything that can fail before anything is sent. */
  readonly build: () => Promise<OutgoingRequest> | OutgoingRequest;
  readonly read: (answer: RawAnswer, reading: Reading) => SpendOutcome;
}

/** Renews by the platform's way: a refresh token, a living token that is traded, or a call that prolongs it. */
export async function refresh(parts: Parts, request: SpendRequest): Promise<SpendOutcome> {
  const { spec } = parts.platform;
  if (spec.refresh.strategy === 'Touch') return await touch(parts, request);
  return await spend(parts, {
    ...request,
    phase: 'Token',
    build: () => refreshRequest(spec, request, request.tokens),
    read: spendOutcome,
  });
}

async function touch(parts: Parts, request: SpendRequest): Promise<SpendOutcome> {
  const { touch: call } = parts.platform.spec;
  const { access } = request.tokens;
  return await spend(parts, {
    ...request,
    phase: 'Token',
    build: () => {
      if (call === undefined || access === undefined) throw new TypeError('there is nothing to touch');
      return callRequest(call, callValues(parts, access, request));
    },
    read: (answer, reading) => touchOutcome(answer, reading, parseDuration(call?.life ?? '') ?? 0),
  });
}

export async function reissue(parts: Parts, { client, scopes, timeoutMs }: ReissueRequest): Promise<SpendOutcome> {
  return await spend(parts, {
    client,
    timeoutMs,
    phase: 'Token',
    build: () => clientCredentialsRequest(parts.platform.spec, { client, scopes, extras: {} }),
    read: spendOutcome,
  });
}

/** Never throws: what may have been sent has an outcome, and its bytes are kept where they came. */
export async function spend(parts: Parts, { build, read, phase, ...request }: Spend): Promise<SpendOutcome> {
  let outgoing: OutgoingRequest | undefined;
  let delivery: Delivery | undefined;
  try {
    outgoing = await build();
    delivery = await deliver(parts, request, outgoing, phase);
    if (delivery.kind === 'NotSent') return delivery;
    if (delivery.kind === 'Broken') return { kind: 'Unknown', failure: delivery.failure, raw: sealed(delivery.text) };
    return read(delivery.answer, readingOf(parts, request.tokens, outgoing));
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
