import type { SocialChannel, SocialChannelStatus } from '../../../src/api/resources.gen.ts';
import { Escrow } from '../../../src/channel/escrow.ts';
import type { AppFaults, AppRates, RejectionWaves, World } from '../../../src/channel/ports.ts';
import { ChannelReconciler } from '../../../src/channel/reconcile.ts';
import { Failure } from '../../../src/core/failure.ts';
import { formatInstant } from '../../../src/core/instant.ts';
import type { SecretContent, SecretLookup, SharedSecret, WorkloadFacts, WorkloadRef } from '../../../src/core/ports.ts';
import type { PlatformProfile } from '../../../src/core/profile.ts';
import { Sealed } from '../../../src/core/sealed.ts';
import { app, channel, nowAt, secondMs, settings } from '../builders.ts';
import { annotated } from '../walk/cluster.ts';
import { MemoryConsents, memoryLinks } from './consents.ts';
import { MemoryEscrow, memorySeal } from './escrow.ts';
import { MemoryPlatform } from './platform.ts';
import { clockOf, Life, VirtualClock } from './process.ts';
import { MemoryStore } from './store.ts';

/** Whether it is the Secret with a link, and not the one with the token. */
const isInvitation = (name: string) => name.endsWith('-invitation');

/** So many runs without any time passing are a busy loop. */
const tooMany = 20;

interface Seen {
  readonly at: number;
  readonly state: string;
  readonly reason: string;
}

const eachOnce = (words: string[]) => words.filter((word, index) => word !== words[index - 1]);

/** What channels of one app share. */
export interface Shared {
  readonly clock: VirtualClock;
  readonly appFaults: AppFaults;
  readonly appRates: AppRates;
  readonly waves: RejectionWaves;
  readonly name: string;
  /** What this channel draws wherever chance decides, in [0, 1). */
  readonly unit: number;
  /** Where all of them find their app. */
  readonly apps?: World['apps'];
}

const alone: Omit<Shared, 'clock'> = {
  appFaults: { report: () => {}, clear: () => {}, recoveries: () => 0, diedOfTesting: () => false },
  appRates: { take: () => 0 },
  waves: { of: () => undefined },
  name: 'twitch',
  unit: 0.5,
};

/** One channel, one platform, Vault and the cluster, all in memory, on a clock that jumps from one due time to the next. */
export class VirtualWorld {
  readonly clock: VirtualClock;
  readonly life = new Life();
  readonly store: MemoryStore;
  readonly escrow: MemoryEscrow;
  readonly consents: MemoryConsents;
  readonly platform: MemoryPlatform;
  readonly #shared: Omit<Shared, 'clock'>;
  readonly statuses: Seen[] = [];
  readonly events: string[] = [];
  channel: SocialChannel | undefined;
  secret: SecretLookup = { state: 'Absent' };
  /** Secrets of the channel beside the one with its token. */
  readonly others = new Map<string, SecretContent>();
  /** The workloads of the namespace, by name. */
  readonly workloads = new Map<string, WorkloadFacts>();
  onRestart: () => void = () => {};
  readonly restarts: { readonly name: string; readonly at: number; readonly with: string }[] = [];
  deaths = 0;
  readonly #seal = memorySeal();
  #bootstrap: SharedSecret | undefined;
  #bug: Failure | undefined;
  #ids = 0;
  #reconciler: ChannelReconciler;

