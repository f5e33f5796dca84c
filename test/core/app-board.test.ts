import { describe, expect, it } from 'vitest';
import { AppFaultBoard } from '../../src/channel/app-fault-board.ts';
import type { RequestKind } from '../../src/channel/ports.ts';
import { checkDueAt } from '../../src/core/due.ts';
import type { Failure } from '../../src/core/failure.ts';
import { formatInstant } from '../../src/core/instant.ts';
import {
  channel,
  failure,
  grant,
  hourMs,
  minuteMs,
  nowAt,
  observation,
  readyApp,
  reusable,
  status,
} from './builders.ts';

const app = { namespace: 'main-stage', name: 'video' };
const key = 'main-stage/video';

function board() {
  const news: string[] = [];
  return {
    board: new AppFaultBoard(
      () => 1_000,
      (one) => news.push(one),
    ),
    news,
  };
}

describe('what is wrong with an app', () => {
  it.each<[Failure['reason'], RequestKind, RequestKind, boolean]>([
    ['AppSecretInvalid', 'Token', 'Token', true],
    ['AppSuspended', 'Token', 'Token', true],
    ['ApiVersionRetired', 'Question', 'Question', true],
    // The token endpoint goes on working while an API is retired, switched off or used up.
    ['ApiVersionRetired', 'Question', 'Token', false],
    ['AppSuspended', 'Question', 'Token', false],
    ['QuotaExhausted', 'Question', 'Token', false],
    // A token that was given shows that client id and secret are right, whoever had found them wrong.
    ['AppSecretInvalid', 'Question', 'Token', true],
    ['AppUnknown', 'Question', 'Token', true],
    ['AppSecretInvalid', 'Token', 'Question', false],
  ])('%s that a %s request found is over once a %s request is accepted: %s', (reason, by, accepted, isOver) => {
    const { board: faults, news } = board();
    faults.report(app, failure('Misconfigured', reason), by);
    faults.clear(app, accepted);
    expect(faults.of(key) === undefined).toBe(isOver);
    expect(faults.recoveries(app)).toBe(isOver ? 1 : 0);
    expect(news).toHaveLength(isOver ? 2 : 1);
  });

  it.each([
    ['at once by a process that has forgotten when it wanted to', { lastCheckAt: undefined }, nowAt],
    [
      'when it wanted to by the process that met it',
      { lastCheckAt: nowAt - minuteMs, checkWantedAt: nowAt + 1 },
      nowAt + 1,
    ],
  ])('is asked about again beside a good login %s', (_, of, dueAt) => {
    const time = formatInstant(nowAt - 10 * minuteMs);
    const appFault = { code: 'ApiVersionRetired', message: 'Retired.', time };
    const faulty = channel({ status: { ...status, lastCheckTime: time, appFault } });
    const profile = { ...reusable, introspectIntervalMs: hourMs };
    expect(checkDueAt(observation(faulty, grant(), { app: readyApp({ profile }) }, of))).toBe(dueAt);
  });

  it('is told once, however many channels run into it', () => {
    const { board: faults, news } = board();
    for (let i = 0; i < 50; i += 1) faults.report(app, failure('Misconfigured', 'AppSuspended'), 'Token');
    expect(news).toEqual([key]);
  });

  it('is that it is in testing once two of its channels died so, not when one died twice', () => {
    const { board: faults, news } = board();
    const channel = (name: string) => ({ namespace: 'main-stage', name });
    expect(faults.diedOfTesting(app, channel('one'))).toBe(false);
    expect(faults.diedOfTesting(app, channel('one'))).toBe(false);
    expect(faults.isInTesting(key)).toBe(false);
    expect(faults.diedOfTesting(app, channel('two'))).toBe(true);
    expect(faults.isInTesting(key)).toBe(true);
    expect(news).toEqual([key]);
  });
});
