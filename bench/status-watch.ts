import { Agent, request } from 'undici';
import type { KubernetesObject } from '../test/harness/api-client.ts';
import { waitFor } from '../test/harness/wait.ts';
import type { World } from '../test/harness/world.ts';

interface Seen {
  readonly object: KubernetesObject;
  readonly at: number;
}

/** The channels of one namespace as they change, with the moment at which each change arrived here. */
export class StatusWatch {
  readonly #latest = new Map<string, Seen>();
  readonly #ending = new AbortController();
  readonly #agent: Agent;

  private constructor(agent: Agent) {
    this.#agent = agent;
  }

  static async start({ cluster }: World, namespace: string): Promise<StatusWatch> {
    const { ca, clientCertificate: cert, clientKey: key } = cluster;
    const agent = new Agent({ connect: { ca, cert, key }, allowH2: false, bodyTimeout: 0 });
    const watch = new StatusWatch(agent);
    const path = `/apis/socialops.dev/v1alpha1/namespaces/${namespace}/socialchannels?watch=1&timeoutSeconds=1500`;
    const first = await watch.#open(`${cluster.url}${path}`);
    // Ends by its abort alone; what is missing then fails in `until`.
    void watch.#follow(first, `${cluster.url}${path}`).catch(() => {});
    return watch;
  }

  /** Waits until `count` channels are as wanted; answers when the last of them became so. */
  async until(
    isWanted: (channel: KubernetesObject) => boolean,
    options: {
      readonly count: number;
      readonly what: string;
      readonly timeoutMs: number;
      onProgress?(done: number): void;
    },
  ): Promise<number> {
    const { count, what, timeoutMs, onProgress } = options;
    let toldAt = Date.now();
    const found = await waitFor(
      () => {
        const wanted = [...this.#latest.values()].filter(({ object }) => isWanted(object));
        if (wanted.length >= count) return wanted;
        if (Date.now() - toldAt >= 5_000) {
          toldAt = Date.now();
          onProgress?.(wanted.length);
        }
        return false;
      },
      { timeoutMs, everyMs: 50, what },
    );
    return Math.max(...found.map(({ at }) => at));
  }

  /** Waits for one channel; answers the moment of the change. Looks at each event, so it is exact. */
  async untilOne(name: string, isWanted: (channel: KubernetesObject) => boolean, what: string): Promise<number> {
    const seen = await waitFor(
      () => {
        const latest = this.#latest.get(name);
        return latest !== undefined && isWanted(latest.object) && latest;
      },
      { timeoutMs: 30_000, everyMs: 5, what },
    );
    return seen.at;
  }

  get(name: string): KubernetesObject | undefined {
    return this.#latest.get(name)?.object;
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#agent.destroy();
  }

  async #open(url: string): Promise<AsyncIterable<string>> {
    const { body } = await request(url, { dispatcher: this.#agent, signal: this.#ending.signal });
    return body.setEncoding('utf8');
  }

  /** The API server ends the watch of whoever reads slowly; a new one begins with everything that is there. */
  async #follow(first: AsyncIterable<string>, url: string): Promise<void> {
    for (let body = first; ; body = await this.#open(url)) await this.#read(body);
  }

  async #read(body: AsyncIterable<string>): Promise<void> {
    let rest = '';
    for await (const chunk of body) {
      const at = Date.now();
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#note((JSON.parse(line) as { object: KubernetesObject }).object, at);
    }
  }

  #note(object: KubernetesObject, at: number): void {
    const { name, resourceVersion } = object.metadata;
    // Told again by a new watch, it is as old as it was.
    if (this.#latest.get(name)?.object.metadata.resourceVersion === resourceVersion) return;
    this.#latest.set(name, { object, at });
  }
}