  constructor(profile: PlatformProfile, shared: Partial<Shared> = {}) {
    this.clock = shared.clock ?? new VirtualClock(nowAt);
    this.#shared = { ...alone, ...shared };
    this.store = new MemoryStore(this.clock, this.life);
    this.escrow = new MemoryEscrow(this.clock, this.life);
    this.consents = new MemoryConsents(this.life, this.store.ask);
    this.platform = new MemoryPlatform(profile, this.clock, this.life);
    this.channel = channel({
      metadata: { name: this.#shared.name },
      spec: { bootstrap: { secretRef: { name: 'tokens' }, afterImport: 'Keep' } },
      status: undefined,
    }).channel;
    this.supply();
    this.#reconciler = new ChannelReconciler(this.asWorld());
  }

  /** A channel that names no tokens: only a consent can connect it. */
  withoutTokens(): this {
    this.#bootstrap = undefined;
    const { bootstrap: _none, ...spec } = (this.channel as SocialChannel).spec;
    this.channel = { ...(this.channel as SocialChannel), spec };
    return this;
  }

  /** A person consents, and the tokens are put into the bootstrap Secret, with whatever else somebody typed there. */
  supply(typed: Readonly<Record<string, string>> = {}): void {
    const { access, refresh, obtainedAt, accessExpiresAt } = this.platform.consent();
    const data = {
      access_token: access,
      refresh_token: refresh,
      obtained_at: Sealed.of(formatInstant(obtainedAt)),
      expires_at: Sealed.of(formatInstant(accessExpiresAt ?? obtainedAt)),
    };
    const more = Object.entries(typed).map(([key, value]) => [key, Sealed.of(value)] as const);
    this.#bootstrap = { resourceVersion: refresh.reveal(), data: { ...data, ...Object.fromEntries(more) } };
  }

  /** The same tokens, with more beside them. */
  complete(typed: Readonly<Record<string, string>>): void {
    const { data = {} } = this.#bootstrap ?? {};
    const more = Object.entries(typed).map(([key, value]) => [key, Sealed.of(value)] as const);
    this.#bootstrap = { resourceVersion: 'completed', data: { ...data, ...Object.fromEntries(more) } };
  }

  get status(): SocialChannelStatus {
    return this.channel?.status ?? {};
  }
  get projected(): string | undefined {
    return this.secret.state === 'Ours' ? this.secret.secret.data.access_token?.reveal() : undefined;
  }
  /** The states in their order, each once as long as it lasts. */
  get states(): string[] {
    return eachOnce(this.statuses.map(({ state }) => state));
  }
  /** The same, with their reasons. */
  get story(): string[] {
    return eachOnce(this.statuses.map(({ state, reason }) => `${state}/${reason}`));
  }

  /** Lets so much time pass. A process that dies is replaced ten seconds later, knowing nothing. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.trueNow() + ms;
    let idle = 0;
    while (this.clock.trueNow() < until) {
      const afterMs = Math.min(await this.runOnce(), until - this.clock.trueNow());
      if (this.#bug !== undefined) throw this.#bug;
      idle = afterMs <= 0 ? idle + 1 : 0;
      if (idle > tooMany) throw new Error(`a busy loop at ${formatInstant(this.clock.trueNow())}`);
      await this.clock.sleep(Math.max(afterMs, 0));
    }
    await this.runOnce();
  }

  /** One reconcile; answers after how many milliseconds the channel wants to be seen again. */
  async runOnce(): Promise<number> {
    const run = this.#reconciler.reconcile(`main-stage/${this.#shared.name}`, { owns: () => true }).then(
      ({ afterMs }) => afterMs ?? Number.POSITIVE_INFINITY,
      (error) => {
        // Vault or the cluster being away is what the queue's own schedule is for; anything else is a bug.
        if (!(error instanceof Failure) || error.family !== 'Transient') throw error;
        return 5 * secondMs;
      },
    );
    const result = await Promise.race([run, this.life.death]);
    if (result !== 'died') return result;
    this.restart();
    return 10 * secondMs;
  }

