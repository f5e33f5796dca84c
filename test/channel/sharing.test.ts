import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootstrapSecret, channelWithTokens } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import type { AssetInput } from '../simulator/model.ts';
import { isConnected, type OperatedStage, operatedStage, type Status } from './operated-stage.ts';

let stage: OperatedStage;

beforeAll(async () => {
  stage = await operatedStage();
});
afterAll(async () => {
  await stage?.removeAll();
});

const roles = ['CREATE_CONTENT', 'MANAGE'];
const isWell = ({ state, reason }: Status) => state === 'Connected' && reason === 'Healthy';
const needs = (reason: string) => (status: Status) => status.state === 'NeedsReauth' && status.reason === reason;
const ask = async (...names: string[]) => {
  const asked = `now-${randomInt(1e9)}`;
  const annotations = { 'socialops.dev/refresh': asked };
  for (const name of names) await stage.patch('SocialChannel', name, { metadata: { annotations } });
  return asked;
};
const tokenOf = async (name: string) => (await stage.secret(`${name}-token`))?.access_token;

/** One more page of a person. */
async function pageOf(platform: string, accountId: string, more: Partial<AssetInput> = {}): Promise<string> {
  const assetId = `1${randomInt(1e9, 1e10)}`;
  await stage.simulator.createAsset({ platform, id: assetId, kind: 'page', name: `page-${assetId}`, ...more });
  await stage.simulator.setRoles({ platform, accountId, assetId, roles });
  return assetId;
}

const borrowing = (name: string, app: string, lender: string, id: string, kind?: string) =>
  channelWithTokens(name, app, undefined, {
    grantFrom: { name: lender },
    account: kind === undefined ? { id } : { id, kind },
  });

