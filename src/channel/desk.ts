import type {
  BeginConsent,
  BegunConsent,
  ConsentDesk,
  ConsentProgress,
  FinishConsent,
  Invitation,
  Invitations,
} from '../core/consent.ts';
import { progressOf, refused } from '../core/consent-progress.ts';
import type { StagedConsent } from '../core/consent-records.ts';
import { asFailure } from '../core/failure.ts';
import type { ChannelRef } from '../core/grant.ts';
import { beginConsent } from './begin-consent.ts';
import { finishConsent, isHash } from './finish-consent.ts';
import { hint } from './hint.ts';
import { checkInvitation } from './invitations.ts';
import type { World } from './ports.ts';
import { changeStaged } from './stage-consent.ts';

/** A page is not kept waiting for longer; what was begun goes on. */
const PATIENCE_MS = 5_000;

/** Consents as the pages begin and end them. It writes `pending` and `staged`; the channel's owner does the rest. */
export class Desk implements ConsentDesk, Invitations {
  readonly #world: World;
  readonly #unfinished = new Set<Promise<unknown>>();

  constructor(world: World) {
    this.#world = world;
  }

  async begin(request: BeginConsent): Promise<BegunConsent> {
    return await beginConsent(this.#world, request);
  }

  async finish(request: FinishConsent): Promise<ConsentProgress> {
    const work = this.#finished(request);
    this.#unfinished.add(work);
    void work.finally(() => this.#unfinished.delete(work));
    const isOver = await this.#world.clock.isSettledWithin(work, this.#world.settings.httpTimeoutMs + PATIENCE_MS);
    return isOver ? await work : { kind: 'Working', message: 'The answer of the platform is being stored.' };
  }

  async progress(channel: ChannelRef, id: string): Promise<ConsentProgress> {
    const { consents, clock, settings } = this.#world;
    // In this order: what is staged is never gone from both.
    const pending = await consents.pending(channel);
    const staged = await consents.staged(channel);
    return progressOf(id, pending.value ?? {}, staged.value, { now: clock.now(), settings });
  }

  async confirm(channel: ChannelRef, id: string, browserSecret: string): Promise<ConsentProgress> {
    return await this.#say(channel, id, browserSecret, 'confirmed', (staged, now) =>
      staged.finding?.kind === 'AwaitsConfirmation' ? { ...staged, confirmedAt: now } : undefined,
    );
  }

  async discard(channel: ChannelRef, id: string, browserSecret: string): Promise<ConsentProgress> {
    return await this.#say(channel, id, browserSecret, 'discarded', (staged, now) => ({ ...staged, discardedAt: now }));
  }

  async check(token: string): Promise<Invitation | 'Forged' | 'Expired' | 'Used' | 'Replaced'> {
    return await checkInvitation(this.#world, token);
  }

  /** Ends once every answer that came is stored. */
  async drained(): Promise<void> {
    while (this.#unfinished.size > 0) await Promise.allSettled(this.#unfinished);
  }

  /** Never throws. */
  async #finished(request: FinishConsent): Promise<ConsentProgress> {
    try {
      return await finishConsent(this.#world, request);
    } catch (error) {
      const failure = asFailure(error);
      const { namespace, name } = request.channel;
      this.#world.log.warn({ channel: `${namespace}/${name}`, err: error }, 'a consent could not be finished');
      return { kind: 'Failed', message: failure.message, isKept: false };
    }
  }

  /** What a person says of an answer that waits for it; said in the browser in which it was begun. */
  async #say(
    channel: ChannelRef,
    id: string,
    browserSecret: string,
    word: 'confirmed' | 'discarded',
    said: (staged: StagedConsent, now: number) => StagedConsent | undefined,
  ): Promise<ConsentProgress> {
    const now = this.#world.clock.now();
    const { value: staged } = await changeStaged(this.#world, channel, (present) => {
      const isTheirs = present?.id === id && isHash(browserSecret, present.secretHash ?? '');
      const isOpen = present?.answer !== undefined && present.discardedAt === undefined;
      return isTheirs && isOpen ? said(present, now) : undefined;
    });
    if (staged?.id === id && !isHash(browserSecret, staged.secretHash ?? '')) return refused('Foreign');
    if (staged?.id === id) await hint(this.#world, channel, staged, word);
    return await this.progress(channel, id);
  }
}
