import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LuaFactory } from 'wasmoon';
import type { Observation } from '../../src/core/observation.ts';
import { statusOf } from '../../src/core/status.ts';
import { absent, fresh, grant, observation, suspended, unusable, verdict } from '../core/builders.ts';
import { repository } from '../harness/scratch.ts';

const script = readFileSync(`${repository}/deploy/gitops/argocd-health.lua`, 'utf8');
const factory = new LuaFactory();

/** What Argo CD makes of an object: it runs the script with `obj`. */
async function health(object: object): Promise<{ status: string; message: string }> {
  const lua = await factory.createEngine();
  try {
    // As Argo CD hands it over: plain tables, nothing of this language.
    lua.global.set('json', JSON.stringify(object));
    lua.global.set('parse', (text: string) => JSON.parse(text));
    return await lua.doString(`local obj = parse(json)\n${script}`);
  } finally {
    lua.global.close();
  }
}

interface Held {
  readonly metadata: { readonly generation?: number; readonly deletionTimestamp?: string };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** kstatus, which Flux and Helm wait by: its rules for resources of any kind (cli-utils, "kstatus", generic conditions). */
function kstatus({ metadata, status = {} }: Held): string {
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  const { observedGeneration, conditions = [] } = status;
  if (observedGeneration !== undefined && observedGeneration !== metadata.generation) return 'InProgress';
  const is = (type: string) => conditions.find((condition) => condition.type === type)?.status;
  if (is('Reconciling') === 'True') return 'InProgress';
  if (is('Stalled') === 'True') return 'Failed';
  return is('Ready') === 'False' || is('Ready') === 'Unknown' ? 'InProgress' : 'Current';
}

const rows: readonly [string, Observation, argo: string, flux: string][] = [
  ['connected', observation(), 'Healthy', 'Current'],
  ['never connected', observation(fresh, absent), 'Progressing', 'InProgress'],
  ['without the record it had in Vault', observation(absent), 'Degraded', 'Failed'],
  ['in need of a person', observation(grant({ verdict })), 'Degraded', 'Failed'],
  ['suspended', observation(suspended), 'Healthy', 'Current'],
  ['without an app that can be used', observation({ app: unusable() }), 'Degraded', 'Failed'],
];

describe('a channel that is', () => {
  it.each(rows)('%s', async (_, o, argo, flux) => {
    const object = { ...o.channel, status: statusOf(o) };
    expect([(await health(object)).status, kstatus(object)]).toEqual([argo, flux]);
    expect((await health(object)).message).not.toBe('');
  });

  it('changed and not seen since: progressing', async () => {
    const o = observation();
    const object = { ...o.channel, metadata: { ...o.channel.metadata, generation: 99 }, status: statusOf(o) };
    expect([(await health(object)).status, kstatus(object)]).toEqual(['Progressing', 'InProgress']);
  });

  it('new, without any status: progressing', async () => {
    expect((await health({ metadata: { generation: 1 } })).status).toBe('Progressing');
  });
});

describe('an app', () => {
  const app = (status: string) => ({
    metadata: { generation: 1 },
    status: { conditions: [{ type: 'Ready', status, message: 'x', observedGeneration: 1 }] },
  });

  it.each([
    ['True', 'Healthy'],
    ['False', 'Degraded'],
    ['Unknown', 'Progressing'],
  ])('that is Ready=%s: %s', async (status, argo) => {
    expect((await health(app(status))).status).toBe(argo);
  });
});