describe.concurrent('one consent that serves several channels', () => {
  it('gives each page of a person a token of its own; what happens to one page is told there alone', async () => {
    const platform = 'facebook';
    const app = await stage.simulatedApp(platform, 'pages');
    const { accountId, assetId: mainId } = await stage.connect(platform, app, 'pages', 'main', {
      mint: { shortLived: true },
    });
    const assetId = await pageOf(platform, accountId);
    await stage.apply(borrowing('second', 'pages', 'main', assetId, 'Page'));
    await stage.until('main', 'the page with the login to connect', isWell);
    await stage.until('second', 'the second page to connect', isWell);
    expect(await tokenOf('second')).toEqual(expect.any(String));
    expect(await tokenOf('second')).not.toBe(await tokenOf('main'));

    await stage.simulator.strike({ platform, cause: 'role-lost', accountId, assetId });
    await ask('main', 'second');
    const told = await stage.until('second', 'the lost role to be told', needs('AdminRightsLost'));
    expect(told.message).toContain('Dana Reyes');
    expect(await stage.status('main')).toMatchObject({ state: 'Connected', reason: 'Healthy' });
    await stage.simulator.cure({ platform, cause: 'role-lost', accountId, assetId });
    await ask('second');
    await stage.until('second', 'the role to be back', isWell);

    // The other way round: the page with the login is lost, and the login serves the second one as before.
    const ofMain = { platform, cause: 'role-lost' as const, accountId, assetId: mainId ?? '' };
    await stage.simulator.strike(ofMain);
    await ask('main', 'second');
    await stage.until('main', 'the lost role to be told', needs('AdminRightsLost'));
    const asked = await ask('second');
    const checked = ({ lastHandledRefreshRequest = '' }: Status) => lastHandledRefreshRequest === asked;
    const other = await stage.until('second', 'the second page to be asked about', checked);
    expect(other).toMatchObject({ state: 'Connected', reason: 'Healthy' });
  });

  it('asks for one person, once, when that consent ends, and everybody is well after it is given again', async () => {
    const platform = 'instagram-page';
    const app = await stage.simulatedApp(platform, 'linked');
    const { accountId, scopes } = await stage.connect(platform, app, 'linked', 'lender', {
      mint: { shortLived: true },
    });
    const linked = `1784${randomInt(1e9)}`;
    await pageOf(platform, accountId, { instagram: { id: linked, username: 'second' } });
    await stage.apply(borrowing('borrower', 'linked', 'lender', linked));
    await stage.until('lender', 'the lender to connect', isWell);
    await stage.until('borrower', 'the borrower to connect', isWell);

    await stage.simulator.changePassword({ platform, id: accountId });
    await ask('lender', 'borrower');
    await stage.until('lender', 'the lender to need its person', needs('PasswordChanged'));
    const told = await stage.until('borrower', 'the borrower to say why', needs('LenderNeedsReauth'));
    expect(told.message).toContain('SocialChannel lender');

    const again = await stage.simulator.mintGrant({
      ...{ platform, clientId: app.clientId, accountId, shortLived: true },
      ...(scopes === undefined ? {} : { scopes: [...scopes] }),
    });
    await stage.apply(bootstrapSecret('again', again));
    await stage.patch('SocialChannel', 'lender', { spec: { bootstrap: { secretRef: { name: 'again' } } } });
    await stage.until('lender', 'the lender to be back', isWell);
    await stage.until('borrower', 'the borrower to be back', isWell);
  });

  it('is not given back while another channel lives from it, and the other one says what it lacks', async () => {
    const platform = 'facebook';
    const app = await stage.simulatedApp(platform, 'leaving');
    const { accountId } = await stage.connect(platform, app, 'leaving', 'leaver', {
      mint: { shortLived: true },
      spec: { deletionPolicy: 'Revoke' },
    });
    await stage.apply(borrowing('stayer', 'leaving', 'leaver', await pageOf(platform, accountId), 'Page'));
    await stage.until('leaver', 'the leaver to connect', isWell);
    await stage.until('stayer', 'the stayer to connect', isWell);
    const before = await tokenOf('stayer');

    await stage.delete('SocialChannel', 'leaver');
    const isGone = async () => (await stage.find('SocialChannel', 'leaver')) === undefined;
    await waitFor(isGone, { what: 'the leaver to be gone', timeoutMs: 60_000 });
    const events = (await stage.events('leaver')).map(({ reason, message }) => `${reason}: ${message}`);
    expect(events.join('\n')).toContain(`SharedGrant: The login was forgotten here but not given back`);
    const grants = await stage.simulator.grants({ clientId: app.clientId });
    expect(grants.map(({ endedBy }) => endedBy).filter((ending) => ending === 'revoked-by-client')).toEqual([]);
    const left = await stage.until('stayer', 'what it lacks to be told', ({ reason }) => reason === 'LenderUnusable');
    expect(left.state).not.toBe('NeedsReauth');
    expect(left.message).toContain('leaver');
    expect(await tokenOf('stayer')).toBe(before);
  });
});

describe.concurrent('logins that are not of the usual kind', () => {
  it('are kept without a deadline where a system user gave them', async () => {
    const app = await stage.simulatedApp('facebook', 'system');
    await stage.connect('facebook', app, 'system', 'by-system-user', {
      mint: { systemUser: 'endless' },
      spec: {},
    });
    const found = await stage.until('by-system-user', 'it to connect', isConnected);
    expect(found.deadlineTime).toBeUndefined();
  });

  it('are signed with OAuth 1.0a where the app is of that kind, and pods get the secret of the token', async () => {
    const app = await stage.simulatedApp('x', 'signed');
    await stage.connect('x', app, 'signed', 'signed-live', { mint: { oauth1: true }, spec: { grantType: 'OAuth1' } });
    await stage.until('signed-live', 'it to connect', isWell);
    const shown = await stage.secret('signed-live-token');
    expect(Object.keys(shown ?? {}).sort()).toEqual(
      expect.arrayContaining(['access_token', 'access_token_secret', 'account_id']),
    );
    await stage.simulator.strike({ platform: 'x', cause: 'disconnected', accountId: shown?.account_id ?? '' });
    await ask('signed-live');
    await stage.until('signed-live', 'the end of it to be told', needs('AccessRevoked'));
  });
});

it('leave a clean ledger, and nobody was asked but those to whom something happened', async () => {
  await stage.expectCleanLedger(['borrower', 'lender', 'main', 'second', 'signed-live']);
});
