import type { RecordedRequest } from '../test/harness/fault-proxy.ts';
import type { CellStage } from './cell-stage.ts';
import type { PersonFacts } from './judge.ts';
import type { Person } from './person.ts';
import { isGranted } from './wire.ts';

const isExchange = /^platform POST .*\(authorization_code\)$/;
const isStaging = /^vault POST channels\/[^ ]+\/staged$/;

/**
 * What became of a person's consents, by what went over the wire.
 * @param diedAt when SIGKILL fell at once, else 0
 */
export function personFactsOf(stage: CellStage, { agreed }: Person, diedAt: number): PersonFacts {
  const calls = stage.calls();
  const exchanges = calls.filter(({ call }) => isExchange.test(call)).map(({ request }) => request);
  const codes = exchanges.map(({ body }) => new URLSearchParams(body).get('code') ?? '');
  const granted = exchanges.filter(isGranted);
  // Each newer login takes the place of the one before, so only the last is kept.
  const dropped = granted.slice(0, -1);
  const stored = calls.filter(({ call, request }) => isStaging.test(call) && request.status === 200);
  const isInWindow = ({ answeredAt = 0 }: RecordedRequest) =>
    answeredAt <= diedAt &&
    !stored.some(({ request }) => request.arrivedAt >= answeredAt && request.arrivedAt <= diedAt);
  const unheard = dropped.filter(({ answeredAt }) => answeredAt === undefined);
  const inWindow = dropped.filter((request) => request.answeredAt !== undefined && isInWindow(request));
  const blamedFor = calls.map(({ call, request }) => blameOf(call, request)).find((reason) => reason !== undefined);
  return {
    agreed,
    codesTwice: codes.length - new Set(codes).size,
    droppedInHand: dropped.length - unheard.length - inWindow.length,
    droppedUnheard: unheard.length,
    droppedInWindow: inWindow.length,
    ...(blamedFor === undefined ? {} : { blamedFor }),
  };
}

function blameOf(call: string, { body }: RecordedRequest): string | undefined {
  if (call !== 'kubernetes PATCH socialchannels/live/status' || !body.includes('"NeedsReauth"')) return undefined;
  const { status } = JSON.parse(body) as { status?: { state?: string; reason?: string } };
  return status?.state === 'NeedsReauth' ? (status.reason ?? 'no reason') : undefined;
}
