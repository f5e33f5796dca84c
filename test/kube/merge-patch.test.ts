import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonObject, mergePatch } from '../../src/kube/merge-patch.ts';

/** RFC 7396 section 2, as the API server applies it. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result: Record<string, unknown> = isObject ? { ...(target as object) } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

describe('a merge patch', () => {
  it.each<[string, JsonObject, JsonObject, JsonObject | undefined]>([
    ['of equals is nothing', { a: 1, b: { c: [1, { d: 2 }] } }, { a: 1, b: { c: [1, { d: 2 }] } }, undefined],
    ['holds what is new', { a: 1 }, { a: 1, b: 2 }, { b: 2 }],
    ['nulls what is gone', { a: 1, b: 2 }, { a: 1 }, { b: null }],
    ['takes undefined as gone', { a: 1, b: 2 }, { a: 1, b: undefined }, { b: null }],
    ['ignores what is undefined on both sides', { a: 1 }, { a: 1, b: undefined }, undefined],
    ['goes into objects', { f: { code: 'x', count: 1 } }, { f: { code: 'x', count: 2 } }, { f: { count: 2 } }],
    ['replaces arrays whole', { c: [{ t: 'A' }, { t: 'B' }] }, { c: [{ t: 'A' }] }, { c: [{ t: 'A' }] }],
    ['ignores the order of keys', { c: [{ t: 'A', s: 'B' }] }, { c: [{ s: 'B', t: 'A' }] }, undefined],
  ])('%s', (_, before, after, expected) => {
    expect(mergePatch(before, after)).toEqual(expected);
  });

  it('turns any object into any other', () => {
    const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 }));
    const { object } = fc.letrec<{ object: JsonObject; value: unknown }>((tie) => ({
      object: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value') as fc.Arbitrary<unknown>, {
        noNullPrototype: true,
      }),
      value: fc.oneof({ depthSize: 'small' }, leaf, tie('object')),
    }));
    fc.assert(
      fc.property(object, object, (before, after) => {
        const patch = mergePatch(before, after);
        expect(patch === undefined ? before : merged(before, patch)).toEqual(after);
      }),
    );
  });
});
