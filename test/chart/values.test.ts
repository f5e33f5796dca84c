import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ownValues } from '../../scripts/chart-schema.ts';
import { loadConfig } from '../../src/config.ts';
import { settings } from '../../src/config-settings.ts';
import { scratchFolder } from '../harness/scratch.ts';
import { argsOf, chart, helm, refusal, render, template } from './helm.ts';

interface Schema {
  readonly type?: string;
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}

const read = (file: string) => readFileSync(join(chart, file), 'utf8');
const schema = JSON.parse(read('values.schema.json')) as Schema;
const defaults = parse(read('values.yaml')) as Readonly<Record<string, unknown>>;
const all = Object.entries(settings);
const free = all.filter(([, { flag }]) => !(flag in ownValues));

/** Paths of all properties that a schema names; what is passed on to Kubernetes ends where it begins. */
function pathsOf({ properties = {} }: Schema, above = ''): string[] {
  return Object.entries(properties).flatMap(([name, inner]) => [
    `${above}${name}`,
    ...pathsOf(inner, `${above}${name}.`),
  ]);
}

function openOnes(node: Schema, path: string): string[] {
  const inner = Object.entries(node.properties ?? {}).flatMap(([name, one]) => openOnes(one, `${path}.${name}`));
  return node.properties !== undefined && node.additionalProperties !== false ? [path, ...inner] : inner;
}

describe('a typo is refused', () => {
  it.each([
    ['at the top', { replicas: 3 }, 'replicas'],
    ['in a group', { image: { tags: 'v1' } }, 'tags'],
    ['two groups down', { vault: { auth: { rolle: 'x' } } }, 'rolle'],
    ['in a setting', { config: { 'propagation-flor': '150s' } }, 'propagation-flor'],
    ['in an override of an alert', { prometheusRule: { overrides: { A: { fors: '1m' } } } }, 'fors'],
    ['in a probe', { livenessProbe: { periodSecond: 1 } }, 'periodSecond'],
  ])('%s', async (_, values, name) => {
    expect(await refusal(values)).toContain(`additional properties '${name}' not allowed`);
  });

  it('everywhere: every group is closed but that of the parent chart', () => {
    expect(openOnes(schema, 'values')).toEqual(['values.global']);
  });
});

describe('a value that cannot be is refused', () => {
  it.each([
    ['a number as text', { replicaCount: 'two' }, '/replicaCount'],
    ['a port that is none', { ops: { port: 70_000 } }, '/ops/port'],
    ['a digest without its method', { image: { digest: 'abc' } }, '/image/digest'],
    ['an address of another kind', { vault: { address: 'vault:8200' } }, '/vault/address'],
    ['a log level that is none', { logLevel: 'verbose' }, '/logLevel'],
    ['a duration without unit', { config: { 'claim-life': '60' } }, '/config/claim-life'],
    ['a setting below its least', { config: { workers: 0 } }, '/config/workers'],
    ['a setting that has a value of its own', { config: { 'vault-mount': 'kv' } }, "'vault-mount' not allowed"],
    ['a token life that the API server refuses', { vault: { auth: { tokenExpirationSeconds: 60 } } }, '600'],
    ['no address of Vault', { vault: { address: '' } }, 'vault.address: set the address of Vault'],
    ['a grace below that of the operator', { terminationGracePeriodSeconds: 50 }, 'must be more than the setting'],
    ['two authorities', { vault: { ca: { configMapName: 'a', secretName: 'b' } } }, 'set one of them'],
    ['two authorities of platforms', { platformCA: { configMapName: 'a', secretName: 'b' } }, 'set one of them'],
    [
      'a ServiceMonitor in a cluster without',
      { metrics: { serviceMonitor: { enabled: true } } },
      'no monitoring.coreos.com/v1',
    ],
    [
      'a ServiceMonitor without its Service',
      { metrics: { service: { enabled: false }, serviceMonitor: { enabled: true, renderMode: 'alwaysRender' } } },
      'turn that on, or take metrics.podMonitor',
    ],
  ])('%s', async (_, values, says) => {
    expect(await refusal(values)).toContain(says);
  });
});

