import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { scratchFolder } from '../harness/scratch.ts';
import { chart, monitoringApi, refusal, release, render, routeApi } from './helm.ts';

/** The chart with alerts, dashboards and settings of this test, so that the real ones may become others. */
const folder = join(scratchFolder('chart'), 'social-channel-operator');

beforeAll(() => {
  cpSync(chart, folder, { recursive: true });
  for (const name of ['alerts', 'dashboards']) {
    rmSync(join(folder, 'files', name), { recursive: true, force: true });
    mkdirSync(join(folder, 'files', name));
  }
  writeFileSync(join(folder, 'files/alerts/one.yaml'), alerts);
  writeFileSync(
    join(folder, 'files/alerts/two.yaml'),
    'groups:\n  - name: two\n    rules:\n      - { alert: Third, expr: up }\n',
  );
  writeFileSync(join(folder, 'files/dashboards/fleet.json'), '{\n  "title": "Fleet {{ namespace }}"\n}\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const alerts = `groups:
  - name: one
    interval: 30s
    rules:
      - record: socialchannel:things
        expr: sum(things)
      - alert: First
        expr: 'things{state="NeedsReauth"} > 100000'
        for: 5m
        labels: { severity: warning }
        annotations: { summary: '{{ $labels.name }} needs a person', runbook_url: docs/runbooks/First.md }
      - alert: Second
        expr: up == 0
`;

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

async function groupsOf(values: object) {
  const objects = await render({ prometheusRule: { enabled: true, ...values } }, { folder, apis: [monitoringApi] });
  const rule = objects.find(({ kind }) => kind === 'PrometheusRule');
  return (rule?.spec.groups ?? []) as { name: string; interval?: string; rules: Rule[] }[];
}

describe('alerts of files/alerts', () => {
  it('are a PrometheusRule as they stand', async () => {
    const groups = await groupsOf({});
    expect(groups.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(groups[0]).toMatchObject(parse(alerts).groups[0]);
  });

  it('change by name: left out, another duration, labels, a runbook elsewhere', async () => {
    const groups = await groupsOf({
      disabled: ['Second', 'Third'],
      overrides: { First: { for: '1m', labels: { severity: 'critical' }, annotations: { note: 'x' } } },
      additionalRuleLabels: { team: 'live', severity: 'info' },
      runbookBaseUrl: 'https://runbooks.example.com/social/',
    });
    expect(groups.map(({ name }) => name)).toEqual(['one']);
    expect(groups[0]?.rules).toEqual([
      { record: 'socialchannel:things', expr: 'sum(things)' },
      {
        alert: 'First',
        expr: 'things{state="NeedsReauth"} > 100000',
        for: '1m',
        labels: { severity: 'critical', team: 'live' },
        annotations: {
          summary: '{{ $labels.name }} needs a person',
          runbook_url: 'https://runbooks.example.com/social/First.md',
          note: 'x',
        },
      },
    ]);
  });

  it.each([[{ disabled: ['Frist'] }], [{ overrides: { Frist: { for: '1m' } } }]])(
    'refuse a name that none has: %j',
    async (values) => {
      const said = await refusal({ prometheusRule: { enabled: true, ...values } }, { folder, apis: [monitoringApi] });
      expect(said).toContain('there is no alert Frist. Known: First, Second, Third');
    },
  );
});

it('each dashboard is a ConfigMap that the sidecar of Grafana finds, byte for byte', async () => {
  const dashboards = { enabled: true, namespace: 'monitoring', annotations: { grafana_folder: 'Social' } };
  const objects = await render({ dashboards }, { folder });
  expect(objects.find(({ metadata }) => metadata.name === `${release}-fleet`)).toMatchObject({
    kind: 'ConfigMap',
    metadata: {
      namespace: 'monitoring',
      labels: { grafana_dashboard: '1' },
      annotations: { grafana_folder: 'Social' },
    },
    data: { 'fleet.json': readFileSync(join(folder, 'files/dashboards/fleet.json'), 'utf8') },
  });
});

describe('pages', () => {
  const pages = { enabled: true, url: 'https://connect.example.com' };

  it('have a Service, an Ingress and a route, and their flags', async () => {
    const more = {
      ingress: { enabled: true, className: 'nginx', tlsSecretName: 'tls' },
      httpRoute: { enabled: true, parentRefs: [{ name: 'public' }] },
    };
    const objects = await render({ pages: { ...pages, ...more } }, { folder, apis: [routeApi] });
    const named = (kind: string) =>
      objects.find((object) => object.kind === kind && object.metadata.name === `${release}-pages`);
    expect(named('Service')?.spec.ports).toEqual([{ name: 'http', port: 80, targetPort: 'pages', protocol: 'TCP' }]);
    expect(named('Ingress')?.spec).toMatchObject({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['connect.example.com'], secretName: 'tls' }],
      rules: [{ host: 'connect.example.com', http: { paths: [{ path: '/' }] } }],
    });
    expect(named('HTTPRoute')?.spec).toMatchObject({
      hostnames: ['connect.example.com'],
      parentRefs: [{ name: 'public' }],
      rules: [{ matches: [{ path: { value: '/' } }], backendRefs: [{ name: `${release}-pages`, port: 80 }] }],
    });
    const policy = objects.find(({ kind }) => kind === 'NetworkPolicy');
    expect(policy?.spec.ingress).toContainEqual({ ports: [{ port: 'pages', protocol: 'TCP' }] });
    const deployment = objects.find(({ kind }) => kind === 'Deployment');
    const [container] = deployment?.spec.template.spec.containers ?? [];
    expect(container.args).toEqual(
      expect.arrayContaining(['--pages-url=https://connect.example.com', '--pages-address=0.0.0.0:8081']),
    );
  });

  it('need an address', async () => {
    expect(await refusal({ pages: { enabled: true } }, { folder })).toContain('pages.url: set the address');
  });

  it('are not half switched on', async () => {
    expect(await refusal({ pages: { url: pages.url } }, { folder })).toContain('unless pages.enabled is true');
  });

  it('stand in the alerts of single channels as a link', async () => {
    const objects = await render({ pages, prometheusRule: { enabled: true } }, { apis: [monitoringApi] });
    const rule = objects.find(({ kind }) => kind === 'PrometheusRule');
    const rules = ((rule?.spec.groups ?? []) as { rules: Rule[] }[]).flatMap((group) => group.rules);
    const linked = rules.filter(({ annotations }) => annotations?.reconnect_url !== undefined);
    expect(linked.map(({ alert }) => alert)).toEqual([
      'SocialChannelTokenExpired',
      'SocialChannelNeedsReauth',
      'SocialChannelConsentExpirySoon',
      'SocialChannelConsentExpiryAhead',
      'SocialChannelSecretProjectionStale',
    ]);
    expect(linked[0]?.annotations?.reconnect_url).toBe(
      'https://connect.example.com/c/{{ $labels.namespace }}/{{ $labels.name }}',
    );
  });
});
