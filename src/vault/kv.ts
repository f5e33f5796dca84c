import { CasLost, Failure } from '../core/failure.ts';
import type { Clock } from '../core/ports.ts';
import { failureOf, isCasMismatch, isNoRoute, isSealed, NoAnswer, type Subject } from './failures.ts';
import type { RecordPath } from './paths.ts';
import type { Send } from './session.ts';
import type { VaultAnswer, VaultRequest } from './transport.ts';

/** A version's place in time. */
export interface Version {
  /** 0: nothing was ever written there. */
  readonly version: number;
  /** Vault's `created_time`, epoch milliseconds. */
  readonly writtenAt: number;
  /** Vault's `Date` of the answer; never before `writtenAt`. */
  readonly readAt: number;
}

export interface Document extends Version {
  /** Undefined: never written, deleted or destroyed. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
  /** When Vault will delete this version by itself; undefined: never. */
  readonly deletionAt: number | undefined;
}

export interface Written extends Version {
  /** True: our write was done, and somebody wrote after it already. */
  readonly isSuperseded: boolean;
}

export interface KeyValueOptions {
  readonly send: Send;
  readonly clock: Clock;
  /** How long an unclear write is repeated and looked for, milliseconds. Default 10 s. */
  readonly resolveWithinMs?: number | undefined;
}

/** Secrets of one KV version 2 mount. Every write is a check-and-set. */
export interface KeyValue {
  read(at: RecordPath, version?: number): Promise<Document>;
  /**
   * Writes the version after `cas`. `data.writeId` tells our write from others' when its acknowledgement is lost.
   * @throws CasLost when another write came first, Failure for everything else
   */
  write(at: RecordPath, data: { readonly writeId: string }, cas: number): Promise<Written>;
  /** Removes all versions and what is known of them; without a check-and-set, so only for what others may not rewrite. */
  erase(at: RecordPath): Promise<void>;
  /** Makes the data of all versions up to `version` unrecoverable; the count of versions goes on. */
  destroyUpTo(at: RecordPath, version: number): Promise<void>;
}

export function createKeyValue(options: KeyValueOptions): KeyValue {
  const { send } = options;
  const read = async (at: RecordPath, version?: number) => {
    const query = version === undefined ? '' : `?version=${version}`;
    const answer = await send({ operation: 'read', method: 'GET', path: `${at.apiPath}${query}` });
    return documentOf(answer, at);
  };
  const done = async (request: Omit<VaultRequest, 'token'>, subject: Subject) => {
    const answer = await send(request);
    if (answer.status !== 204 && answer.status !== 200) throw failureOf(answer, subject);
    return answer;
  };
  return {
    read,
    write: (at, data, cas) => new CasWrite(options, read, at, data, cas).run(),
    erase: async ({ metadata }) => {
      await done({ operation: 'erase', method: 'DELETE', path: metadata.apiPath }, metadata);
    },
    destroyUpTo: async ({ metadata, destroy }, version) => {
      const facts = await done({ operation: 'read-metadata', method: 'GET', path: metadata.apiPath }, metadata);
      const versions = livingVersions(facts).filter((living) => living <= version);
      if (versions.length === 0) return;
      await done({ operation: 'destroy', method: 'POST', path: destroy.apiPath, json: { versions } }, destroy);
    },
  };
}

/** After so many reads a version that is still older is not a standby's lag. */
const readsOfLaggingStandby = 4;

/** One check-and-set write until it is known to be done or lost, or the time for finding out is over. */
class CasWrite {
  readonly #options: KeyValueOptions;
  readonly #read: KeyValue['read'];
  readonly #at: RecordPath;
  readonly #data: { readonly writeId: string };
  readonly #cas: number;
  readonly #endsAt: number;
  /** The first attempt of which nobody knows whether it was done. */
  #unclear: Failure | undefined;

  constructor(
    options: KeyValueOptions,
    read: KeyValue['read'],
    at: RecordPath,
    data: { readonly writeId: string },
    cas: number,
  ) {
    this.#options = options;
    this.#read = read;
    this.#at = at;
    this.#data = data;
    this.#cas = cas;
    this.#endsAt = options.clock.monotonic() + (options.resolveWithinMs ?? 10_000);
  }

  async run(): Promise<Written> {
    for (let attempt = 0; ; attempt += 1) {
      if (attempt > 0) await this.#pause(attempt);
      const ending = await this.#attempt().catch((error: unknown) => {
        // Once a write is unclear, nothing that fails later makes it clear.
        if (error instanceof CasLost || (this.#unclear === undefined && !isUnclear(error))) throw error;
        return error as Failure;
      });
      if (!(ending instanceof Failure)) return ending;
      this.#unclear ??= ending;
    }
  }

