import { Failure } from '../../../src/core/failure.ts';
import type { TokenSet } from '../../../src/core/grant.ts';
import type { Introspection, SpendOutcome } from '../../../src/core/platform-port.ts';
import type { PlatformProfile } from '../../../src/core/profile.ts';
import { Sealed } from '../../../src/core/sealed.ts';
import { dayMs } from '../times.ts';

/** One consent of the person, and everything that came of it. */
export interface Consent {
  readonly no: number;
  readonly account: string;
  isWithdrawn: boolean;
  /** A replaced token was sent again, which ended everything here. */
  isRevokedByReplay: boolean;
}

/** Where the answer to a spend is: the ledger follows it until it is stored. */
export type Fate =
  | 'Travelling'
  | 'Held'
  | 'Stored'
  | 'Escrowed'
  | 'Dropped'
  | 'Forgotten'
  | 'Lost'
  | 'Died'
  | 'RolledBack';

export interface Spend {
  readonly at: number;
  readonly by: string;
  readonly token: string;
  readonly consent: Consent | undefined;
  readonly kind: SpendOutcome['kind'];
  /** The tokens that were answered. */
  readonly refresh: string | undefined;
  readonly access: string | undefined;
  fate: Fate;
}

/** A code that was brought for tokens. */
export interface Exchange {
  readonly at: number;
  readonly by: string;
  readonly code: string;
  /** It had been brought before. */
  readonly isRepeated: boolean;
  readonly access: string | undefined;
  fate: 'Travelling' | 'Held' | 'Stored' | 'Lost' | 'Died';
}

interface Token {
  readonly value: string;
  readonly consent: Consent;
  /** A higher number is newer. */
  readonly issue: number;
  endsAt: number;
  /** When the spend came that replaced it. */
  replacedAt: number | undefined;
}

/** `AfterWork`: the work is done, and the answer is a 503. `Refused`: the request is turned away unread. */
export type Illness = 'BeforeWork' | 'AfterWork' | 'Refused';

const expected = '42';
const rejection = () => new Failure('Rejected', 'AccessRevoked', 'It says no.', { source: 'Platform' });
const trouble = () => new Failure('Transient', 'PlatformUnavailable', 'It is failing (503).', { source: 'Platform' });
const refusal = () =>
  new Failure('Transient', 'RateLimited', 'Too many requests.', { source: 'Platform', retryAfterMs: 30_000 });

/** An authorization server, and the ledger: every token's life, and every time that one was sent. */
export class WalkPlatform {
  readonly profile: PlatformProfile;
  readonly spends: Spend[] = [];
  illness: Illness | undefined;
  /** So many good logins it will say no to. */
  mistakes = 0;
  readonly #consents: Consent[] = [];
  readonly #tokens = new Map<string, Token>();
  /** The account of each code, and whether it was used. */
  readonly #codes = new Map<string, { readonly account: string; isUsed: boolean }>();
  readonly #now: () => number;

  constructor(profile: PlatformProfile, now: () => number) {
    this.profile = profile;
    this.#now = now;
  }

