import type { World } from '../../../src/channel/ports.ts';
import type { ConsentStore } from '../../../src/core/consent-records.ts';
import type { PlatformClient } from '../../../src/core/platform-port.ts';
import type { GrantStore } from '../../../src/core/ports.ts';
import type { Mutation } from './stage.ts';

/** The operator without one of its protections, each taken away from outside: by what it is given. */
export const mutations = {
  /** The claim is never written, and everything goes on as if it were. */
  claim: {
    name: 'claim',
    wrap: withStore(() => ({
      claim: async (_, from, claim) => ({ ...from, record: { ...from.record, claim } }),
    })),
  },
  cas: { name: 'check-and-set', isCasIgnored: true },
  fence: { name: 'fence', ownsAlways: true },
  /** The first no of a platform where asking again is harmless is believed. */
  confirmation: { name: 'confirmation', wrap: believing },
  /** Whoever asks is told that the record was written for this very namespace. */
  identity: {
    name: 'identity of the record',
    wrap: (world) =>
      withStore((store) => ({
        load: async (ref) => {
          const grant = await store.load(ref);
          const namespace = await world.namespaces.get('main-stage');
          if (grant.state !== 'Present' || namespace === undefined) return grant;
          const identity = { ...grant.record.identity, namespaceUid: namespace.uid };
          return { ...grant, record: { ...grant.record, identity } };
        },
      }))(world),
  },
  /** Whatever account a token belongs to, it is said to be the right one. */
  account: {
    name: 'check of the account',
    wrap: (world) => {
      const resolve: World['registry']['resolve'] = (...asked) => {
        const client = world.registry.resolve(...asked);
        const introspect: PlatformClient['introspect'] = async (request) => {
          const found = await client.introspect(request);
          return found.kind === 'Valid' ? { ...found, account: { id: '42', handle: 'account-42' } } : found;
        };
        return { ...client, introspect };
      };
      return { ...world, registry: { ...world.registry, resolve } };
    },
  },
  /** A consent is not used up before its code is exchanged. */
  consumption: {
    name: 'consumption of a consent',
    wrap: withConsents(({ writePending }) => ({
      writePending: async (ref, from, to) =>
        to.consent?.consumedAt === undefined ? await writePending(ref, from, to) : { ...from, value: to },
    })),
  },
  /** What a person granted is not stored before it is verified. */
  staging: {
    name: 'staging of what was granted',
    wrap: withConsents(({ writeStaged }) => ({
      writeStaged: async (ref, from, to) =>
        to.answer === undefined ? await writeStaged(ref, from, to) : { ...from, value: to },
    })),
  },
  /** Nobody looks for an answer that Vault did not take. */
  escrow: { name: 'listing of the escrow', wrap: (world) => ({ ...world, escrow: unlisted(world) }) },
  /** Nobody looks for an answer that lost its commit or that Vault did not take; each of the two stands in for the other. */
  rescue: {
    name: 'search for parked and escrowed answers',
    wrap: (world) => {
      return withStore(() => ({ parked: async () => [] }))({ ...world, escrow: unlisted(world) });
    },
  },
} as const satisfies Record<string, Mutation>;

function unlisted({ escrow }: World): World['escrow'] {
  const none: World['escrow']['list'] = async () => ({ state: 'Listed', answers: [], unreadable: [] });
  return {
    keep: (ref, content) => escrow.keep(ref, content),
    drop: (place) => escrow.drop(place),
    list: none,
  } as World['escrow'];
}

function withStore(changes: (store: GrantStore) => Partial<GrantStore>): (world: World) => World {
  return (world) => ({ ...world, grants: { ...world.grants, ...changes(world.grants) } });
}

function withConsents(changes: (store: ConsentStore) => Partial<ConsentStore>): (world: World) => World {
  return (world) => ({ ...world, consents: { ...world.consents, ...changes(world.consents) } });
}

/** A release after a rejection becomes the verdict that would have followed its confirmation. */
function believing(world: World): World {
  let isRejected = false;
  const { grants } = world;
  const release: GrantStore['release'] = (ref, claimed) => {
    if (!isRejected) return grants.release(ref, claimed);
    isRejected = false;
    const { fingerprint = '' } = claimed.record.claim ?? {};
    const message = 'It says no.';
    const verdict = { reason: 'AccessRevoked', message, at: world.clock.now(), confirmations: 1, probes: 0 } as const;
    return grants.verdict(ref, claimed, verdict, fingerprint);
  };
  const resolve: World['registry']['resolve'] = (...asked) => {
    const client = world.registry.resolve(...asked);
    const refresh: PlatformClient['refresh'] = async (request) => {
      const outcome = await client.refresh(request);
      isRejected = outcome.kind === 'Rejected';
      return outcome;
    };
    return { ...client, refresh };
  };
  return { ...world, grants: { ...grants, release }, registry: { ...world.registry, resolve } };
}
