import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appWithSecret, channelWithTokens } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import { serverBinaries } from '../servers/binaries.ts';
import type { App } from '../simulator/model.ts';
import { isConnected, type OperatedStage, operatedStage } from './operated-stage.ts';

let stage: OperatedStage;
let twitch: App;

beforeAll(async () => {
  stage = await operatedStage();
  twitch = await stage.simulatedApp('twitch', 'twitch');
});

afterAll(async () => {
  await stage?.removeAll();
});

/** What a person reads who types that. */
async function kubectl(...args: string[]): Promise<string> {
  const { kubectl: command } = await serverBinaries(['kubectl']);
  const { cluster, folder } = stage.world;
  const flags = ['--kubeconfig', cluster.kubeconfig, '--namespace', stage.namespace, '--cache-dir', folder];
  return (await promisify(execFile)(command, [...flags, ...args])).stdout.trimEnd();
}

const columns = ['NAME', 'STATE', 'PLATFORM', 'ACCOUNT', 'REASON', 'EXPIRES', 'DEADLINE', 'AGE'];

/** The one row of a table, by column; what stands under a heading is its value, also where that is empty. */
function rowOf(table: string): Record<string, string> {
  const [head = '', row = ''] = table.split('\n');
  const starts = [...head.matchAll(/\S+/g)].map((match) => match.index);
  const cells = (line: string) => starts.map((from, index) => line.slice(from, starts[index + 1]).trim());
  return Object.fromEntries(cells(head).map((name, index) => [name, cells(row)[index] ?? '']));
}

/** The lines of `describe` from `Status:` on, without what differs from run to run. */
const describeOf = async (name: string) => (await kubectl('describe', 'schan', name)).split('\nStatus:')[1] ?? '';
const how =
  'Dana Reyes <dana@example.com> has to connect it: put the new tokens into a Secret labelled socialops.dev/use: "true" and name it in spec.bootstrap.secretRef.';

describe('what kubectl prints', () => {
  it('tells the way of a channel in its own words', async () => {
    const name = 'main-stage-twitch';
    const get = async (...more: string[]) => await kubectl('get', 'schan', name, ...more);
    await stage.apply(channelWithTokens(name, 'twitch', undefined));
    await stage.until(name, 'the first word', ({ state }) => state === 'Pending');
    const pending = await get();
    expect(Object.keys(rowOf(pending))).toEqual(columns);
    expect(rowOf(pending)).toMatchObject({
      STATE: 'Pending',
      PLATFORM: 'twitch',
      ACCOUNT: '',
      REASON: 'NeverConnected',
    });
    expect(await describeOf(name)).toContain(`Waiting for the first connection. ${how}`);
    // The first status of a channel is no news.
    expect(await describeOf(name)).toMatch(/Events:\s+<none>$/);

    const { accountId } = await stage.connect('twitch', twitch, 'twitch', name, { account: 'mainstage' });
    const { accessTokenExpiryTime } = await stage.until(name, 'it to connect', isConnected);
    const connected = await get();
    const row = { STATE: 'Connected', ACCOUNT: 'mainstage', REASON: 'Healthy', EXPIRES: accessTokenExpiryTime };
    expect(rowOf(connected)).toMatchObject(row);
    expect(rowOf(await get('--output', 'wide'))).toMatchObject({ OWNER: 'Dana Reyes' });
    expect(await describeOf(name)).toContain('Connected as mainstage.');

    await stage.simulator.changePassword({ platform: 'twitch', id: accountId });
    await stage.patch('SocialChannel', name, { metadata: { annotations: { 'socialops.dev/refresh': 'now' } } });
    const { needsReauthSince } = await stage.until(name, 'the verdict', ({ state }) => state === 'NeedsReauth');
    expect(rowOf(await get())).toMatchObject({ STATE: 'NeedsReauth', ACCOUNT: 'mainstage', REASON: 'AccessRevoked' });
    const why = `Twitch rejected the stored login: "Invalid refresh token". This happens when the password was changed or the app was disconnected in the account's settings. It was confirmed twice. ${how}`;
    const lost = await waitFor(
      async () => {
        const text = await describeOf(name);
        return /Warning\s+AccessRevoked/.test(text) && text;
      },
      { what: 'the Event' },
    );
    expect(lost).toContain(why);
    expect(lost).toMatch(new RegExp(`Needs Reauth Since:\\s+${needsReauthSince}`));
    expect(lost).toMatch(/Normal\s+Connected\s.*social-channel-operator\s+Connected as mainstage\./);
    expect(lost).not.toMatch(/\bundefined\b|\bnull\b|\[object /);
    expect(rowOf(await kubectl('get', 'sapp', 'twitch'))).toMatchObject({ READY: 'True', REASON: 'Accepted' });
  });

  it('tells every mistake in whole sentences that name the object and what to do', async () => {
    const client = { clientId: 'any', clientSecret: 'any' };
    const [app] = appWithSecret('no-secret', 'twitch', client) as [object];
    await stage.apply([
      app,
      ...appWithSecret('unknown', 'twich', client),
      ...['no-app', 'no-secret', 'unknown'].flatMap((name) => channelWithTokens(name, name, undefined)),
      ...channelWithTokens('no-bootstrap', 'twitch', {}).slice(1),
    ]);
    const messages: Record<string, string> = {};
    for (const name of ['no-app', 'no-secret', 'unknown', 'no-bootstrap']) {
      const { message } = await stage.until(name, 'its reason', ({ reason }) => reason !== undefined);
      messages[name] = (message ?? '').replaceAll(stage.namespace, 'NS');
    }
    expect(messages).toEqual({
      'no-app': 'spec.appRef: there is no SocialApp NS/no-app. The channel goes on as soon as it is created.',
      'no-secret':
        'Secret NS/no-secret-app with the client secret does not exist; create it with the label socialops.dev/use: "true".',
      unknown:
        'spec.platform: no platform "twich". Did you mean "twitch"? Known: facebook, instagram, instagram-page, kick, linkedin, threads, tiktok, twitch, x, youtube; or define a SocialPlatform of that name.',
      'no-bootstrap':
        'Secret NS/no-bootstrap-bootstrap of spec.bootstrap does not exist; the channel goes on when it is created.',
    });
    const row = rowOf(await kubectl('get', 'sapp', 'unknown'));
    expect(row).toMatchObject({ PLATFORM: 'twich', READY: 'False', REASON: 'PlatformUnknown' });
  });
});

describe('after all of this', () => {
  it('the ledger is clean, and nobody was asked to reconnect but the one whose password was changed', async () => {
    await stage.expectCleanLedger(['main-stage-twitch']);
  });
});
