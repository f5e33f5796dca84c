import type {
  AnswerSeal,
  EscrowContent,
  EscrowedAnswer,
  EscrowFacts,
  EscrowPlace,
  EscrowPlaces,
  SealedAnswer,
  UnreadableEscrow,
} from '../core/escrow.ts';
import { escrowHeir } from '../core/escrow.ts';
import { asFailure, Failure } from '../core/failure.ts';
import type { ChannelRef, PresentGrant, StoredGrant } from '../core/grant.ts';
import type { Observation } from '../core/observation.ts';
import { withAnswer } from '../core/transitions.ts';
import { nextStamp } from './commit.ts';
import { type ActContext, present, readyApp } from './context.ts';
import type { ChannelMemory } from './memory.ts';
import type { World } from './ports.ts';

type Listing = Extract<EscrowFacts, { state: 'Listed' }>;

/** Answers that Vault did not acknowledge in time: sealed by the one adapter, and kept by the other. */
export class Escrow {
  readonly #seal: AnswerSeal;
  readonly #places: EscrowPlaces;

  constructor(seal: AnswerSeal, places: EscrowPlaces) {
    this.#seal = seal;
    this.#places = places;
  }

  async keep(ref: ChannelRef, content: EscrowContent): Promise<void> {
    await this.#places.put(ref, content.answer.claimId, await this.#seal.seal(ref, content));
  }

  /**
   * @param clusters whose answers are ours
   * @throws Failure where the API server, or Vault for the key, cannot be asked
   */
  async list(ref: ChannelRef, clusters: readonly string[]): Promise<Listing> {
    const answers: EscrowedAnswer[] = [];
    const unreadable: UnreadableEscrow[] = [];
    for (const sealed of await this.#places.list(ref)) {
      try {
        answers.push(await this.#open(ref, sealed, clusters));
      } catch (error) {
        if (!(error instanceof Failure && error.reason === 'EscrowUnreadable')) throw error;
        unreadable.push({ place: sealed.place, failure: error });
      }
    }
    return { state: 'Listed', answers, unreadable };
  }

  async drop(place: EscrowPlace): Promise<void> {
    await this.#places.remove(place);
  }

  async #open(ref: ChannelRef, sealed: SealedAnswer, clusters: readonly string[]): Promise<EscrowedAnswer> {
    const { clusterId, answer } = await this.#seal.open(ref, sealed);
    if (clusters.includes(clusterId)) return { ...answer, place: sealed.place };
    const message = `The sealed answer in Secret ${sealed.place.name} belongs to another cluster (${clusterId}). It is kept and not used.`;
    throw new Failure('Misconfigured', 'EscrowUnreadable', message, { source: 'Operator' });
  }
}

/** What lies in escrow for this grant; asked where a spend is in doubt, and once per process in any case. */
export async function escrowOf(world: World, ref: ChannelRef, isAsked: boolean): Promise<EscrowFacts> {
  if (!isAsked) return { state: 'Unasked' };
  try {
    return await world.escrow.list(ref, clustersOf(world));
  } catch (error) {
    return { state: 'Unlisted', failure: asFailure(error) };
  }
}

function clustersOf({ clusterId, adoptCluster }: World): readonly string[] {
  return adoptCluster === undefined ? [clusterId] : [clusterId, adoptCluster];
}

/**
 * An answer of a spend that the record does not show, because Vault was put back to an earlier backup since. Looked for
 * before each use that cannot be repeated; a permission that is missing holds nothing up where nothing is in doubt.
 */
export async function unmarkedEscrow({ world, o, memory }: ActContext): Promise<EscrowedAnswer | undefined> {
  if (o.escrow.state !== 'Unasked' || readyApp(o).platform.profile.oldToken === 'Lives') return undefined;
  const { namespace = '', name } = o.channel.metadata;
  const heir = escrowHeir({ ...o, escrow: await escrowOf(world, { namespace, name }, true) });
  if (heir !== undefined) memory.hasLeftovers = true;
  return heir;
}

/** Vault first: only what is stored there may be dropped. */
export async function adoptEscrow({ world, o }: ActContext, escrowed: EscrowedAnswer): Promise<StoredGrant> {
  const grant: PresentGrant = present(o);
  if (escrowed.answer === undefined) return grant;
  const { epoch, generation } = nextStamp(o, grant);
  const record = withAnswer({ ...grant.record, epoch }, escrowed.answer, generation);
  const { namespace, name } = o.channel.metadata;
  const stored = await world.grants.promote({ namespace: namespace ?? '', name }, grant, record);
  const { platform } = record.issuedTo;
  world.meter.escrowed(platform, 'Adopted');
  world.log.info({ channel: `${namespace}/${name}`, platform }, 'an answer was taken from escrow; nothing was lost');
  return stored;
}

export async function dropEscrow(world: World, places: readonly EscrowPlace[]): Promise<void> {
  for (const place of places) await world.escrow.drop(place);
}

/** With the grant itself its sealed answers go; what cannot be opened may be somebody else's and stays. */
export async function forgetEscrow(world: World, ref: ChannelRef): Promise<void> {
  const { answers } = await world.escrow.list(ref, clustersOf(world));
  await dropEscrow(
    world,
    answers.map(({ place }) => place),
  );
}

/** Each once per process: an Event for people, a line and a count. What cannot be opened is for them to look into. */
export async function tellUnreadable(world: World, o: Observation, memory: ChannelMemory): Promise<void> {
  if (o.escrow.state !== 'Listed' || o.grant.state !== 'Present') return;
  const told = memory.toldEscrows ?? new Set();
  const news = o.escrow.unreadable.filter(({ place }) => !told.has(place.uid));
  if (news.length === 0) return;
  memory.toldEscrows = new Set([...told, ...news.map(({ place }) => place.uid)]);
  const { namespace, name } = o.channel.metadata;
  for (const { failure } of news) {
    world.meter.escrowed(o.grant.record.issuedTo.platform, 'Unreadable');
    world.log.error({ channel: `${namespace}/${name}`, err: failure }, 'a sealed answer cannot be used');
    await world.events.emit(o.channel, 'Warning', failure.reason, failure.message);
  }
}
