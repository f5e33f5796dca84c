import { PlatformClocks } from './clock.ts';
import { ControlError, Directory } from './directory.ts';
import { Ledger } from './ledger.ts';
import type { AccountCondition, AccountInput, App, EndCause, LedgerFilter } from './model.ts';
import type { Code, Grant, Platform, Token } from './platform.ts';
import { sha256, TokenStore } from './token-store.ts';

/** Ends that age brings leave the access tokens that are out to their own expiry. */
const endsByAge: readonly EndCause[] = ['testing-expired', 'unused', 'aged-out', 'access-ended', 'token-limit'];

/** An account's state during which its grants (and, where `tokensToo`, its access tokens) do not work. */
export interface Pause {
  from: number;
  to: number | null;
  tokensToo: boolean;
}

export interface IssueOptions {
  issuedAt: number;
  rotatedFrom?: Token;
  withRefresh?: Token | undefined;
}

/** The state of all platforms and what may happen to it. Synchronous throughout: one event is one step. */
export class World {
  readonly clocks = new PlatformClocks();
  readonly ledger = new Ledger();
  readonly directory: Directory;
  readonly grants = new Map<string, Grant>();
  readonly tokens = new TokenStore();
  readonly codes = new Map<string, Code>();
  readonly #pauses = new Map<string, Pause[]>();

  constructor(platforms: readonly Platform[]) {
    this.directory = new Directory(platforms);
  }

  pausesOf(grant: Grant): Pause[] {
    return this.#pauses.get(`${grant.platform}/${grant.accountId}`) ?? [];
  }

  openGrant(input: Omit<Grant, 'id' | 'refreshes' | 'openedMachineAt' | 'endedMachineAt' | 'endedBy'>): Grant {
    const grant: Grant = {
      ...input,
      id: `g${this.grants.size + 1}`,
      refreshes: 0,
      openedMachineAt: this.clocks.toMachine(input.platform, input.consentedAt),
      endedMachineAt: null,
      endedBy: null,
    };
    this.grants.set(grant.id, grant);
    return grant;
  }

  /** The oldest live grants of one person and client end beyond the platform's limit. */
  enforceGrantLimit(grant: Grant): void {
    const limit = this.directory.platform(grant.platform).maxGrantsPerPerson;
    if (limit === null) {
      return;
    }
    const live = [...this.grants.values()]
      .filter((other) => other.accountId === grant.accountId && other.clientId === grant.clientId)
      .filter((other) => other.platform === grant.platform && this.settle(other).endedMachineAt === null)
      .sort((one, other) => one.consentedAt - other.consentedAt);
    for (const oldest of live.slice(0, Math.max(0, live.length - limit))) {
      this.endGrant(oldest, 'token-limit');
    }
  }

  issue(grant: Grant, kind: 'access' | 'refresh', options: IssueOptions): Token {
    const value = this.directory.platform(grant.platform).newSecret(kind);
    const life = kind === 'access' ? this.#accessLife(grant) : null;
    const token: Token = {
      value,
      hash: sha256(value),
      kind,
      grant,
      serial: this.tokens.size + 1,
      issuedAt: options.issuedAt,
      expiresAt: life && options.issuedAt + life.realMs,
      announcedExpiresAt: life && options.issuedAt + life.announcedMs,
      issuedMachineAt: this.clocks.toMachine(grant.platform, options.issuedAt),
      endedMachineAt: null,
      endedBy: null,
      spent: false,
      seen: false,
      rotatedFrom: options.rotatedFrom?.serial ?? null,
      withRefresh: options.withRefresh?.serial ?? null,
      delivered: false,
    };
    this.tokens.add(token);
    return token;
  }

  /** A refresh with effect. The caller has seen that `presented` is alive. */
  renew(presented: Token, app: App): { access: Token; refresh: Token } {
    const { grant } = presented;
    const singleUse = this.directory.platform(grant.platform).singleUse(app);
    const now = this.clocks.now(grant.platform);
    for (const older of this.tokens.of(grant)) {
      if (older.kind === 'refresh' && older.serial < presented.serial) {
        this.endToken(older, 'rotated');
      }
    }
    presented.spent = true;
    grant.lastUsedAt = now;
    grant.refreshes += 1;
    const rotates = singleUse || app.rotate === 'always';
    const refresh = rotates ? this.issue(grant, 'refresh', { issuedAt: now, rotatedFrom: presented }) : presented;
    if (singleUse) {
      this.endToken(presented, 'rotated');
    }
    return { access: this.issue(grant, 'access', { issuedAt: now, withRefresh: refresh }), refresh };
  }

  /** Spent before where that is forbidden, or a younger refresh token of the grant has been spent. */
  isReplay(token: Token): boolean {
    if (token.spent && this.isSingleUse(token)) {
      return true;
    }
    return this.tokens.of(token.grant).some((other) => other.spent && other.serial > token.serial);
  }

  isSingleUse(token: Token): boolean {
    const app = this.directory.app(token.grant.platform, token.grant.clientId);
    return this.directory.platform(app.platform).singleUse(app);
  }

  isAlive(token: Token): boolean {
    this.settle(token.grant);
    const { platform, accountId } = token.grant;
    const suspended = this.directory.findAccount(platform, accountId)?.condition === 'suspended';
    const stopped = suspended && this.directory.platform(platform).suspensionStopsTokens;
    const expired = token.expiresAt !== null && token.expiresAt <= this.clocks.now(platform);
    return token.endedMachineAt === null && !expired && !stopped;
  }

