import { randomBytes } from 'node:crypto';
import { Assets } from './assets.ts';
import { PlatformClocks } from './clock.ts';
import { Devices } from './devices.ts';
import { Directory } from './directory.ts';
import { Ledger } from './ledger.ts';
import type { LedgerFilter } from './ledger-entries.ts';
import type { App, EndCause } from './model.ts';
import type { Code, End, Grant, Platform, Token } from './platform.ts';
import { TemporaryCredentials } from './temporary-credentials.ts';
import { sha256, TokenStore } from './token-store.ts';
import { Troubles } from './troubles.ts';

/** Ends that age brings leave the access tokens that are out to their own expiry. */
const endsByAge: readonly EndCause[] = ['testing-expired', 'unused', 'aged-out', 'access-ended', 'token-limit'];

export interface IssueOptions {
  issuedAt: number;
  rotatedFrom?: Token;
  withRefresh?: Token | null;
  shortLived?: boolean;
  assetId?: string;
  /** Instead of the platform's usual life; null is without end by age. */
  expiresAt?: number | null;
}

export interface ExchangeOptions extends Pick<IssueOptions, 'expiresAt'> {
  /** The answer carries the same value, which lasts longer. */
  keepsValue?: boolean;
  /** The presented token dies of it. */
  endsPresented?: boolean;
}

type NewGrant = Omit<Grant, 'id' | 'refreshes' | 'openedMachineAt' | 'endedMachineAt' | 'endedBy'>;

/** The state of all platforms and what may happen to it. Synchronous throughout: one event is one step. */
export class World {
  readonly clocks = new PlatformClocks();
  readonly ledger = new Ledger();
  readonly directory: Directory;
  readonly grants = new Map<string, Grant>();
  readonly tokens = new TokenStore();
  readonly codes = new Map<string, Code>();
  readonly assets = new Assets();
  readonly devices = new Devices();
  readonly temporary = new TemporaryCredentials();
  readonly troubles = new Troubles();

  constructor(platforms: readonly Platform[]) {
    this.directory = new Directory(platforms);
  }

