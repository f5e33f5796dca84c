import { Failure } from '../../../src/core/failure.ts';
import type { TokenSet } from '../../../src/core/grant.ts';
import type {
  CodeRequest,
  ConsentRequest,
  ConsentStart,
  Derivation,
  DeviceOutcome,
  DeviceStart,
  Introspection,
  IntrospectRequest,
  PlatformClient,
  Revocation,
  SpendOutcome,
  SpendRequest,
} from '../../../src/core/platform-port.ts';
import type { PlatformProfile } from '../../../src/core/profile.ts';
import { Sealed } from '../../../src/core/sealed.ts';
import { minuteMs } from '../builders.ts';
import type { Life, VirtualClock } from './process.ts';

const accessLifeMs = 240 * minuteMs;

/**
 * What the platform does with requests while it is ill. `AfterWork`: the work is done, and the answer is a 503. A failure
 * is what every request is answered with, and nothing is done.
 */
export type Illness = 'BeforeWork' | 'AfterWork' | Failure;

interface Spend {
  readonly at: number;
  readonly token: string;
  readonly kind: SpendOutcome['kind'];
  /** The token had been replaced already. */
  readonly isReplay: boolean;
  /** What was left of the access token that the sender held. */
  readonly leftMs: number;
}

interface Person {
  readonly account: { readonly id: string; readonly handle: string };
  readonly scopes: readonly string[];
}

export const mainstage: Person = { account: { id: '42', handle: 'mainstage' }, scopes: ['stream'] };

/** An authorization server with one grant, and the book of what became of it. */
export class MemoryPlatform implements PlatformClient {
  readonly profile: PlatformProfile;
  readonly tokenOrigin = 'https://id.twitch.tv';
  readonly spends: Spend[] = [];
  /** Others have found that it does not answer, and for how long nobody asks. */
  heldBackMs = 0;
  illness: Illness | undefined;
  /** It says no once to a login that is good. */
  isMistakenOnce = false;
  isGrantAlive = true;
  /** A good login is told to be good, and not whose it is. */
  isAccountSilent = false;
  /** Who answers consents, and what they give. */
  person: Person = mainstage;
  /** What becomes of the next questions about a device. */
  deviceAnswers: ('Pending' | 'SlowDown' | 'Denied' | 'Agreed')[] = [];
  /** When the device was asked about. */
  readonly polls: number[] = [];
  /** Every code that was exchanged. */
  readonly exchanges: string[] = [];
  readonly #owners = new Map<string, Person>();
  checks = 0;
  /** What it holds against the app, though every login is good. */
  appFault: Failure | undefined;
  lostAt: number | undefined;
  /** What happens elsewhere at the moment of a spend. */
  whenSpent?: () => void;
  #issued = 0;
  #refresh = '';
  readonly #ends = new Map<string, number>();
  readonly #clock: VirtualClock;
  readonly #life: Life;

  constructor(profile: PlatformProfile, clock: VirtualClock, life: Life) {
    this.profile = profile;
    this.#clock = clock;
    this.#life = life;
  }

  /** A person consents: the tokens that are put into a bootstrap Secret. */
  consent(): TokenSet & { access: Sealed; refresh: Sealed } {
    this.isGrantAlive = true;
    this.#issued += 1;
    this.#refresh = `refresh-${this.#issued}`;
    return { ...this.#issue(), refresh: Sealed.of(this.#refresh) };
  }

  withdraw(): void {
    this.isGrantAlive = false;
    this.#ends.clear();
  }

  isAlive(access: string | undefined): boolean {
    return access !== undefined && (this.#ends.get(access) ?? 0) > this.#clock.trueNow();
  }

  heldMs(): number {
    return this.heldBackMs;
  }

  async refresh({ tokens }: SpendRequest): Promise<SpendOutcome> {
    return await this.#life.around('spend', () => {
      const token = tokens?.refresh?.reveal() ?? '';
      const isReplay = token !== this.#refresh && this.isGrantAlive;
      const outcome = this.#spend(token);
      this.whenSpent?.();
      const at = this.#clock.trueNow();
      this.spends.push({ at, token, kind: outcome.kind, isReplay, leftMs: (tokens?.accessExpiresAt ?? at) - at });
      return outcome;
    });
  }

