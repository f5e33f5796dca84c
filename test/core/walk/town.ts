import { dayMs } from '../times.ts';
import { Chance } from './chance.ts';
import type { ClusterSnapshot } from './cluster.ts';
import type { Escrowed } from './escrow.ts';
import { Lease } from './lease.ts';
import { People } from './people.ts';
import type { WalkProfile } from './profiles.ts';
import { Replica } from './replica.ts';
import { type Call, type Mutation, Stage } from './stage.ts';
import { newsMs, type Outage, RandomTraffic } from './traffic.ts';
import type { Slot, Strike, Trouble } from './troubles.ts';
import type { VaultSnapshot } from './vault.ts';
import { Visitors } from './visitors.ts';

interface TownOptions {
  readonly seed: number;
  readonly profile: WalkProfile;
  readonly isSplit: boolean;
  readonly mutation: Mutation | undefined;
}

const slots: readonly Slot[] = ['a', 'b'];

/** Two replicas, their lease, and everything that befalls them. */
export class Town {
  readonly stage: Stage;
  readonly #traffic: RandomTraffic;
  readonly #chance: Chance;
  readonly #lease: Lease;
  readonly #people: People;
  readonly #visitors: Visitors;
  #armed: Trouble[] = [];
  readonly #vaultBackups: VaultSnapshot[] = [];
  /** All that etcd holds. */
  readonly #clusterBackups: { readonly objects: ClusterSnapshot; readonly escrow: Escrowed }[] = [];
  #isCalm = false;

