import { createHash, randomBytes } from 'node:crypto';
import type {
  BeginConsent,
  BegunConsent,
  ConsentDesk,
  ConsentProgress,
  FinishConsent,
  Refusal,
} from '../../src/core/consent.ts';
import type { ChannelRef } from '../../src/core/grant.ts';

interface Pending {
  readonly request: BeginConsent;
  readonly begun: BegunConsent;
  readonly state: string;
  progress: ConsentProgress;
}

const refused = (refusal: Refusal): ConsentProgress => ({ kind: 'Refused', refusal, message: '' });

/** A desk by the contract's words, in memory: what it is told to answer is what comes of a genuine callback. */
export class MemoryDesk implements ConsentDesk {
  /** What a genuine answer leads to. */
  outcome: ConsentProgress = { kind: 'Connected', account: { id: '1', handle: '@mainstage' }, at: 0 };
  /** OAuth 1.0a: the temporary token of whatever is begun. */
  temporaryToken: string | undefined;
  /** Thrown by the next begin. */
  failure: Error | undefined;
  readonly begins: BeginConsent[] = [];
  readonly finishes: FinishConsent[] = [];
  readonly #pending = new Map<string, Pending>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The state that went to the platform. */
  stateOf(id: string): string {
    return this.#pending.get(id)?.state ?? '';
  }

  get ids(): string[] {
    return [...this.#pending.keys()];
  }

  async begin(request: BeginConsent): Promise<BegunConsent> {
    if (this.failure !== undefined) throw this.failure;
    this.begins.push(request);
    const id = randomBytes(9).toString('base64url');
    const state = `${id}.${randomBytes(32).toString('base64url')}`;
    const url = `https://platform.example/authorize?state=${state}&redirect_uri=${encodeURIComponent(request.redirectURI)}`;
    const expiresAt = this.#now() + 600_000;
    const token = this.temporaryToken;
    const temporaryTokenHash = token && createHash('sha256').update(token).digest('hex');
    const begun = { id, url, browserSecret: randomBytes(32).toString('base64url'), expiresAt, temporaryTokenHash };
    this.#pending.set(id, { request, begun, state, progress: { kind: 'Waiting', until: expiresAt } });
    return begun;
  }

  async finish(request: FinishConsent): Promise<ConsentProgress> {
    this.finishes.push(request);
    const pending = this.#of(request.channel, request.id);
    if (pending === undefined) return refused('Unknown');
    const { state, code, oauth_token, oauth_verifier, denied } = request.callback;
    const isAnswer =
      this.temporaryToken === undefined ? state === pending.state : (oauth_token ?? denied) === this.temporaryToken;
    if (!isAnswer || request.browserSecret !== pending.begun.browserSecret) return refused('Foreign');
    if (pending.progress.kind !== 'Waiting') return refused('Used');
    pending.progress = (code ?? oauth_verifier) === undefined ? refused('Denied') : this.outcome;
    return pending.progress;
  }

  async progress(channel: ChannelRef, id: string): Promise<ConsentProgress> {
    return this.#of(channel, id)?.progress ?? refused('Unknown');
  }

  async confirm(channel: ChannelRef, id: string, browserSecret: string): Promise<ConsentProgress> {
    return this.#decide(channel, id, browserSecret, (before) =>
      before.kind === 'AwaitsConfirmation' ? { kind: 'Connected', account: before.account, at: this.#now() } : before,
    );
  }

  async discard(channel: ChannelRef, id: string, browserSecret: string): Promise<ConsentProgress> {
    return this.#decide(channel, id, browserSecret, () => ({ kind: 'Discarded', isRevoked: true }));
  }

  #of(channel: ChannelRef, id: string): Pending | undefined {
    const found = this.#pending.get(id);
    const isIts = found?.request.channel.name === channel.name && found.request.channel.namespace === channel.namespace;
    return isIts ? found : undefined;
  }

  #decide(
    channel: ChannelRef,
    id: string,
    browserSecret: string,
    next: (before: ConsentProgress) => ConsentProgress,
  ): ConsentProgress {
    const pending = this.#of(channel, id);
    if (pending === undefined) return refused('Unknown');
    if (pending.begun.browserSecret !== browserSecret) return refused('Foreign');
    pending.progress = next(pending.progress);
    return pending.progress;
  }
}
