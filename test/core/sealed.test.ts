import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { inspect } from 'node:util';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { Sealed } from '../../src/core/sealed.ts';

const secret = 'canary-5f3a';
const sealed = Sealed.of(secret);

function printed(print: (to: PassThrough) => void): string {
  const stream = new PassThrough();
  print(stream);
  return String(stream.read());
}

describe('a sealed value', () => {
  it.each<[string, () => string]>([
    ['String()', () => String(sealed)],
    ['a template', () => `${sealed}`],
    ['JSON', () => JSON.stringify({ token: sealed })],
    ['util.inspect', () => inspect(sealed)],
    [
      'util.inspect of what holds it, however deep',
      () => inspect({ a: { b: [sealed] } }, { depth: null, showHidden: true }),
    ],
    ['console.log', () => printed((stream) => new Console(stream).log('it is', sealed, '%o', sealed))],
    ['pino', () => printed((stream) => pino({}, stream).info({ token: sealed, in: { it: [sealed] } }, '%s', sealed))],
    ['an error', () => inspect(new Error(`it broke: ${sealed}`, { cause: sealed }))],
    ['spreading', () => inspect({ ...sealed })],
    ['its entries', () => JSON.stringify(Object.entries(sealed))],
    ['its names', () => JSON.stringify(Reflect.ownKeys(sealed).map(String))],
    ['a list', () => [sealed, sealed].join()],
  ])('shows nothing by %s', (_, show) => {
    const shown = show();
    expect(shown).not.toContain(secret);
    expect(typeof shown).toBe('string');
  });

  it('cannot be cloned into the clear', () => {
    expect(inspect(structuredClone(sealed))).not.toContain(secret);
  });

  it('shows that there is something', () => {
    expect(`${sealed}`).toBe('[sealed]');
  });

  it('is opened by one word alone', () => {
    expect(sealed.reveal()).toBe(secret);
  });

  it('is compared without being opened', () => {
    expect(sealed.equals(Sealed.of(secret))).toBe(true);
    expect(sealed.equals(Sealed.of('another'))).toBe(false);
    expect(sealed.equals(undefined)).toBe(false);
  });
});
