import type { VaultAnswer, VaultRequest } from '../../../src/vault/transport.ts';

export interface Version {
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly writtenAt: number;
}

/** Told of every write that was done. `before` is what the newest version held. */
export type WriteListener = (write: {
  readonly path: string;
  readonly before: Version | undefined;
  readonly after: Version;
}) => void;

type Secrets = ReadonlyMap<string, readonly Version[]>;

/** All of Vault at one moment. */
export interface VaultSnapshot {
  readonly takenAt: number;
  readonly secrets: Secrets;
}

/** Versions are added in place: writes are many, backups few. */
const copyOf = (secrets: Secrets) => new Map([...secrets].map(([path, versions]) => [path, [...versions]]));

export const channelPath = 'secret/data/walk/channels/main-stage/twitch';

/** KV version 2 in memory: check-and-set, versions, `Date` in whole seconds, and reads of a standby that lags. */
export class MemoryVault {
  /** Mutation: check-and-set that checks nothing. */
  isCasIgnored = false;
  /** How many versions behind the answers of reads are. */
  lag = 0;
  onWrite: WriteListener = () => {};
  #secrets = new Map<string, Version[]>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    // Made by chance if it were not there, and a run could not be repeated.
    const key = Buffer.alloc(32, 7).toString('base64');
    this.#secrets.set('secret/data/walk/keys/escrow', [{ data: { schema: 1, key }, writtenAt: now() }]);
  }

  serve(request: Omit<VaultRequest, 'token'>): VaultAnswer {
    const [path = '', query = ''] = request.path.split('?');
    if (request.method === 'POST')
      return path.includes('/destroy/') ? this.#destroy(path, request.json) : this.#write(path, request.json);
    if (request.method === 'DELETE') {
      this.#secrets.delete(path.replace('/metadata/', '/data/'));
      return this.#answer(204, undefined);
    }
    if (path.includes('/metadata/')) return this.#metadata(path.replace('/metadata/', '/data/'));
    return this.#read(path, query.startsWith('version=') ? Number(query.slice('version='.length)) : undefined);
  }

  /** The newest version of a secret, without asking anybody. */
  newest(path: string): Version | undefined {
    return this.#secrets.get(path)?.at(-1);
  }
  versions(path: string): number {
    return this.#secrets.get(path)?.length ?? 0;
  }
  paths(): readonly string[] {
    return [...this.#secrets.keys()];
  }
  snapshot(): VaultSnapshot {
    return { takenAt: this.#now(), secrets: copyOf(this.#secrets) };
  }
  restore({ secrets }: VaultSnapshot): void {
    this.#secrets = copyOf(secrets);
  }

  #read(path: string, asked: number | undefined): VaultAnswer {
    const versions = this.#secrets.get(path) ?? [];
    const number = asked ?? Math.max(versions.length - this.lag, Math.min(versions.length, 1));
    const found = versions[number - 1];
    if (found === undefined) return this.#answer(404, { errors: [] });
    const metadata = { version: number, created_time: new Date(found.writtenAt).toISOString(), deletion_time: '' };
    return this.#answer(found.data === undefined ? 404 : 200, { data: { data: found.data ?? null, metadata } });
  }

  #write(path: string, json: object | undefined): VaultAnswer {
    const { data, options } = JSON.parse(JSON.stringify(json)) as {
      data: Record<string, unknown>;
      options: { cas: number };
    };
    const versions = this.#secrets.get(path) ?? [];
    if (options.cas !== versions.length && !this.isCasIgnored) {
      const error = 'check-and-set parameter did not match the current version';
      return this.#answer(400, { errors: [error] });
    }
    const after = { data, writtenAt: this.#now() };
    const before = versions.at(-1);
    versions.push(after);
    this.#secrets.set(path, versions);
    this.onWrite({ path, before, after });
    const created = new Date(after.writtenAt).toISOString();
    return this.#answer(200, { data: { version: versions.length, created_time: created } });
  }

  #metadata(path: string): VaultAnswer {
    const versions = this.#secrets.get(path) ?? [];
    const facts = versions.map(({ data }, index) => [String(index + 1), { destroyed: data === undefined }]);
    return this.#answer(200, { data: { versions: Object.fromEntries(facts) } });
  }

  #destroy(path: string, json: object | undefined): VaultAnswer {
    const { versions: doomed } = json as { versions: readonly number[] };
    const at = path.replace('/destroy/', '/data/');
    const versions = this.#secrets.get(at) ?? [];
    this.#secrets.set(
      at,
      versions.map((version, index) => (doomed.includes(index + 1) ? { ...version, data: undefined } : version)),
    );
    return this.#answer(204, undefined);
  }

  #answer(status: number, body: unknown): VaultAnswer {
    const dateAt = Math.floor(this.#now() / 1000) * 1000;
    return { status, body, isJson: body !== undefined, dateAt, retryAfterMs: undefined };
  }
}
