import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isConnected, type OperatedStage, operatedStage } from '../channel/operated-stage.ts';
import { channelWithTokens } from '../harness/stage.ts';
import { serverBinaries } from '../servers/binaries.ts';
import type { App } from '../simulator/model.ts';
import { builtPlugin, type Plugin, type RunOptions, type Said } from './plugin.ts';

let stage: OperatedStage;
let plugin: Plugin;
let twitch: App;

beforeAll(async () => {
  stage = await operatedStage({ args: ['--pages-url', 'https://connect.example.com'] });
  [plugin, twitch] = await Promise.all([builtPlugin(stage.world), stage.simulatedApp('twitch', 'twitch')]);
});

afterAll(async () => {
  await stage?.removeAll();
});

/** What a person reads who types that, in the namespace of this test. */
async function typed(...args: string[]): Promise<Said> {
  return await plugin.run(['-n', stage.namespace, ...args]);
}

/** One line, so that it does not matter where a text is wrapped. */
const flat = (text: string) => text.replace(/\s+/g, ' ');

/** kubectl itself, for what the plugin tells people to type. */
async function kubectl(...args: string[]): Promise<string> {
  const { kubectl: command } = await serverBinaries(['kubectl']);
  const { cluster } = stage.world;
  const flags = ['--kubeconfig', cluster.kubeconfig, '--cache-dir', plugin.folder];
  return (await promisify(execFile)(command, [...flags, ...args])).stdout;
}

const entered = (options: RunOptions, ...args: string[]) => plugin.run(['-n', stage.namespace, ...args], options);

describe('one channel from its first day to its loss', () => {
  const name = 'main-stage-twitch';

  it('is told by status, describe and refresh, with exit codes for scripts', async () => {
    await stage.apply(channelWithTokens(name, 'twitch', undefined));
    await stage.until(name, 'the first word', ({ state }) => state === 'Pending');
    const pending = await typed('status');
    expect(pending).toMatchObject({ code: 1, err: '' });
    expect(pending.out).toMatch(
      /^NAME +STATE +REASON +WHO ACTS\nmain-stage-twitch +Pending +NeverConnected +Dana Reyes\n/,
    );
    const waiting = await typed('describe', name);
    expect(waiting.out).toContain('Why      Waiting for the first connection.');
    expect(waiting.out).toContain(`How      https://connect.example.com/c/${stage.namespace}/${name}   (3 clicks)`);

    const { accountId } = await stage.connect('twitch', twitch, 'twitch', name, { account: 'mainstage' });
    await stage.until(name, 'it to connect', isConnected);
    const connected = await typed('status');
    expect(connected.code).toBe(0);
    expect(connected.out).toMatch(/main-stage-twitch +Connected +Healthy +3h\d+m\n\n1 channel; nobody has to act\.\n$/);
    const well = await typed('describe', name);
    expect(well).toMatchObject({ code: 0, err: '' });
    expect(well.out).toContain(`(twitch, mainstage, id ${accountId})`);
    expect(flat(well.out)).toContain(
      'Still Pods have a valid token in Secret main-stage-twitch-token (key access_token); it lives until',
    );
    expect(well.out).toContain('Who      Nobody has to act.');

    const before = await stage.status(name);
    const renewed = await typed('refresh', name, '--wait');
    expect(renewed.code).toBe(0);
    expect(renewed.out).toContain(`${stage.namespace}/${name} is renewed: pods get a new access token.`);
    expect((await stage.status(name)).generation).toBe((before.generation ?? 0) + 1);

    await stage.simulator.changePassword({ platform: 'twitch', id: accountId });
    const refused = await typed('refresh', name, '--wait');
    expect(refused.code).toBe(1);
    await stage.until(name, 'the verdict', ({ state }) => state === 'NeedsReauth');
    const lost = await typed('describe', name);
    expect(lost.code).toBe(1);
    expect(lost.out).toMatch(
      /^main-stage-twitch {2}\(twitch, mainstage, id [\w-]+\) +NeedsReauth since \d\d:\d\d UTC \(\d+s\)\n/,
    );
    expect(lost.out).toContain('Why      Twitch rejected the stored login: "Invalid refresh token".');
    expect(lost.out).toContain('Who      Dana Reyes <dana@example.com>, with their own twitch login for mainstage');
    expect(lost.out).toContain('Next     Nothing happens automatically until then.');
    expect(Math.max(...lost.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect((await typed('status', '-o', 'json')).code).toBe(1);
  });

  it('gives machines the objects themselves, and a calendar', async () => {
    const { items } = JSON.parse((await typed('status', '-o', 'json')).out) as { items: { metadata: object }[] };
    expect(items).toMatchObject([{ kind: 'SocialChannel', metadata: { name }, status: { state: 'NeedsReauth' } }]);
    expect(items[0]?.metadata).not.toHaveProperty('managedFields');
    const forecast = await typed('forecast');
    expect(forecast.out).toMatch(
      /^WHEN +WHO +CHANNEL +PLATFORM +WHY\nnow +Dana Reyes +main-stage-twitch +twitch +AccessRevoked\n/,
    );
    expect((await typed('forecast', '-o', 'ical')).out).toMatch(
      /^BEGIN:VCALENDAR\r\n[\s\S]*SUMMARY:Overdue: [\s\S]*END:VCALENDAR\r\n$/,
    );
  });
});

describe('tokens that exist already', () => {
  it('come in by standard input, without a value on any screen, and the channel connects', async () => {
    const name = 'brought';
    const { accessToken, refreshToken, obtainedAt, expiresAt } = await stage.simulatedGrant(
      'twitch',
      twitch,
      'brought',
    );
    const input = JSON.stringify({
      access_token: accessToken,
      refresh_token: refreshToken,
      obtained_at: Math.floor((obtainedAt ?? 0) / 1000),
      expires_in: Math.round(((expiresAt ?? 0) - (obtainedAt ?? 0)) / 1000),
      token_type: 'bearer',
    });
    await stage.apply(channelWithTokens(name, 'twitch', undefined));
    const said = [
      await entered({ input }, 'import', name, '--dry-run'),
      await entered({ input: input.replace('refresh_token', 'refresh_tokn') }, 'import', name),
      await entered({ input: `access_token=${accessToken}\nobtained_at=yesterday\n` }, 'import', name),
      await typed('import', name, `--token=${accessToken}`),
      await entered({ input }, 'import', name),
      await entered({ input }, 'import', name, '--attach'),
      await entered({ input }, 'import', name, '--attach', '--replace'),
    ];
    expect(said.map(({ code }) => code)).toEqual([0, 2, 2, 2, 0, 2, 0]);
    expect(said[0]?.out).toContain('access_token: "[redacted]"');
    expect(said[1]?.err).toContain('"refresh_tokn" is not known; did you mean "refresh_token"?');
    expect(said[2]?.err).toContain('obtained_at is no RFC 3339 instant');
    expect(said[5]?.err).toContain(`Secret ${stage.namespace}/brought-bootstrap exists already and was left as it is.`);
    expect(said[6]?.out).toContain(`SocialChannel ${stage.namespace}/brought names it now in spec.bootstrap`);
    for (const secret of [accessToken ?? '', refreshToken ?? '']) expect(JSON.stringify(said)).not.toContain(secret);
    await stage.until(name, 'the import', isConnected);
  });

  it('never overwrite a Secret that is not shared with the operator', async () => {
    const theirs = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'theirs' }, stringData: { key: 'kept' } };
    await stage.apply([theirs, ...channelWithTokens('other', 'twitch', undefined)]);
    const said = await entered({ input: 'refresh_token=new' }, 'import', 'other', '--secret', 'theirs', '--replace');
    expect(said.code).toBe(2);
    expect(said.err).toContain('is not shared with the operator');
    expect(await stage.secret('theirs')).toEqual({ key: 'kept' });
  });
});

