import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../harness/api-client.ts';
import { FaultProxy } from '../harness/fault-proxy.ts';
import type { FaultAction } from '../harness/fault-rules.ts';
import { type PlatformServer, startPlatform } from '../harness/platform-process.ts';
import { scratchFolder } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { bootstrapSecret, channelWithTokens, sharedSecret } from '../harness/stage.ts';
import { waitFor } from '../harness/wait.ts';
import type { App, FaultInput } from '../simulator/model.ts';
import { isConnected, type Minted, type OperatedStage, operatedStage } from './operated-stage.ts';

let stage: OperatedStage;
let simulator: PlatformServer;
let toVault: FaultProxy;
let toKubernetes: FaultProxy;
let twitch: App;

beforeAll(async () => {
  const world = sharedWorld();
  const { authority, vault, cluster } = world;
  simulator = await startPlatform({ name: 'simulator', folder: scratchFolder('canary'), authority });
  toVault = await FaultProxy.start({ upstream: vault.url, authority });
  toKubernetes = await FaultProxy.start({ upstream: cluster.url, authority });
  stage = await operatedStage({
    world: { ...world, simulator: simulator.address },
    vaultUrl: toVault.url,
    kubernetesUrl: toKubernetes.url,
    args: ['--log-level', 'debug'],
  });
  twitch = await stage.simulatedApp('twitch', 'twitch');
});

afterAll(async () => {
  await stage?.removeAll();
  await Promise.all([toVault?.stop(), toKubernetes?.stop()]);
  await simulator?.process.kill();
});

const askForRefresh = (name: string) =>
  stage.patch('SocialChannel', name, { metadata: { annotations: { 'socialops.dev/refresh': `${Date.now()}` } } });

async function connected(name: string): Promise<Minted> {
  const grant = await stage.connect('twitch', twitch, 'twitch', name);
  await stage.until(name, `${name} to connect`, isConnected);
  return grant;
}

const everythingOf = ({ accessToken = '', refreshToken = '' }: Minted) =>
  `access ${accessToken}, refresh ${refreshToken}, secret ${twitch.clientSecret}, in a URL https://example.com/?token=${refreshToken}`;

/** A refresh that the platform meets with a fault; resolves when it was met and a later one has succeeded. */
async function faultyRefresh(name: string, fault: (echo: string) => Partial<FaultInput>): Promise<void> {
  const grant = await connected(name);
  const { accountId } = grant;
  const meeting = { platform: 'twitch', operation: 'token', times: 1, kind: 'status' } as const;
  await stage.simulator.addFault({ ...meeting, accountId, ...fault(everythingOf(grant)) });
  await askForRefresh(name);
  await stage.until(name, 'the refresh after the fault', ({ generation = 0 }) => generation >= 2, 40_000);
}

/** A refresh during which Vault or Kubernetes answers one request as told. */
async function faultyStore(
  name: string,
  proxy: FaultProxy,
  match: { method: string; path: RegExp; body?: RegExp },
  action: (echo: string) => FaultAction,
): Promise<void> {
  const grant = await connected(name);
  const rule = proxy.rule({ ...match, times: 1, action: action(everythingOf(grant)) });
  await askForRefresh(name);
  await stage.until(name, 'the refresh after the fault', ({ generation = 0 }) => generation >= 2, 40_000);
  await waitFor(() => rule.hits === 1, { what: `the fault of ${name} to be met` });
}

async function wrongClientSecret(): Promise<void> {
  const app = await stage.simulatedApp('twitch', 'rotated');
  await stage.connect('twitch', app, 'rotated', 'rotated');
  await stage.until('rotated', 'it to connect', isConnected);
  const { clientSecret } = await stage.simulator.rotateAppSecret({ platform: 'twitch', clientId: app.clientId });
  await askForRefresh('rotated');
  await stage.until('rotated', 'the fault', ({ failure }) => failure?.code === 'AppSecretInvalid');
  await stage.apply(sharedSecret('rotated-app', { client_secret: clientSecret ?? '' }));
  await stage.until('rotated', 'the refresh', ({ generation }) => generation === 2);
}

