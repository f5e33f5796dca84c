import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { SocialPlatform } from '../../src/api/resources.gen.ts';

interface Schema {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
}

const crd = readFileSync(new URL('../../crds/socialplatforms.yaml', import.meta.url), 'utf8');
const definition = parse(crd, { maxAliasCount: -1 });
const schema: Schema = definition.spec.versions[0].schema.openAPIV3Schema;

/** A SocialPlatform from YAML with the defaults of the CRD filled in, as the API server hands it out. */
export function socialPlatform(yaml: string): SocialPlatform {
  return withDefaults(parse(yaml), schema) as SocialPlatform;
}

export function socialPlatformFile(name: string): SocialPlatform {
  return socialPlatform(readFileSync(new URL(name, import.meta.url), 'utf8'));
}

function withDefaults(value: unknown, { properties = {}, items = {}, additionalProperties }: Schema): unknown {
  if (Array.isArray(value)) return value.map((one) => withDefaults(one, items));
  if (typeof value !== 'object' || value === null) return value;
  const given = value as Record<string, unknown>;
  const filled: Record<string, unknown> = { ...given };
  if (additionalProperties !== undefined) {
    for (const [name, one] of Object.entries(given)) filled[name] = withDefaults(one, additionalProperties);
  }
  for (const [name, property] of Object.entries(properties)) {
    const one = given[name] ?? structuredClone(property.default);
    if (one !== undefined) filled[name] = withDefaults(one, property);
  }
  return filled;
}
