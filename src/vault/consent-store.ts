import type { ConsentStore, PendingRecord, StagedConsent, Versioned } from '../core/consent-records.ts';
import type { ChannelRef } from '../core/grant.ts';
import { decodePending, decodeStaged, encodePending, encodeStaged } from './consent-records.ts';
import type { KeyValue } from './kv.ts';
import type { RecordPath, VaultPaths } from './paths.ts';
import type { Json } from './record.ts';

export interface ConsentStoreOptions {
  readonly kv: KeyValue;
  readonly paths: VaultPaths;
  readonly newId: () => string;
}

interface Codec<T> {
  readonly decode: (json: Json, at: RecordPath) => T;
  readonly encode: (record: T) => Json;
}

/** The records `pending` and `staged` of each channel. */
export function createConsentStore({ kv, paths, newId }: ConsentStoreOptions): ConsentStore {
  const load = async <T>(at: RecordPath, { decode }: Codec<T>): Promise<Versioned<T>> => {
    const { version, data } = await kv.read(at);
    return { version, value: data === undefined ? undefined : decode(data, at) };
  };
  const write = async <T>(at: RecordPath, { encode }: Codec<T>, from: Versioned<T>, to: T): Promise<Versioned<T>> => {
    const { version } = await kv.write(at, { writeId: newId(), ...encode(to) }, from.version);
    return { version, value: to };
  };
  const pending: Codec<PendingRecord> = { decode: decodePending, encode: encodePending };
  const staged: Codec<StagedConsent> = { decode: decodeStaged, encode: encodeStaged };
  const pendingAt = (ref: ChannelRef) => paths.channel(ref, 'pending');
  const stagedAt = (ref: ChannelRef) => paths.channel(ref, 'staged');
  return {
    pending: (ref) => load(pendingAt(ref), pending),
    writePending: (ref, from, to) => write(pendingAt(ref), pending, from, to),
    staged: (ref) => load(stagedAt(ref), staged),
    writeStaged: (ref, from, to) => write(stagedAt(ref), staged, from, to),
    tidyStaged: (ref, version) => kv.destroyUpTo(stagedAt(ref), version - 1),
  };
}
