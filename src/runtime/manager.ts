/** A part of the process with a life of its own. */
export interface Component {
  readonly name: string;
  /** Resolves when the next component may start; rejects if the process cannot do its work without it. */
  start(): Promise<void>;
  /** Resolves when nothing of it is left running. */
  stop(): Promise<void>;
  /** Why the process should not be called ready, in a sentence; nothing if this component has no objection. */
  notReady?(): string | undefined;
  /** What is still in progress, named in the report when the grace was not enough. */
  unfinished?(): string[];
}

/** How a stop went. `unfinished` names what the grace was too short for. */
export interface StopReport {
  readonly clean: boolean;
  readonly unfinished: readonly string[];
}

export interface ManagerOptions {
  /** Time for the whole stop, milliseconds; keep it below the pod's terminationGracePeriodSeconds. */
  readonly graceMs: number;
  /** Told of each step and of failures while stopping; it must not throw. */
  readonly onStep: (step: {
    readonly name: string;
    readonly did: 'started' | 'stopped' | 'failed';
    readonly error?: unknown;
  }) => void;
}

/** The part of `process` that carries signals. */
export interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  off(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
}

const BEAT_MS = 1_000;
/** A loop that has not turned for this long is stuck, not busy. */
const STUCK_AFTER_MS = 30_000;

/**
 * Starts components in order and stops them in reverse within one grace.
 *
 * Ready: all started, none stopping, no component objects. Live: the event loop turns, and nothing else; were it "the
 * API server answers", an outage would restart every replica.
 */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #components: Component[] = [];
  readonly #started: Component[] = [];
  readonly #stopping = Promise.withResolvers<void>();
  #phase: 'new' | 'starting' | 'running' | 'stopping' = 'new';
  #beatAt = Date.now();
  #beat: NodeJS.Timeout | undefined;
  #stopped: Promise<StopReport> | undefined;

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** Components start in the order in which they were added. */
  add(component: Component): this {
    this.#components.push(component);
    return this;
  }

  /**
   * Starts everything. Returns early, without an error, when `stop` is called meanwhile.
   *
   * @throws what a component's start threw; everything started before it is stopped then
   */
  async start(): Promise<void> {
    this.#phase = 'starting';
    this.#beatAt = Date.now();
    this.#beat = setInterval(() => {
      this.#beatAt = Date.now();
    }, BEAT_MS);
    for (const component of this.#components) {
      if (this.isStopping()) return;
      // Before the start, so that a stop meanwhile reaches it too.
      this.#started.push(component);
      try {
        await Promise.race([component.start(), this.#stopping.promise]);
      } catch (error) {
        this.#options.onStep({ name: component.name, did: 'failed', error });
        await this.stop();
        throw error;
      }
      if (!this.isStopping()) this.#options.onStep({ name: component.name, did: 'started' });
    }
    if (!this.isStopping()) this.#phase = 'running';
  }

  /** Why the process is not ready; empty when it is. */
  notReady(): string[] {
    if (this.#phase === 'stopping') return ['The process is stopping.'];
    if (this.#phase !== 'running') return [`Starting: ${this.#started.at(-1)?.name ?? 'nothing'} is not up yet.`];
    return this.#components.flatMap((component) => component.notReady?.() ?? []);
  }

  isLive(): boolean {
    return Date.now() - this.#beatAt < STUCK_AFTER_MS;
  }

  /**
   * Stops everything, the last started first: work in progress is finished, not aborted, as far as the grace goes.
   * Further calls get the same promise, so a second signal shortens nothing.
   */
  stop(): Promise<StopReport> {
    // Readiness goes first: from here on nobody should send us anything new.
    this.#phase = 'stopping';
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  /**
   * Resolves with the stop's report after the first SIGTERM or SIGINT.
   *
   * The listeners stay until the stop is done: without one, a second signal would end the process amid the drain.
   */
  async untilSignal(source: SignalSource): Promise<StopReport> {
    const { promise, resolve } = Promise.withResolvers<StopReport>();
    const listener = () => resolve(this.stop());
    source.on('SIGTERM', listener);
    source.on('SIGINT', listener);
    try {
      return await promise;
    } finally {
      source.off('SIGTERM', listener);
      source.off('SIGINT', listener);
    }
  }

  /** Whether a stop has begun: work that only the start needs can end. */
  isStopping(): boolean {
    return this.#phase === 'stopping';
  }

  async #stopAll(): Promise<StopReport> {
    this.#stopping.resolve();
    const endsAt = Date.now() + this.#options.graceMs;
    const unfinished: string[] = [];
    for (const component of [...this.#started].reverse()) {
      const ended = await this.#stopOne(component, endsAt);
      if (ended) continue;
      const rest = component.unfinished?.() ?? [];
      unfinished.push(...(rest.length > 0 ? rest.map((key) => `${component.name} ${key}`) : [component.name]));
    }
    clearInterval(this.#beat);
    return { clean: unfinished.length === 0, unfinished };
  }

  async #stopOne(component: Component, endsAt: number): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), Math.max(0, endsAt - Date.now()));
    try {
      const ended = await Promise.race([component.stop().then(() => true), late]);
      if (ended) this.#options.onStep({ name: component.name, did: 'stopped' });
      return ended;
    } catch (error) {
      this.#options.onStep({ name: component.name, did: 'failed', error });
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}
