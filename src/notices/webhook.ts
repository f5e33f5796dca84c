import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { Agent, request } from 'undici';
import type { Notice } from '../core/notice.ts';
import type { Clock } from '../core/ports.ts';
import { Sealed } from '../core/sealed.ts';
import { cloudEvent } from './cloud-event.ts';
import { secretsIn, signatureHeaders } from './signature.ts';
import { type Sink, Undelivered } from './sink.ts';

export interface WebhookOptions {
  readonly url: string;
  readonly secretFile: string;
  /** PEM, believed besides the system's certificate authorities. */
  readonly ca?: string | undefined;
  readonly clusterId: () => string;
  readonly clock: Pick<Clock, 'now'>;
}

const TIMEOUT_MS = 10_000;

/** Each notice is one signed request; any answer from 200 to 299 is a receipt. */
export class WebhookSink implements Sink {
  readonly name = 'Webhook';
  readonly #options: WebhookOptions;
  readonly #agent: Agent;

  constructor(options: WebhookOptions) {
    this.#options = options;
    const ca = options.ca === undefined ? undefined : [...rootCertificates, options.ca];
    this.#agent = new Agent({ connect: { timeout: TIMEOUT_MS, ...(ca === undefined ? {} : { ca }) }, allowH2: false });
  }

  groupOf({ id }: Notice): string {
    return id;
  }

  async deliver([notice]: readonly Notice[]): Promise<void> {
    if (notice === undefined) return;
    const { url, clock, clusterId } = this.#options;
    const body = JSON.stringify(cloudEvent(notice, clusterId()));
    const headers = {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      ...signatureHeaders(notice.id, clock.now(), body, await this.#secrets()),
    };
    const answer = await this.#post(url, body, headers);
    if (answer.status >= 200 && answer.status < 300) return;
    const isRefused = answer.status < 500 && answer.status !== 429 && answer.status !== 408;
    throw new Undelivered(`the webhook answered ${answer.status}`, { isRefused, retryAfterMs: answer.retryAfterMs });
  }

  async #post(url: string, body: string, headers: Readonly<Record<string, string>>) {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await request(url, { method: 'POST', body, headers, dispatcher: this.#agent, signal });
      await answer.body.dump();
      const seconds = Number(answer.headers['retry-after']);
      return {
        status: answer.statusCode,
        retryAfterMs: Number.isFinite(seconds) ? Math.min(seconds * 1000, 3_600_000) : undefined,
      };
    } catch (error) {
      throw new Undelivered(`the webhook could not be reached (${codeOf(error)})`, { isRefused: false });
    }
  }

  async #secrets(): Promise<Sealed[]> {
    const { secretFile } = this.#options;
    const text = await readFile(secretFile, 'utf8').catch(() => '');
    const secrets = secretsIn(text, Sealed.of);
    if (secrets.length > 0) return secrets;
    throw new Undelivered(`there is no secret in ${secretFile} (--notice-webhook-secret-file)`, { isRefused: true });
  }
}

/** A code or a name; the message itself may hold anything. */
export function codeOf(error: unknown): string {
  const { code = '', name = 'Error' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  return /^[A-Z][A-Z0-9_]+$/.test(code) ? code : name;
}