  /** A failure inside the operator would else only be tried again. */
  #lookForBugs(fields: { err?: unknown }): void {
    if (fields.err instanceof Failure && fields.err.source === 'Operator' && fields.err.family === 'Unexpected')
      this.#bug ??= fields.err;
  }

  /** Throws away what only the process knew. */
  restart(): void {
    this.deaths += 1;
    this.life.startAgain();
    this.#reconciler = new ChannelReconciler(this.asWorld());
  }

  /** What the operator's effects are given. */
  asWorld(): World {
    const nothing = () => {};
    const born = this.deaths;
    return {
      ...this.#cluster(),
      ...this.#shared,
      grants: this.store,
      consents: this.consents,
      links: memoryLinks,
      pagesURL: 'https://connect.example.com',
      registry: { isBuiltIn: () => false, resolve: () => this.platform, check: nothing },
      clock: clockOf(this.clock, () => this.life.isOver || this.deaths !== born),
      escrow: new Escrow(this.#seal, this.escrow),
      random: { unit: () => this.#shared.unit, id: () => `id-${++this.#ids}`, secret: () => `secret-${++this.#ids}` },
      settings,
      clusterId: 'cluster',
      metadataPrefixes: [],
      holder: `process-${this.deaths}`,
      notices: { sent: () => [], owes: () => true, forget: nothing },
      // Whatever is counted.
      meter: new Proxy({} as World['meter'], { get: () => nothing }),
      log: { info: nothing, warn: (fields) => this.#lookForBugs(fields), error: nothing },
    };
  }

  #cluster() {
    const namespace = { uid: 'namespace-uid', labels: {}, annotations: {}, isTerminating: false };
    return {
      channels: {
        get: async () => this.channel,
        patchStatus: (_: SocialChannel, status: SocialChannelStatus) => this.#patchStatus(status),
        addFinalizer: () => Promise.reject(new Error('no finalizer is wanted here')),
        removeFinalizer: async () => {
          this.channel = undefined;
        },
        annotate: async (_: object, __: object, to: Readonly<Record<string, string | null>>) => {
          const { metadata } = this.channel ?? {};
          if (this.channel !== undefined && metadata !== undefined)
            this.channel = {
              ...this.channel,
              metadata: { ...metadata, annotations: annotated(metadata.annotations, to) },
            };
        },
      },
      apps: { get: async () => app, patchStatus: async () => {} },
      platforms: { get: async () => undefined, patchStatus: async () => {} },
      namespaces: { get: async () => namespace },
      sharedSecrets: { get: async () => this.#bootstrap },
      secrets: {
        lookup: async (_: SocialChannel, name: string) => (isInvitation(name) ? this.#other(name) : this.secret),
        apply: (_: SocialChannel, __: SecretLookup, content: SecretContent) => this.#apply(content),
        remove: async (_: SocialChannel, name: string) => {
          this.others.delete(name);
        },
        removeShared: async () => {},
      },
      workloads: {
        get: async (_: string, { name }: WorkloadRef) => this.workloads.get(name),
        restart: (_: string, { name }: WorkloadRef, __: object, to: Readonly<Record<string, string>>) =>
          this.#restartWorkload(name, to),
      },
      events: {
        emit: async (_: object, __: string, reason: string) => {
          this.events.push(reason);
        },
      },
    };
  }

  async #restartWorkload(name: string, to: Readonly<Record<string, string>>): Promise<void> {
    await this.life.around('restart', () => {
      const found = this.workloads.get(name);
      if (found === undefined) return;
      const shown = { twitch: to['token.socialops.dev/twitch'] ?? '' };
      this.workloads.set(name, { ...found, shown, restartedAt: Date.parse(to['socialops.dev/restarted-at'] ?? '') });
      this.restarts.push({ name, at: this.clock.trueNow(), with: shown.twitch });
      this.onRestart();
    });
  }

  #other(name: string): SecretLookup {
    const found = this.others.get(name);
    return found === undefined ? { state: 'Absent' } : { state: 'Ours', secret: { ...found, uid: `uid of ${name}` } };
  }

  async #patchStatus(status: SocialChannelStatus): Promise<SocialChannel> {
    return await this.life.around('status', () => {
      const { state = '', reason = '' } = status;
      this.statuses.push({ at: this.clock.trueNow(), state, reason });
      const written = { ...(this.channel as SocialChannel), status };
      this.channel = written;
      return written;
    });
  }

  async #apply({ name, data, labels, annotations, isOwned }: SecretContent): Promise<SecretLookup> {
    if (isInvitation(name)) {
      this.others.set(name, { name, data, labels, annotations, isOwned });
      return this.#other(name);
    }
    return await this.life.around('secret', () => {
      this.secret = { state: 'Ours', secret: { name, uid: 'secret-uid', data, labels, annotations, isOwned } };
      return this.secret;
    });
  }
}
