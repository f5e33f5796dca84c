import type { World } from '../../../src/channel/ports.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { PlatformClient, SpendOutcome } from '../../../src/core/platform-port.ts';
import type { Clock, PatientClock, Random } from '../../../src/core/ports.ts';
import type { Sealed } from '../../../src/core/sealed.ts';
import { createConsentStore } from '../../../src/vault/consent-store.ts';
import { EscrowKey } from '../../../src/vault/escrow-key.ts';
import { NoAnswer } from '../../../src/vault/failures.ts';
import { createGrantStore } from '../../../src/vault/grant-store.ts';
import { createKeyValue } from '../../../src/vault/kv.ts';
import { createLinkSeal } from '../../../src/vault/link-seal.ts';
import type { Login } from '../../../src/vault/login.ts';
import { createPaths, type RecordPath, type VaultPaths } from '../../../src/vault/paths.ts';
import type { VaultAnswer, VaultRequest } from '../../../src/vault/transport.ts';
import { app, settings } from '../builders.ts';
import { unasked } from '../profiles.ts';
import { Chance } from './chance.ts';
import { escrowOf } from './escrow.ts';
import type { Exchange } from './platform.ts';
import type { Replica } from './replica.ts';
import type { Stage } from './stage.ts';
import { channelPath } from './vault.ts';

/** Everything that one process of the operator is given: each call of it is the traffic's to delay, to break, or to lose. */
export function operatorWorld(stage: Stage, replica: Replica): World {
  const nothing = () => {};
  const clock = clockOf(stage, replica);
  const random = randomOf(stage, replica);
  const client = clientOf(stage, replica);
  return {
    ...clusterOf(stage, replica),
    ...vaultOf(stage, replica, clock, random),
    registry: { isBuiltIn: () => false, resolve: () => client, check: nothing },
    clock,
    random,
    settings: { ...settings, reReadIntervalMs: stage.reReadMs },
    clusterId: 'cluster',
    metadataPrefixes: [],
    holder: replica.name,
    meter: new Proxy({} as World['meter'], {
      // Measured where the record is read for a pass, and nowhere else.
      get: (_, name) => (name === 'vaultClock' ? () => stage.onPass(replica) : nothing),
    }),
    log: { info: nothing, warn: (fields) => lookForBugs(stage, fields), error: nothing },
    appFaults: { report: nothing, clear: nothing, recoveries: () => 0, diedOfTesting: () => false },
    appRates: { take: () => 0 },
    // One channel is no wave.
    waves: { of: () => undefined },
    notices: { sent: () => [], owes: () => true, forget: nothing },
  };
}

/** A failure inside the operator would else only be tried again. */
function lookForBugs(stage: Stage, { err }: { err?: unknown }): void {
  if (err instanceof Failure && err.source === 'Operator' && err.family === 'Unexpected')
    stage.judge.violation('no bug', `${err.message}\n${err.stack}`);
}

function clockOf(stage: Stage, replica: Replica): PatientClock {
  const { kernel } = stage;
  const timer = (ms: number, fire: () => void) => kernel.at(kernel.now + ms, () => replica.deliver(fire));
  return {
    now: () => kernel.now + replica.skewMs,
    monotonic: () => kernel.now,
    sleep: (ms) =>
      new Promise<void>((resolve) => {
        timer(ms, resolve);
      }),
    isSettledWithin: (work, ms) =>
      new Promise<boolean>((resolve) => {
        const later = timer(ms, () => resolve(false));
        const end = () => {
          kernel.cancel(later);
          resolve(true);
        };
        work.then(end, end);
      }),
  };
}

function randomOf(stage: Stage, { name }: Replica): Random {
  const chance = new Chance([...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) >>> 0);
  let ids = 0;
  return {
    unit: () => (stage.isSteady ? 0.5 : chance.unit()),
    id: () => {
      ids += 1;
      return `${name}/${ids}`;
    },
    secret: () => {
      ids += 1;
      return `secret-${name}/${ids}`;
    },
  };
}

function vaultOf(stage: Stage, replica: Replica, clock: Clock, random: Random) {
  const send = (request: Omit<VaultRequest, 'token'>): Promise<VaultAnswer> =>
    stage.ask(
      { replica, side: 'vault', what: whatOf(request) },
      () => stage.vault.serve(request),
      (how) => {
        throw new NoAnswer('Transient', 'Vault cannot be reached. It is tried again.', how === 'Lost');
      },
    );
  const kv = createKeyValue({ send, clock });
  const escrowKey = new EscrowKey(kv, paths.escrowKey, () => 1);
  const login = { remainingMs: () => Number.POSITIVE_INFINITY } as Login;
  const store = createGrantStore({ kv, login, random, paths, escrowKey });
  const known = new Map<string, string>();
  // The key never changes here, and a fingerprint is asked for in every pass.
  const fingerprint = async (token: Sealed): Promise<string> => {
    const value = token.reveal();
    const made = known.get(value) ?? (await store.fingerprint(token));
    known.set(value, made);
    return made;
  };
  const consents = createConsentStore({ kv, paths, newId: () => random.id() });
  return { grants: { ...store, fingerprint }, consents, links: createLinkSeal(escrowKey) };
}

/** Made once: which hash an account has does not change, and its owner is looked up in every pass. */
const paths = rememberedPaths();

