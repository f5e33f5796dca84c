import { createHash } from 'node:crypto';
import { Agent, request } from 'undici';
import type { World } from './world.ts';

/** What a pod would have seen in one Secret, from one moment to the next. */
export interface Shown {
  readonly name: string;
  readonly at: number;
  /** SHA-256 of the access token, hexadecimal, as the ledgers name it. */
  readonly tokenHash: string;
  readonly state: string;
}

/** The recorded watch of a namespace's Secrets: every value that was ever projected, with its moment. */
export class SecretTimeline {
  readonly #shown: Shown[] = [];
  readonly #stop = new AbortController();

  constructor(world: World, namespace: string) {
    this.#follow(world, namespace).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) throw error;
    });
  }

  /** In order of time. */
  get shown(): readonly Shown[] {
    return this.#shown;
  }

  stop(): void {
    this.#stop.abort();
  }

  async #follow(world: World, namespace: string): Promise<void> {
    const { url, ca, clientCertificate, clientKey } = world.cluster;
    const dispatcher = new Agent({ connect: { ca, cert: clientCertificate, key: clientKey }, bodyTimeout: 0 });
    const path = `${url}/api/v1/namespaces/${namespace}/secrets?watch=1&timeoutSeconds=3600`;
    const answer = await request(path, { dispatcher, signal: this.#stop.signal });
    let rest = '';
    for await (const chunk of answer.body) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#note(JSON.parse(line) as WatchLine);
    }
  }

  #note({ type, object }: WatchLine): void {
    const token = object.data?.access_token;
    // Only what the operator projects: bootstrap Secrets hold tokens too.
    if (object.metadata.labels?.['socialops.dev/channel'] === undefined) return;
    if (type === 'DELETED' || token === undefined) return;
    const value = Buffer.from(token, 'base64').toString();
    this.#shown.push({
      name: object.metadata.name,
      at: Date.now(),
      tokenHash: createHash('sha256').update(value).digest('hex'),
      state: Buffer.from(object.data?.state ?? '', 'base64').toString(),
    });
  }
}

interface WatchLine {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
    readonly data?: Record<string, string>;
  };
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** When a Secret showed a token that the platform's ledger calls dead. `aliveOf` is the ledger's answer by token hash. */
export function deadSpans(
  shown: readonly Shown[],
  until: number,
  aliveOf: (tokenHash: string) => readonly Span[],
): Span[] {
  return shown.flatMap((entry, index) => {
    const visible = { from: entry.at, to: shown[index + 1]?.at ?? until };
    return aliveOf(entry.tokenHash).reduce(without, [visible]);
  });
}

function without(spans: Span[], alive: Span): Span[] {
  return spans
    .flatMap(({ from, to }) => [
      { from, to: Math.min(to, alive.from) },
      { from: Math.max(from, alive.to), to },
    ])
    .filter(({ from, to }) => from < to);
}
