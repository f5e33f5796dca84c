import { z } from 'zod';
import { CasLost, Failure } from '../core/failure.ts';
import type { ChannelRef } from '../core/grant.ts';
import type { AccountKey } from '../core/ports.ts';
import { Sealed } from '../core/sealed.ts';
import type { KeyValue } from './kv.ts';
import type { RecordPath, VaultPaths } from './paths.ts';
import { strictly } from './record.ts';

const schema = 1;
const attempts = 5;
const entry = z.object({
  schema: z.literal(schema),
  owner: z.object({ namespace: z.string(), name: z.string() }).optional(),
});

/** Who owns what: imported tokens and accounts; and the client secrets of apps, which people write. */
export class Registers {
  readonly #kv: KeyValue;
  readonly #paths: VaultPaths;
  readonly #newId: () => string;

  constructor(kv: KeyValue, paths: VaultPaths, newId: () => string) {
    this.#kv = kv;
    this.#paths = paths;
    this.#newId = newId;
  }

  async claimImport(fingerprint: string, owner: ChannelRef): Promise<ChannelRef> {
    const at = this.#paths.imported(fingerprint);
    try {
      await this.#kv.write(at, this.#entry(owner, {}), 0);
      return owner;
    } catch (error) {
      if (!(error instanceof CasLost)) throw error;
      const { owner: first } = await this.#read(at);
      // Deleted by hand: the versions go on, so that the first owner is forgotten but not replaced in silence.
      if (first === undefined) throw this.#lostOwner(at);
      return first;
    }
  }

  async accountOwner(account: AccountKey): Promise<ChannelRef | undefined> {
    return (await this.#read(this.#paths.account(account))).owner;
  }

  async claimAccount(account: AccountKey, owner: ChannelRef, takeFrom?: ChannelRef): Promise<ChannelRef> {
    const at = this.#paths.account(account);
    return this.#change(at, (present) => {
      const isFree = present === undefined || (takeFrom !== undefined && isSame(present, takeFrom));
      return isFree ? owner : present;
    }).then((now) => now ?? owner);
  }

  async releaseAccount(account: AccountKey, owner: ChannelRef): Promise<void> {
    const at = this.#paths.account(account);
    await this.#change(at, (present) => (present !== undefined && isSame(present, owner) ? undefined : present));
  }

  async appSecret(app: ChannelRef): Promise<Sealed> {
    const at = this.#paths.appSecret(app);
    const { data } = await this.#kv.read(at);
    const secret = data?.client_secret;
    if (typeof secret === 'string' && secret !== '') return Sealed.of(secret);
    const [reason, told] =
      data === undefined
        ? (['SecretNotFound', 'does not exist'] as const)
        : (['SecretKeyMissing', 'has no text in its field client_secret'] as const);
    const message = `The secret ${at.path} in Vault, for the client secret of app ${app.namespace}/${app.name}, ${told}. Write it: vault kv put -mount=${this.#paths.mount} ${at.path} client_secret=-`;
    throw new Failure('Misconfigured', reason, message, { source: 'Vault', isAppFault: true });
  }

  /** Writes only what differs; answers the owner afterwards. */
  async #change(
    at: RecordPath,
    ownerAfter: (present: ChannelRef | undefined) => ChannelRef | undefined,
  ): Promise<ChannelRef | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const { version, owner, data } = await this.#read(at);
      const next = ownerAfter(owner);
      if (next === owner || (next !== undefined && owner !== undefined && isSame(next, owner))) return owner;
      try {
        await this.#kv.write(at, this.#entry(next, data), version);
        return next;
      } catch (error) {
        if (!(error instanceof CasLost) || attempt === attempts) throw error;
      }
    }
  }

  async #read(at: RecordPath) {
    const { version, data } = await this.#kv.read(at);
    return { version, data: data ?? {}, owner: data === undefined ? undefined : strictly(entry, data, at).owner };
  }

  #entry(owner: ChannelRef | undefined, known: object) {
    const place = owner && { namespace: owner.namespace, name: owner.name };
    return { ...known, schema, owner: place, writeId: this.#newId() };
  }

  #lostOwner(at: RecordPath): Failure {
    const message = `The secret ${at.path} in Vault, the memory of an imported token, was deleted. Undelete or restore it; nothing is imported until then.`;
    return new Failure('Misconfigured', 'BootstrapInvalid', message, { source: 'Vault' });
  }
}

function isSame(a: ChannelRef, b: ChannelRef): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}