function rememberedPaths(): VaultPaths {
  const made = createPaths('secret', 'walk');
  const known = new Map<string, RecordPath>();
  const once = (key: string, make: () => RecordPath) => {
    const path = known.get(key) ?? make();
    known.set(key, path);
    return path;
  };
  return {
    ...made,
    channel: (ref, record) => once(`${ref.namespace}/${ref.name}/${record}`, () => made.channel(ref, record)),
    account: (key) => once(JSON.stringify(key), () => made.account(key)),
  };
}

/** A word for a request to Vault: what the plan of troubles and the search go by. */
function whatOf({ method, path, json }: Omit<VaultRequest, 'token'>): string {
  const record = path.startsWith(channelPath) ? path.slice(channelPath.length + 1).split('?')[0] : 'register';
  if (method === 'GET') return `read ${record}`;
  if (record !== 'grant' || method !== 'POST') return `write ${record}`;
  const { writeId = '' } = (json as { data?: { writeId?: string } }).data ?? {};
  return /^(claim|commit|release)-/.exec(writeId)?.[1] ?? 'write grant';
}

const unavailable = () =>
  new Failure('Transient', 'PlatformUnavailable', 'It cannot be reached.', { source: 'Platform' });

function clientOf(stage: Stage, replica: Replica): PlatformClient {
  const { platform, judge, kernel } = stage;
  const refuse = () => Promise.reject(new Error('nobody asks for that here'));
  return {
    ...unasked(refuse),
    profile: platform.profile,
    tokenOrigin: 'https://id.twitch.tv',
    refresh: async ({ tokens }) => {
      const token = (tokens.refresh ?? tokens.access)?.reveal() ?? '';
      const sentAt = kernel.now + replica.skewMs;
      const sent = judge.sending(replica, token);
      const outcome = await stage.ask<SpendOutcome>(
        { replica, side: 'platform', what: 'spend' },
        () => sent.arrived(() => platform.spend(token, replica.name, sentAt)),
        (how) => {
          sent.lost();
          return { kind: how === 'Lost' ? 'Unknown' : 'NotSent', failure: unavailable() };
        },
      );
      sent.delivered(outcome);
      return outcome;
    },
    beginConsent: async ({ state }) => ({ url: `https://id.example.com/authorize?state=${state}` }),
    exchangeCode: exchangeOf(stage, replica),
    introspect: async ({ tokens }) => {
      const access = tokens.access?.reveal();
      const found = await stage.ask(
        { replica, side: 'platform', what: 'check' },
        () => platform.check(access),
        () => {
          throw unavailable();
        },
      );
      if (found.kind !== 'Valid') judge.told(replica, access);
      return found;
    },
  };
}

/** The code that a browser brought is exchanged. */
function exchangeOf(stage: Stage, replica: Replica): PlatformClient['exchangeCode'] {
  const { platform, judge, kernel } = stage;
  return async ({ callback: { code = '' } }) => {
    const sentAt = kernel.now + replica.skewMs;
    let exchange: Exchange | undefined;
    const outcome = await stage.ask<SpendOutcome>(
      { replica, side: 'platform', what: 'exchange' },
      () => {
        const done = platform.exchange(code, replica.name, sentAt);
        exchange = done.exchange;
        judge.logins.arrived(exchange);
        return done.outcome;
      },
      (how) => {
        judge.logins.lost(exchange);
        return { kind: how === 'Lost' ? 'Unknown' : 'NotSent', failure: unavailable() };
      },
    );
    judge.logins.delivered(exchange);
    return outcome;
  };
}

function clusterOf(stage: Stage, replica: Replica) {
  const { cluster } = stage;
  const ask = <T>(what: string, perform: () => T): Promise<T> =>
    stage.ask({ replica, side: 'api', what }, perform, () => {
      throw new Failure('Transient', 'KubernetesUnavailable', 'The API server is away.', { source: 'Kubernetes' });
    });
  const namespace = () => ({
    uid: cluster.namespaceUid,
    labels: {},
    annotations: cluster.adoptFrom === undefined ? {} : { 'socialops.dev/adopt-from': cluster.adoptFrom },
    isTerminating: false,
  });
  return {
    channels: {
      get: () => ask('read channel', () => cluster.channel),
      patchStatus: (of, status) => ask('status', () => cluster.patchStatus(of, status)),
      addFinalizer: (of) => ask('finalizer', () => cluster.setFinalizer(of, true)),
      removeFinalizer: (of) => ask('finalizer', () => cluster.setFinalizer(of, false)),
      annotate: (_, __, to) => ask('annotate', () => cluster.annotate(to)),
    },
    apps: { get: () => ask('read app', () => app), patchStatus: async () => {} },
    platforms: { get: () => ask('read platform', () => undefined), patchStatus: async () => {} },
    namespaces: { get: () => ask('read namespace', namespace) },
    sharedSecrets: { get: () => ask('read bootstrap', () => cluster.bootstrap) },
    escrow: escrowOf(stage, ask),
    secrets: {
      lookup: () => ask('read secret', () => cluster.lookup()),
      apply: (_, existing, content) => ask('secret', () => cluster.apply(existing, content)),
      remove: () => ask('remove secret', () => {}),
      removeShared: () => ask('remove bootstrap', () => {}),
    },
    workloads: { get: async () => undefined, restart: async () => {} },
    events: { emit: async () => {} },
  } satisfies Partial<World>;
}
