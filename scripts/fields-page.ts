/** docs/platforms/fields.md: every field of a SocialPlatform, from the CRD that the API server checks it by. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { familyOf, isBlocked, isReason, meaning, type Reason } from '../src/api/reasons.ts';
import { askedByApp, standardRules } from '../src/platforms/errors.ts';
import type { ErrorRule } from '../src/platforms/platform.ts';
import { table } from './platform-facts.ts';
import { fieldRows, type Schema } from './schema-fields.ts';

const intro = `# Fields of a SocialPlatform

Generated from \`crds/socialplatforms.yaml\` by \`scripts/generate-docs.ts\`; do not edit. How to write one:
[custom.md](custom.md).

Every field stands below \`spec:\`. A path says where something stands in an answer: \`data.user.open_id\`, \`items[0].id\`,
\`$status\`, \`$text\` for the whole body, \`$header.retry-after\`. Where it leads to \`null\` or to an object, nothing stands there.
A duration is written with hours, minutes and seconds: \`4h\`, \`1h30m\`, \`1440h\`, \`90s\`; there are no days.
`;

export async function fieldsPage(): Promise<string> {
  const crd = await readFile(new URL('../crds/socialplatforms.yaml', import.meta.url), 'utf8');
  const definition = parse(crd, { maxAliasCount: -1 });
  const spec: Schema = definition.spec.versions[0].schema.openAPIV3Schema.properties.spec;
  const parts = Object.entries(spec.properties ?? {}).map(([name, schema]) => section(name, schema, spec));
  const words = spec.properties?.errors?.items?.properties?.reason?.enum ?? [];
  return intro + parts.join('') + reasonsTable(words.map(String).filter(isReason)) + knownRules();
}

function reasonsTable(words: readonly Reason[]): string {
  const rows = words.map((word) => [`\`${word}\``, familiesOf(word), meaning(word)]);
  const title = '## Reasons of error rules, and the families that take them';
  return `\n${title}\n\n${table(['Reason', 'Family', 'Meaning'], rows)}`;
}

function familiesOf(word: Reason): string {
  if (isBlocked(word)) return '`Misconfigured`; the login stays good and so does the state';
  const family = familyOf(word) ?? 'Unexpected';
  return `\`${family}\``;
}

/** The rules of the RFCs, which hold after a platform's own. */
function knownRules(): string {
  const rowOf = (rule: ErrorRule, when: string) => [rule.phase, when, `\`${rule.family}\``, `\`${rule.reason}\``];
  const byApp = rowOf(askedByApp, `${conditionOf(askedByApp)}, where \`introspect\` shows the app's own secret`);
  const rows = [byApp, ...standardRules.map((rule) => rowOf(rule, conditionOf(rule)))];
  const title = '## What is known already';
  const text =
    'These rules hold after those of the definition, and the first that matches counts. What none of them knows costs nobody a login.';
  return `\n${title}\n\n${text}\n\n${table(['Phase', 'When', 'Family', 'Reason'], rows)}`;
}

function conditionOf({ status, path, equals, in: oneOf, contains }: ErrorRule): string {
  const words = [equals, ...(oneOf ?? [])].filter((word) => word !== undefined);
  const where =
    path === undefined
      ? []
      : [`\`${path}\` ${contains === undefined ? 'is' : 'holds'} ${contains ?? words.join(', ')}`];
  return [...(status === undefined ? [] : [`status ${status.join(', ')}`]), ...where].join(' and ');
}

function section(name: string, schema: Schema, parent: Schema): string {
  return `\n## ${name}\n\n${table(['Field', 'Values', 'Meaning'], fieldRows(name, schema, parent))}`;
}
