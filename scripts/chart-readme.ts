/** README.md of the chart: every value with its default and meaning, from values.yaml and its comments. */
import { isMap, isScalar, type Pair, parseDocument } from 'yaml';

interface Row {
  readonly path: string;
  readonly value: unknown;
  readonly meaning: string;
}

const head = `# social-channel-operator

Generated from \`values.yaml\` by \`scripts/generate-chart.ts\`; do not edit.

\`\`\`
helm install social-channel-operator charts/social-channel-operator -n social-system --create-namespace -f values.yaml
\`\`\`

[Getting started](../../docs/getting-started.md) has the steps before and after, [upgrading](../../docs/upgrading.md) those of a
new version. A value that is not in this table is refused. An uninstall keeps CRDs, channels, their Secrets and all grants.

| Value | Default | Meaning |
| --- | --- | --- |
`;

/** @throws where a value has no comment of its own */
export function chartReadme(values: string): string {
  const { contents } = parseDocument(values);
  if (!isMap(contents)) throw new Error('values.yaml is no map');
  const rows = contents.items.flatMap((pair, index) =>
    rowsOf(pair, '', index === 0 ? contents.commentBefore : undefined),
  );
  const unsaid = rows.filter(({ meaning }) => meaning === '').map(({ path }) => path);
  if (unsaid.length > 0) throw new Error(`values.yaml: ${unsaid.join(', ')}: a comment is missing above it`);
  const lines = rows.map(({ path, value, meaning }) => `| \`${path}\` | \`${JSON.stringify(value)}\` | ${meaning} |\n`);
  return `${head}${lines.join('')}`;
}

/** A map that has a comment of its own, or is empty, is one value; in another each entry is. */
function rowsOf({ key, value }: Pair, above: string, headComment?: string | null): Row[] {
  if (!isScalar(key)) throw new Error('values.yaml: a key is no scalar');
  const path = above === '' ? String(key.value) : `${above}.${String(key.value)}`;
  // The first entry of a map has its comment at the map.
  const comment = key.commentBefore ?? headComment ?? '';
  const paragraph = comment.split(/\n\s*\n/).at(-1) ?? '';
  const meaning = paragraph
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join(' ');
  if (isMap(value) && value.items.length > 0 && (meaning === '' || hasComments(value))) {
    return value.items.flatMap((pair, index) =>
      rowsOf(pair as Pair, path, index === 0 ? value.commentBefore : undefined),
    );
  }
  return [{ path, value: isMap(value) || !isScalar(value) ? JSON.parse(JSON.stringify(value)) : value.value, meaning }];
}

function hasComments(map: { commentBefore?: string | null; items: readonly Pair[] }): boolean {
  return (
    (map.commentBefore ?? '') !== '' || map.items.some(({ key }) => isScalar(key) && (key.commentBefore ?? '') !== '')
  );
}