  endToken(token: Token, cause: EndCause, machineAt = this.clocks.machine()): void {
    if (token.endedMachineAt !== null) {
      return;
    }
    const { platform } = token.grant;
    const expiresMachineAt = token.expiresAt === null ? null : this.clocks.toMachine(platform, token.expiresAt);
    const expiredBefore = expiresMachineAt !== null && expiresMachineAt <= machineAt;
    token.endedMachineAt = expiredBefore ? expiresMachineAt : machineAt;
    token.endedBy = expiredBefore ? 'expired' : cause;
  }

  /** True when the grant was alive until now. One that age ended before may still lose its access tokens here. */
  endGrant(grant: Grant, cause: EndCause, machineAt = this.clocks.machine()): boolean {
    const endedBefore = this.settle(grant).endedMachineAt !== null;
    for (const token of this.tokens.of(grant)) {
      if (token.kind === 'refresh' || !endsByAge.includes(cause)) {
        this.endToken(token, cause, machineAt);
      }
    }
    if (!endedBefore) {
      grant.endedMachineAt = machineAt;
      grant.endedBy = cause;
    }
    return !endedBefore;
  }

  /** How many were alive and have ended now. */
  endGrants(matches: (grant: Grant) => boolean, cause: EndCause): number {
    return [...this.grants.values()].filter((grant) => matches(grant) && this.endGrant(grant, cause)).length;
  }

  endAccessTokens(filter: LedgerFilter): number {
    const alive = this.tokens.all(filter).filter((token) => token.kind === 'access' && this.isAlive(token));
    for (const token of alive) {
      this.endToken(token, 'ended-by-test');
    }
    return alive.length;
  }

  /** Writes down the end that age has brought since the last look; it lay at `machineAt` where the clock jumped. */
  settle(grant: Grant, machineAt?: number): Grant {
    const { platform } = grant;
    const newest = this.tokens.newestRefresh(grant);
    if (grant.endedMachineAt !== null || !newest) {
      return grant;
    }
    const app = this.directory.app(platform, grant.clientId);
    const end = this.directory.platform(platform).agedOut(grant, app, newest);
    if (end && end.at <= this.clocks.now(platform)) {
      grant.endedMachineAt = machineAt ?? this.clocks.toMachine(platform, end.at);
      grant.endedBy = end.cause;
      for (const token of this.tokens.of(grant).filter((one) => one.kind === 'refresh')) {
        this.endToken(token, end.cause, grant.endedMachineAt);
      }
    }
    return grant;
  }

  updateAccount(input: AccountInput): void {
    const { condition, ...rest } = input;
    const account = this.directory.updateAccount(rest);
    if (condition === undefined || condition === account.condition) {
      return;
    }
    const { conditions, suspensionStopsTokens } = this.directory.platform(account.platform);
    if (!conditions.includes(condition)) {
      throw new ControlError(`${account.platform} knows no account condition "${condition}": ${conditions.join(', ')}`);
    }
    account.condition = condition;
    this.#pause(`${account.platform}/${account.id}`, condition, suspensionStopsTokens);
    if (condition === 'deleted') {
      const ofAccount = (grant: Grant) => grant.platform === account.platform && grant.accountId === account.id;
      this.endGrants(ofAccount, 'account-deleted');
    }
  }

  /**
   * Moves a platform's clock. What has ended by age is written down under the old clock first, so that an end in the
   * past does not move with the clock; what the jump itself ends, ends now.
   */
  shiftClock(platform: string, byMs: number): number {
    this.directory.platform(platform);
    this.#settleAll(platform);
    const shiftMs = this.clocks.shift(platform, byMs);
    this.#settleAll(platform, this.clocks.machine());
    return shiftMs;
  }

  #settleAll(platform: string, at?: number): void {
    for (const token of this.tokens.all({ platform })) {
      this.settle(token.grant, at);
      if (token.endedMachineAt === null && token.expiresAt !== null && token.expiresAt <= this.clocks.now(platform)) {
        token.endedMachineAt = at ?? this.clocks.toMachine(platform, token.expiresAt);
        token.endedBy = 'expired';
      }
    }
  }

  #pause(key: string, condition: AccountCondition, suspensionStopsTokens: boolean): void {
    const now = this.clocks.machine();
    const pauses: Pause[] = (this.#pauses.get(key) ?? []).map((pause) => ({ ...pause, to: pause.to ?? now }));
    const suspended = condition === 'suspended' && suspensionStopsTokens;
    if (suspended || condition === 'reauth-policy' || condition === 'admin-policy') {
      pauses.push({ from: now, to: null, tokensToo: suspended });
    }
    this.#pauses.set(key, pauses);
  }

  #accessLife(grant: Grant): { announcedMs: number; realMs: number } {
    const app = this.directory.app(grant.platform, grant.clientId);
    const standard = this.directory.platform(grant.platform).accessLifetimeSeconds(grant.accountId === null);
    const announcedMs = (app.accessLifetimeSeconds ?? standard) * 1000;
    return { announcedMs, realMs: Math.min(announcedMs, (app.silentLifetimeSeconds ?? Infinity) * 1000) };
  }
}
