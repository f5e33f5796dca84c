import type { AppView, ChannelView, SecretView } from './views.ts';

/** A local store of views, as a reflector keeps it. */
export interface Views<V> {
  entries(): Iterable<[key: string, value: V]>;
}

/** Which channels a change elsewhere concerns. */
export class Wakeups {
  readonly #channels: Views<ChannelView>;
  readonly #apps: Views<AppView>;

  constructor(channels: Views<ChannelView>, apps: Views<AppView>) {
    this.#channels = channels;
    this.#apps = apps;
  }

  /**
   * The channels that a change of a Secret concerns: of what it is now and of what it was, because somebody may have
   * taken the label with the channel's name off.
   */
  bySecret(now: SecretView | undefined, before: SecretView | undefined): string[] {
    return [...new Set([now, before].flatMap((secret) => this.#ofSecret(secret)))];
  }

  /** The channel that a projected Secret belongs to; the channels that import a shared one, or whose app uses it. */
  #ofSecret(secret: SecretView | undefined): string[] {
    if (secret === undefined) return [];
    if (secret.channel !== undefined) return [`${secret.namespace}/${secret.channel}`];
    const apps = new Set(this.appsBySecret(secret));
    return this.#find(
      (channel) =>
        apps.has(channel.app) || (channel.namespace === secret.namespace && channel.bootstrapSecret === secret.name),
    );
  }

  appsBySecret(secret: SecretView | undefined): string[] {
    const isUsed = (app: AppView) => app.namespace === secret?.namespace && app.clientSecret === secret.name;
    return all(this.#apps)
      .filter(isUsed)
      .map((app) => `${app.namespace}/${app.name}`);
  }

  byApp(key: string): string[] {
    return this.#find((channel) => channel.app === key);
  }

  /** The channels that live from the login of this one. */
  byLender(lender: string): string[] {
    return this.#find((channel) => channel.lender !== undefined && `${channel.namespace}/${channel.lender}` === lender);
  }

  appsByPlatform(platform: string): string[] {
    return all(this.#apps)
      .filter((app) => app.platform === platform)
      .map((app) => `${app.namespace}/${app.name}`);
  }

  byPlatform(platform: string): string[] {
    const apps = new Set(this.appsByPlatform(platform));
    return this.#find((channel) => apps.has(channel.app));
  }

  channelsOf(app: string): ChannelView[] {
    return all(this.#channels).filter((channel) => channel.app === app);
  }

  #find(isMeant: (channel: ChannelView) => boolean): string[] {
    return all(this.#channels)
      .filter(isMeant)
      .map((channel) => `${channel.namespace}/${channel.name}`);
  }
}

function all<V>(store: Views<V>): V[] {
  return [...store.entries()].map(([, view]) => view);
}
