import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { asFailure, CasLost, Failure } from '../../src/core/failure.ts';

const secret = 'canary-5f3a';

class Odd extends Error {
  readonly body = { refresh_token: secret };
}

function withName(name: string): Error {
  return Object.assign(new Error(secret), { name });
}

describe('a thrown value as a failure', () => {
  it('is itself if it is one of ours', () => {
    const ours = new Failure('Transient', 'RateLimited', 'Slower.', { source: 'Platform', retryAfterMs: 9 });
    expect(asFailure(ours)).toBe(ours);
  });

  it.each<[string, unknown]>([
    ['an error', new TypeError(`cannot read ${secret}`)],
    ['an error with lines', new Error(`one\n${secret}\n    three`)],
    ['an error with a cause', new Error('x', { cause: secret })],
    ['an error with fields', new Odd(secret)],
    ['an error without a stack', Object.assign(new Error(secret), { stack: undefined })],
    ['several errors', new AggregateError([new Error(secret)], secret)],
    ['a string', secret],
    ['an object', { message: secret, stack: secret }],
    ['nothing', undefined],
    ['null', null],
  ])('never carries a foreign message: %s', (_, thrown) => {
    const failure = asFailure(thrown);
    expect(failure).toMatchObject({
      family: 'Unexpected',
      reason: 'Unexpected',
      source: 'Operator',
      isAppFault: false,
    });
    expect(inspect(failure, { depth: null, showHidden: true })).not.toContain(secret);
    expect(failure.stack).not.toContain(secret);
    expect(failure.message).toMatch(/^an unexpected \w+ inside the operator$/);
  });

  it('keeps the place where a bug is', () => {
    expect(asFailure(new RangeError(secret)).stack).toMatch(/^RangeError\n\s+at .*failure\.test/);
  });

  it('tells the kind of error and nothing else', () => {
    expect(asFailure(withName('TimeoutError')).message).toContain('TimeoutError');
  });
});

describe('a lost check-and-set', () => {
  it('ends by itself, and is told from other failures by its type', () => {
    const lost = new CasLost('Somebody was faster.');
    expect(lost).toBeInstanceOf(Failure);
    expect(lost).toMatchObject({ family: 'Transient', reason: 'CasLost', source: 'Vault', name: 'CasLost' });
    expect(asFailure(lost)).toBe(lost);
  });
});
