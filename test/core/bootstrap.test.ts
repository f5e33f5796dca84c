import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseBootstrap } from '../../src/core/bootstrap.ts';
import { Failure } from '../../src/core/failure.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { hourMs, nowAt } from './builders.ts';

const sealed = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Sealed.of(value)]));
const parse = (data: Record<string, string>) => parseBootstrap('main-stage/tokens', sealed(data), nowAt);
const at = (ms: number) => new Date(nowAt + ms).toISOString();

describe('a bootstrap Secret', () => {
  it('is read whole', () => {
    const found = parse({
      access_token: ' access\n',
      refresh_token: 'refresh',
      obtained_at: at(-hourMs),
      expires_at: at(hourMs),
      refresh_expires_at: at(9 * hourMs),
      consented_at: at(-9 * hourMs),
      scopes: ' stream  chat ',
      account_id: '42',
    });
    expect(found.tokens.access?.reveal()).toBe('access');
    expect(found.tokens.refresh?.reveal()).toBe('refresh');
    expect(found).toMatchObject({
      accountId: '42',
      tokens: {
        obtainedAt: nowAt - hourMs,
        accessExpiresAt: nowAt + hourMs,
        refreshExpiresAt: nowAt + 9 * hourMs,
        consentedAt: nowAt - 9 * hourMs,
        scopes: ['chat', 'stream'],
      },
    });
  });

  it.each<[string, Record<string, string>, object]>([
    [
      'no times and a refresh token: the age is unknown',
      { access_token: 'a', refresh_token: 'r' },
      { obtainedAt: 0, consentedAt: nowAt },
    ],
    ['no times and nothing to renew with: it is taken as new', { access_token: 'a' }, { obtainedAt: nowAt }],
    [
      'an end alone',
      { access_token: 'a', refresh_token: 'r', expires_at: at(hourMs) },
      { obtainedAt: nowAt, accessExpiresAt: nowAt + hourMs },
    ],
    [
      'a beginning alone, which is the consent too',
      { access_token: 'a', obtained_at: at(-hourMs) },
      { obtainedAt: nowAt - hourMs, consentedAt: nowAt - hourMs },
    ],
    ['a refresh token alone', { refresh_token: 'r' }, { access: undefined, obtainedAt: 0 }],
    [
      'empty keys',
      { access_token: '', refresh_token: 'r', scopes: ' ', expires_at: '' },
      { access: undefined, scopes: undefined },
    ],
    [
      'clocks that differ a little',
      { access_token: 'a', obtained_at: at(9 * 60_000) },
      { obtainedAt: nowAt + 9 * 60_000 },
    ],
  ])('may hold %s', (_, data, expected) => {
    expect(parse(data).tokens).toMatchObject(expected);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['no token', {}, ['neither access_token nor refresh_token']],
    ['empty tokens', { access_token: ' ', refresh_token: '' }, ['neither access_token nor refresh_token']],
    ['no instant', { access_token: 'canary', expires_at: 'canary-soon' }, ['expires_at is no RFC 3339 instant']],
    ['a beginning to come', { access_token: 'canary', obtained_at: at(hourMs) }, ['obtained_at lies in the future']],
    [
      'a name that no template can ask for',
      { access_token: 'canary', 'extras.__proto__': 'canary' },
      ['extras.__proto__ names nothing'],
    ],
    [
      'several faults, all told at once',
      { consented_at: 'canary', refresh_expires_at: 'canary' },
      ['consented_at', 'refresh_expires_at', 'neither'],
    ],
  ])('is refused with %s, and no value is told', (_, data, words) => {
    let thrown: unknown;
    try {
      parse(data);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Failure);
    expect(thrown).toMatchObject({ family: 'Misconfigured', reason: 'BootstrapInvalid', source: 'Operator' });
    for (const word of ['main-stage/tokens', ...words]) expect((thrown as Failure).message).toContain(word);
    expect(inspect(thrown)).not.toContain('canary');
  });
});
