/** docs/reference.md: every field of the resources, from the CRDs that the API server checks them by. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { table } from './platform-facts.ts';
import { fieldRows, type Schema } from './schema-fields.ts';

interface Definition {
  readonly spec: {
    readonly scope: string;
    readonly names: { readonly kind: string; readonly shortNames?: readonly string[] };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

interface Rule {
  readonly message?: string;
  readonly fieldPath?: string;
}

const intro = `# Reference of the resources

Generated from \`crds/\` by \`scripts/generate-docs.ts\`; do not edit. \`kubectl explain schan.spec\` has the same sentences.
How the resources belong together: [concepts](concepts.md).

A duration is written with hours, minutes and seconds: \`4h\`, \`1h30m\`, \`90s\`; there are no days. What ends in \`Time\` is an
instant (RFC 3339). \`[]\` stands for each item of a list, \`.<name>\` for each entry of a map. \`spec\` is yours; only the
operator writes \`status\`.
`;

/** The fields of a platform have a page with more beside them. */
const pagesOfTheirOwn: Readonly<Record<string, string>> = {
  SocialPlatform:
    'The fields of `spec`: [platforms/fields.md](platforms/fields.md). How to write one: [platforms/custom.md](platforms/custom.md).',
};

export async function referencePage(): Promise<string> {
  const parts: string[] = [];
  for (const file of ['socialchannels', 'socialapps', 'socialplatforms']) {
    parts.push(
      kindPart(parse(await readFile(new URL(`../crds/${file}.yaml`, import.meta.url), 'utf8'), { maxAliasCount: -1 })),
    );
  }
  return intro + parts.join('');
}

function kindPart({ spec: { names, scope, versions } }: Definition): string {
  const short = (names.shortNames ?? []).map((name) => `, short name \`${name}\``).join('');
  return versions
    .map(({ name, schema: { openAPIV3Schema: schema } }) => {
      const head = `\n## ${names.kind}\n\n\`socialops.dev/${name}\`, ${scope.toLowerCase()}${short}. ${shown(schema.description)}\n`;
      return head + specPart(names.kind, schema) + fieldsPart(names.kind, 'status', schema);
    })
    .join('');
}

function specPart(kind: string, schema: Schema): string {
  const elsewhere = pagesOfTheirOwn[kind];
  if (elsewhere !== undefined) return `\n### ${kind} spec\n\n${elsewhere}\n`;
  return fieldsPart(kind, 'spec', schema) + rulesPart(schema.properties?.spec ?? {});
}

function fieldsPart(kind: string, name: string, schema: Schema): string {
  const part = schema.properties?.[name];
  if (part === undefined) return '';
  const rows = Object.entries(part.properties ?? {}).flatMap(([field, below]) => fieldRows(field, below, part));
  const cells = rows.map(([path = '', values = '', meaning]) => [path, values, shown(meaning)]);
  return `\n### ${kind} ${name}\n\n${shown(part.description)}\n\n${table(['Field', 'Values', 'Meaning'], cells)}`;
}

/** What no single field can say: rules that hold between them, and between the old and the new object. */
function rulesPart(spec: Schema & { readonly 'x-kubernetes-validations'?: readonly Rule[] }): string {
  const rules = (spec['x-kubernetes-validations'] ?? []).flatMap(({ message }) =>
    message === undefined ? [] : [message],
  );
  return rules.length === 0 ? '' : `\nRules between fields:\n\n${rules.map((rule) => `- ${shown(rule)}`).join('\n')}\n`;
}

/** A word in angle brackets would be taken for HTML. */
function shown(text = ''): string {
  return text.replaceAll('<', '\\<');
}
