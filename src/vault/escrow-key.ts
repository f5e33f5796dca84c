import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { CasLost, Failure } from '../core/failure.ts';
import { Sealed } from '../core/sealed.ts';
import type { Document, KeyValue } from './kv.ts';
import type { RecordPath } from './paths.ts';

/**
 * The symmetric key of this prefix: made at the first start by a check-and-set on version 0, so that of two starters one
 * makes it and both use it. It is read again after each login.
 */
export class EscrowKey {
  readonly #kv: KeyValue;
  readonly #at: RecordPath;
  readonly #loginCount: () => number;
  #loading: { readonly login: number; readonly key: Promise<Sealed> } | undefined;
  #known: Sealed | undefined;

  constructor(kv: KeyValue, at: RecordPath, loginCount: () => number) {
    this.#kv = kv;
    this.#at = at;
    this.#loginCount = loginCount;
  }

  /** HMAC-SHA-256 of a token, hexadecimal. */
  async fingerprint(token: Sealed): Promise<string> {
    const key = Buffer.from((await this.load()).reveal(), 'base64');
    return createHmac('sha256', key).update(token.reveal()).digest('hex');
  }

  /** The key that was read last: an answer is sealed with it just because Vault cannot be asked. */
  async known(): Promise<Sealed> {
    return this.#known ?? (await this.load());
  }

  /** The key, base64. @throws Failure Misconfigured when it was deleted: another key would forget every fingerprint. */
  load(): Promise<Sealed> {
    const login = this.#loginCount();
    if (this.#loading !== undefined && (this.#loading.login === login || login === 0)) return this.#loading.key;
    const key = this.#readOrMake();
    const loading = { login, key };
    this.#loading = loading;
    key.then(
      (read) => {
        this.#known = read;
        // The first use is what logs in: the key that it read belongs to that login.
        if (this.#loading === loading) this.#loading = { login: this.#loginCount(), key };
      },
      () => {
        if (this.#loading === loading) this.#loading = undefined;
      },
    );
    return key;
  }

  async #readOrMake(): Promise<Sealed> {
    const found = await this.#kv.read(this.#at);
    if (found.version > 0) return this.#keyOf(found);
    const made = randomBytes(32).toString('base64');
    try {
      await this.#kv.write(this.#at, { writeId: randomUUID(), ...{ schema: 1, key: made } }, 0);
      return Sealed.of(made);
    } catch (error) {
      if (!(error instanceof CasLost)) throw error;
      return this.#keyOf(await this.#kv.read(this.#at));
    }
  }

  #keyOf({ data, deletionAt }: Document): Sealed {
    if (data === undefined) throw this.#fault('was deleted. Undelete it or restore it: with another key');
    if (deletionAt !== undefined) throw this.#fault('will be deleted by Vault (delete_version_after): without it');
    const key = data.key;
    if (typeof key === 'string' && Buffer.from(key, 'base64').length === 32) return Sealed.of(key);
    throw this.#fault('is damaged. Restore it: with another key');
  }

  #fault(told: string): Failure {
    const message = `The secret ${this.#at.path} in Vault ${told} the operator would not know tokens again that it has used. Nothing is spent until then.`;
    return new Failure('Misconfigured', 'VaultMountInvalid', message, { source: 'Vault' });
  }
}
