/**
 * Writes src/api/resources.gen.ts from crds/*.yaml.
 *
 * `node scripts/generate-types.ts` writes the file; with `--check` it writes nothing and ends with status 1 when the
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
const target = new URL('src/api/resources.gen.ts', repositoryUrl);
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

/** The text that src/api/resources.gen.ts must have. */
export async function generateTypes(): Promise<string> {
  const parts: string[] = [];
  for (const plural of plurals) {
    const text = readFileSync(new URL(`crds/${plural}.yaml`, repositoryUrl), 'utf8');
    const definition = parse(text) as ResourceDefinition;
    const part = await compile(rootSchema(definition) as JSONSchema, definition.spec.names.kind, {
      bannerComment: '',
      ignoreMinAndMaxItems: true,
      style: { singleQuote: true, printWidth: 120 },
    });
    parts.push(part.trim());
  }
  return `${head}${parts.join('\n\n')}\n`;
}

/** True when the file in the repository is what the CRDs say. */
export async function typesAreCurrent(): Promise<boolean> {
  return readFileSync(target, 'utf8') === (await generateTypes());
}

async function main(args: string[]): Promise<number> {
  if (!args.includes('--check')) {
    writeFileSync(target, await generateTypes());
    return 0;
  }
  if (await typesAreCurrent()) return 0;
  console.error('src/api/resources.gen.ts is not what crds/ says. Run: node scripts/generate-types.ts');
  return 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
