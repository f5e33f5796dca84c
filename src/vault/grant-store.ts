import { CasLost, Failure } from '../core/failure.ts';
import type {
  ChannelRef,
  Claim,
  ForgottenGrant,
  GrantRecord,
  PresentGrant,
  StoredGrant,
  TokenAnswer,
  Tombstone,
  Verdict,
} from '../core/grant.ts';
import type { GrantFacts, GrantStore, Random } from '../core/ports.ts';
import {
  tombstoneWithinBounds,
  withAnswer,
  withClaim,
  withFacts,
  withinBounds,
  withoutClaim,
  withVerdict,
} from '../core/transitions.ts';
import { ConsumerTokens } from './consumer-tokens.ts';
import type { EscrowKey } from './escrow-key.ts';
import type { KeyValue } from './kv.ts';
import type { Login } from './login.ts';
import { ParkedAnswers } from './parked-answers.ts';
import type { RecordPath, VaultPaths } from './paths.ts';
import { Persons } from './persons.ts';
import { decodeGrant, encodeGrant, encodeTombstone, type UnknownFields } from './record.ts';
import { Registers } from './registers.ts';

export interface GrantStoreOptions {
  readonly kv: KeyValue;
  readonly login: Login;
  readonly random: Random;
  readonly paths: VaultPaths;
  readonly escrowKey: EscrowKey;
}

/** The grants of design sections 5 and 6 in Vault. One write per step; nothing is read before a write. */
export function createGrantStore({ kv, login, random, paths, escrowKey }: GrantStoreOptions): GrantStore {
  const newId = () => random.id();
  const grants = new Grants(kv, paths, newId);
  const parked = new ParkedAnswers(kv, paths, newId);
  const registers = new Registers(kv, paths, newId);
  const persons = new Persons(kv, paths, newId);
  const consumers = new ConsumerTokens(kv, paths, newId);
  return {
    load: (ref) => grants.load(ref),
    claim: (ref, from, claim) => grants.claim(ref, from, claim),
    release: (ref, claimed) => grants.release(ref, claimed),
    commit: (ref, claimed, answer, generation) => grants.commit(ref, claimed, answer, generation),
    promote: (ref, from, record) => grants.promote(ref, from, record),
    amend: (ref, from, facts) => grants.amend(ref, from, facts),
    verdict: (ref, from, verdict, fingerprint) => grants.verdict(ref, from, verdict, fingerprint),
    forget: async (ref, from, tombstone) => {
      const forgotten = await grants.forget(ref, from, tombstone);
      for (const record of ['parked', 'staged', 'pending'] as const) await kv.erase(paths.channel(ref, record));
      return forgotten;
    },
    park: (ref, answer) => parked.add(ref, answer),
    parked: (ref) => parked.list(ref),
    unpark: (ref, claimIds) => parked.remove(ref, claimIds),
    fingerprint: (token) => escrowKey.fingerprint(token),
    claimImport: (fingerprint, owner) => registers.claimImport(fingerprint, owner),
    accountOwner: (account) => registers.accountOwner(account),
    claimAccount: (account, owner, takeFrom) => registers.claimAccount(account, owner, takeFrom),
    releaseAccount: (account, owner) => registers.releaseAccount(account, owner),
    personLogins: (person) => persons.of(person),
    notePersonLogin: (person, login) => persons.note(person, login),
    forgetPersonLogin: (person, channel) => persons.forget(person, channel),
    appSecret: (app) => registers.appSecret(app),
    writeToken: (ref, token) => consumers.write(ref, token),
    loginRemainingMs: () => login.remainingMs(),
  };
}

/** The record `grant` of each channel. */
class Grants {
  readonly #kv: KeyValue;
  readonly #paths: VaultPaths;
  readonly #newId: () => string;
  /** By record object, so that a record needs no field for what this version does not know. */
  readonly #unknownFields = new WeakMap<object, UnknownFields>();

  constructor(kv: KeyValue, paths: VaultPaths, newId: () => string) {
    this.#kv = kv;
    this.#paths = paths;
    this.#newId = newId;
  }

  async load(ref: ChannelRef): Promise<StoredGrant> {
    const at = this.#at(ref);
    const { version, writtenAt, readAt, data } = await this.#kv.read(at);
    const stored = { version, writtenAt, readAt };
    if (data === undefined) return { state: 'Absent', ...stored };
    const decoded = decodeGrant(data, at);
    if (decoded.state === 'Forgotten') return { ...decoded, ...stored };
    this.#unknownFields.set(decoded.record, decoded.unknownFields);
    return { state: 'Present', record: decoded.record, ...stored };
  }