async function wrongBootstraps(): Promise<void> {
  const grant = await stage.simulatedGrant('twitch', twitch, 'misplaced');
  const { accessToken = '' } = grant;
  const refreshToken = grant.refreshToken ?? '';
  const wrong = {
    obtained_at: accessToken,
    expires_at: refreshToken,
    scopes: refreshToken,
    [refreshToken]: accessToken,
  };
  const [, channel] = channelWithTokens('misplaced', 'twitch', grant) as [object, object];
  await stage.apply([sharedSecret('misplaced-bootstrap', wrong), channel]);
  await stage.until('misplaced', 'the problems', ({ reason }) => reason === 'BootstrapInvalid');
  const [secret, other] = channelWithTokens('unlabelled', 'twitch', grant) as [object, object];
  await stage.apply([{ ...secret, metadata: { name: 'unlabelled-bootstrap' } }, other]);
  await stage.until('unlabelled', 'the refusal', ({ reason }) => reason === 'SecretNotShared');
}

async function lostAndFound(): Promise<void> {
  const { accountId } = await connected('lost');
  await stage.simulator.changePassword({ platform: 'twitch', id: accountId });
  await askForRefresh('lost');
  await stage.until('lost', 'the verdict', ({ state }) => state === 'NeedsReauth');
  const again = await stage.simulator.mintGrant({ platform: 'twitch', clientId: twitch.clientId, accountId });
  await stage.apply([bootstrapSecret('lost-bootstrap', again)]);
  await stage.until('lost', 'it to heal', isConnected);
}

async function otherPlatforms(): Promise<void> {
  const { clientId } = await stage.oidcApp('video');
  await stage.apply(channelWithTokens('video', 'video', await stage.oidcGrant(clientId, `canary-${stage.namespace}`)));
  const google = await stage.simulatedApp('youtube', 'youtube');
  await stage.connect('youtube', google, 'youtube', 'youtube');
  await stage.apply(channelWithTokens('app-token', 'twitch', undefined, { grantType: 'App' }));
  for (const name of ['youtube', 'app-token']) await stage.until(name, `${name} to connect`, isConnected);
  await stage.until('video', 'a rotation', ({ generation = 0 }) => generation >= 2, 40_000);
  await askForRefresh('youtube');
  await stage.until('youtube', 'a refresh', ({ generation }) => generation === 2);
}

const fileOf = (name: 'vault-token' | 'api-token') =>
  readFileSync(join(dirname(stage.operator.files.kubeconfig), name), 'utf8').trim();

/** The next start, during which Vault's login and the API server repeat the JWT that they were shown. */
async function faultyStart(): Promise<void> {
  await stage.operator.stop();
  const headers = { 'Content-Type': 'application/json' };
  const errors = (jwt: string) => JSON.stringify({ errors: [`could not review the token ${jwt}`] });
  const login = toVault.rule({
    path: /auth\/kubernetes\/login/,
    times: 2,
    action: { answer: { status: 500, headers, body: errors(fileOf('vault-token')) } },
  });
  const list = toKubernetes.rule({
    method: 'GET',
    times: 2,
    action: { answer: { status: 401, headers, body: statusBody(`Bearer ${fileOf('api-token')}`) } },
  });
  await stage.operator.start();
  expect([login.hits, list.hits]).toEqual([2, 2]);
}

const statusBody = (echo: string) => JSON.stringify({ kind: 'Status', status: 'Failure', code: 422, message: echo });
const grantOf = (name: string) => ({ method: 'POST', path: new RegExp(`/${name}/grant$`) });

