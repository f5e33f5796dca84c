import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsentStore, PendingRecord, StagedConsent } from '../../src/core/consent-records.ts';
import { CasLost } from '../../src/core/failure.ts';
import { Sealed } from '../../src/core/sealed.ts';
import { uniqueName } from '../harness/scratch.ts';
import {
  type Connection,
  closeAll,
  connect,
  createOperator,
  type Operator,
  type Place,
  sharedPlace,
} from './connection.ts';
import { ref, revealed } from './grants.ts';

let place: Place;
let operator: Operator;
let connection: Connection;
let store: ConsentStore;

beforeAll(async () => {
  place = sharedPlace();
  operator = await createOperator(place);
  connection = connect(place.url, operator);
  store = connection.consents;
});
afterAll(closeAll);

const channel = () => ({ namespace: ref.namespace, name: uniqueName('channel') });
const at = ({ namespace, name }: typeof ref, record: string) => operator.at(`channels/${namespace}/${name}/${record}`);

const begun = {
  id: 'consent-1',
  identity: { clusterId: 'cluster', namespaceUid: 'namespace', channelUid: 'channel' },
  issuedTo: { platform: 'twitch', clientId: 'client', tokenOrigin: 'https://id.twitch.tv' },
  epoch: 2,
  by: { kind: 'SignedIn', id: 'dana', name: 'Dana Reyes' },
  startedAt: 1_795_000_000_001,
} as const;
const pending: PendingRecord = {
  consent: {
    ...begun,
    expiresAt: 1_795_000_600_001,
    scopes: ['stream'],
    browser: {
      stateHash: 'a',
      secretHash: 'b',
      temporaryTokenHash: 'c',
      temporarySecret: Sealed.of('temporary secret'),
      codeVerifier: Sealed.of('verifier'),
      redirectURI: 'https://connect.example.com/callback',
    },
    device: {
      request: 'once',
      code: Sealed.of('device code'),
      userCode: 'WDJB-MJHT',
      verificationURI: 'https://id.twitch.tv/activate',
      intervalMs: 5_000,
    },
    consumedAt: 1_795_000_000_002,
    outcome: { kind: 'WrongAccount', expected: { id: '1' }, found: { id: '2', handle: 'two' }, isRevocable: true },
  },
  invitation: { id: 'invitation-1', expiresAt: 1_795_000_000_003, usedAt: 1_795_000_000_004 },
};
const staged: StagedConsent = {
  ...begun,
  stagedAt: 1_795_000_000_005,
  secretHash: 'b',
  answer: {
    access: Sealed.of('staged access token'),
    refresh: Sealed.of('staged refresh token'),
    obtainedAt: 1_795_000_000_006,
    accessExpiresAt: 1_795_000_000_007,
    scopes: ['stream'],
    account: { id: '1', handle: 'one' },
    extras: { device: 'd' },
    raw: Sealed.of('raw'),
  },
  finding: { kind: 'AwaitsConfirmation', account: { id: '1' }, until: 1_795_000_000_008 },
  trouble: 'It fails.',
  until: 1_795_000_000_008,
  confirmedAt: 1_795_000_000_009,
  discardedAt: 1_795_000_000_010,
};

describe('the records of a consent', () => {
  it('are absent, at version 0, where nothing was ever written', async () => {
    const none = channel();
    expect(await store.pending(none)).toEqual({ version: 0, value: undefined });
    expect(await store.staged(none)).toEqual({ version: 0, value: undefined });
  });

  it('come back as they were written, every field of them', async () => {
    const of = channel();
    await store.writePending(of, await store.pending(of), pending);
    await store.writeStaged(of, await store.staged(of), staged);
    expect(revealed((await store.pending(of)).value)).toEqual(revealed(pending));
    expect(revealed((await store.staged(of)).value)).toEqual(revealed(staged));
  });

  it('are written by check-and-set: of two that begin at once one is lost', async () => {
    const of = channel();
    const from = await store.pending(of);
    const endings = await Promise.allSettled([1, 2].map(() => store.writePending(of, from, pending)));
    expect(endings.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(store.writeStaged(of, { version: 3 }, staged)).rejects.toBeInstanceOf(CasLost);
  });

  it('leave no token in any earlier version once the answer is gone', async () => {
    const of = channel();
    const first = await store.writeStaged(of, await store.staged(of), staged);
    const second = await store.writeStaged(of, first, { ...staged, trouble: 'Still.' });
    const { answer: _gone, ...concluded } = staged;
    const { version } = await store.writeStaged(of, second, concluded);
    // Of the last, nothing: it may be done twice, by whoever could not the first time.
    for (let i = 0; i < 2; i += 1) await store.tidyStaged(of, version);
    const [mount, ...path] = at(of, 'staged').split('/');
    for (const version of [1, 2]) {
      const read = place.root.json('GET', `/v1/${mount}/data/${path.join('/')}?version=${version}`);
      await expect(read).rejects.toMatchObject({ status: 404 });
    }
    expect((await store.staged(of)).value).not.toHaveProperty('answer');
  });

  it('that are damaged are told by their fields, and never taken for absent', async () => {
    const of = channel();
    await place.root.write(at(of, 'staged'), { ...begun, schema: 1, stagedAt: 'yesterday' }, 0);
    await expect(store.staged(of)).rejects.toMatchObject({
      family: 'Misconfigured',
      message: expect.stringContaining('stagedAt'),
    });
  });

  it('go with the grant when it is forgotten', async () => {
    const of = channel();
    await store.writePending(of, await store.pending(of), pending);
    await store.writeStaged(of, await store.staged(of), staged);
    const { identity, epoch } = begun;
    const tombstone = { forgottenAt: 0, identity, epoch, generation: 1, consumedBootstraps: [], rejected: [] };
    await connection.store.forget(of, await connection.store.load(of), tombstone);
    expect(await place.root.read(at(of, 'staged'))).toBeUndefined();
    expect(await place.root.read(at(of, 'pending'))).toBeUndefined();
  });
});

describe('the signature of a link', () => {
  it('is known again by another process of the same Vault, and by no other', async () => {
    const signature = await connection.links.sign('text');
    expect(signature).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await connect(place.url, operator).links.isGenuine('text', signature)).toBe(true);
    expect(await connection.links.isGenuine('texT', signature)).toBe(false);
    expect(await connection.links.isGenuine('text', '')).toBe(false);
    expect(await connect(place.url, await createOperator(place)).links.isGenuine('text', signature)).toBe(false);
  });

  it('is not the fingerprint of the same text, whose key is the same at its root', async () => {
    const fingerprint = await connection.store.fingerprint(Sealed.of('text'));
    expect(Buffer.from(await connection.links.sign('text'), 'base64url').toString('hex')).not.toBe(fingerprint);
  });
});
