import { CasLost } from '../core/failure.ts';
import { type ChannelRef, isBefore } from '../core/grant.ts';
import type { ProjectedToken } from '../core/ports.ts';
import type { KeyValue } from './kv.ts';
import type { RecordPath, VaultPaths } from './paths.ts';
import { time } from './record.ts';

const attempts = 5;

/** The record `token` of each channel: plain text fields, as the templates of Vault Agent and CSI drivers read them. */
export class ConsumerTokens {
  readonly #kv: KeyValue;
  readonly #paths: VaultPaths;
  readonly #newId: () => string;
  /** The version that we wrote last, by path: saves reading before each write. */
  readonly #versions = new Map<string, number>();

  constructor(kv: KeyValue, paths: VaultPaths, newId: () => string) {
    this.#kv = kv;
    this.#paths = paths;
    this.#newId = newId;
  }

  async write(ref: ChannelRef, token: ProjectedToken | undefined): Promise<void> {
    const at = this.#paths.channel(ref, 'token');
    if (token !== undefined) return this.#write(at, token);
    this.#versions.delete(at.path);
    await this.#kv.erase(at);
  }

  async #write(at: RecordPath, token: ProjectedToken): Promise<void> {
    const data = { ...content(token), writeId: this.#newId() };
    for (let attempt = 1; ; attempt += 1) {
      const version = this.#versions.get(at.path) ?? (await this.#versionToReplace(at, token));
      if (version === undefined) return;
      try {
        this.#versions.set(at.path, (await this.#kv.write(at, data, version)).version);
        return;
      } catch (error) {
        // Whatever went wrong, what we knew of the version may be wrong now.
        this.#versions.delete(at.path);
        if (!(error instanceof CasLost) || attempt === attempts) throw error;
      }
    }
  }

  /** Undefined: a newer token lies there already, written by another replica; it stays. */
  async #versionToReplace(at: RecordPath, token: ProjectedToken): Promise<number | undefined> {
    const { version, data } = await this.#kv.read(at);
    const there = { epoch: Number(data?.epoch ?? 0), generation: Number(data?.generation ?? 0) };
    return isBefore(token, there) ? undefined : version;
  }
}

function content(token: ProjectedToken) {
  return {
    access_token: token.access.reveal(),
    access_token_secret: token.secret?.reveal(),
    expires_at: time(token.accessExpiresAt),
    account_id: token.account?.id,
    platform: token.platform,
    state: token.state,
    epoch: String(token.epoch),
    generation: String(token.generation),
  };
}