describe('no secret is ever told', () => {
  it('in a story with every kind of failure, in which the other sides repeat what they were sent', async () => {
    await Promise.all([
      faultyRefresh('echo', (echo) => ({ status: 400, body: { status: 400, message: echo } })),
      faultyRefresh('echo-oauth', (echo) => ({ status: 503, body: { error: echo, error_description: echo } })),
      faultyRefresh('echo-header', (echo) => ({ status: 429, headers: { 'Retry-After': '1', 'X-Echo': echo } })),
      faultyRefresh('html', () => ({ kind: 'html' })),
      faultyRefresh('garbage', () => ({ kind: 'garbage' })),
      faultyRefresh('hang', () => ({ kind: 'hang' })),
      faultyRefresh('answer-lost', () => ({ kind: 'answer-lost' })),
      faultyStore('vault-500', toVault, grantOf('vault-500'), (echo) => ({
        answer: { status: 500, body: JSON.stringify({ errors: [echo] }) },
      })),
      faultyStore('vault-html', toVault, grantOf('vault-html'), (echo) => ({
        answer: { status: 502, headers: { 'Content-Type': 'text/html' }, body: `<h1>${echo}</h1>` },
      })),
      faultyStore('vault-swallow', toVault, grantOf('vault-swallow'), () => ({ swallow: true })),
      faultyStore(
        'kubernetes-422',
        toKubernetes,
        { method: 'PATCH', path: /\/secrets\/kubernetes-422-token\?/ },
        (echo) => ({
          answer: { status: 422, headers: { 'Content-Type': 'application/json' }, body: statusBody(echo) },
        }),
      ),
      wrongClientSecret(),
      wrongBootstraps(),
      lostAndFound(),
      otherPlatforms(),
    ]);
    await faultyStart();
    expect((await stage.simulator.faults()).map(({ met }) => met)).toEqual(Array(7).fill(1));
    const needles = await secretsOfTheStory();
    const haystacks = await placesToLook();
    for (const [place, text] of Object.entries(haystacks)) {
      expect(text.length, `${place} is empty, so that nothing could be found in it`).toBeGreaterThan(20);
    }
    expect(findings(needles, haystacks)).toEqual([]);
    // The search does find what is there: in the Secrets that pods mount.
    const projected = { projected: JSON.stringify(await stage.secret('echo-token')) };
    expect(findings(needles, projected).map(({ kind }) => kind)).toContain('access token');
  });

  it('and the ledger is clean', async () => {
    await stage.expectCleanLedger(['lost']);
  });
});

interface Needle {
  readonly kind: string;
  readonly value: string;
}

async function secretsOfTheStory(): Promise<Needle[]> {
  const ofSimulator = (await stage.simulator.secrets()).map(({ kind, value }) => ({ kind: `${kind} token`, value }));
  // Other test files may give their clients secrets that are words.
  const ofOidc = (await stage.oidc.secrets()).filter((value) => value.length >= 20);
  const vaultTokens = new Set(toVault.requests.map(({ headers }) => String(headers['x-vault-token'] ?? '')));
  const jwts = [fileOf('vault-token'), fileOf('api-token')];
  const needles = [
    ...ofSimulator,
    ...ofOidc.map((value) => ({ kind: 'oidc', value })),
    ...[...vaultTokens].filter((value) => value !== '').map((value) => ({ kind: 'vault token', value })),
    ...jwts.map((value) => ({ kind: 'jwt', value })),
  ];
  for (const kind of ['access token', 'refresh token', 'client-secret token', 'oidc', 'vault token', 'jwt']) {
    expect(
      needles.some((needle) => needle.kind === kind),
      kind,
    ).toBe(true);
  }
  return needles;
}

/** Everything that the operator says, and everything about its process that others can see. */
async function placesToLook(): Promise<Record<string, string>> {
  const { operator } = stage;
  const proc = (file: string) => readFileSync(`/proc/${operator.process.pid}/${file}`, 'utf8').replaceAll('\0', '\n');
  const isOurs = ({ metadata }: KubernetesObject) => metadata.labels?.['app.kubernetes.io/managed-by'] !== undefined;
  const projected = (await stage.list('Secret')).filter(isOurs);
  const listed = async (kind: string) => JSON.stringify(await stage.list(kind));
  return {
    output: operator.output(),
    metrics: await operator.metrics(),
    events: await listed('Event'),
    channels: await listed('SocialChannel'),
    apps: await listed('SocialApp'),
    'everything but the data of projected Secrets': JSON.stringify(projected.map(({ metadata }) => metadata)),
    'command line': proc('cmdline'),
    environment: proc('environ'),
  };
}

/** Whole, encoded, or a part from its middle that is long enough not to be there by chance. */
function forms(value: string): string[] {
  const middle = Math.floor(value.length / 2);
  const part = value.slice(Math.max(0, middle - 8), middle + 8);
  const encoded = [Buffer.from(value).toString('base64').replace(/=+$/, ''), encodeURIComponent(value)];
  return [...new Set([value, part, ...encoded])];
}

function findings(needles: readonly Needle[], haystacks: Readonly<Record<string, string>>) {
  return Object.entries(haystacks).flatMap(([place, text]) =>
    needles
      .filter(({ value }) => forms(value).some((form) => text.includes(form)))
      .map(({ kind, value }) => {
        const at =
          forms(value)
            .map((form) => text.indexOf(form))
            .find((index) => index >= 0) ?? 0;
        return { kind, place, around: text.slice(Math.max(0, at - 120), at + 80) };
      }),
  );
}
