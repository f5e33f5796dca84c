import { createHash } from 'node:crypto';
import type { ObjectMeta } from '../api/metadata.ts';
import { annotations, labels } from '../api/names.ts';
import type { EscrowPlace, EscrowPlaces, SealedAnswer } from '../core/escrow.ts';
import { Failure } from '../core/failure.ts';
import type { ChannelRef } from '../core/grant.ts';
import type { ApiClient } from './client.ts';
import { at, nameOf, secrets } from './resource.ts';

interface RawSecret {
  readonly metadata: ObjectMeta;
  readonly data?: Readonly<Record<string, string>> | null;
}

/** The one key in the data of such a Secret. */
const KEY = 'answer';

/** Sealed answers as Secrets of the operator's own namespace. Names and labels are digests, and tell nothing. */
export class EscrowSecrets implements EscrowPlaces {
  readonly #client: ApiClient;
  readonly #namespace: string;

  constructor(client: ApiClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  /** Whether answers could be kept here: found when one has to be, a fault costs a grant. @throws Failure */
  async check(): Promise<void> {
    const nobody = { namespace: this.#namespace, name: 'nobody' };
    await this.#create(nobody, 'check', new Uint8Array(), { dryRun: 'All' });
    await this.list(nobody);
  }

  async put(ref: ChannelRef, claimId: string, bytes: Uint8Array): Promise<void> {
    try {
      await this.#create(ref, claimId, bytes);
    } catch (error) {
      // The claim's id is in the name, and nobody can guess it: an earlier attempt of ours was done after all.
      if (!(error instanceof Failure && error.status === 409)) throw error;
    }
  }

  async list(ref: ChannelRef): Promise<readonly SealedAnswer[]> {
    const list = await this.#client.call<{ items: RawSecret[] | null }>({
      ...this.#errand('GET', 'list', `of the escrow of ${channelOf(ref)}`),
      verb: 'list',
      ...at(secrets, { namespace: this.#namespace }),
      // Without a resourceVersion the API server answers from etcd, not from what it remembers.
      query: { labelSelector: `${labels.escrow}=${digest(channelOf(ref))}` },
    });
    return (list.items ?? []).map(sealedAnswer);
  }

  async remove({ name, uid }: EscrowPlace): Promise<void> {
    try {
      await this.#client.find({
        ...this.#errand('DELETE', 'delete', name),
        ...at(secrets, { namespace: this.#namespace, name }),
        body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } },
      });
    } catch (error) {
      // Another Secret stands there now: that one was not meant.
      if (!(error instanceof Failure && error.status === 409)) throw error;
    }
  }

  async #create(ref: ChannelRef, claimId: string, bytes: Uint8Array, query: Readonly<Record<string, string>> = {}) {
    const name = `socialchannel-escrow-${digest(channelOf(ref), claimId)}`;
    const metadata = {
      name,
      namespace: this.#namespace,
      labels: { [labels.escrow]: digest(channelOf(ref)) },
      annotations: { [annotations.escrowChannel]: channelOf(ref), [annotations.escrowClaim]: claimId },
    };
    // Nobody edits it: it is there whole, or it is not there.
    const fixed = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', immutable: true };
    await this.#client.call({
      ...this.#errand('POST', 'create', name),
      ...at(secrets, { namespace: this.#namespace }),
      query,
      body: { ...fixed, metadata, data: { [KEY]: Buffer.from(bytes).toString('base64') } },
    });
  }

  #errand<M extends 'GET' | 'POST' | 'DELETE'>(method: M, verb: string, name: string) {
    return { method, doing: `${verb} ${nameOf(secrets, { namespace: this.#namespace, name })}`, isSecret: true };
  }
}

function sealedAnswer({ metadata, data }: RawSecret): SealedAnswer {
  const { name, uid = '', annotations: notes = {} } = metadata;
  const bytes = Buffer.from(data?.[KEY] ?? '', 'base64');
  return { place: { name, uid }, claimId: notes[annotations.escrowClaim] ?? '', bytes };
}

function channelOf({ namespace, name }: ChannelRef): string {
  return `${namespace}/${name}`;
}

/** As long as a label's value may be, with room to spare. */
function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 40);
}
