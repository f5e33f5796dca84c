import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { Agent, fetch } from 'undici';
import { explain, isReason } from './api/reasons.ts';
import type { SocialApp, SocialChannel } from './api/resources.gen.ts';
import type { World } from './channel/ports.ts';
import type { ChannelView } from './channel/views.ts';
import { type Config, ConfigError } from './config.ts';
import type { ChannelCard, ChannelCards, ChannelSummary, ConsentDesk, Invitations } from './core/consent.ts';
import type { ChannelRef } from './core/grant.ts';
import type { PlatformRegistry } from './core/platform-port.ts';
import { Sealed } from './core/sealed.ts';
import { KubeApps, KubePlatforms } from './kube/apps.ts';
import { KubeChannels } from './kube/channels.ts';
import type { ApiClient } from './kube/client.ts';
import type { Logger } from './log.ts';
import { clock, random } from './main-process.ts';
import { pushOptions } from './main-push.ts';
import type { Watches } from './main-watches.ts';
import type { Metrics } from './metrics.ts';
import type { Component } from './runtime/manager.ts';
import type { Vault } from './vault/vault.ts';
import type { Listener } from './web/listener.ts';
import { type Access, AccessError, readAccess } from './web/pages/access.ts';
import { adviceFor } from './web/pages/advice.ts';
import { createSeal } from './web/pages/seal.ts';
import { pagesServer } from './web/pages/server.ts';
import { createSignIn } from './web/pages/sign-in.ts';
import { pushApp } from './web/push.ts';

/** What is read from files before anything starts. */
export interface PagesFiles {
  readonly access: Access;
  readonly clientSecret: Sealed | undefined;
  readonly ca: string | undefined;
}

