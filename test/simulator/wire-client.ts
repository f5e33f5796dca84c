import { Agent, fetch } from 'undici';

export interface WireAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The body when it is JSON, else undefined. */
  json: Record<string, unknown> | undefined;
}

/** Speaks to a server on loopback as any OAuth client would, trusting one certificate. */
export class WireClient {
  readonly #url: string;
  readonly #agent: Agent;

  constructor(url: string, ca: string) {
    this.#url = url;
    this.#agent = new Agent({ connect: { ca } });
  }

  /** With its port. */
  get host(): string {
    return new URL(this.#url).host;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<WireAnswer> {
    return this.send('GET', path, headers);
  }

  /** A form where `body` is an object, else the body as it is. */
  post(
    path: string,
    body: Record<string, string> | string,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<WireAnswer> {
    const form = typeof body === 'string' ? body : new URLSearchParams(body).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.send('POST', path, { ...type, ...headers }, form, signal);
  }

  async send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string,
    signal?: AbortSignal,
  ): Promise<WireAnswer> {
    const response = await fetch(this.#url + path, {
      method,
      headers,
      body: body ?? null,
      redirect: 'manual',
      dispatcher: this.#agent,
      signal: signal ?? null,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers as Headers, text, json: parsed(text) };
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