  constructor({ seed, profile, isSplit, mutation }: TownOptions) {
    this.#chance = new Chance(seed + 1e6);
    this.stage = new Stage(profile.profile, (stage) => new RandomTraffic(stage, this.#chance), mutation);
    this.#traffic = this.stage.traffic as RandomTraffic;
    this.#traffic.plan = { meets: (call, phase) => this.#meets(call, phase) };
    const { kernel, replicas, cluster, judge } = this.stage;
    this.#people = new People(this.stage, this.#chance, (ms, what) => this.#later(ms, what));
    this.#visitors = new Visitors(this.stage, this.#chance, (ms, what) => this.#later(ms, what));
    this.stage.reReadMs = profile.reReadMs;
    judge.onNeedsReauth = () => this.#people.callForHelp(10 * profile.reReadMs);
    this.#lease = new Lease(kernel, replicas, isSplit, (replica) => this.#canRenew(replica));
    for (const slot of slots) replicas.push(this.#replica(slot));
    cluster.onNews = () => this.#wakeAll();
    for (const replica of replicas) replica.wake(1);
    this.#lease.look();
  }

  expect(troubles: readonly Trouble[]): void {
    const { kernel } = this.stage;
    const startAt = kernel.now;
    for (const trouble of troubles) {
      kernel.at(startAt + trouble.at, () => {
        this.#backUp();
        if (this.#isCalm) return;
        if (trouble.on === undefined) this.#strike(trouble.strike, undefined);
        else this.#armed.push(trouble);
      });
    }
  }

  /** What people have changed is put right, and what is not connected is reconnected. */
  revive(): void {
    const { cluster } = this.stage;
    this.#people.putRight();
    if (cluster.channel?.status?.state !== 'Connected') cluster.change({ bootstrap: this.stage.newConsent() });
  }

  /** Nothing goes wrong any more, and people put right what they changed. */
  calm(): void {
    this.#isCalm = true;
    this.#armed = [];
    const { stage } = this;
    this.#traffic.outages.clear();
    stage.platform.illness = undefined;
    stage.platform.mistakes = 0;
    stage.vault.lag = 0;
    for (const slot of slots) {
      const replica = this.#at(slot);
      replica.skewMs = 0;
      if (!replica.isAlive) this.#startAgain(slot);
      else if (replica.isFrozen) replica.thaw();
    }
    this.#people.putRight();
    this.#lease.look();
  }

  #meets(call: Call, phase: 'Before' | 'After'): boolean {
    const met = this.#armed.filter(({ on }) => on?.what === call.what && on.phase === phase);
    if (met.length === 0) return false;
    this.#armed = this.#armed.filter((trouble) => !met.includes(trouble));
    for (const { strike } of met) this.#strike(strike, call.replica);
    return met.some(({ strike }) => strike.kind === 'LoseAnswer');
  }

  #strike(strike: Strike, replica: Replica | undefined): void {
    this.stage.tell(() => `--- ${JSON.stringify(strike)} ${replica?.name ?? ''}`);
    const hit = replica ?? this.#lease.holder ?? this.#at('a');
    switch (strike.kind) {
      case 'Kill':
        this.#kill(hit, strike.ms);
        return;
      case 'Freeze':
        this.#freeze(hit, strike.ms);
        return;
      case 'Outage':
        this.#outage(strike, strike.ms);
        return;
      case 'Illness':
      case 'Mistake':
      case 'Clock':
      case 'Lag':
        this.#trouble(strike);
        return;
      case 'RestoreVault':
      case 'RestoreCluster':
        this.#restore(strike.kind, strike.snapshot);
        return;
      case 'Edit':
        this.#people.edit(strike.edit, strike.ms);
        return;
      case 'Visit':
        this.#visitors.visit(strike.guest, strike.ms);
        return;
      case 'Rebalance':
        this.#lease.rebalance();
        return;
      case 'LoseAnswer':
        return;
      default:
        this.#people.does(strike.kind, this.#clusterBackups[0]?.objects.bootstrap);
        return;
    }
  }

  #kill(replica: Replica, ms: number): void {
    if (!replica.isAlive) return;
    replica.die();
    this.#lease.look();
    this.#later(ms, () => this.#at(replica.slot as Slot) === replica && this.#startAgain(replica.slot as Slot));
  }

  #startAgain(slot: Slot): void {
    const replica = this.#replica(slot);
    this.stage.replicas[slots.indexOf(slot)] = replica;
    this.#lease.look();
    replica.wake(newsMs(this.#chance));
  }

  #freeze(replica: Replica, ms: number): void {
    if (!replica.isAlive || replica.isFrozen) return;
    replica.freeze();
    this.#lease.look();
    this.#later(ms, () => {
      replica.thaw();
      this.#lease.look();
    });
  }

  #outage(outage: Outage, ms: number): void {
    this.#traffic.outages.add(outage);
    this.#lease.look();
    this.#later(ms, () => {
      this.#traffic.outages.delete(outage);
      this.#lease.look();
      this.#wakeAll();
    });
  }

  #trouble(strike: Extract<Strike, { kind: 'Illness' | 'Mistake' | 'Clock' | 'Lag' }>): void {
    const { platform, vault } = this.stage;
    switch (strike.kind) {
      case 'Illness':
        platform.illness = strike.illness;
        this.#later(strike.ms, () => {
          platform.illness = undefined;
        });
        return;
      case 'Mistake':
        // Elsewhere a definite no is believed at once, as it must be.
        platform.mistakes = platform.profile.oldToken === 'Lives' && platform.profile.renewal !== 'Exchange' ? 1 : 0;
        return;
      case 'Lag':
        vault.lag = strike.versions;
        this.#later(strike.ms, () => {
          vault.lag = 0;
        });
        return;
      case 'Clock':
        this.#at(strike.slot).skewMs = strike.skewMs;
        this.#later(strike.ms, () => {
          this.#at(strike.slot).skewMs = 0;
        });
        return;
    }
  }

  #restore(kind: 'RestoreVault' | 'RestoreCluster', snapshot: number): void {
    const { cluster, escrow, judge } = this.stage;
    const back = Math.ceil(snapshot * 6);
    if (kind === 'RestoreVault') {
      const backup = this.#vaultBackups.at(-back);
      if (backup !== undefined) judge.answers.restoreVault(backup);
      return;
    }
    const backup = this.#clusterBackups.at(-back);
    if (backup === undefined || backup.objects.namespaceUid !== cluster.namespaceUid) return;
    escrow.splice(0, escrow.length, ...backup.escrow);
    judge.clusterRestored();
    cluster.restore(backup.objects);
  }

  /** As often as something happens, and not more than a handful. */
  #backUp(): void {
    this.#vaultBackups.push(this.stage.vault.snapshot());
    this.#clusterBackups.push({ objects: this.stage.cluster.snapshot(), escrow: [...this.stage.escrow] });
  }

  #later(ms: number, what: () => unknown): void {
    const { kernel } = this.stage;
    kernel.at(kernel.now + Math.min(ms, 10 * dayMs), () => !this.#isCalm && what());
  }
  #wakeAll(): void {
    for (const replica of this.stage.replicas) replica.wake(newsMs(this.#chance));
  }
  #at(slot: Slot): Replica {
    return this.stage.replicas[slots.indexOf(slot)] as Replica;
  }
  #replica(slot: Slot): Replica {
    return new Replica(this.stage, slot, (replica, ms) => this.#lease.owns(replica, ms));
  }
  #canRenew(replica: Replica): boolean {
    return replica.isAlive && !replica.isFrozen && this.#traffic.isCut('api', replica.slot) === undefined;
  }
}
