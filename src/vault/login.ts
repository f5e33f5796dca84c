import { asFailure, Failure } from '../core/failure.ts';
import type { Clock, Random } from '../core/ports.ts';
import { Sealed } from '../core/sealed.ts';
import { failureOf, NoAnswer } from './failures.ts';
import { describe, type LoginMethod, loginRequest, lookupSelf, renewSelf } from './login-methods.ts';
import type { VaultAnswer, VaultTransport } from './transport.ts';

export interface LoginOptions {
  readonly transport: VaultTransport;
  readonly method: LoginMethod;
  readonly clock: Clock;
  readonly random: Random;
  /** Logins are at least so far apart, milliseconds. Default 30 s. */
  readonly reloginIntervalMs?: number | undefined;
  /** Told when a renewal in the background fails; the next attempt is planned already. */
  readonly onBackgroundFailure?: ((failure: Failure) => void) | undefined;
}

interface Token {
  readonly value: Sealed;
  /** On the monotonic clock; Infinity for a token without an end. */
  readonly endsAt: number;
  /** The life that it had when it was issued, milliseconds. */
  readonly lifeMs: number;
  readonly isRenewable: boolean;
}

/** Between two looks at a token whose life is all but over. */
const shortestPauseMs = 200;
/** How soon Vault is asked for a login again when it could not answer. */
const unansweredIntervalMs = 1_000;

/** The login: one token for all requests, renewed in the background, replaced only when it is dead or cannot be renewed. */
export class Login {
  readonly #options: LoginOptions;
  readonly #intervalMs: number;
  #token: Token | undefined;
  #entering: Promise<void> | undefined;
  #recovering: Promise<boolean> | undefined;
  #nextLoginAt = Number.NEGATIVE_INFINITY;
  #lastFailure: Failure | undefined;
  #timer: NodeJS.Timeout | undefined;
  #count = 0;
  #isClosed = false;

  constructor(options: LoginOptions) {
    this.#options = options;
    this.#intervalMs = options.reloginIntervalMs ?? 30_000;
  }

  /** How many logins succeeded: another number means another token. */
  get count(): number {
    return this.#count;
  }

