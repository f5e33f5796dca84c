import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from '../harness/api-client.ts';

interface Node {
  readonly [name: string]: unknown;
}
interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Where kubeconform finds what {@link writeSchemas} wrote. */
export const schemaLocation = '{{ .ResourceKind }}{{ .KindSuffix }}.json';

/** The API server's own schemas as files for kubeconform: strict, so that a field with a typo fails. */
export async function writeSchemas(admin: ApiClient, folder: string): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const { paths } = (await admin.request('GET', '/openapi/v3')) as unknown as {
    paths: Record<string, { serverRelativeURL: string }>;
  };
  let written = 0;
  for (const [path, { serverRelativeURL }] of Object.entries(paths)) {
    if (!/^apis?\/.*v\d/.test(path)) continue;
    const document = (await admin.request('GET', serverRelativeURL)) as unknown as {
      components?: { schemas?: Record<string, Node> };
    };
    const schemas = document.components?.schemas ?? {};
    const components = {
      schemas: Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, strict(one)])),
    };
    for (const [name, schema] of Object.entries(schemas)) {
      for (const { group, version, kind } of (schema['x-kubernetes-group-version-kind'] ?? []) as Kind[]) {
        if (path !== (group === '' ? `api/${version}` : `apis/${group}/${version}`)) continue;
        const file = `${[kind.toLowerCase(), group.split('.')[0], version].filter(Boolean).join('-')}.json`;
        writeFileSync(join(folder, file), JSON.stringify({ $ref: `#/components/schemas/${name}`, components }));
        written += 1;
      }
    }
  }
  return written;
}

/** Objects with named fields take no others, unless the schema says that they do. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (schema === null || typeof schema !== 'object') return schema;
  const node = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, strict(value)]));
  const isOpen = 'additionalProperties' in node || node['x-kubernetes-preserve-unknown-fields'] === true;
  const isGroup = node.properties !== undefined && node.type === 'object';
  return isGroup && !isOpen ? { ...node, additionalProperties: false } : node;
}