  async claim(ref: ChannelRef, from: PresentGrant, claim: Claim): Promise<PresentGrant> {
    const held = from.record.claim;
    const leftMs = held === undefined ? 0 : held.lifeMs - (from.readAt - from.writtenAt);
    if (held !== undefined && leftMs > 0) {
      const left = Math.ceil(leftMs / 1_000);
      throw new CasLost(
        `${this.#at(ref).what}: ${held.holder} holds a claim for ${left} s more. It is looked at again.`,
      );
    }
    // Repeated with the same claim, the write is recognised as our own, whichever attempt was done.
    const record = { ...withClaim(from.record, claim, from.writtenAt), writeId: `claim-${claim.id}` };
    const { isSuperseded, ...claimed } = await this.#write(ref, from, record);
    if (isSuperseded)
      throw new CasLost(`${this.#at(ref).what}: our claim was replaced already. It is looked at again.`);
    return claimed;
  }

  release(ref: ChannelRef, claimed: PresentGrant): Promise<PresentGrant> {
    const writeId = `release-${claimIdOf(claimed)}`;
    return this.#written(ref, claimed, { ...withoutClaim(claimed.record), writeId });
  }

  commit(ref: ChannelRef, claimed: PresentGrant, answer: TokenAnswer, generation: number): Promise<PresentGrant> {
    // The caller repeats a commit that could not be written: an earlier attempt that was done after all is found by this.
    const writeId = `commit-${claimIdOf(claimed)}`;
    return this.#written(ref, claimed, { ...withAnswer(claimed.record, answer, generation), writeId });
  }

  promote(ref: ChannelRef, from: StoredGrant, content: Omit<GrantRecord, 'writeId'>): Promise<PresentGrant> {
    const replaced = from.state === 'Present' ? from.record : undefined;
    return this.#written(ref, from, { ...withinBounds(content, replaced), writeId: this.#newId() });
  }

  amend(ref: ChannelRef, from: PresentGrant, facts: GrantFacts): Promise<PresentGrant> {
    return this.#written(ref, from, { ...withFacts(from.record, facts), writeId: this.#newId() });
  }

  verdict(ref: ChannelRef, from: PresentGrant, verdict: Verdict, fingerprint: string): Promise<PresentGrant> {
    return this.#written(ref, from, { ...withVerdict(from.record, verdict, fingerprint), writeId: this.#newId() });
  }

  async forget(ref: ChannelRef, from: StoredGrant, content: Omit<Tombstone, 'writeId'>): Promise<ForgottenGrant> {
    const at = this.#at(ref);
    if (from.state === 'Forgotten') {
      // The tombstone is there; a process that ended between the two steps left the older versions.
      await this.#kv.destroyUpTo(at, from.version - 1);
      return from;
    }
    const tombstone = { ...tombstoneWithinBounds(content), writeId: this.#newId() };
    const { isSuperseded: _, ...written } = await this.#kv.write(at, encodeTombstone(tombstone), from.version);
    await this.#kv.destroyUpTo(at, written.version - 1);
    return { state: 'Forgotten', tombstone, ...written };
  }

  async #written(ref: ChannelRef, from: StoredGrant, record: GrantRecord): Promise<PresentGrant> {
    const { isSuperseded: _, ...grant } = await this.#write(ref, from, record);
    return grant;
  }

  async #write(ref: ChannelRef, from: StoredGrant, record: GrantRecord) {
    const known = from.state === 'Present' ? this.#unknownFields.get(from.record) : undefined;
    const written = await this.#kv.write(this.#at(ref), encodeGrant(record, known ?? {}), from.version);
    if (known !== undefined) this.#unknownFields.set(record, known);
    return { state: 'Present', record, ...written } as const;
  }

  #at(ref: ChannelRef): RecordPath {
    return this.#paths.channel(ref, 'grant');
  }
}

function claimIdOf({ record }: PresentGrant): string {
  if (record.claim !== undefined) return record.claim.id;
  const message = 'A grant without a claim was to be released or committed. Nothing was written.';
  throw new Failure('Unexpected', 'Unexpected', message, { source: 'Operator' });
}