describe('a new login', () => {
  it('comes by a code that the person types at the platform; nothing but that code is shown', async () => {
    const app = await stage.simulatedApp('twitch', 'twitch-device', { deviceIntervalSeconds: 1 });
    const { accountId } = await stage.connect('twitch', app, 'twitch-device', 'tv');
    await stage.until('tv', 'it to connect', isConnected);
    const said = typed('connect', 'tv');
    const { device } = await stage.until('tv', 'the code', (status) => status.device?.userCode !== undefined);
    const userCode = device?.userCode ?? '';
    await stage.simulator.answerDevice({ platform: 'twitch', userCode, accountId, approve: true });
    const { code, out } = await said;
    expect(code).toBe(0);
    expect(out).toContain(`1. Open  ${device?.verificationURL}`);
    expect(out).toContain(`2. Enter ${userCode}`);
    expect(flat(out)).toContain(`${stage.namespace}/tv is connected as`);
  });

  it('comes by an invitation, whose link stays in its Secret unless it is asked for', async () => {
    const said = await typed('invite', 'brought');
    expect(said).toMatchObject({ code: 0 });
    const { link = 'no link' } = (await stage.secret('brought-invitation')) ?? {};
    expect(link).toMatch(/^https:\/\/connect\.example\.com\/i\//);
    expect(JSON.stringify(said)).not.toContain(link);
    const command = /kubectl (get secret .*)/.exec(said.out)?.[1] ?? '';
    const words = command.match(/(?:'[^']*'|[^\s'])+/g)?.map((word) => word.replaceAll("'", '')) ?? [];
    expect(await kubectl(...words)).toBe(link);
    const shown = (await typed('invite', 'brought', '--show')).out;
    expect(shown).not.toContain(link);
    expect(shown).toBe(`${(await stage.secret('brought-invitation'))?.link}\n`);
  });
});

describe('after all of this', () => {
  it('the ledger is clean, and nobody was asked to reconnect but the one whose password was changed', async () => {
    await stage.expectCleanLedger(['main-stage-twitch']);
  });
});
