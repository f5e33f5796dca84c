/**
 * Writes the parts of the chart that come from elsewhere, and what is rendered from it; with `--check` says which of
 * them is out of date.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { settings } from '../src/config-settings.ts';
import { serverBinaries } from '../test/servers/binaries.ts';
import { chartReadme } from './chart-readme.ts';
import { valuesSchema } from './chart-schema.ts';

const root = new URL('../', import.meta.url);
const chart = 'charts/social-channel-operator';
const read = (path: string) => readFile(new URL(path, root), 'utf8');

/** Path inside the repository -> text, as it should be: what templates and Helm itself read. */
async function chartFiles(): Promise<ReadonlyMap<string, string>> {
  const definitions = (await readdir(new URL('crds/', root))).map(
    async (file) => [`${chart}/files/crds/${file}`, await read(`crds/${file}`)] as const,
  );
  const flags = Object.values(settings).map(({ flag }) => flag);
  return new Map([
    [`${chart}/values.schema.json`, `${JSON.stringify(valuesSchema(), null, 2)}\n`],
    [`${chart}/README.md`, chartReadme(await read(`${chart}/values.yaml`))],
    [`${chart}/files/rbac.yaml`, await read('deploy/rbac.yaml')],
    [`${chart}/files/rbac-rollout.yaml`, await read('deploy/rbac-rollout.yaml')],
    [`${chart}/files/settings.yaml`, `# Every setting of the operator.\n${stringify({ flags })}`],
    ...(await Promise.all(definitions)),
  ]);
}

const renderedHead = `# Rendered from charts/social-channel-operator by scripts/generate-chart.ts; do not edit.
# Change the address of Vault and the image first; deploy/kustomize/example shows how.
`;

/** The chart as it stands, for those without Helm: the CRDs, and all the rest. */
async function renderedFiles(): Promise<ReadonlyMap<string, string>> {
  const { helm } = await serverBinaries(['helm']);
  const template = async (...sets: readonly string[]) => {
    const where = [
      '--namespace',
      'social-system',
      '--no-hooks',
      '--set',
      'vault.address=https://vault.example.com:8200',
    ];
    const args = ['template', 'social-channel-operator', chart, ...where, ...sets.flatMap((set) => ['--set', set])];
    const { stdout } = await promisify(execFile)(helm, args, { cwd: root, maxBuffer: 1e8 });
    return `${renderedHead}${stdout.replaceAll('app.kubernetes.io/managed-by: Helm\n', 'app.kubernetes.io/managed-by: kubectl\n')}`;
  };
  const [whole, withoutDefinitions] = await Promise.all([template(), template('crds.enabled=false')]);
  const documents = whole.slice(renderedHead.length).split(/^---\n/m);
  const definitions = documents.filter((document) => document.includes('\nkind: CustomResourceDefinition\n'));
  return new Map([
    ['deploy/manifests/crds.yaml', `${renderedHead}---\n${definitions.join('---\n')}`],
    ['deploy/manifests/operator.yaml', withoutDefinitions],
  ]);
}

async function settle(files: ReadonlyMap<string, string>, isCheck: boolean): Promise<void> {
  for (const [path, text] of files) {
    const before = await read(path).catch(() => undefined);
    if (before === text) continue;
    console.log(isCheck ? `${path} is out of date: run node scripts/generate-chart.ts` : `wrote ${path}`);
    if (isCheck) process.exitCode = 1;
    else {
      await mkdir(dirname(new URL(path, root).pathname), { recursive: true });
      await writeFile(new URL(path, root), text);
    }
  }
}

const isCheck = process.argv.includes('--check');
await settle(await chartFiles(), isCheck);
// Rendered from the files above.
await settle(await renderedFiles(), isCheck);
