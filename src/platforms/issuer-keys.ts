import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';
import type { Clock } from '../core/ports.ts';
import { messageOf } from './push-message.ts';
import type { Send } from './send.ts';

/** Keys are asked for again after so long, and sooner where a message names one that is not among them. */
const FRESH_MS = 6 * 3_600_000;
/** Never sooner than this: whoever sends forged messages must not make us send requests. */
const PAUSE_MS = 60_000;
const TIMEOUT_MS = 10_000;

const configuration = z.object({ issuer: z.string(), jwks_uri: z.url() });
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

export interface Issuer {
  readonly name: string;
  /** Its configuration, which names its keys. */
  readonly url: string;
  /** For people. */
  readonly platform: string;
}

interface Known {
  readonly askedAt: number;
  readonly keys: Promise<JSONWebKeySet | undefined>;
}

/** The keys that issuers sign with, as they publish them. */
export class IssuerKeys {
  readonly #send: Send;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #known = new Map<string, Known>();

  constructor(send: Send, clock: Pick<Clock, 'now'>) {
    this.#send = send;
    this.#clock = clock;
  }

  /**
   * @param isMissing a key that is not among those known is wanted
   * @returns undefined where they cannot be had now
   */
  async of(issuer: Issuer, isMissing: boolean): Promise<JSONWebKeySet | undefined> {
    const before = this.#known.get(issuer.url);
    const keys = await before?.keys;
    const restMs = keys === undefined || isMissing ? PAUSE_MS : FRESH_MS;
    const present = this.#known.get(issuer.url);
    if (present !== undefined && this.#clock.now() - present.askedAt < restMs) return await present.keys;
    // What is known stays in use where the issuer does not answer.
    const asked = this.#fetch(issuer).then((found) => found ?? keys);
    this.#known.set(issuer.url, { askedAt: this.#clock.now(), keys: asked });
    return await asked;
  }

  async #fetch({ name, url, platform }: Issuer): Promise<JSONWebKeySet | undefined> {
    const found = configuration.safeParse(await this.#get(url, platform));
    if (!found.success || found.data.issuer !== name) return undefined;
    const set = keySet.safeParse(await this.#get(found.data.jwks_uri, platform));
    return set.success ? set.data : undefined;
  }

  async #get(url: string, platform: string): Promise<unknown> {
    const request = { method: 'GET', url, headers: { accept: 'application/json' }, secrets: [] } as const;
    const delivery = await this.#send(request, platform, TIMEOUT_MS, { kind: 'Other' });
    if (delivery.kind !== 'Answer' || delivery.answer.status !== 200) return undefined;
    return messageOf(delivery.answer.text).body;
  }
}
