import { describe, expect, it } from 'vitest';
import { CasLost, Failure } from '../../src/core/failure.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { createLogger, type Logger, type LogLevel, linesOfAKind, loggedError } from '../../src/log.ts';

const CANARY = 'canary-7f3a91';

function linesOf(level: LogLevel, write: (log: Logger) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger(level, { write: (line: string) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line));
}

describe('a log line', () => {
  it('has level, time and message by name, and no host', () => {
    const [line] = linesOf('info', (log) => log.info({ channel: 'main-stage/twitch' }, 'refreshed'));
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      channel: 'main-stage/twitch',
      message: 'refreshed',
    });
  });

  it.each([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
  ] as const)('at level %s, %i of four lines are written', (level, expected) => {
    const lines = linesOf(level, (log) => {
      for (const each of ['debug', 'info', 'warn', 'error'] as const) log[each]('said');
    });
    expect(lines).toHaveLength(expected);
  });

  it('prints a sealed secret as a mark, at any depth', () => {
    const lines = linesOf('info', (log) =>
      log.info({ token: Sealed.of(CANARY), deep: [{ token: Sealed.of(CANARY) }] }, 'x'),
    );
    expect(lines[0]).toMatchObject({ token: '[sealed]', deep: [{ token: '[sealed]' }] });
  });
});

describe('an error in a log line', () => {
  it('tells family, reason, source, status and message of a failure, and nothing else', () => {
    const failure = new Failure('Transient', 'PlatformUnavailable', 'Twitch answered 503', {
      source: 'Platform',
      status: 503,
    });
    const carrier = Object.assign(failure, { request: { headers: { authorization: CANARY } } });
    const [line] = linesOf('info', (log) => log.warn({ err: carrier }, 'refresh failed'));
    expect(line?.err).toEqual({
      type: 'Failure',
      family: 'Transient',
      reason: 'PlatformUnavailable',
      source: 'Platform',
      status: 503,
      message: 'Twitch answered 503',
    });
  });

  it('names the kind of failure', () => {
    expect(loggedError(new CasLost('somebody else wrote'))).toMatchObject({ type: 'CasLost', reason: 'CasLost' });
  });

  it.each([
    ['an error whose message holds a token', new TypeError(`bad header ${CANARY}`)],
    ['an error with a cause', new Error('x', { cause: new Error(CANARY) })],
    ['an error with fields', Object.assign(new Error('x'), { body: CANARY, config: { headers: { token: CANARY } } })],
    ['an error of several', new AggregateError([new Error(CANARY)], CANARY)],
    ['a string', CANARY],
    ['an object', { token: CANARY }],
  ])('says nothing that a foreign throw holds: %s', (_, thrown) => {
    const [line] = linesOf('info', (log) => log.error({ err: thrown }, 'x'));
    expect(JSON.stringify(line)).not.toContain(CANARY);
    expect(line?.err).toMatchObject({ family: 'Unexpected', source: 'Operator' });
  });

  it('keeps the place of a bug', () => {
    expect(loggedError(new RangeError('secret')).stack).toMatch(/^RangeError\n\s+at .*log\.test\.ts/);
  });
});

describe('an outage that every channel runs into', () => {
  const clock = { at: 0 };
  const told = (write: (log: Logger) => void, lines: { message: string; unsaid?: number }[] = []) => {
    write(createLogger('info', { write: (line: string) => lines.push(JSON.parse(line)) }, () => clock.at));
    return lines;
  };
  const away = (reason: 'VaultUnavailable' | 'PlatformUnavailable') =>
    new Failure('Transient', reason, 'It does not answer.', { source: 'Vault' });

  it.each([100, 10_000])('is as few lines a minute among %i channels as among few', (channels) => {
    const perMinute: number[] = [];
    const lines: { message: string; unsaid?: number }[] = [];
    told((log) => {
      for (let minute = 0; minute < 3; minute += 1) {
        for (let index = 0; index < channels; index += 1) {
          clock.at += 60_000 / channels;
          const fields = { channel: `main-stage/channel-${index}`, attempt: minute + 1 };
          log.warn({ ...fields, err: away('VaultUnavailable') }, 'a reconcile failed; it is repeated');
          log.error(
            { ...fields, err: away('PlatformUnavailable') },
            'an attempt failed; the channel keeps what it has',
          );
        }
        perMinute.push(lines.length - perMinute.reduce((sum, count) => sum + count, 0));
      }
    }, lines);
    expect(perMinute.slice(1)).toEqual([2 * linesOfAKind, 2 * linesOfAKind]);
    const unsaid = lines.flatMap((line) => line.unsaid ?? []);
    expect(unsaid[0]).toBeGreaterThanOrEqual(channels - linesOfAKind - 1);
  });

  it('hides nothing of another kind, and no line that is no warning', () => {
    const lines = told((log) => {
      for (let count = 0; count < 1_000; count += 1) log.warn({ err: away('VaultUnavailable') }, 'failed');
      log.warn({ err: away('PlatformUnavailable') }, 'failed');
      log.warn({ channel: 'one' }, 'another message');
      for (let count = 0; count < 1_000; count += 1) log.info({ channel: 'one' }, 'refreshed');
    });
    expect(lines.filter(({ message }) => message === 'failed')).toHaveLength(linesOfAKind + 1);
    expect(lines.filter(({ message }) => message === 'another message')).toHaveLength(1);
    expect(lines.filter(({ message }) => message === 'refreshed')).toHaveLength(1_000);
  });
});
