import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { castAccount, simulatedPlatforms } from '../test/harness/casting.ts';
import { type Operator, startOperator } from '../test/harness/operator.ts';
import { freePort } from '../test/harness/scratch.ts';
import { SecretTimeline } from '../test/harness/secret-timeline.ts';
import {
  bootstrapSecret,
  channelWithTokens,
  createStage,
  type Stage,
  shortDurations,
  type Tokens,
} from '../test/harness/stage.ts';
import { waitFor } from '../test/harness/wait.ts';
import { type OwnWorld, startWorld } from '../test/harness/world.ts';
import type { App, MintInput } from '../test/simulator/model.ts';

/** Life of the access tokens in the demo, set at the platforms: short enough to see several refreshes in two minutes. */
export const lifeSeconds = 20;

/** The channels that something happens to. */
const players = ['twitch-live', 'twitch-chatbot', 'youtube-live', 'youtube-rehearsal', 'video-archive'] as const;

/** One channel of each further platform in code. Meta's tokens live for 60 days, so they are traded and not refreshed. */
const bystanders = {
  'facebook-page': { platform: 'facebook', mint: { shortLived: true } },
  'instagram-live': { platform: 'instagram', mint: { shortLived: true } },
  'instagram-page': { platform: 'instagram-page', mint: { shortLived: true } },
  'kick-live': { platform: 'kick', app: { accessLifetimeSeconds: lifeSeconds } },
  'linkedin-page': { platform: 'linkedin', app: { accessLifetimeSeconds: lifeSeconds } },
  'threads-news': { platform: 'threads', mint: { shortLived: true } },
  'tiktok-live': { platform: 'tiktok', app: { accessLifetimeSeconds: lifeSeconds } },
  'x-live': { platform: 'x', app: { accessLifetimeSeconds: lifeSeconds } },
} as const satisfies Readonly<Record<string, Bystander>>;

interface Bystander {
  readonly platform: string;
  readonly app?: Partial<App>;
  readonly mint?: Partial<MintInput>;
}

export type BystanderName = keyof typeof bystanders;
export type ChannelName = (typeof players)[number] | BystanderName;

const bystanderNames = Object.keys(bystanders) as BystanderName[];
export const channels: readonly ChannelName[] = [...players, ...bystanderNames];

/** Those whose tokens end while one looks. */
export const refreshed: readonly ChannelName[] = [
  ...players,
  ...bystanderNames.filter((name) => 'app' in bystanders[name]),
];

/** Everything that the story plays with. */
export interface Cast {
  readonly world: OwnWorld;
  readonly stage: Stage;
  readonly operator: Operator;
  readonly timeline: SecretTimeline;
  /** Where people connect channels, reached from this machine's browser. */
  readonly pagesURL: string;
  readonly twitch: App;
  readonly youtube: App;
  readonly testing: App;
  readonly videoClientId: string;
  readonly bystanders: Readonly<Record<BystanderName, App>>;
  readonly accounts: Readonly<Record<'dana' | 'studio' | 'rehearsal', string>>;
  readonly appliedAt: number;
  close(): Promise<void>;
}

/** Where the demo's Vault root token lies, for whoever wants to look: never in a process's arguments. */
export function rootTokenFile(folder: string): string {
  return join(folder, 'vault-root-token');
}

const DAY_MS = 86_400_000;

/** Starts servers and operator, registers apps and accounts, applies the channels. */
export async function assemble(say: (line: string) => void): Promise<Cast> {
  const world = await startWorld();
  writeFileSync(rootTokenFile(world.folder), world.vault.rootToken, { mode: 0o600 });
  say('etcd, kube-apiserver, kube-controller-manager, Vault, a platform simulator and an OAuth server are up');
  const stage = await createStage(world, { namespace: 'main-stage', vaultPrefix: 'demo' });
  const simulator = world.simulator?.url ?? '';
  const pagesPort = await freePort();
  const pagesURL = `http://localhost:${pagesPort}`;
  const pages = ['--pages-url', pagesURL, '--pages-address', `127.0.0.1:${pagesPort}`, '--pages-invitations'];
  const operator = await startOperator({
    world,
    namespaces: [stage.namespace],
    vaultPrefix: stage.vaultPrefix,
    platformEndpoints: simulatedPlatforms(simulator),
    privateHosts: [stage.oidcHost],
    args: [...shortDurations, ...pages],
  });
  say('the operator runs with its own ServiceAccount, the shipped RBAC and the shipped Vault policy');
  const timeline = new SecretTimeline(world, stage.namespace);
  const apps = await registerApps(stage, pagesURL);
  const others = await registerBystanders(stage);
  const played = await applyChannels(stage, apps, others.resources);
  say(`${channels.length} channels applied from YAML in namespace main-stage`);
  const close = async () => {
    timeline.stop();
    await operator.kill();
    operator.files.stopRenewing();
    await world.stop();
  };
  return { world, stage, operator, timeline, pagesURL, ...apps, bystanders: others.apps, ...played, close };
}

