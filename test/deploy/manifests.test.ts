import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents, type KubernetesObject } from '../harness/api-client.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { createTenant, type Tenant } from '../harness/tenant.ts';
import { serverBinaries } from '../servers/binaries.ts';
import { apiVersion, type Fields } from './admission.ts';

const world = sharedWorld();
let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant(world);
});
afterAll(async () => {
  await tenant.remove();
});

function applyChannel(name: string, spec: Fields = {}): Promise<KubernetesObject[]> {
  const body = { appRef: { name: 'twitch' }, ...spec };
  return tenant.apply({ apiVersion, kind: 'SocialChannel', metadata: { name }, spec: body });
}

/** The spec after a change, or the sentence with which the API server refuses it. */
function change(name: string, spec: Fields): Promise<Fields | string> {
  return tenant.patch('SocialChannel', name, { spec }).then(
    (changed) => changed.spec as Fields,
    (error: Error) => error.message,
  );
}

describe('a stored SocialChannel', () => {
  it.each<[string, string, Fields]>([
    ['changed', 'pinned-1', { account: { id: '7' } }],
    ['removed', 'pinned-2', { account: { id: null } }],
    ['removed with all of account', 'pinned-3', { account: null }],
  ])('keeps its account id from being %s', async (_, name, spec) => {
    await applyChannel(name, { account: { id: '141981764' } });
    expect(await change(name, spec)).toContain('account.id cannot change once it is set (it is "141981764")');
  });

  it('lets the other fields of a pinned account change', async () => {
    await applyChannel('pinned', { account: { id: '141981764' } });
    const account = { id: '141981764', handle: '@mainstage' };
    expect(await change('pinned', { account: { handle: '@mainstage' } })).toMatchObject({ account });
  });

  it('takes an account id and another app later, but no other grant type', async () => {
    await applyChannel('open');
    expect(await change('open', { account: { id: '7' } })).toMatchObject({ account: { id: '7' } });
    expect(await change('open', { appRef: { name: 'other' } })).toMatchObject({ appRef: { name: 'other' } });
    expect(await change('open', { grantType: 'App' })).toContain('grantType cannot change');
  });
});

describe('kubectl get schan', () => {
  const kubectl = async (...args: string[]): Promise<string[]> => {
    const { kubectl: command } = await serverBinaries(['kubectl']);
    const flags = [
      '--kubeconfig',
      world.cluster.kubeconfig,
      '--namespace',
      tenant.namespace,
      '--cache-dir',
      world.folder,
    ];
    const { stdout } = await promisify(execFile)(command, [...flags, ...args]);
    return stdout.trimEnd().split('\n');
  };

  it('shows state, account, reason and both times, finds channels by state, and the owner when asked', async () => {
    await applyChannel('main-stage-twitch', { owner: { name: 'Dana Reyes' } });
    const status = {
      state: 'NeedsReauth',
      platform: 'twitch',
      account: { id: '141981764', handle: '@mainstage' },
      reason: 'AccessRevoked',
      accessTokenExpiryTime: '2036-11-23T06:00:00Z',
      deadlineTime: '2036-12-23T06:00:00Z',
    };
    await tenant.patch('SocialChannel', 'main-stage-twitch', { status }, 'status');
    const lines = await kubectl('get', 'schan', '--field-selector', 'status.state=NeedsReauth', '--output', 'wide');
    const rows = lines.map((line) => line.split(/ {2,}/));
    expect(rows.map((row) => row.slice(0, -1))).toEqual([
      ['NAME', 'STATE', 'PLATFORM', 'ACCOUNT', 'REASON', 'EXPIRES', 'DEADLINE', 'OWNER'],
      [
        'main-stage-twitch',
        'NeedsReauth',
        'twitch',
        '@mainstage',
        'AccessRevoked',
        '2036-11-23T06:00:00Z',
        '2036-12-23T06:00:00Z',
        'Dana Reyes',
      ],
    ]);
  });

  it('lists channels and apps as the category social', async () => {
    await applyChannel('listed');
    expect((await kubectl('get', 'social', '--output', 'name')).join(' ')).toContain(
      'socialchannel.socialops.dev/listed',
    );
  });
});

describe('the samples', () => {
  const folder = new URL('../../deploy/samples/', import.meta.url);
  const ownName = ({ kind, metadata }: KubernetesObject) =>
    kind === 'SocialPlatform' ? { name: tenant.namespace } : { ...metadata, namespace: tenant.namespace };

  it.each(readdirSync(folder))('%s is admitted as it stands', async (file) => {
    const objects = documents(readFileSync(new URL(file, folder), 'utf8'));
    // Cluster-scoped objects get the name of this test's namespace, so that test files do not meet.
    const applied = await tenant.apply(objects.map((object) => ({ ...object, metadata: ownName(object) })));
    expect(applied.map(({ kind }) => kind)).toEqual(objects.map(({ kind }) => kind));
    expect(applied.some(({ kind }) => kind === 'SocialChannel')).toBe(true);
  });

  it('share with the operator every Secret that they bring', () => {
    const all = readdirSync(folder).flatMap((file) => documents(readFileSync(new URL(file, folder), 'utf8')));
    const secrets = all.filter(({ kind }) => kind === 'Secret');
    expect(secrets.length).toBeGreaterThan(2);
    expect(secrets.filter(({ metadata }) => metadata.labels?.['socialops.dev/use'] !== 'true')).toEqual([]);
  });

  afterAll(async () => {
    const platform = { apiVersion, kind: 'SocialPlatform', name: tenant.namespace };
    if (await world.admin.find(platform)) await world.admin.delete(platform);
  });
});