  /** Same data, same CAS: however often it arrives, it is done once. */
  async #attempt(): Promise<Written> {
    const { send } = this.#options;
    const json = { data: this.#data, options: { cas: this.#cas } };
    const answer = await send({ operation: 'write', method: 'POST', path: this.#at.apiPath, json });
    if (isCasMismatch(answer)) return this.#findOut();
    const version = answer.status === 200 ? versionOf(answer, field(answer.body, 'data')) : undefined;
    if (version !== undefined) return { ...version, isSuperseded: false };
    const failure = failureOf(answer, this.#at);
    // A sealed Vault and one that asks to slow down have done nothing; other 5xx and strange answers are no proof.
    const isClear = isSealed(answer) || (answer.status >= 300 && answer.status < 500 && answer.status !== 408);
    throw isClear ? failure : new UnclearWrite(failure);
  }

  /** Somebody wrote version `cas + 1`: if that was an earlier attempt of ours, its `writeId` is there. */
  async #findOut(): Promise<Written> {
    for (let attempt = 1; ; attempt += 1) {
      const now = await this.#read(this.#at);
      if (now.version > this.#cas) return this.#ours(now);
      // A standby that lags answers with a version from before the one that the write was measured against. So does,
      // and goes on to, a Vault that was restored from a backup; without an unclear attempt nothing of ours is there.
      if (this.#unclear === undefined && attempt === readsOfLaggingStandby) throw this.#lost(now.version);
      await this.#pause(attempt);
    }
  }

  async #ours(now: Document): Promise<Written> {
    const next = now.version === this.#cas + 1 ? now : await this.#read(this.#at, this.#cas + 1);
    if (next.data?.writeId !== this.#data.writeId) {
      throw this.#lost(now.version);
    }
    const { version, writtenAt } = next;
    return { version, writtenAt, readAt: now.readAt, isSuperseded: now.version !== version };
  }

  #lost(version: number): CasLost {
    return new CasLost(`Somebody else wrote first: ${this.#at.what}, version ${version}. It is looked at again.`);
  }

  async #pause(attempt: number): Promise<void> {
    const { clock } = this.#options;
    const pauseMs = Math.min(50 * 2 ** attempt, 1_000);
    if (clock.monotonic() + pauseMs < this.#endsAt) return clock.sleep(pauseMs);
    const why = this.#unclear?.message ?? 'It shows only versions from before the write.';
    const message = `Whether Vault has written is not known: ${this.#at.what}. ${why} It is looked at again.`;
    throw new UnclearWrite(new Failure('Transient', 'VaultUnavailable', message, { source: 'Vault' }));
  }
}

/** The write may or may not have been done. */
export class UnclearWrite extends Failure {
  constructor({ family, reason, message, source, status, retryAfterMs }: Failure) {
    super(family, reason, message, { source, status, retryAfterMs });
    this.name = 'UnclearWrite';
  }
}

function isUnclear(error: unknown): boolean {
  return error instanceof UnclearWrite || (error instanceof NoAnswer && error.mayHaveArrived);
}

function documentOf(answer: VaultAnswer, at: RecordPath): Document {
  const data = field(answer.body, 'data');
  const version = versionOf(answer, field(data, 'metadata'));
  if (answer.status === 200 || (answer.status === 404 && version !== undefined)) {
    const content = field(data, 'data');
    if (version === undefined) throw answer.isJson ? notKeyValue(at) : failureOf(answer, at);
    const deletionAt = instant(field(field(data, 'metadata'), 'deletion_time'));
    if (answer.status === 200 && !isObject(content)) throw notKeyValue(at);
    return { ...version, data: isObject(content) ? content : undefined, deletionAt };
  }
  // Only Vault's own empty list of errors means that nothing was ever written there.
  const errors = field(answer.body, 'errors');
  if (answer.status !== 404 || isNoRoute(answer) || !Array.isArray(errors) || errors.length > 0) {
    throw failureOf(answer, at);
  }
  const readAt = answer.dateAt ?? 0;
  return { version: 0, writtenAt: readAt, readAt, data: undefined, deletionAt: undefined };
}

function notKeyValue(at: RecordPath): Failure {
  const message = `What Vault answered for ${at.what} is no KV version 2 secret; check vault-mount.`;
  return new Failure('Misconfigured', 'VaultMountInvalid', message, { source: 'Vault' });
}

function versionOf(answer: VaultAnswer, metadata: unknown): Version | undefined {
  const version = field(metadata, 'version');
  const writtenAt = instant(field(metadata, 'created_time'));
  if (typeof version !== 'number' || writtenAt === undefined) return undefined;
  // `Date` has whole seconds. Without one the age is 0: a claim is then never believed to be over.
  return { version, writtenAt, readAt: Math.max(answer.dateAt ?? writtenAt, writtenAt) };
}

function livingVersions(answer: VaultAnswer): readonly number[] {
  const versions = field(field(answer.body, 'data'), 'versions');
  if (!isObject(versions)) return [];
  return Object.entries(versions).flatMap(([number, facts]) =>
    field(facts, 'destroyed') === true ? [] : [Number(number)],
  );
}

function instant(value: unknown): number | undefined {
  const at = typeof value === 'string' && value !== '' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function field(of: unknown, name: string): unknown {
  return isObject(of) ? of[name] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