  openGrant(input: NewGrant): Grant {
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

  /** The living grants of one person and client, oldest consent first. */
  livingGrants(platform: string, clientId: string, accountId: string | null): Grant[] {
    return [...this.grants.values()]
      .filter((grant) => grant.accountId === accountId && grant.clientId === clientId && grant.platform === platform)
      .filter((grant) => this.settle(grant).endedMachineAt === null)
      .sort((one, other) => one.consentedAt - other.consentedAt);
  }

  issue(grant: Grant, kind: 'access' | 'refresh', options: IssueOptions): Token {
    const value = this.directory.platform(grant.platform).newSecret(kind);
    const hasSecret = kind === 'access' && grant.shape.tokenSecret;
    const token: Token = {
      value,
      hash: sha256(value),
      kind,
      secret: hasSecret ? randomBytes(33).toString('base64url') : null,
      grant,
      serial: this.tokens.size + 1,
      shortLived: options.shortLived ?? false,
      assetId: options.assetId ?? null,
      issuedAt: options.issuedAt,
      ...(kind === 'access' ? this.#accessEnds(grant, options) : { expiresAt: null, announcedExpiresAt: null }),
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

  /** A living access token traded for one that lasts longer. The caller has seen that it may be. */
  exchange(presented: Token, options: ExchangeOptions = {}): Token {
    const { grant } = presented;
    const { keepsValue = false, endsPresented = false, ...ends } = options;
    const now = this.clocks.now(grant.platform);
    presented.spent = true;
    grant.lastUsedAt = now;
    grant.refreshes += 1;
    if (keepsValue) {
      const longer = { issuedAt: now, shortLived: false, ...this.#accessEnds(grant, { ...ends, issuedAt: now }) };
      return Object.assign(presented, longer);
    }
    const longer = this.issue(grant, 'access', { ...ends, issuedAt: now, rotatedFrom: presented });
    if (endsPresented) {
      this.endToken(presented, 'rotated');
    }
    return longer;
  }

  /** Spent before where that is forbidden, or a younger token of its kind has been spent. */
  isReplay(token: Token): boolean {
    if (token.spent && this.isSingleUse(token)) {
      return true;
    }
    const younger = this.tokens
      .of(token.grant)
      .filter(({ kind, serial }) => kind === token.kind && serial > token.serial);
    return younger.some(({ spent }) => spent);
  }

  /** An access token may be exchanged as often as one likes. */
  isSingleUse(token: Token): boolean {
    const app = this.directory.app(token.grant.platform, token.grant.clientId);
    return token.kind === 'refresh' && this.directory.platform(app.platform).singleUse(app);
  }

  isAlive(token: Token): boolean {
    this.settle(token.grant);
    const stopped = this.troubles.stopping(token.grant, token.kind).some(({ to }) => to === null);
    return token.endedMachineAt === null && !this.#isExpired(token) && !stopped;
  }

  /** The living access token of a value, where this platform issued it. */
  livingAccess(platform: string, value: string | null): Token | null {
    const found = this.tokens.find(value ?? '');
    const isOurs = found?.kind === 'access' && found.grant.platform === platform;
    return isOurs && this.isAlive(found) ? found : null;
  }

  /** A grant that had this as its last token, and no refresh token, ends with it. */
  endToken(token: Token, cause: EndCause, machineAt = this.clocks.machine()): void {
    if (token.endedMachineAt !== null) {
      return;
    }
    const { grant } = token;
    const expiresMachineAt = token.expiresAt === null ? null : this.clocks.toMachine(grant.platform, token.expiresAt);
    const expiredBefore = expiresMachineAt !== null && expiresMachineAt <= machineAt;
    token.endedMachineAt = expiredBefore ? expiresMachineAt : machineAt;
    token.endedBy = expiredBefore ? 'expired' : cause;
    const hangsOnTokens = grant.endedMachineAt === null && grant.accountId !== null && !grant.shape.refreshToken;
    if (hangsOnTokens && this.tokens.of(grant).every((one) => one.endedMachineAt !== null || this.#isExpired(one))) {
      grant.endedMachineAt = token.endedMachineAt;
      grant.endedBy = cause;
    }
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

  /** How many were alive and have ended now. */
  endAccessTokens(filter: LedgerFilter, cause: EndCause): number {
    const alive = this.tokens.all(filter).filter((token) => token.kind === 'access' && this.isAlive(token));
    for (const token of alive) {
      this.endToken(token, cause);
    }
    return alive.length;
  }

  /** The end that age alone brings to a grant; null where none does, as to an app's own. */
  endByAge(grant: Grant): End | null {
    const main = this.tokens.mainOf(grant);
    if (!main || grant.accountId === null) {
      return null;
    }
    const app = this.directory.app(grant.platform, grant.clientId);
    const ends = [this.directory.platform(grant.platform).agedOut(grant, app, main)];
    if (!grant.shape.refreshToken) {
      ends.push(this.#endOfLastToken(grant));
    }
    return ends.filter((end) => end !== null).sort((one, other) => one.at - other.at)[0] ?? null;
  }

  /** Writes down the end that age has brought since the last look; it lay at `machineAt` where the clock jumped. */
  settle(grant: Grant, machineAt?: number): Grant {
    const end = grant.endedMachineAt === null ? this.endByAge(grant) : null;
    if (end && end.at <= this.clocks.now(grant.platform)) {
      grant.endedMachineAt = machineAt ?? this.clocks.toMachine(grant.platform, end.at);
      grant.endedBy = end.cause;
      for (const token of this.tokens.of(grant).filter((one) => one.kind === 'refresh')) {
        this.endToken(token, end.cause, grant.endedMachineAt);
      }
    }
    return grant;
  }

  /** The same for the expiry of a grant's tokens. */
  settleTokens(grant: Grant, machineAt?: number): void {
    for (const token of this.tokens.of(grant)) {
      if (token.endedMachineAt === null && this.#isExpired(token)) {
        token.endedMachineAt = machineAt ?? this.clocks.toMachine(grant.platform, token.expiresAt ?? 0);
        token.endedBy = 'expired';
      }
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
    for (const grant of this.grants.values()) {
      if (grant.platform === platform) {
        this.settle(grant, at);
        this.settleTokens(grant, at);
      }
    }
  }

  #isExpired(token: Token): boolean {
    return token.expiresAt !== null && token.expiresAt <= this.clocks.now(token.grant.platform);
  }

  #endOfLastToken(grant: Grant): End | null {
    const unended = this.tokens.of(grant).filter(({ endedMachineAt }) => endedMachineAt === null);
    const at = Math.max(...unended.map(({ expiresAt }) => expiresAt ?? Infinity));
    return Number.isFinite(at) ? { at, cause: 'token-expired' } : null;
  }

  /** What is announced, and what is kept: an app can be told to let tokens die earlier. */
  #accessEnds(grant: Grant, options: IssueOptions): Pick<Token, 'expiresAt' | 'announcedExpiresAt'> {
    const { issuedAt, shortLived = false, assetId = null } = options;
    const app = this.directory.app(grant.platform, grant.clientId);
    const platform = this.directory.platform(grant.platform);
    const standard = platform.accessLifetimeSeconds({ grant, issuedAt, shortLived, assetId });
    const usual = standard === null ? null : issuedAt + (app.accessLifetimeSeconds ?? standard) * 1000;
    const announcedExpiresAt = options.expiresAt === undefined ? usual : options.expiresAt;
    const silentAt = issuedAt + (app.silentLifetimeSeconds ?? Infinity) * 1000;
    const at = Math.min(announcedExpiresAt ?? Infinity, silentAt);
    return { announcedExpiresAt, expiresAt: at === Infinity ? null : at };
  }
}
