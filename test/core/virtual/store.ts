import { CasLost, Failure } from '../../../src/core/failure.ts';
import type { ChannelRef, GrantRecord, ParkedAnswer, PresentGrant, StoredGrant } from '../../../src/core/grant.ts';
import type { GrantStore, ProjectedToken } from '../../../src/core/ports.ts';
import { Sealed } from '../../../src/core/sealed.ts';
import {
  tombstoneWithinBounds,
  withAnswer,
  withClaim,
  withFacts,
  withinBounds,
  withoutClaim,
  withVerdict,
} from '../../../src/core/transitions.ts';
import type { Life, VirtualClock } from './process.ts';

const keyOf = (of: object) => JSON.stringify(of);

/** One channel's records in memory, with Vault's check-and-set and Vault's clock. */
export class MemoryStore implements GrantStore {
  isAway = false;
  /** Away until then, by the true clock. */
  awayUntil = 0;
  kept: StoredGrant;
  answers: ParkedAnswer[] = [];
  parkings = 0;
  projected: ProjectedToken | undefined;
  readonly #clock: VirtualClock;
  readonly #life: Life;
  readonly #imports = new Map<string, ChannelRef>();
  readonly #owners = new Map<string, ChannelRef>();

  constructor(clock: VirtualClock, life: Life) {
    this.#clock = clock;
    this.#life = life;
    this.kept = { state: 'Absent', version: 0, writtenAt: 0, readAt: clock.trueNow() };
  }

  async load(): Promise<StoredGrant> {
    this.#ask();
    this.kept = { ...this.kept, readAt: this.#clock.trueNow() };
    return this.kept;
  }
  async claim(_: ChannelRef, from: PresentGrant, claim: Parameters<GrantStore['claim']>[2]) {
    return await this.#life.around('claim', () =>
      this.#write(from, withClaim(from.record, claim, from.writtenAt), claim.id),
    );
  }
  async release(_: ChannelRef, claimed: PresentGrant) {
    return this.#write(claimed, withoutClaim(claimed.record), 'release');
  }
  async commit(_: ChannelRef, claimed: PresentGrant, answer: Parameters<GrantStore['commit']>[2], generation: number) {
    return await this.#life.around('commit', () =>
      this.#write(claimed, withAnswer(claimed.record, answer, generation), 'commit'),
    );
  }
  async promote(_: ChannelRef, from: StoredGrant, record: Omit<GrantRecord, 'writeId'>) {
    return await this.#life.around('promote', () =>
      this.#write(from, { ...withinBounds(record), writeId: '' }, 'promote'),
    );
  }
  async amend(_: ChannelRef, from: PresentGrant, facts: Parameters<GrantStore['amend']>[2]) {
    return this.#write(from, withFacts(from.record, facts), 'amend');
  }
  async verdict(_: ChannelRef, from: PresentGrant, verdict: Parameters<GrantStore['verdict']>[2], fingerprint: string) {
    return this.#write(from, withVerdict(from.record, verdict, fingerprint), 'verdict');
  }
  async forget(_: ChannelRef, from: StoredGrant, of: Parameters<GrantStore['forget']>[2]) {
    const tombstone = { ...tombstoneWithinBounds(of), writeId: 'forget' };
    const forgotten = { ...this.#next(from), state: 'Forgotten', tombstone } as const;
    this.kept = forgotten;
    return forgotten;
  }
  async park(_: ChannelRef, parked: ParkedAnswer) {
    this.#ask();
    this.parkings += 1;
    this.answers.push(parked);
  }
  async parked() {
    this.#ask();
    return this.answers;
  }
  async unpark(_: ChannelRef, claimIds: readonly string[]) {
    this.#ask();
    this.answers = this.answers.filter(({ claimId }) => !claimIds.includes(claimId));
  }
  async fingerprint(token: Sealed) {
    return `fingerprint of ${token.reveal()}`;
  }
  async claimImport(fingerprint: string, owner: ChannelRef) {
    this.#ask();
    const first = this.#imports.get(fingerprint) ?? owner;
    this.#imports.set(fingerprint, first);
    return first;
  }
  async accountOwner(account: object) {
    this.#ask();
    return this.#owners.get(keyOf(account));
  }
  async claimAccount(account: object, owner: ChannelRef) {
    this.#ask();
    this.#owners.set(keyOf(account), owner);
    return owner;
  }
  async releaseAccount(account: object) {
    this.#owners.delete(keyOf(account));
  }
  async personLogins() {
    this.#ask();
    return { logins: [], everGiven: 0 };
  }
  async notePersonLogin() {
    this.#ask();
  }
  async forgetPersonLogin() {}
  async writeToken(_: ChannelRef, token: ProjectedToken | undefined) {
    await this.#life.around('token', () => {
      this.#ask();
      this.projected = token;
    });
  }
  async appSecret() {
    return Sealed.of('client-secret');
  }
  loginRemainingMs() {
    return Number.POSITIVE_INFINITY;
  }

  /** Throws while Vault is away. */
  readonly ask = (): void => this.#ask();

  #ask(): void {
    if (!this.isAway && this.#clock.trueNow() >= this.awayUntil) return;
    throw new Failure('Transient', 'VaultUnavailable', 'Vault is away.', { source: 'Vault' });
  }
  #next(from: StoredGrant) {
    this.#ask();
    if (from.version !== this.kept.version) throw new CasLost('The record has moved.');
    const now = this.#clock.trueNow();
    return { version: from.version + 1, writtenAt: now, readAt: now };
  }
  #write(from: StoredGrant, record: GrantRecord, writeId: string): PresentGrant {
    const written: PresentGrant = { state: 'Present', record: { ...record, writeId }, ...this.#next(from) };
    this.kept = written;
    return written;
  }
}
