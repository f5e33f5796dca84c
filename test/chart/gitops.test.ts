import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LuaFactory } from 'wasmoon';
import type { Observation } from '../../src/core/observation.ts';
import { statusOf } from '../../src/core/status.ts';
import { absent, deleted, fresh, grant, observation, suspended, unusable, verdict } from '../core/builders.ts';
import { repository } from '../harness/scratch.ts';
import { serverBinaries } from '../servers/binaries.ts';

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

/** kstatus itself, by which Flux waits, and Helm from version 4 on. */
async function kstatus(object: object): Promise<string> {
  const { kstatus: program } = await serverBinaries(['kstatus']);
  const asked = promisify(execFile)(program);
  asked.child.stdin?.end(JSON.stringify([object]));
  return (await asked).stdout.trim();
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
    expect([(await health(object)).status, await kstatus(object)]).toEqual([argo, flux]);
    expect((await health(object)).message).not.toBe('');
  });

  it('changed and not seen since: progressing', async () => {
    const o = observation();
    const object = { ...o.channel, metadata: { ...o.channel.metadata, generation: 99 }, status: statusOf(o) };
    expect([(await health(object)).status, await kstatus(object)]).toEqual(['Progressing', 'InProgress']);
  });

  it('new, without any status: progressing for Argo CD; kstatus knows no better than that it is there', async () => {
    const { channel } = observation(fresh, absent);
    expect([(await health(channel)).status, await kstatus(channel)]).toEqual(['Progressing', 'Current']);
  });

  it('being deleted: kstatus says so', async () => {
    const { channel } = observation(deleted());
    expect(await kstatus({ ...channel, status: statusOf(observation()) })).toBe('Terminating');
  });
});

describe('an app', () => {
  const app = (status: string) => ({
    apiVersion: 'socialops.dev/v1alpha1',
    kind: 'SocialApp',
    metadata: { name: 'twitch', generation: 1 },
    status: { conditions: [{ type: 'Ready', status, message: 'x', observedGeneration: 1 }] },
  });

  it.each([
    ['True', 'Healthy', 'Current'],
    ['False', 'Degraded', 'InProgress'],
    ['Unknown', 'Progressing', 'InProgress'],
  ])('that is Ready=%s: %s, by kstatus %s', async (status, argo, flux) => {
    expect([(await health(app(status))).status, await kstatus(app(status))]).toEqual([argo, flux]);
  });
});
