import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority, issueServer } from '../harness/certificates.ts';
import { type WireAnswer, WireClient } from '../simulator/wire-client.ts';
import { OidcControl } from './control.ts';
import { OidcLedger } from './ledger.ts';
import type { MintedGrant } from './model.ts';
import { type RunningOidc, startOidc } from './start.ts';

const authority = createAuthority('oidc');
const pair = issueServer(authority, 'oidc');

let server: RunningOidc;
let control: OidcControl;
let wire: WireClient;
let lastClient = 0;
let clientId: string;
let clientSecret: string;

beforeAll(async () => {
  server = await startOidc({ cert: pair.certificate, key: pair.key, port: 0, controlPort: 0 });
  control = new OidcControl(server.controlUrl);
  wire = new WireClient(server.url, authority.certificate);
  await control.createAccount({ id: 'a1', name: 'Main Stage' });
});

afterAll(async () => {
  await wire.close();
  await server.close();
});

beforeEach(async () => {
  lastClient += 1;
  const client = await control.createClient({ clientId: `client${lastClient}` });
  clientId = client.clientId;
  clientSecret = String(client.clientSecret);
});

const mint = (scope?: string): Promise<MintedGrant> =>
  control.mintGrant({ clientId, accountId: 'a1', ...(scope !== undefined && { scope }) });

const basic = (secret = clientSecret) => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
});

const refresh = (refreshToken: string, headers: Record<string, string> = basic()): Promise<WireAnswer> =>
  wire.post('/token', { grant_type: 'refresh_token', refresh_token: refreshToken }, headers);

const introspect = async (token: string): Promise<unknown> =>
  (await wire.post('/token/introspection', { token }, basic())).json;

const granted = {
  ...{ grantId: null, clientId: null, tokenHash: 'h', outcome: 'granted' as const, status: 200 },
  ...{ error: null, detail: null, delivered: true, replay: false },
};

const invalidGrant = { error: 'invalid_grant', error_description: 'grant request is invalid' };

describe('oidc-provider', () => {
  it('rotates the refresh token and gives access tokens of twenty seconds', async () => {
    const { refreshToken } = await mint('openid offline_access channel:read');
    const answer = await refresh(refreshToken);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      access_token: expect.any(String),
      expires_in: 20,
      id_token: expect.any(String),
      refresh_token: expect.any(String),
      scope: 'openid offline_access channel:read',
      token_type: 'Bearer',
    });
    expect(answer.json?.refresh_token).not.toBe(refreshToken);
  });

  it('kills the whole grant when a refresh token is replayed, and the ledger calls it a loss', async () => {
    const { refreshToken, grantId } = await mint();
    const first = await refresh(refreshToken);
    expect((await refresh(refreshToken)).json).toEqual(invalidGrant);
    expect((await refresh(String(first.json?.refresh_token))).json).toEqual(invalidGrant);
    const { status } = await wire.get('/me', { authorization: `Bearer ${first.json?.access_token}` });
    expect(status).toBe(401);
    const { doubleSpends, lostGrants } = await control.summary({ clientId });
    expect(doubleSpends).toEqual([
      expect.objectContaining({ grantId, replay: true, detail: 'refresh token already used' }),
    ]);
    expect(lostGrants).toEqual([expect.objectContaining({ id: grantId, endedBy: 'replay' })]);
  });

  it.each<[string, () => Promise<WireAnswer>, number, unknown, string]>([
    ['an unknown refresh token', () => refresh('nothing'), 400, invalidGrant, 'rejected'],
    [
      'a wrong client secret',
      () => refresh('nothing', basic('wrong')),
      401,
      { error: 'invalid_client', error_description: 'client authentication failed' },
      'refused',
    ],
  ])('answers to %s', async (_name, ask, status, body, outcome) => {
    const answer = await ask();
    expect({ status: answer.status, body: answer.json }).toEqual({ status, body });
    await expect
      .poll(() => control.spends({ clientId }))
      .toEqual([expect.objectContaining({ outcome, replay: false })]);
  });

  it('introspects, and tells the person', async () => {
    const { accessToken } = await mint();
    expect(await introspect(accessToken)).toMatchObject({ active: true, sub: 'a1', client_id: clientId });
    expect(await introspect('nothing')).toEqual({ active: false });
    const me = await wire.get('/me', { authorization: `Bearer ${accessToken}` });
    expect(me.json).toEqual({ sub: 'a1', name: 'Main Stage' });
  });

  it.each<['accessToken' | 'refreshToken']>([['accessToken'], ['refreshToken']])(
    'ends the whole grant when the client revokes its %s',
    async (which) => {
      const minted = await mint();
      expect((await wire.post('/token/revocation', { token: minted[which] }, basic())).status).toBe(200);
      expect(await introspect(minted.accessToken)).toEqual({ active: false });
      expect((await refresh(minted.refreshToken)).json).toEqual(invalidGrant);
      expect(await control.grants({ clientId })).toEqual([
        expect.objectContaining({ alive: false, endedBy: 'revoked-by-client' }),
      ]);
      expect((await control.summary({ clientId })).lostGrants).toEqual([]);
    },
  );

  it('lets a test end a grant, which is no loss', async () => {
    const { grantId, refreshToken, accessToken } = await mint();
    expect(await control.endGrant({ grantId })).toEqual({ ended: true });
    expect((await refresh(refreshToken)).json).toEqual(invalidGrant);
    expect(await introspect(accessToken)).toEqual({ active: false });
    expect((await control.summary({ clientId })).lostGrants).toEqual([]);
  });

  it('takes another life for new access tokens', async () => {
    await control.setAccessLifetime({ seconds: 5 });
    const { refreshToken } = await mint();
    expect((await refresh(refreshToken)).json?.expires_in).toBe(5);
    await control.setAccessLifetime({ seconds: 20 });
  });

  it('takes a client that authenticates in the body', async () => {
    const other = await control.createClient({ clientId: `${clientId}-post`, authMethod: 'client_secret_post' });
    const { refreshToken } = await control.mintGrant({ clientId: other.clientId, accountId: 'a1' });
    const answer = await wire.post('/token', {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: other.clientId,
      client_secret: String(other.clientSecret),
    });
    expect(answer.status).toBe(200);
  });
});

