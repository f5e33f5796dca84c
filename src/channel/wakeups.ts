import type { AppView, ChannelView, SecretView } from './views.ts';

/** A local store of views, as a reflector keeps it. */
export interface Views<V> {
  entries(): Iterable<[key: string, value: V]>;
  get(key: string): V | undefined;
  onChange(listener: (key: string, now: V | undefined, before: V | undefined) => void): void;
}

/** Keys of views by something that they name, kept up to date, so that an event costs the same among many and few. */
class Index<V> {
  readonly #keys = new Map<string, Set<string>>();
  readonly #named: (view: V) => string | undefined;

  constructor(views: Views<V>, named: (view: V) => string | undefined) {
    this.#named = named;
    for (const [key, view] of views.entries()) this.#move(key, view, undefined);
    views.onChange((key, now, before) => this.#move(key, now, before));
  }

  of(name: string): string[] {
    return [...(this.#keys.get(name) ?? [])];
  }

  #move(key: string, now: V | undefined, before: V | undefined): void {
    const [name, old] = [now && this.#named(now), before && this.#named(before)];
    if (name === old) return;
    const left = old === undefined ? undefined : this.#keys.get(old);
    left?.delete(key);
    if (old !== undefined && left?.size === 0) this.#keys.delete(old);
    if (name === undefined) return;
    const found = this.#keys.get(name);
    if (found === undefined) this.#keys.set(name, new Set([key]));
    else found.add(key);
  }
}

/** Which channels a change elsewhere concerns. */
export class Wakeups {
  readonly #channels: Views<ChannelView>;
  readonly #apps: Views<AppView>;
  readonly #byApp: Index<ChannelView>;
  readonly #borrowers: Index<ChannelView>;
  readonly #importers: Index<ChannelView>;

  constructor(channels: Views<ChannelView>, apps: Views<AppView>) {
    this.#channels = channels;
    this.#apps = apps;
    this.#byApp = new Index(channels, ({ app }) => app);
    this.#borrowers = new Index(channels, ({ namespace, lender }) => lender && `${namespace}/${lender}`);
    this.#importers = new Index(channels, ({ namespace, bootstrapSecret: name }) => name && `${namespace}/${name}`);
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
    const importers = this.#importers.of(`${secret.namespace}/${secret.name}`);
    return [...importers, ...this.appsBySecret(secret).flatMap((app) => this.byApp(app))];
  }

  appsBySecret(secret: SecretView | undefined): string[] {
    const isUsed = (app: AppView) => app.namespace === secret?.namespace && app.clientSecret === secret.name;
    return all(this.#apps)
      .filter(isUsed)
      .map((app) => `${app.namespace}/${app.name}`);
  }

  byApp(key: string): string[] {
    return this.#byApp.of(key);
  }

  /** The channels that live from the login of this one. */
  byLender(lender: string): string[] {
    return this.#borrowers.of(lender);
  }

  appsByPlatform(platform: string): string[] {
    return all(this.#apps)
      .filter((app) => app.platform === platform)
      .map((app) => `${app.namespace}/${app.name}`);
  }

  byPlatform(platform: string): string[] {
    return this.appsByPlatform(platform).flatMap((app) => this.byApp(app));
  }

  channelsOf(app: string): ChannelView[] {
    return this.byApp(app).flatMap((key) => this.#channels.get(key) ?? []);
  }
}

function all<V>(store: Views<V>): V[] {
  return [...store.entries()].map(([, view]) => view);
}