describe('values and settings of the operator', () => {
  it('have every setting once: by a value of its own, or under config', () => {
    const named = Object.keys(schema.properties?.config?.properties ?? {});
    expect(named).toEqual(free.map(([, { flag }]) => flag));
    const paths = pathsOf(schema);
    const own = Object.values(ownValues).flatMap((value) => value.split(', '));
    expect(own.filter((path) => !paths.includes(path))).toEqual([]);
  });

  it.each([
    ['vault.mount', defaults.vault, 'mount', settings.vaultMount],
    ['vault.prefix', defaults.vault, 'prefix', settings.vaultPrefix],
    ['logLevel', defaults, 'logLevel', settings.logLevel],
  ])('%s has the default of the operator', (_, group, name, setting) => {
    expect((group as Readonly<Record<string, unknown>>)[name]).toBe(setting.default);
  });

  it('have the defaults of the login, of the ports and of the grace', () => {
    const { auth } = defaults.vault as { auth: Readonly<Record<string, unknown>> };
    expect(auth).toMatchObject({ method: settings.vaultAuthMethod.default, role: settings.vaultAuthRole.default });
    const { host, port } = defaults.ops as { host: string; port: number };
    expect(`${host}:${port}`).toBe(settings.opsAddress.default);
    expect(defaults.terminationGracePeriodSeconds).toBeGreaterThan(
      Number.parseInt(settings.shutdownGraceMs.default ?? '', 10),
    );
  });

  it('mount the token for Vault where the operator looks for it', async () => {
    const { stdout } = await template({ vault: { address: 'https://vault.example.com' } });
    const folder = settings.vaultAuthTokenFile.default?.replace(/\/token$/, '');
    expect(stdout).toContain(`mountPath: ${folder}\n`);
  });

  it('reach the operator as what it takes them for, whatever the setting', async () => {
    const config = Object.fromEntries(free.map(([, setting]) => [setting.flag, asWritten(setting)]));
    const args = argsOf(await render({ config, terminationGracePeriodSeconds: 600 }));
    expect(args.filter((arg) => free.some(([, { flag }]) => arg.startsWith(`--${flag}=`)))).toHaveLength(free.length);
    expect(() => loadConfig(args, {})).not.toThrow();
  });

  it('stand in values.yaml where the schema has them, and the other way round', () => {
    const isThere = (path: string) =>
      path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], defaults) !==
      undefined;
    const deep = /^(config|livenessProbe|readinessProbe|startupProbe)\./;
    expect(pathsOf(schema).filter((path) => !deep.test(path) && !isThere(path))).toEqual([]);
  });
});

/** The example of a setting as people would write it in YAML. */
function asWritten(setting: {
  readonly example: string;
  readonly kind: { readonly schema: { readonly type: string } };
}) {
  const { example, kind } = setting;
  if (kind.schema.type === 'array') return example.split(',');
  if (kind.schema.type === 'integer') return Number(example);
  return kind.schema.type === 'boolean' ? example === 'true' : example;
}

describe('the chart', () => {
  it('passes helm lint --strict, as it stands and with everything on', async () => {
    const everything = {
      vault: { address: 'https://vault.example.com', caBundle: '-----BEGIN CERTIFICATE-----\nMIIB\n' },
      metrics: {
        serviceMonitor: { enabled: true, renderMode: 'alwaysRender' },
        podMonitor: { enabled: true, renderMode: 'alwaysRender' },
      },
      networkPolicy: { egress: { enabled: true } },
      watchNamespaces: ['main-stage'],
    };
    for (const values of [{}, everything]) {
      const { code, stdout, stderr } = await helm(['lint', '--strict', chart, '--values', '-'], JSON.stringify(values));
      expect([code, stdout + stderr]).toEqual([0, expect.stringContaining('0 chart(s) failed')]);
    }
  });

  it('has the version of the program', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(parse(read('Chart.yaml'))).toMatchObject({ version, appVersion: version });
  });

  it('can be packed, with its CRDs, rules and settings in it', async () => {
    const folder = scratchFolder('package');
    expect((await helm(['package', chart, '--destination', folder])).code).toBe(0);
    const [packed = ''] = readdirSync(folder);
    const { stdout } = await promisify(execFile)('tar', ['-tzf', join(folder, packed)]);
    const inside = ['files/crds/socialchannels.yaml', 'files/rbac.yaml', 'files/settings.yaml', 'values.schema.json'];
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(inside.map((file) => `social-channel-operator/${file}`)));
  });
});
