import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Audited, outsideOf, unusedBy } from '../../e2e/audit.ts';
import { Report, type Status } from '../../e2e/report.ts';
import { Undoing } from '../../e2e/undo.ts';
import { countReport } from '../../scripts/test-summary.ts';
import { scratchFolder } from '../harness/scratch.ts';

function counted(...statuses: readonly Status[]) {
  const folder = scratchFolder('e2e-report');
  const report = new Report();
  for (const status of statuses) report.add('a step', status);
  report.write(folder);
  return countReport('e2e', readFileSync(join(folder, 'e2e.json'), 'utf8'), report.hasFailed());
}

describe('the report of a run on kind', () => {
  it('counts passed, failed and skipped steps in the sum of all tests', () => {
    expect(counted('passed', 'failed', 'skipped', 'passed')).toMatchObject({ passed: 2, failed: 1, skipped: 1 });
  });

  it('counts a lane that cannot be had as skipped, not as passed', () => {
    expect(counted('skipped')).toMatchObject({ passed: 0, failed: 0, skipped: 1 });
  });

  it('counts a run without any step as failed', () => {
    expect(counted()).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('putting back', () => {
  it('goes from the last to the first, on after what cannot be put back, and happens once', async () => {
    const done: string[] = [];
    const said: string[] = [];
    const undoing = new Undoing();
    undoing.add('first', () => done.push('first'));
    undoing.add('broken', () => Promise.reject(new Error('it is busy')));
    undoing.add('last', () => done.push('last'));
    await Promise.all([undoing.all((line) => said.push(line)), undoing.all((line) => said.push(line))]);
    expect(done).toEqual(['last', 'first']);
    expect(said.map((line) => line.trim())).toEqual([
      'removed: last',
      'NOT removed: broken: it is busy',
      'removed: first',
    ]);
  });
});

describe('the audit log', () => {
  const request = (verb: string, resource: string, more: Partial<Audited['objectRef']> = {}): Audited => ({
    verb,
    objectRef: { resource, namespace: 'stage', ...more },
    user: { username: 'operator' },
  });
  const status = request('patch', 'socialchannels', { apiGroup: 'socialops.dev', subresource: 'status' });
  const rules = [
    { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] },
    { apiGroups: ['socialops.dev'], resources: ['socialchannels/status'], verbs: ['patch'] },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['list'], namespace: 'operator' },
    { apiGroups: [''], resources: ['namespaces'], verbs: ['get'], resourceNames: ['kube-system'] },
  ];
  const lease = request('list', 'leases', { apiGroup: 'coordination.k8s.io', namespace: 'operator' });
  const kubeSystem = request('get', 'namespaces', { name: 'kube-system', namespace: 'kube-system' });
  const secrets = request('get', 'secrets');
  const all = [secrets, request('list', 'secrets'), status, lease, kubeSystem];
  const without = (one: Audited, ...instead: Audited[]) => [...all.filter((other) => other !== one), ...instead];

  it.each([
    ['nothing is', all, []],
    ['a verb that was not asked', without(secrets), ['get secrets']],
    [
      'the status, where the object was asked for',
      without(status, request('patch', 'socialchannels', { apiGroup: 'socialops.dev' })),
      ['patch socialchannels/status.socialops.dev'],
    ],
    [
      'a resource whose name another group has too',
      without(lease, request('list', 'leases', { namespace: 'operator' })),
      ['list leases.coordination.k8s.io in operator'],
    ],
    [
      'a rule of one namespace, where another was asked',
      without(lease, request('list', 'leases', { apiGroup: 'coordination.k8s.io' })),
      ['list leases.coordination.k8s.io in operator'],
    ],
    [
      'a rule of one name, where another was asked',
      without(kubeSystem, request('get', 'namespaces', { name: 'stage' })),
      ['get namespaces'],
    ],
  ])('shows what of the roles is not used: %s', (_, requests, unused) => {
    expect(unusedBy(requests, rules)).toEqual(unused);
  });

  it('shows what was asked outside of the roles, each once', () => {
    const version: Audited = { verb: 'get', user: { username: 'operator' } };
    const outside = [request('delete', 'secrets'), request('get', 'nodes'), request('get', 'nodes')];
    expect(outsideOf([...all, version, ...outside], rules)).toEqual(['delete secrets', 'get nodes']);
  });
});