  /** A person consents. An earlier consent lives on, as on most platforms. */
  consent(account = expected): TokenSet & { access: Sealed; refresh?: Sealed } {
    const consent = { no: this.#consents.length + 1, account, isWithdrawn: false, isRevokedByReplay: false };
    this.#consents.push(consent);
    const access = this.#issue('access', consent, this.#accessLifeMs);
    const obtainedAt = this.#now();
    const set = { access: Sealed.of(access.value), obtainedAt, accessExpiresAt: access.endsAt };
    if (this.profile.renewal === 'Exchange') return set;
    return { ...set, refresh: Sealed.of(this.#issue('refresh', consent).value) };
  }
  get lastConsent(): Consent | undefined {
    return this.#consents.at(-1);
  }
  /** All that the platform remembers, for telling one state of the world from another. */
  memory(): unknown {
    return [
      [...this.#tokens.values()].map(({ value, endsAt, replacedAt }) => [value, endsAt, replacedAt]),
      this.#consents,
      this.spends,
    ];
  }
  withdraw(): void {
    for (const consent of this.#consents) if (consent.account === expected) consent.isWithdrawn = true;
  }

  tokenOf(value: string | undefined): Token | undefined {
    return value === undefined ? undefined : this.#tokens.get(value);
  }
  isAlive(access: string | undefined): boolean {
    const token = this.tokenOf(access);
    return token !== undefined && !isOver(token.consent) && token.endsAt > this.#now();
  }
  /** Whether what renews would be taken if it were sent now. */
  accepts(value: string | undefined): boolean {
    const token = this.tokenOf(value);
    if (token === undefined || isOver(token.consent) || token.endsAt <= this.#now()) return false;
    return token.replacedAt === undefined || this.#isInGrace(token) || this.profile.oldToken === 'Lives';
  }
  /** The spend that replaced it: its own, or that of an older one within its grace. */
  replacing(value: string): Spend | undefined {
    const token = this.tokenOf(value);
    const answered = this.spends.filter(({ kind, consent }) => kind === 'Answered' && consent === token?.consent);
    return answered.find((spend) => spend.token === value) ?? answered.find(({ at }) => at === token?.replacedAt);
  }
  isReplay(value: string): boolean {
    return this.profile.oldToken !== 'Lives' && this.tokenOf(value)?.replacedAt !== undefined;
  }
  isGraceful(value: string): boolean {
    const token = this.tokenOf(value);
    return token !== undefined && this.#isInGrace(token);
  }

  /** A token request; it is in the ledger whatever becomes of its answer. */
  spend(value: string, by: string, localNow: number): { readonly outcome: SpendOutcome; readonly spend: Spend } {
    const outcome = this.#answer(value, localNow);
    const told = outcome.kind === 'Unknown' && this.illness === 'AfterWork' ? outcome.hidden : outcome;
    const answer = told?.kind === 'Answered' ? told.answer : undefined;
    const spend: Spend = {
      at: this.#now(),
      by,
      token: value,
      consent: this.tokenOf(value)?.consent,
      kind: told?.kind ?? outcome.kind,
      refresh: answer?.refresh?.reveal(),
      access: answer?.access?.reveal(),
      fate: told === outcome ? 'Travelling' : 'Lost',
    };
    this.spends.push(spend);
    return { outcome, spend };
  }

  /** A person agrees; answers the code that the browser brings back. */
  allow(account: string): string {
    const code = `code-${this.#codes.size + 1}`;
    this.#codes.set(code, { account, isUsed: false });
    return code;
  }
  exchange(
    code: string,
    by: string,
    localNow: number,
  ): { readonly outcome: SpendOutcome; readonly exchange: Exchange } {
    const known = this.#codes.get(code);
    const isRepeated = known?.isUsed === true;
    const isWorking = this.illness === undefined || this.illness === 'AfterWork';
    const isGood = known !== undefined && !isRepeated && isWorking;
    const tokens = isGood ? this.consent(known.account) : undefined;
    if (known !== undefined && isWorking) known.isUsed = true;
    const access = tokens?.access.reveal();
    const exchange: Exchange = { at: this.#now(), by, code, isRepeated, access, fate: 'Travelling' };
    if (this.illness === 'Refused') return { outcome: { kind: 'Refused', failure: refusal() }, exchange };
    if (this.illness !== undefined)
      return { outcome: { kind: 'Unknown', failure: trouble(), raw: Sealed.of('503') }, exchange };
    if (tokens === undefined) return { outcome: { kind: 'Rejected', failure: rejection() }, exchange };
    const accessExpiresAt = localNow + this.#accessLifeMs;
    return {
      outcome: {
        kind: 'Answered',
        answer: { ...tokens, obtainedAt: localNow, accessExpiresAt, raw: Sealed.of('200') },
      },
      exchange,
    };
  }

  check(access: string | undefined): Introspection {
    if (this.illness === 'Refused') throw refusal();
    if (this.illness !== undefined) throw trouble();
    if (!this.isAlive(access)) return { kind: 'AccessTokenDead', failure: rejection() };
    const account = this.tokenOf(access)?.consent.account ?? '';
    return {
      kind: 'Valid',
      account: { id: account, handle: `account-${account}` },
      scopes: ['stream'],
      isComplete: true,
    };
  }

  #answer(value: string, localNow: number): SpendOutcome & { readonly hidden?: SpendOutcome } {
    if (this.illness === 'Refused') return { kind: 'Refused', failure: refusal() };
    if (this.illness === 'BeforeWork') return { kind: 'Unknown', failure: trouble(), raw: Sealed.of('503') };
    const outcome = this.#work(value, localNow);
    if (this.illness === undefined) return outcome;
    return { kind: 'Unknown', failure: trouble(), raw: Sealed.of('503'), hidden: outcome };
  }

  #work(value: string, localNow: number): SpendOutcome {
    const token = this.tokenOf(value);
    if (token !== undefined && this.mistakes > 0) {
      this.mistakes -= 1;
      return { kind: 'Rejected', failure: rejection() };
    }
    if (token === undefined || !this.accepts(value)) {
      const isReplay = token?.replacedAt !== undefined && !isOver(token.consent);
      if (isReplay && this.profile.oldToken !== 'Dies') token.consent.isRevokedByReplay = true;
      return { kind: 'Rejected', failure: rejection() };
    }
    const access = this.#issue('access', token.consent, this.#accessLifeMs);
    const accessExpiresAt = localNow + this.#accessLifeMs;
    const answer = { access: Sealed.of(access.value), obtainedAt: localNow, accessExpiresAt, raw: Sealed.of('200') };
    if (this.profile.renewal === 'Exchange') return { kind: 'Answered', answer };
    return { kind: 'Answered', answer: { ...answer, refresh: Sealed.of(this.#rotated(token)) } };
  }

  /** The refresh token of the answer: another one where each use replaces it. */
  #rotated(token: Token): string {
    if (this.profile.oldToken === 'Lives') return token.value;
    const now = this.#now();
    // In its grace every younger one is replaced as well, and has a grace of its own.
    for (const other of this.#tokens.values()) {
      const isRefresh = other.value.startsWith('refresh') && other.consent === token.consent;
      if (isRefresh && other.replacedAt === undefined) other.replacedAt = now;
    }
    return this.#issue('refresh', token.consent).value;
  }

  get #accessLifeMs(): number {
    return this.profile.accessLifetimeMs ?? dayMs;
  }
  #isInGrace(token: Token): boolean {
    if (this.profile.oldToken !== 'Grace' || token.replacedAt === undefined) return false;
    return this.#now() < token.replacedAt + (this.profile.graceMs ?? 0);
  }
  #issue(kind: string, consent: Consent, lifeMs = Number.POSITIVE_INFINITY): Token {
    const now = this.#now();
    const issue = this.#tokens.size;
    const value = `${kind}-${consent.no}-${issue}`;
    const token = { value, consent, issue, endsAt: now + lifeMs, replacedAt: undefined };
    this.#tokens.set(value, token);
    return token;
  }
}

function isOver(consent: Consent): boolean {
  return consent.isWithdrawn || consent.isRevokedByReplay;
}
