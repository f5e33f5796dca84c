import type { World } from '../../../src/channel/ports.ts';
import { formatInstant } from '../../../src/core/instant.ts';
import type { SharedSecret } from '../../../src/core/ports.ts';
import type { PlatformProfile } from '../../../src/core/profile.ts';
import { Sealed } from '../../../src/core/sealed.ts';
import { channel, minuteMs, nowAt } from '../builders.ts';
import { MemoryCluster } from './cluster.ts';
import type { Escrowed } from './escrow.ts';
import { Judge } from './judge.ts';
import { Kernel } from './kernel.ts';
import { WalkPlatform } from './platform.ts';
import type { Replica } from './replica.ts';
import { MemoryVault } from './vault.ts';

export type Side = 'vault' | 'api' | 'platform';
/** `NotSent`: the connection was never made. `Lost`: nobody knows whether it was done. */
export type Break = 'NotSent' | 'Lost';

/** One call of the operator to the world. Who decides when it arrives, and when its answer does, is the traffic. */
export interface Call {
  readonly replica: Replica;
  readonly side: Side;
  readonly what: string;
  /** Done at the other side. Answers how the caller is told. */
  readonly arrive: () => () => void;
  readonly breakOff: (how: Break) => void;
}

export interface Traffic {
  submit(call: Call): void;
}

/** What is taken away from the operator, to show that its absence is noticed. */
export interface Mutation {
  readonly name: string;
  readonly isCasIgnored?: boolean;
  readonly ownsAlways?: boolean;
  readonly wrap?: (world: World) => World;
}

/** One channel, its platform, Vault and the cluster, and whoever works on it. */
export class Stage {
  readonly kernel = new Kernel(nowAt);
  readonly vault: MemoryVault;
  readonly cluster: MemoryCluster;
  readonly platform: WalkPlatform;
  readonly escrow: Escrowed = [];
  readonly judge: Judge;
  readonly mutation: Mutation | undefined;
  readonly replicas: Replica[] = [];
  traffic: Traffic;
  /** How often a channel that waits for a person is read again. */
  reReadMs = 5 * minuteMs;
  /** How many calls ended. */
  effects = 0;
  /** What happened, for the one who reads a failure. */
  readonly story: string[] = [];
  isTold = false;
  /** Nothing is left to chance: no jitter. */
  isSteady = false;
  /** Told of everything that a process learns. */
  onLearnt: (replica: Replica, what: string, result: unknown) => void = () => {};
  /** A pass begins with the record that was read last: what was learnt before it is forgotten, but for what a run begins with. */
  onPass: (replica: Replica) => void = () => {};
  #consents = 0;
  #names = 0;

  constructor(profile: PlatformProfile, traffic: (stage: Stage) => Traffic, mutation?: Mutation) {
    const now = () => this.kernel.now;
    this.mutation = mutation;
    this.vault = new MemoryVault(now);
    this.vault.isCasIgnored = mutation?.isCasIgnored ?? false;
    this.platform = new WalkPlatform(profile, now);
    const { channel: fresh } = channel({
      spec: { bootstrap: { secretRef: { name: 'tokens' }, afterImport: 'Keep' }, account: { id: '42' } },
      status: undefined,
    });
    this.cluster = new MemoryCluster(fresh, this.newConsent());
    this.judge = new Judge(this);
    this.traffic = traffic(this);
  }

  /** A person consents, and the tokens are ready to be put into the bootstrap Secret. */
  newConsent(account?: string): SharedSecret {
    const { access, refresh, obtainedAt, accessExpiresAt } = this.platform.consent(account);
    this.#consents += 1;
    const data = {
      access_token: access,
      ...(refresh === undefined ? {} : { refresh_token: refresh }),
      obtained_at: Sealed.of(formatInstant(obtainedAt)),
      expires_at: Sealed.of(formatInstant(accessExpiresAt ?? obtainedAt)),
    };
    return { resourceVersion: `consent-${this.#consents}`, data };
  }

  nextName(slot: string): string {
    this.#names += 1;
    return `${slot}-${this.#names}`;
  }

  tell(line: () => string): void {
    if (!this.isTold) return;
    const at = (this.kernel.now - nowAt) / 1000;
    this.story.push(`${at.toFixed(3).padStart(14)} s  ${line()}`);
  }

  /** Hands one call to the traffic. */
  ask<T>(call: Pick<Call, 'replica' | 'side' | 'what'>, perform: () => T, broken: (how: Break) => T): Promise<T> {
    const { replica, what } = call;
    if (what === 'claim') this.judge.claiming(replica);
    return new Promise<T>((resolve, reject) => {
      const settle = (get: () => T) => {
        this.effects += 1;
        try {
          resolve(get());
        } catch (error) {
          reject(error);
        }
      };
      const arrive = () => {
        const result = this.#done(replica, what, perform);
        this.tell(() => `${replica.name} ${what}`);
        return () => settle(result);
      };
      const breakOff = (how: Break) => {
        this.tell(() => `${replica.name} ${what}: ${how}`);
        settle(() => broken(how));
      };
      this.traffic.submit({ ...call, arrive, breakOff });
    });
  }

  /** An error that the other side answers is an answer too. */
  #done<T>(replica: Replica, what: string, perform: () => T): () => T {
    this.judge.actor = replica;
    try {
      const result = perform();
      this.judge.answers.looked(replica, what);
      this.onLearnt(replica, what, result);
      return () => result;
    } catch (error) {
      this.onLearnt(replica, what, String(error));
      return () => {
        throw error;
      };
    }
  }
}