/** The apps at the platforms, with their SocialApps and client secrets. */
async function registerApps(stage: Stage, pagesURL: string): Promise<Omit<Apps, 'bystanders'>> {
  const life = { accessLifetimeSeconds: lifeSeconds };
  const twitch = await stage.simulatedApp('twitch', 'twitch', {
    ...{ ...life, rotate: 'always' },
    redirectUris: [`${pagesURL}/callback`],
  });
  const youtube = await stage.simulatedApp('youtube', 'youtube', life);
  const sevenDays = { grantLifetime: '168h' };
  const testing = await stage.simulatedApp('youtube', 'youtube-testing', { ...life, testing: true }, sevenDays);
  const video = await stage.oidcApp('video');
  await stage.oidc.setAccessLifetime({ seconds: lifeSeconds });
  return { twitch, youtube, testing, videoClientId: video.clientId };
}

type Apps = Pick<Cast, 'twitch' | 'youtube' | 'testing' | 'videoClientId' | 'bystanders'>;

/** An app and an account at each further platform. */
async function registerBystanders(stage: Stage): Promise<{ apps: Cast['bystanders']; resources: object[] }> {
  const found = await Promise.all(
    bystanderNames.map(async (name) => {
      const { platform, app: input, mint }: Bystander = bystanders[name];
      const app = await stage.simulatedApp(platform, platform, input);
      const grant = await stage.simulatedGrant(platform, app, name, mint);
      return { name, app, resources: channelWithTokens(name, platform, grant, grant.spec) };
    }),
  );
  const apps = Object.fromEntries(found.map(({ name, app }) => [name, app])) as Record<BystanderName, App>;
  return { apps, resources: found.flatMap(({ resources }) => resources) };
}

/** The accounts, what their owners consented to, and the channels. */
async function applyChannels(
  stage: Stage,
  apps: Omit<Apps, 'bystanders'>,
  more: readonly object[],
): Promise<Pick<Cast, 'accounts' | 'appliedAt'>> {
  const dana = await stage.simulatedGrant('twitch', apps.twitch, 'mainstage');
  const studio = await stage.simulatedGrant('youtube', apps.youtube, 'studio');
  const consentedAt = Date.now() - 6.9 * DAY_MS;
  const rehearsal = await stage.simulatedGrant('youtube', apps.testing, 'rehearsal', { consentedAt });
  const archive = await stage.oidcGrant(apps.videoClientId, 'archive');
  const appliedAt = Date.now();
  await stage.apply([
    ...channelWithTokens('twitch-live', 'twitch', dana),
    ...channelWithTokens('twitch-chatbot', 'twitch', undefined, { grantType: 'App' }),
    ...channelWithTokens('youtube-live', 'youtube', studio),
    ...channelWithTokens('youtube-rehearsal', 'youtube-testing', rehearsal),
    ...channelWithTokens('video-archive', 'video', archive),
    ...more,
  ]);
  const accounts = { dana: dana.accountId, studio: studio.accountId, rehearsal: rehearsal.accountId };
  return { accounts, appliedAt };
}

/** A person's new consent, brought as a team without the pages brings it: a new bootstrap Secret. */
export async function reconsent(cast: Cast, channel: ChannelName, app: App, accountId: string): Promise<void> {
  const { stage } = cast;
  const scopes = app.platform === 'youtube' ? { scopes: ['https://www.googleapis.com/auth/youtube'] } : {};
  const grant = { platform: app.platform, clientId: app.clientId, accountId, ...scopes };
  const tokens: Tokens = await stage.simulator.mintGrant(grant);
  const name = `${channel}-again-${randomBytes(2).toString('hex')}`;
  await stage.apply(bootstrapSecret(name, tokens));
  await stage.patch('SocialChannel', channel, { spec: { bootstrap: { secretRef: { name } } } });
}

/** A channel that was never connected, and the one-time link by which a person can do it in a browser. */
export async function invited({ stage }: Cast): Promise<string> {
  await castAccount(stage.simulator, 'twitch', 'guest');
  const [guest] = channelWithTokens('twitch-guest', 'twitch', undefined);
  await stage.apply([guest as object]);
  await stage.patch('SocialChannel', 'twitch-guest', {
    metadata: { annotations: { 'socialops.dev/invite': new Date().toISOString() } },
  });
  const found = await waitFor(async () => (await stage.secret('twitch-guest-invitation'))?.link, {
    timeoutMs: 20_000,
    what: 'the Secret twitch-guest-invitation',
  });
  return found;
}