  reissue(): Promise<SpendOutcome> {
    return unasked();
  }
  derive(): Promise<Derivation> {
    return unasked();
  }
  async beginConsent({ state, redirectURI }: ConsentRequest): Promise<ConsentStart> {
    return { url: `https://id.twitch.tv/authorize?${new URLSearchParams({ state, redirect_uri: redirectURI })}` };
  }
  async exchangeCode({ callback }: CodeRequest): Promise<SpendOutcome> {
    return await this.#life.around('exchange', () => this.#exchange(callback.code));
  }
  async startDevice(): Promise<DeviceStart> {
    const code = { userCode: 'WDJB-MJHT', verificationURI: 'https://id.twitch.tv/activate' };
    return { deviceCode: Sealed.of('device-code'), ...code, expiresInMs: 30 * minuteMs, intervalMs: 5_000 };
  }
  async pollDevice(): Promise<DeviceOutcome> {
    return await this.#life.around('exchange', () => {
      this.polls.push(this.#clock.trueNow());
      const answer = this.deviceAnswers.shift() ?? 'Pending';
      if (answer === 'Agreed') return this.#exchange('device-code');
      if (answer !== 'Denied') return { kind: 'Pending', slowDown: answer === 'SlowDown' };
      const failure = new Failure('Rejected', 'ConsentRefused', 'The person did not agree.', { source: 'Platform' });
      return { kind: 'Rejected', failure };
    });
  }
  hear(): Promise<never> {
    throw new Error('nobody sends anything');
  }

  revoke(): Promise<Revocation> {
    return unasked();
  }

  async introspect({ tokens }: IntrospectRequest): Promise<Introspection> {
    this.checks += 1;
    if (this.illness !== undefined && !this.#isMistaken())
      throw this.illness instanceof Failure ? this.illness : unavailable();
    if (!this.isAlive(tokens.access?.reveal())) {
      const failure = new Failure('Rejected', 'AccessRevoked', 'It says no.', { source: 'Platform' });
      return { kind: 'AccessTokenDead', failure };
    }
    if (this.isAccountSilent) return { kind: 'Valid' };
    const person = this.#owners.get(tokens.access?.reveal() ?? '') ?? mainstage;
    const login = { kind: 'Valid', ...person } as const;
    return this.appFault === undefined ? { ...login, isComplete: true } : { ...login, appFault: this.appFault };
  }

  #exchange(code: string | undefined): SpendOutcome {
    const refused = (message: string) => new Failure('Rejected', 'ConsentRefused', message, { source: 'Platform' });
    if (code === undefined) return { kind: 'NotSent', failure: refused('The person refused.') };
    this.exchanges.push(code);
    if (this.exchanges.filter((one) => one === code).length > 1)
      return { kind: 'Rejected', failure: refused('It was used before.') };
    const { access, refresh, obtainedAt, accessExpiresAt } = this.consent();
    this.#owners.set(access.reveal(), this.person);
    this.isGrantAlive = true;
    return { kind: 'Answered', answer: { access, refresh, obtainedAt, accessExpiresAt, raw: Sealed.of('200') } };
  }

  /** Its token endpoint alone says no to logins that are good. */
  #isMistaken(): boolean {
    return this.illness instanceof Failure && this.illness.family === 'Rejected';
  }

  #spend(token: string): SpendOutcome {
    if (this.illness instanceof Failure)
      return { kind: this.#isMistaken() ? 'Rejected' : 'Refused', failure: this.illness };
    if (this.illness === 'BeforeWork') return { kind: 'Unknown', failure: unavailable(), raw: Sealed.of('503') };
    const outcome = this.#work(token);
    // What was done is done, only nobody is told.
    return this.illness === undefined ? outcome : { kind: 'Unknown', failure: unavailable(), raw: Sealed.of('503') };
  }

  #work(token: string): SpendOutcome {
    const isOld = token !== this.#refresh;
    const isDead = !this.isGrantAlive || this.isMistakenOnce;
    this.isMistakenOnce = false;
    if (isOld && this.profile.oldToken !== 'Lives' && this.isGrantAlive) {
      this.withdraw();
      this.lostAt = this.#clock.trueNow();
    }
    if (isDead || !this.isGrantAlive) {
      return {
        kind: 'Rejected',
        failure: new Failure('Rejected', 'AccessRevoked', 'It says no.', { source: 'Platform' }),
      };
    }
    if (this.profile.oldToken !== 'Lives') {
      this.#issued += 1;
      this.#refresh = `refresh-${this.#issued}`;
    }
    return {
      kind: 'Answered',
      answer: { ...this.#issue(), refresh: Sealed.of(this.#refresh), raw: Sealed.of('200') },
    };
  }

  #issue() {
    const access = `access-${this.#ends.size + 1}-${this.#issued}`;
    this.#ends.set(access, this.#clock.trueNow() + accessLifeMs);
    // By our clock, as the engine reckons it from expires_in.
    const obtainedAt = this.#clock.now();
    return { access: Sealed.of(access), obtainedAt, accessExpiresAt: obtainedAt + accessLifeMs };
  }
}

function unasked(): Promise<never> {
  return Promise.reject(new Error('nobody asks for that here'));
}

function unavailable(): Failure {
  return new Failure('Transient', 'PlatformUnavailable', 'Twitch is failing (503).', { source: 'Platform' });
}
