import type { Account, AccountInput, App, AppInput, Secret } from './model.ts';
import type { Platform } from './platform.ts';

/** A wrong call on the control connection; its message goes back to the test. */
export class ControlError extends Error {}

const keyOf = (platform: string, id: string): string => `${platform}/${id}`;

/** Who exists: apps and accounts of all platforms. */
export class Directory {
  readonly #platforms: ReadonlyMap<string, Platform>;
  readonly #apps = new Map<string, App>();
  readonly #accounts = new Map<string, Account>();
  readonly #clientSecrets: Secret[] = [];

  constructor(platforms: readonly Platform[]) {
    this.#platforms = new Map(platforms.map((platform) => [platform.name, platform]));
  }

  platform(name: string): Platform {
    const platform = this.#platforms.get(name);
    if (!platform) {
      throw new ControlError(`no platform "${name}"; known: ${[...this.#platforms.keys()].join(', ')}`);
    }
    return platform;
  }

  platforms(): Platform[] {
    return [...this.#platforms.values()];
  }

  findApp(platform: string, clientId: string): App | undefined {
    return this.#apps.get(keyOf(platform, clientId));
  }

  app(platform: string, clientId: string): App {
    const app = this.findApp(platform, clientId);
    if (!app) {
      throw new ControlError(`no app "${clientId}" on ${platform}; call createApp first`);
    }
    return app;
  }

  findAccount(platform: string, id: string | null): Account | undefined {
    return id === null ? undefined : this.#accounts.get(keyOf(platform, id));
  }

  account(platform: string, id: string): Account {
    const account = this.findAccount(platform, id);
    if (!account) {
      throw new ControlError(`no account "${id}" on ${platform}; call createAccount first`);
    }
    return account;
  }

  accounts(platform: string): Account[] {
    return [...this.#accounts.values()].filter((account) => account.platform === platform);
  }

  createApp(input: AppInput): App {
    const platform = this.platform(input.platform);
    if (this.findApp(input.platform, input.clientId)) {
      throw new ControlError(`app "${input.clientId}" on ${input.platform} exists already; use updateApp`);
    }
    const isPublic = input.clientType === 'public';
    const app: App = {
      clientSecret: isPublic ? null : platform.newSecret('client-secret'),
      clientType: 'confidential',
      testing: false,
      rotate: 'never',
      project: input.clientId,
      redirectUris: [],
      accessLifetimeSeconds: null,
      silentLifetimeSeconds: null,
      suspended: false,
      apiVersionRetired: false,
      deviceIntervalSeconds: null,
      quirks: [],
      ...input,
    };
    this.#apps.set(keyOf(app.platform, app.clientId), app);
    this.#rememberClientSecret(app);
    return app;
  }

  updateApp(input: AppInput): App {
    const app = Object.assign(this.app(input.platform, input.clientId), input);
    this.#rememberClientSecret(app);
    return app;
  }

  createAccount(input: AccountInput): Account {
    this.platform(input.platform);
    if (this.findAccount(input.platform, input.id)) {
      throw new ControlError(`account "${input.id}" on ${input.platform} exists already; use updateAccount`);
    }
    const login = input.login ?? `login${input.id.toLowerCase()}`;
    const account: Account = {
      login,
      displayName: login,
      email: `${login}@example.com`,
      channelId: null,
      isPrivate: false,
      isTester: false,
      ...input,
    };
    this.#accounts.set(keyOf(account.platform, account.id), account);
    return account;
  }

  updateAccount(input: AccountInput): Account {
    return Object.assign(this.account(input.platform, input.id), input);
  }

  /** Every client secret that ever was in force. */
  clientSecrets(): Secret[] {
    return this.#clientSecrets;
  }

  #rememberClientSecret(app: App): void {
    const value = app.clientSecret;
    if (value !== null && !this.#clientSecrets.some((secret) => secret.value === value)) {
      this.#clientSecrets.push({ kind: 'client-secret', platform: app.platform, value });
    }
  }
}
