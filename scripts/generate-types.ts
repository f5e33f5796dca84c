/**
 * Writes src/api/resources.gen.ts (types) and src/api/platform-defaults.gen.ts (what the API server fills in) from
 * crds/*.yaml.
 *
 * `node scripts/generate-types.ts` writes the files; with `--check` it writes nothing and ends with status 1 when a
 * file is not what the CRDs say.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { parse } from 'yaml';

type Schema = Record<string, unknown> & {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  title?: string;
  tsType?: string;
  enum?: unknown[];
};

interface ResourceDefinition {
  spec: {
    group: string;
    names: { kind: string; plural: string };
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[];
  };
}

const repositoryUrl = new URL('../', import.meta.url);
const plurals = ['socialchannels', 'socialapps', 'socialplatforms'];

const head = `/* Generated from crds/ by scripts/generate-types.ts; do not edit. */

import type { Condition } from './conditions.ts';
import type { ObjectMeta } from './metadata.ts';
import type { Reason } from './reasons.ts';

`;

/**
 * The schema as the API server hands objects out: a property with a default is always there, and nothing stands in an
 * object that the schema does not name (the API server prunes it).
 */
function served(schema: Schema): Schema {
  const properties = Object.entries(schema.properties ?? {});
  const filled = properties.filter(([, property]) => 'default' in property).map(([name]) => name);
  const result: Schema = { ...schema };
  // json-schema-to-typescript would print the default as a tag in the comment and treat the property as optional.
  delete result.default;
  if (properties.length > 0) {
    result.properties = Object.fromEntries(properties.map(([name, property]) => [name, served(property)]));
    result.required = [...new Set([...(schema.required ?? []), ...filled])];
    result.additionalProperties = false;
  }
  if (schema.items) result.items = served(schema.items);
  if (typeof schema.additionalProperties === 'object') {
    result.additionalProperties = served(schema.additionalProperties);
  }
  return result;
}

/** The root schema of one kind, with the parts that are typed by hand replaced by those types. */
function rootSchema(definition: ResourceDefinition): Schema {
  const { group, names, versions } = definition.spec;
  const version = versions[0];
  if (!version) throw new Error(`The definition of ${names.plural} has no version.`);
  const root = served(version.schema.openAPIV3Schema);
  const { apiVersion, kind, spec, status } = root.properties ?? {};
  const conditions = status?.properties?.conditions;
  if (!apiVersion || !kind || !spec || !status || !conditions) {
    throw new Error(`The schema of ${names.plural} lacks apiVersion, kind, spec, status or status.conditions.`);
  }
  conditions.items = { tsType: 'Condition' };
  const reason = status.properties?.reason;
  if (reason) reason.tsType = 'Reason';
  apiVersion.enum = [`${group}/${version.name}`];
  kind.enum = [names.kind];
  root.properties = {
    ...root.properties,
    metadata: { tsType: 'ObjectMeta' },
    spec: { ...spec, title: `${names.kind}Spec` },
    status: { ...status, title: `${names.kind}Status` },
  };
  root.required = ['apiVersion', 'kind', 'metadata', 'spec'];
  return root;
}

function definitionOf(plural: string): ResourceDefinition {
  const text = readFileSync(new URL(`crds/${plural}.yaml`, repositoryUrl), 'utf8');
  // Many fields of one form stand behind one anchor.
  return parse(text, { maxAliasCount: -1 }) as ResourceDefinition;
}

async function types(): Promise<string> {
  const parts: string[] = [];
  for (const plural of plurals) {
    const definition = definitionOf(plural);
    const part = await compile(rootSchema(definition) as JSONSchema, definition.spec.names.kind, {
      bannerComment: '',
      ignoreMinAndMaxItems: true,
      style: { singleQuote: true, printWidth: 120 },
    });
    parts.push(part.trim());
  }
  return `${head}${parts.join('\n\n')}\n`;
}

/** Where a schema has defaults, and nothing else of it. */
interface Defaults {
  default?: unknown;
  properties?: Record<string, Defaults>;
  items?: Defaults;
  additionalProperties?: Defaults;
}

function defaultsOf(schema: Schema): Defaults | undefined {
  const result: Defaults = {};
  if ('default' in schema) result.default = schema.default;
  const properties = Object.entries(schema.properties ?? {}).map(([name, of]) => [name, defaultsOf(of)] as const);
  const filled = properties.filter((entry): entry is [string, Defaults] => entry[1] !== undefined);
  if (filled.length > 0) result.properties = Object.fromEntries(filled);
  const items = schema.items && defaultsOf(schema.items);
  if (items !== undefined) result.items = items;
  const others = typeof schema.additionalProperties === 'object' ? defaultsOf(schema.additionalProperties) : undefined;
  if (others !== undefined) result.additionalProperties = others;
  return Object.keys(result).length === 0 ? undefined : result;
}

function platformDefaults(): string {
  const { versions } = definitionOf('socialplatforms').spec;
  const spec = versions[0]?.schema.openAPIV3Schema.properties?.spec;
  if (spec === undefined) throw new Error('The schema of socialplatforms lacks spec.');
  return `/* Generated from crds/ by scripts/generate-types.ts; do not edit. */

/** Where the schema of a SocialPlatform has defaults. */
export interface Defaults {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Defaults>>;
  readonly items?: Defaults;
  readonly additionalProperties?: Defaults;
}

/** What the API server fills into the spec of a SocialPlatform; the built-in platforms get the same. */
export const platformDefaults: Defaults = ${JSON.stringify(defaultsOf(spec), undefined, 2)};
`;
}

/** Path inside the repository -> the text that it must have. */
export async function generatedTypes(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['src/api/resources.gen.ts', await types()],
    ['src/api/platform-defaults.gen.ts', platformDefaults()],
  ]);
}

async function main(args: string[]): Promise<void> {
  for (const [path, text] of await generatedTypes()) {
    const url = new URL(path, repositoryUrl);
    if (!args.includes('--check')) writeFileSync(url, text);
    else if (readFileSync(url, 'utf8') !== text) {
      console.error(`${path} is not what crds/ says. Run: node scripts/generate-types.ts`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
