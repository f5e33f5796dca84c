import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Assets } from './assets.ts';
import type { Cause } from './model.ts';
import type { RunningSimulator } from './running.ts';
import { runWithSample } from './sample-platform.ts';

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await runWithSample();
});

afterEach(async () => {
  await simulator.stop();
});

const page = { platform: 'sample', id: 'p1' };

describe('an asset', () => {
  it('is a page unless told otherwise, and changes as told', async () => {
    expect(await simulator.control.createAsset(page)).toEqual({
      ...page,
      kind: 'page',
      name: 'asset p1',
      inPortfolio: false,
      instagram: null,
      condition: 'ok',
    });
    const instagram = { id: '17841405822304915', username: 'nightstream' };
    expect(await simulator.control.updateAsset({ ...page, instagram })).toMatchObject({ kind: 'page', instagram });
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['made twice', () => simulator.control.createAsset(page), /asset "p1" on sample exists already/],
    ['on no platform', () => simulator.control.createAsset({ platform: 'nowhere', id: 'p1' }), /no platform "nowhere"/],
    [
      'changed before it is made',
      () => simulator.control.updateAsset({ ...page, id: 'p2' }),
      /no asset "p2" on sample/,
    ],
    [
      'given to nobody',
      () => simulator.control.setRoles({ platform: 'sample', accountId: 'x', assetId: 'p1', roles: [] }),
      /no account "x" on sample/,
    ],
    [
      'a role on nothing',
      () => simulator.control.setRoles({ platform: 'sample', accountId: 's1', assetId: 'p2', roles: [] }),
      /no asset "p2" on sample/,
    ],
  ])('is refused when %s', async (_name, call, message) => {
    await simulator.control.createAsset(page);
    await expect(call()).rejects.toThrow(message);
  });
});

describe('roles', () => {
  it('are a person’s on one asset; an empty list takes it from the person’s assets', () => {
    const assets = new Assets();
    for (const id of ['p1', 'p2', 'p3']) {
      assets.create({ platform: 'sample', id });
    }
    const set = (accountId: string, assetId: string, roles: string[]) =>
      assets.setRoles({ platform: 'sample', accountId, assetId, roles });
    set('s1', 'p1', ['MANAGE']);
    set('s1', 'p3', ['ANALYZE']);
    set('s2', 'p2', ['MANAGE']);
    expect(assets.of('sample', 's1').map(({ id }) => id)).toEqual(['p1', 'p3']);
    expect(assets.of('other', 's1')).toEqual([]);
    set('s1', 'p1', []);
    expect(assets.of('sample', 's1').map(({ id }) => id)).toEqual(['p3']);
    expect([assets.roles('sample', 's1', 'p3'), assets.roles('sample', 's2', 'p3')]).toEqual([['ANALYZE'], []]);
  });

  it('come back as they were when their loss is cured', async () => {
    const { control } = simulator;
    await control.createAsset(page);
    expect(await control.setRoles({ platform: 'sample', accountId: 's1', assetId: 'p1', roles: ['MANAGE'] })).toEqual({
      roles: ['MANAGE'],
    });
    const loss = { platform: 'sample', cause: 'role-lost' as Cause, accountId: 's1', assetId: 'p1' };
    const tasks = async () => (await simulator.wire.get('/api.sample.example/pages/p1?account=s1')).json?.roles;
    expect(await tasks()).toEqual(['MANAGE']);
    await control.strike(loss);
    await control.strike(loss);
    expect(await tasks()).toEqual([]);
    await control.cure(loss);
    expect(await tasks()).toEqual(['MANAGE']);
  });
});

describe('a page struck by a change', () => {
  it('is what it was after the cure', async () => {
    const { control } = simulator;
    await control.createAsset({ ...page, name: 'Night Stream' });
    const hiding = { platform: 'sample', cause: 'page-hidden' as Cause, accountId: 's1', assetId: 'p1' };
    await control.strike(hiding);
    expect(await control.updateAsset(page)).toMatchObject({ inPortfolio: true, name: 'Night Stream' });
    await control.cure(hiding);
    expect(await control.updateAsset(page)).toMatchObject({ inPortfolio: false, name: 'Night Stream' });
  });
});
