import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generatedTypes } from '../../scripts/generate-types.ts';
import { conditionTypes } from '../../src/api/conditions.ts';
import { group, plurals, version } from '../../src/api/names.ts';
import { familyOf, isReason, reasons, stateOf } from '../../src/api/reasons.ts';

interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  enum?: unknown[];
  format?: string;
  maxLength?: number;
  maxItems?: number;
  maxProperties?: number;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-validations'?: { rule: string; message: string }[];
}

const definitions = Object.entries(plurals).map(([kind, plural]) => {
  const text = readFileSync(new URL(`../../crds/${plural}.yaml`, import.meta.url), 'utf8');
  return { kind, plural, definition: parse(text, { maxAliasCount: -1 }) };
});

function schemaOf(kind: string): Schema {
  const { definition } = definitions.find((one) => one.kind === kind) ?? {};
  return definition.spec.versions[0].schema.openAPIV3Schema;
}

/** Every schema below a root with its path, without the parts that Kubernetes itself defines. */
function* walk(schema: Schema, path: string): Generator<[string, Schema]> {
  yield [path, schema];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (path !== '' || !['apiVersion', 'kind', 'metadata'].includes(name)) yield* walk(property, `${path}.${name}`);
  }
  if (schema.items) yield* walk(schema.items, `${path}[]`);
  if (schema.additionalProperties) yield* walk(schema.additionalProperties, `${path}{}`);
}

const fields = definitions.flatMap(({ kind }) =>
  [...walk(schemaOf(kind), '')].map(([path, schema]) => [`${kind}${path}`, schema] as const),
);
const isNamed = (path: string) => !path.endsWith('[]') && !path.endsWith('{}');

describe('the generated types', () => {
  it('are what the CRDs say', async () => {
    for (const [path, text] of await generatedTypes()) {
      const there = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
      expect(there === text, `${path}: run node scripts/generate-types.ts`).toBe(true);
    }
  });
});

describe('the CRDs', () => {
  it.each(definitions)('$kind has the names that the code uses', ({ kind, plural, definition }) => {
    expect(definition.metadata.name).toBe(`${plural}.${group}`);
    expect(definition.spec.group).toBe(group);
    expect(definition.spec.names).toMatchObject({ kind, plural, categories: ['social'] });
    expect(definition.spec.versions.map(({ name }: { name: string }) => name)).toEqual([version]);
  });

  it('show a channel in the agreed columns', () => {
    const columns = definitions[0]?.definition.spec.versions[0].additionalPrinterColumns;
    expect(columns.map(({ name, priority = 0 }: { name: string; priority?: number }) => `${name} ${priority}`)).toEqual(
      ['State 0', 'Platform 0', 'Account 0', 'Reason 0', 'Expires 0', 'Deadline 0', 'Owner 1', 'Age 0'],
    );
  });

  it('describe every field in one sentence', () => {
    const undescribed = fields.filter(
      ([path, { description = '' }]) => isNamed(path) && !/^\S.*\S\.$/.test(description),
    );
    expect(undescribed.map(([path]) => path)).toEqual([]);
  });

  it('bound every text, list and map', () => {
    const unbounded = fields.filter(
      ([, schema]) =>
        (schema.type === 'string' && schema.enum === undefined && schema.maxLength === undefined) ||
        (schema.type === 'array' && schema.maxItems === undefined) ||
        (schema.additionalProperties !== undefined && schema.maxProperties === undefined),
    );
    expect(unbounded.map(([path]) => path)).toEqual([]);
  });

  it('say of every list how it merges', () => {
    const silent = fields.filter(([, schema]) => schema.type === 'array' && !schema['x-kubernetes-list-type']);
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it('have no enum value that YAML 1.1 reads as something else than text', () => {
    const ambiguous = fields.filter(([path, schema]) =>
      schema.enum?.some((value) => /^(on|off|yes|no|y|n|null|~)$/i.test(String(value)) && path !== ''),
    );
    expect(ambiguous.map(([path]) => path)).toEqual([]);
  });

  it.each<[what: string, type: string, paths: RegExp, rule: string]>([
    ['URL of a platform', 'string', /^SocialPlatform.*\.(url|\w+URL)$/, "self.startsWith('https://')"],
    ['path into an answer', 'string', /^SocialPlatform.*\.(path|retryAfter)$/, 'header'],
    ['list of paths', 'array', /^SocialPlatform.*\.(\w+ID|handle|accessToken|refreshToken|path)$/, 'header'],
    ['map of parameters', 'object', /^SocialPlatform.*\.(params|reconnectParams)$/, 'A-Za-z0-9._-'],
    ['map of token parameters', 'object', /^SocialPlatform.*\.token\..*params$/, 'client_id'],
    ['map of headers', 'object', /^SocialPlatform.*\.headers$/, 'authorization'],
    [
      'duration',
      'string',
      /\.(\w+Lifetime|\w+Window|window|access|refresh|maxIdle|testing|grace|interval|life|minTokenAge|\w+Below|youngerThan)$/,
      'duration',
    ],
    ['scope', 'string', /\.(spec\.scopes|default)\[\]$/, '!#-'],
  ])('check every %s alike', (_, type, paths, rule) => {
    const alike = fields.filter(([path, schema]) => schema.type === type && paths.test(path));
    const unchecked = alike.filter(
      ([, schema]) => !JSON.stringify(schema['x-kubernetes-validations'] ?? '').includes(rule),
    );
    expect(unchecked.map(([path]) => path)).toEqual([]);
    expect(alike.length).toBeGreaterThan(1);
  });

  it('name every condition type that the code writes on a channel', () => {
    const description = schemaOf('SocialChannel').properties?.status?.properties?.conditions?.description ?? '';
    expect(conditionTypes.filter((type) => !description.includes(type))).toEqual([]);
  });
});

describe('the reasons that a SocialPlatform may give', () => {
  const rule = schemaOf('SocialPlatform').properties?.spec?.properties?.errors?.items;
  const allowed = (rule?.properties?.reason?.enum ?? []) as string[];

  it('are all in the closed list', () => {
    expect(allowed.filter((word) => !isReason(word))).toEqual([]);
  });

  it('hold every reason for which a person is needed, except those that only the operator itself can find', () => {
    const all = Object.keys(reasons).filter((word) => isReason(word) && stateOf(word) === 'NeedsReauth');
    expect(all.filter((word) => !allowed.includes(word))).toEqual([
      'TooManyLogins',
      'DeadlinePassed',
      'LenderNeedsReauth',
      'RefreshInterrupted',
    ]);
  });

  it('are parted by the CEL rule as the code parts them', () => {
    const cel = rule?.['x-kubernetes-validations']?.find((one) => one.rule.includes('self.reason in ['))?.rule ?? '';
    const [transient = [], misconfigured = []] = [...cel.matchAll(/\[([^\]]*)\]/g)].map(([, words = '']) =>
      [...words.matchAll(/'(\w+)'/g)].map(([, word]) => word),
    );
    const ofFamily = (family: string) => allowed.filter((word) => isReason(word) && familyOf(word) === family);
    expect(transient.sort()).toEqual(ofFamily('Transient').sort());
    expect(misconfigured.sort()).toEqual(ofFamily('Misconfigured').sort());
    expect(allowed.filter((word) => !isReason(word) || familyOf(word) === undefined)).toEqual([]);
  });
});