  /**
   * The present token, after a login where there is none. It may be dead by now: {@link recover} finds out.
   * @throws Failure when the login fails, or comes too soon after the last
   */
  async token(): Promise<Sealed> {
    if (this.#token === undefined) await this.#enter();
    if (this.#token === undefined) throw this.#tooSoon();
    return this.#token.value;
  }

  /** Milliseconds that the present token is good for; Infinity for one without an end, 0 without a login. */
  remainingMs(): number {
    return this.#token === undefined ? 0 : Math.max(0, this.#token.endsAt - this.#options.clock.monotonic());
  }

  /**
   * Called after a 403 with this token. True: there is another token by now, ask again with it. False: the token is
   * alive, so the policy is what denies. Only a failed `lookup-self` leads to a login, and only one at a time: one denied
   * path must not make every replica log in over and over.
   * @throws Failure when Vault cannot tell, or the new login fails or comes too soon after the last
   */
  async recover(denied: Sealed): Promise<boolean> {
    if (this.#isReplaced(denied)) return true;
    this.#recovering ??= this.#recover(denied).finally(() => {
      this.#recovering = undefined;
    });
    return this.#recovering;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #recover(denied: Sealed): Promise<boolean> {
    const answer = await this.#options.transport.send(lookupSelf(denied));
    if (answer.status === 200) return false;
    if (answer.status !== 403) throw failureOf(answer, this.#subject());
    if (this.#isReplaced(denied)) return true;
    // Dead: nobody sends it any more, and the gate before a claim closes at once.
    this.#token = undefined;
    await this.#enter();
    return true;
  }

  #isReplaced(token: Sealed): boolean {
    return this.#token !== undefined && !this.#token.value.equals(token);
  }

  #enter(): Promise<void> {
    this.#entering ??= this.#login().finally(() => {
      this.#entering = undefined;
    });
    return this.#entering;
  }

  async #login(): Promise<void> {
    const { clock, transport, method } = this.#options;
    if (clock.monotonic() < this.#nextLoginAt) throw this.#tooSoon();
    try {
      const request = await loginRequest(method);
      const sentAt = clock.monotonic();
      const answer = await transport.send(request);
      if (answer.status !== 200) throw this.#loginFailure(answer);
      this.#take(readToken(answer, request.token, sentAt) ?? fail(failureOf(answer, this.#subject())));
      this.#count += 1;
      this.#lastFailure = undefined;
      this.#wait(this.#intervalMs);
    } catch (error) {
      this.#lastFailure = asFailure(error);
      const isAnswered = !(error instanceof NoAnswer) && (this.#lastFailure.status ?? 500) < 500;
      this.#wait(isAnswered ? this.#intervalMs : Math.min(unansweredIntervalMs, this.#intervalMs));
      throw this.#lastFailure;
    }
  }

  #wait(ms: number): void {
    this.#nextLoginAt = this.#options.clock.monotonic() + ms;
  }

  #tooSoon(): Failure {
    const retryAfterMs = Math.max(0, this.#nextLoginAt - this.#options.clock.monotonic());
    const told = this.#lastFailure?.message ?? 'Vault no longer accepts the login of the operator.';
    const { family, reason } = this.#lastFailure ?? { family: 'Transient', reason: 'VaultUnavailable' };
    const message = `${told} The next login is in ${Math.ceil(retryAfterMs / 1_000)} s.`;
    return new Failure(family, reason, message, { source: 'Vault', retryAfterMs });
  }

  #loginFailure(answer: VaultAnswer): Failure {
    if (![400, 401, 403].includes(answer.status)) return failureOf(answer, this.#subject());
    const message = `Vault refuses the login with ${describe(this.#options.method)} (${answer.status}). Check that role, its bound names and audience, and Vault's log.`;
    return new Failure('Misconfigured', 'VaultDenied', message, { source: 'Vault', status: answer.status });
  }

  #subject() {
    return {
      what: `the login with ${describe(this.#options.method)}`,
      policyLine: 'path "auth/token/lookup-self" { capabilities = ["read"] }',
    };
  }

  #take(token: Token): void {
    this.#token = token;
    const remainingMs = this.remainingMs();
    const share = 1 / 2 + this.#options.random.unit() / 6;
    if (Number.isFinite(remainingMs)) this.#plan(Math.max(remainingMs * share, shortestPauseMs));
  }

  #plan(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    // setTimeout fires at once for more than 2^31 ms; a look in between does no harm.
    this.#timer = setTimeout(() => void this.#renew(), Math.min(ms, 2 ** 31 - 1));
    this.#timer.unref();
  }

  /** Never throws: what fails is told and tried again, ever sooner as the end comes near. */
  async #renew(): Promise<void> {
    try {
      await this.#renewOrReplace();
    } catch (error) {
      const failure = asFailure(error);
      this.#options.onBackgroundFailure?.(failure);
      const nextMs = Math.min(15_000, Math.max(this.remainingMs() / 4, unansweredIntervalMs));
      this.#plan(Math.max(nextMs, failure.retryAfterMs ?? 0));
    }
  }

  async #renewOrReplace(): Promise<void> {
    const { transport, clock } = this.#options;
    const token = this.#token;
    if (token === undefined || !token.isRenewable) return this.#enter();
    const sentAt = clock.monotonic();
    const answer = await transport.send(renewSelf(token.value));
    if (answer.status === 403 && (await this.recover(token.value))) return;
    if (answer.status !== 200) throw failureOf(answer, this.#subject());
    const renewed = readToken(answer, token.value, sentAt) ?? fail(failureOf(answer, this.#subject()));
    // Near its maximum a token gets less with each renewal: the next time it is replaced instead.
    const isNearMaximum = renewed.lifeMs < token.lifeMs * 0.9;
    this.#take({ ...renewed, lifeMs: token.lifeMs, isRenewable: renewed.isRenewable && !isNearMaximum });
  }
}

/**
 * The token of an answer to login, renew-self (`auth`) or lookup-self (`data`); undefined when none is in it. Its life
 * counts from the request: an answer that came late would else make it seem to live beyond its end.
 */
function readToken(answer: VaultAnswer, known: Sealed | undefined, sentAt: number): Token | undefined {
  const body = answer.body as
    | { auth?: Record<string, unknown> | null; data?: Record<string, unknown> | null }
    | undefined;
  const value = typeof body?.auth?.client_token === 'string' ? Sealed.of(body.auth.client_token) : known;
  const seconds = body?.auth?.lease_duration ?? body?.data?.ttl;
  if (value === undefined || typeof seconds !== 'number') return undefined;
  // lookup-self tells a token without an end by this; a lease of 0 s is one that is over.
  const isEndless = body?.data !== undefined && body.data?.expire_time === null;
  const lifeMs = isEndless ? Number.POSITIVE_INFINITY : seconds * 1_000;
  return { value, endsAt: sentAt + lifeMs, lifeMs, isRenewable: (body?.auth ?? body?.data)?.renewable === true };
}

function fail(failure: Failure): never {
  throw failure;
}
