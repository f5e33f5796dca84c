import { settings } from '../builders.ts';
import { grantOf } from './grants.ts';
import type { Cause } from './losses.ts';
import type { Spend } from './platform.ts';
import type { Replica } from './replica.ts';
import type { Stage } from './stage.ts';
import type { VaultSnapshot } from './vault.ts';

export interface Claim {
  readonly id: string;
  readonly holder: string;
  readonly fingerprint: string;
  readonly writtenAt: number;
  isSpent: boolean;
  /** Vault was put back to before it was written: nobody but its holder can know of it. */
  isTaken: boolean;
}

/** Where an answer is kept aside, and how a replica looks there. */
const looks = { Stored: 'read parked', Escrowed: 'list escrow' } as const;

/** Follows each answer of the platform: where it is, since when others can find it, and who took it away. */
export class Answers {
  readonly #stage: Stage;
  readonly #claims = new Map<string, Claim>();
  readonly #claimOf = new Map<Spend, Claim>();
  /** Since when somebody else than who got it can find it. */
  readonly #keptAt = new Map<Spend, number>();
  readonly #lookedAt = new Map<string, number>();
  /** Fingerprints of what is not to be imported again, as the newest tombstone has them. */
  #tombstone: readonly string[] = [];
  /** When Vault was put back last. */
  restoredAt = Number.NEGATIVE_INFINITY;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  claimed(claim: Pick<Claim, 'id' | 'holder' | 'fingerprint' | 'writtenAt'>): void {
    this.#claims.set(claim.id, { ...claim, isSpent: false, isTaken: false });
  }
  /** From the youngest on. */
  claims(): readonly Claim[] {
    return [...this.#claims.values()].reverse();
  }
  sent(spend: Spend, claim: Claim): void {
    this.#claimOf.set(spend, claim);
  }
  claimOf(spend: Spend | undefined): Claim | undefined {
    return spend === undefined ? undefined : this.#claimOf.get(spend);
  }

  died(replica: Replica): void {
    for (const spend of this.#stage.platform.spends) {
      if (spend.by === replica.name && (spend.fate === 'Travelling' || spend.fate === 'Held')) spend.fate = 'Died';
    }
  }

  /** These tokens are in Vault now, in the grant or parked. */
  stored(tokens: ReadonlySet<string | undefined>): void {
    for (const spend of this.#stage.platform.spends.slice(-20)) {
      if (spend.kind !== 'Answered' || spend.fate === 'Stored') continue;
      if (!tokens.has(spend.refresh ?? spend.access) && !tokens.has(spend.access)) continue;
      spend.fate = 'Stored';
      this.#keptAt.set(spend, this.#stage.kernel.now);
    }
  }

  escrowed(claimId: string): void {
    const spend = this.#under(claimId);
    if (spend === undefined || spend.fate === 'Stored') return;
    spend.fate = 'Escrowed';
    this.#keptAt.set(spend, this.#stage.kernel.now);
  }
  /** Whoever drops it must have stored it; a run that began before a restore has seen it there. */
  dropped(claimId: string): void {
    const spend = this.#under(claimId);
    if (spend?.fate !== 'Escrowed') return;
    const isRecent = this.#stage.kernel.now - this.restoredAt < settings.claimLifeMs;
    spend.fate = isRecent ? 'RolledBack' : 'Dropped';
  }
  /** The versions of a secret are counted again after a restore: its holder's next write may meet the number that it expects. */
  isTakenFrom(replica: Replica | undefined): boolean {
    return this.claims().find(({ holder }) => holder === replica?.name)?.isTaken === true;
  }

  /** The grant was given up with all that belongs to it; its tombstone tells what is not to be imported again. */
  forgotten(consumedBootstraps: readonly string[] = []): void {
    this.#tombstone = consumedBootstraps;
    for (const spend of this.#stage.platform.spends) {
      if (spend.fate !== 'Stored' && spend.fate !== 'Escrowed') continue;
      spend.fate = 'Forgotten';
      this.#keptAt.set(spend, this.#stage.kernel.now);
    }
  }

  /** A replica has looked at what is kept aside. What a lagging standby answers shows nothing of it. */
  looked(replica: Replica, what: string): void {
    const { kernel, vault } = this.#stage;
    if (what === looks.Stored) this.#lookedAt.set(`${replica.name} ${what}`, vault.lag > 0 ? 0 : kernel.now);
    if (what === looks.Escrowed) this.#lookedAt.set(`${replica.name} ${what}`, kernel.now);
  }

  /** Vault is put back: what was written since then is gone, and nothing else. */
  restoreVault(backup: VaultSnapshot): void {
    const { vault, platform, escrow } = this.#stage;
    const { takenAt } = backup;
    const newest = grantOf(vault)?.tokens;
    vault.restore(backup);
    this.restoredAt = this.#stage.kernel.now;
    for (const claim of this.#claims.values()) if (claim.writtenAt > takenAt) claim.isTaken = true;
    for (const spend of platform.spends) {
      const isUndone = (this.#keptAt.get(spend) ?? 0) > takenAt;
      if (isUndone && spend.fate === 'Forgotten') spend.fate = 'RolledBack';
      if (!isUndone || spend.fate !== 'Stored') continue;
      // The status tells that more came after an older one: what is left of that in escrow is not to be believed.
      const isNewest = (newest?.refresh ?? newest?.access) === (spend.refresh ?? spend.access);
      const isInEscrow = escrow.some(({ claimId }) => claimId === this.#claimOf.get(spend)?.id);
      spend.fate = isNewest && isInEscrow ? 'Escrowed' : 'RolledBack';
    }
  }

  /** So were the Secrets: an answer that only lay in escrow went with them. */
  clusterRestored(): void {
    const { platform, escrow } = this.#stage;
    const kept = new Set(escrow.map(({ claimId }) => claimId));
    for (const spend of platform.spends) {
      if (spend.fate === 'Escrowed' && !kept.has(this.#claimOf.get(spend)?.id ?? '')) spend.fate = 'RolledBack';
    }
  }

  /**
   * Why the holder of this claim could not know that the token was spent: its answer died with who got it, a restore took
   * it or the claim that it was got under away, or who got it stood still for longer than a claim lives. Undefined: the
   * answer was there to be found, or its claim was still to be waited for.
   */
  excuse(first: Spend | undefined, by: Claim | undefined): Cause | undefined {
    if (first === undefined || first.fate === 'Lost' || first.fate === 'Died') return 'Interrupted';
    if (first.fate === 'RolledBack') return 'RolledBack';
    if (first.fate === 'Forgotten') return this.#excuseOfForgotten(first);
    if (this.#hasTakenTwin(first, by)) return 'RolledBack';
    if (first.fate === 'Dropped' || this.#couldFind(first, by)) return undefined;
    const claim = this.#claimOf.get(first);
    if (claim?.isTaken === true) return 'RolledBack';
    const claimedAt = claim?.writtenAt ?? first.at;
    const isOver = (by?.writtenAt ?? this.#stage.kernel.now) - claimedAt >= settings.claimLifeMs;
    return isOver ? 'Outlived' : undefined;
  }

  /**
   * A restore took the claim away under which the token was got that is sent now: another claimed and spent the same one
   * meanwhile, whose answer ended this token, and which of the two was stored is a matter of the versions that met.
   */
  #hasTakenTwin(first: Spend, by: Claim | undefined): boolean {
    const { platform, judge } = this.#stage;
    return platform.spends.some(
      (spend) =>
        spend.token === first.token &&
        this.#claimOf.get(spend)?.isTaken === true &&
        judge.fingerprint(spend.refresh ?? '') === by?.fingerprint,
    );
  }

  /** A restore may have taken away what the tombstone would tell: that these tokens had been imported. */
  #excuseOfForgotten({ token }: Spend): Cause | undefined {
    const isTold = this.#tombstone.includes(this.#stage.judge.fingerprint(token));
    return isTold || this.restoredAt === Number.NEGATIVE_INFINITY ? undefined : 'RolledBack';
  }

  #couldFind(first: Spend, by: Claim | undefined): boolean {
    const { fate } = first;
    if (fate !== 'Stored' && fate !== 'Escrowed') return false;
    const claimedAt = by?.writtenAt ?? this.#stage.kernel.now;
    const lookedAt = this.#lookedAt.get(`${by?.holder} ${looks[fate]}`);
    // Who has not looked for long should have: then all counts that was there before the claim.
    const isLate = lookedAt === undefined || (lookedAt > 0 && claimedAt - lookedAt > settings.claimLifeMs);
    return (this.#keptAt.get(first) ?? 0) <= (isLate ? claimedAt : Math.min(lookedAt, claimedAt));
  }

  #under(claimId: string): Spend | undefined {
    return this.#stage.platform.spends.findLast((spend) => this.#claimOf.get(spend)?.id === claimId);
  }
}