describe('the ledger of oidc-provider', () => {
  it('counts refreshes and knows at which instants a token was alive', async () => {
    const { refreshToken, accessToken, grantId, expiresAt } = await mint();
    const second = String((await refresh(refreshToken)).json?.refresh_token);
    await refresh(second);
    await expect.poll(async () => (await control.summary({ clientId })).refreshesByGrant).toEqual({ [grantId]: 2 });
    const aliveAt = async (value: string, at: number) => (await control.tokenAt({ value, at })).alive;
    expect(await aliveAt(accessToken, expiresAt - 1)).toBe(true);
    expect(await aliveAt(accessToken, expiresAt)).toBe(false);
    expect(await aliveAt(second, Date.now())).toBe(false);
    expect(await control.tokens({ clientId })).toHaveLength(6);
    expect(await control.tokenAt({ value: 'nothing', at: 0 })).toEqual({ known: false, alive: false });
  });

  it('names a rotation whose tokens nobody has shown yet', async () => {
    const { refreshToken, grantId } = await mint();
    const answer = await refresh(refreshToken);
    await expect.poll(async () => (await control.summary({ clientId })).unconfirmedRotations).toEqual([grantId]);
    await wire.get('/me', { authorization: `Bearer ${answer.json?.access_token}` });
    expect((await control.summary({ clientId })).unconfirmedRotations).toEqual([]);
  });

  it.each<[string, [number, number], [number, number], boolean]>([
    ['one after the other', [0, 10], [10, 20], false],
    ['the second inside the first', [0, 30], [10, 20], true],
    ['crossing', [0, 15], [10, 20], true],
    ['the first recorded last', [10, 20], [0, 15], true],
  ])('sees whether two spends of one token overlap: %s', (_name, one, other, overlap) => {
    const ledger = new OidcLedger();
    for (const [arrivedAt, answeredAt] of [one, other]) {
      ledger.spend({ ...granted, arrivedAt, answeredAt });
    }
    expect(ledger.spends({}).map((spend) => spend.overlap)).toEqual([overlap, overlap]);
    expect(ledger.summary({}).doubleSpends).toHaveLength(overlap ? 2 : 0);
  });

  it('has no failures of the server to tell after two spends at once', async () => {
    const { refreshToken } = await mint();
    await Promise.all([refresh(refreshToken), refresh(refreshToken)]);
    await expect.poll(() => control.spends({ clientId })).toHaveLength(2);
    const { doubleSpends, serverErrors } = await control.summary({ clientId });
    expect(doubleSpends.length).toBeGreaterThan(0);
    expect(serverErrors).toEqual([]);
  });

  it('tells every secret, and shows none elsewhere', async () => {
    const { refreshToken, accessToken } = await mint();
    const answer = await refresh(refreshToken);
    const values = await control.secrets();
    for (const value of [
      clientSecret,
      refreshToken,
      accessToken,
      answer.json?.refresh_token,
      answer.json?.id_token,
    ].map(String)) {
      expect(values).toContain(value);
    }
    const shown = JSON.stringify([await control.summary(), await control.spends(), await control.tokens()]);
    expect(values.filter((value) => shown.includes(value))).toEqual([]);
  });

  it('says what is wrong with a call', async () => {
    await expect(control.mintGrant({ clientId: 'nobody', accountId: 'a1' })).rejects.toThrow(
      'no client "nobody" or no account "a1"; create them first',
    );
  });
});

describe('the authorization server as a process', () => {
  const ended: (() => void)[] = [];

  afterEach(() => {
    for (const end of ended.splice(0)) {
      end();
    }
  });

  function start(args: readonly string[]): ChildProcess {
    const program = fileURLToPath(new URL('./main.ts', import.meta.url));
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    ended.push(() => child.kill('SIGKILL'));
    return child;
  }

  it('prints one line and no warnings, serves TLS, and ends on SIGTERM', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oidc-'));
    ended.push(() => rmSync(folder, { recursive: true }));
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(cert, pair.certificate);
    writeFileSync(key, pair.key);
    const child = start(['--cert', cert, '--key', key]);
    const output: string[] = [];
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => output.push(line));
    child.stderr?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    await once(lines, 'line');
    const address = JSON.parse(output[0] ?? '') as { url: string };
    const client = new WireClient(address.url, authority.certificate);
    const discovery = await client.get('/.well-known/openid-configuration');
    expect(discovery.json).toMatchObject({ issuer: address.url, token_endpoint: `${address.url}/token` });
    await client.close();
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(output).toHaveLength(1);
  });
});
