import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import type { KubernetesObject } from '../harness/api-client.ts';
import { cases } from './cases.ts';
import { argsOf, called, render } from './helm.ts';

/** Items that stand at the same place; a table names only what it is about. */
function partially(expected: unknown): unknown {
  if (Array.isArray(expected)) return expected.map(partially);
  if (expected === null || typeof expected !== 'object') return expected;
  const fields = Object.entries(expected).map(([name, value]) => [name, partially(value)]);
  return expect.objectContaining(Object.fromEntries(fields));
}

/** Of a namespaced object that stands in several namespaces, the first. */
function objectOf(objects: readonly KubernetesObject[], name: string): KubernetesObject | undefined {
  return objects.find((object) => called(object) === name);
}

describe('the chart renders', () => {
  it('a table of some size', () => {
    expect(cases.length).toBeGreaterThanOrEqual(40);
  });

  it.concurrent.each(cases)('$title', async ({ values, apis = [], has = {}, lacks = [], args = [] }) => {
    const objects = await render(values, { apis });
    for (const [name, expected] of Object.entries(has)) {
      expect([name, objectOf(objects, name)]).toEqual([name, partially(expected)]);
    }
    const names = objects.map(called);
    expect(lacks.filter((name) => names.includes(name))).toEqual([]);
    expect(argsOf(objects)).toEqual(expect.arrayContaining([...args]));
    // Whatever the values: the operator itself takes what comes of them.
    expect(loadConfig(argsOf(objects), {}).warnings).toEqual([]);
  });
});