/** @throws ConfigError with every problem of every file at once */
export function readPagesFiles(config: Config): PagesFiles {
  const problems: string[] = [];
  const read = (flag: string, path: string | undefined): string | undefined => {
    try {
      return path === undefined ? undefined : readFileSync(path, 'utf8');
    } catch (error) {
      problems.push(`--${flag}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`);
      return undefined;
    }
  };
  const secret = read('pages-sign-in-client-secret-file', config.pagesSignInClientSecretFile)?.trim();
  if (secret === '')
    problems.push(`--pages-sign-in-client-secret-file: ${config.pagesSignInClientSecretFile} is empty.`);
  const ca = read('pages-sign-in-ca-file', config.pagesSignInCaFile);
  const access = accessOf(read('pages-access-file', config.pagesAccessFile), config.pagesAccessFile, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return { access, clientSecret: secret === undefined ? undefined : Sealed.of(secret), ca };
}

function accessOf(text: string | undefined, path: string | undefined, problems: string[]): Access {
  try {
    return text === undefined ? [] : readAccess(text);
  } catch (error) {
    if (!(error instanceof AccessError)) throw error;
    problems.push(...error.problems.map((problem) => `--pages-access-file: ${path}: ${problem}`));
    return [];
  }
}

export interface PagesOptions {
  readonly config: Config;
  readonly files: PagesFiles;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly client: ApiClient;
  readonly registry: PlatformRegistry;
  readonly watches: Watches;
  readonly vault: Vault;
  /** Known once the controllers are there. */
  readonly served: () => { readonly desk: ConsentDesk & Invitations; readonly world: World } | undefined;
}

/** The pages as a part of the process; undefined where they are not wanted. */
export function pagesComponent(options: PagesOptions): Component | undefined {
  const { pagesURL } = options.config;
  if (pagesURL === undefined) return undefined;
  let server: Listener | undefined;
  return {
    name: 'pages',
    start: async () => {
      server = await serverOf(options, pagesURL);
      await server.start();
      options.log.info({ pages: server.address, url: pagesURL }, 'the pages are served');
    },
    stop: async () => await server?.stop(),
  };
}

async function serverOf(options: PagesOptions, baseURL: string): Promise<Listener> {
  const { config, files, log, metrics, vault, watches } = options;
  const served = options.served();
  if (served === undefined) throw new Error('the pages were started before the controllers');
  const { desk, world } = served;
  // A digest under the key in Vault, which all replicas have and nobody else: nothing has to be handed out.
  const secret = Sealed.of(await vault.store.fingerprint(Sealed.of('what the pages keep in browsers')));
  const parts = {
    baseURL,
    desk,
    cards: cardsOf(options),
    access: files.access,
    seal: createSeal({ secret, audience: baseURL, now: clock.now }),
    signIn: signInOf(config, files, baseURL),
    invitations: config.pagesInvitations ? desk : undefined,
    trustedProxies: config.pagesTrustedProxies,
    now: clock.now,
    secret: () => random.secret(),
    onRequest: (served: { route: string; outcome: string }) => metrics.pagesRequests.inc(served),
    onError: (error: unknown, requestId: string) => log.error({ requestId, err: error }, 'a page failed'),
  };
  const push = pushApp(pushOptions({ world, marker: world.channels, watches, metrics, log, baseURL }));
  return pagesServer(parts, config.pagesAddress, push);
}

function signInOf(config: Config, { clientSecret, ca }: PagesFiles, baseURL: string) {
  const { pagesSignInIssuer: issuer, pagesSignInClientId: clientId } = config;
  if (issuer === undefined || clientId === undefined) return undefined;
  const dispatcher = new Agent(ca === undefined ? {} : { connect: { ca: [...rootCertificates, ca] } });
  return createSignIn({
    issuer,
    clientId,
    clientSecret,
    redirectURI: `${baseURL}/sign-in/callback`,
    groupsClaim: config.pagesSignInGroupsClaim,
    scopes: config.pagesSignInScopes,
    fetch: async (url, request) => (await fetch(url, { ...request, dispatcher })) as unknown as Response,
    now: clock.now,
  });
}

/** What the pages show of channels: one channel as it is now, all of them as the watch has them. */
function cardsOf({ client, registry, watches }: PagesOptions): ChannelCards {
  const [channels, apps, platforms] = [new KubeChannels(client), new KubeApps(client), new KubePlatforms(client)];
  const profileOf = async (app: SocialApp | undefined, channel: SocialChannel) => {
    if (app === undefined) return undefined;
    const { platform: name, clientType, extra = {} } = app.spec;
    const custom = registry.isBuiltIn(name) ? undefined : await platforms.get(name);
    const { grantType, account } = channel.spec;
    try {
      const use = { settings: extra, isPublic: clientType === 'Public', grantType, accountKind: account?.kind };
      return registry.resolve(name, custom, use).profile;
    } catch {
      // Why it cannot be used stands in the channel's status already.
      return undefined;
    }
  };
  return {
    get: async (ref: ChannelRef): Promise<ChannelCard | undefined> => {
      const channel = await channels.get(ref);
      if (channel === undefined) return undefined;
      const { appRef, grantFrom, grantType } = channel.spec;
      const app = { namespace: appRef.namespace ?? ref.namespace, name: appRef.name };
      const found = await apps.get(app);
      const profile = await profileOf(found, channel);
      const name = profile?.name ?? channel.status?.platform ?? found?.spec.platform ?? app.name;
      return {
        channel,
        platform: { name, displayName: profile?.displayName ?? name },
        app,
        scopePurposes: profile?.scopePurposes ?? {},
        advice: profile === undefined ? [] : adviceFor(profile, channel),
        canConsent: grantFrom === undefined && grantType !== 'App' && !isAtRest(channel),
      };
    },
    *list() {
      for (const [, view] of watches.channels.entries()) yield summaryOf(view);
    },
  };
}

/** Nothing is sent for it, by the wish of whoever looks after it. */
function isAtRest({ spec, metadata }: SocialChannel): boolean {
  return spec.refresh.policy === 'Suspended' || metadata.deletionTimestamp !== undefined;
}

function summaryOf(view: ChannelView): ChannelSummary {
  const { namespace, name, platform, app, owner, handle: account, state, reason, since } = view;
  const [, appName] = app.split('/');
  const names = { platform: platform || undefined, account, owner, app: appName, channel: name, namespace };
  return {
    ref: { namespace, name },
    ...{ platform, owner, account, state, reason, since },
    message: isReason(reason) ? explain(reason, names) : reason,
    accessExpiresAt: view.accessTokenExpiresAt,
    deadlineAt: view.deadlineAt,
  };
}
