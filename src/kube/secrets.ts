import type { ObjectMeta } from '../api/metadata.ts';
import { annotations, fieldManager, labels, sharedSecretValue } from '../api/names.ts';
import type { SocialChannel } from '../api/resources.gen.ts';
import { Failure } from '../core/failure.ts';
import type {
  ObjectRef,
  ProjectedSecret,
  SecretApi,
  SecretContent,
  SecretLookup,
  SharedSecret,
  SharedSecretApi,
} from '../core/ports.ts';
import { Sealed } from '../core/sealed.ts';
import { type ApiClient, patchTypes } from './client.ts';
import { type ManagedFieldsEntry, ownedByApply } from './managed-fields.ts';
import { at, nameOf, secrets } from './resource.ts';

const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

interface SecretMeta extends ObjectMeta {
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

interface RawSecret {
  readonly metadata: SecretMeta;
  readonly data?: Readonly<Record<string, string>> | null;
}

/** Secrets that users share with the operator by label, and the Secrets that it makes itself. No other data is ever read. */
export class KubeSecrets implements SharedSecretApi, SecretApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /**
   * A Secret with the label `socialops.dev/use: "true"`.
   *
   * @throws Failure `SecretNotShared` for one without it; its data does not even leave the API server
   */
  async get(ref: ObjectRef): Promise<SharedSecret | undefined> {
    const found = await this.#readLabelled(ref, `${labels.use}=${sharedSecretValue}`);
    if (found !== undefined) {
      return { resourceVersion: found.metadata.resourceVersion ?? '', data: sealedData(found) };
    }
    if ((await this.#readMetadata(ref)) === undefined) return undefined;
    const message = `${nameOf(secrets, ref)} does not carry the label ${labels.use}: "${sharedSecretValue}", so it was not read. Whoever may edit it can share it: kubectl -n ${ref.namespace} label secret ${ref.name} ${labels.use}=${sharedSecretValue}`;
    throw new Failure('Misconfigured', 'SecretNotShared', message, { source: 'Kubernetes' });
  }

  async removeShared(ref: ObjectRef, resourceVersion: string): Promise<void> {
    await this.#remove(ref, { resourceVersion });
  }

  async lookup(channel: SocialChannel, name: string): Promise<SecretLookup> {
    const ref = { namespace: namespaceOf(channel), name };
    const labelled = await this.#readLabelled(ref, `${labels.managedBy}=${fieldManager}`);
    if (labelled !== undefined) return isOf(channel, labelled.metadata) ? ours(labelled) : { state: 'Foreign', name };
    const metadata = await this.#readMetadata(ref);
    if (metadata === undefined) return { state: 'Absent' };
    if (!isOf(channel, metadata)) return { state: 'Foreign', name };
    // Ours, but somebody took the label off: it is read all the same, so that it can be put right.
    const found = await this.#client.find<RawSecret>({ ...this.#errand('GET', 'read', ref), ...at(secrets, ref) });
    return found === undefined ? { state: 'Absent' } : ours(found);
  }

  async apply(channel: SocialChannel, existing: SecretLookup, content: SecretContent): Promise<SecretLookup> {
    const ref = { namespace: namespaceOf(channel), name: content.name };
    switch (existing.state) {
      case 'Foreign':
        throw conflict(ref);
      case 'Absent':
        return ours(await this.#create(channel, ref, content));
      case 'Ours':
        return ours(await this.#update(channel, ref, content, existing.secret.uid));
    }
  }

  async remove(channel: SocialChannel, name: string): Promise<void> {
    const ref = { namespace: namespaceOf(channel), name };
    const metadata = await this.#readMetadata(ref);
    if (metadata?.uid === undefined || !isOf(channel, metadata)) return;
    await this.#remove(ref, { uid: metadata.uid });
  }

  /** By POST: one that appeared meanwhile is answered 409 and looked at anew, never overwritten. */
  async #create(channel: SocialChannel, ref: ObjectRef, content: SecretContent): Promise<RawSecret> {
    const created = await this.#client.call<RawSecret>({
      ...this.#errand('POST', 'create', ref),
      ...at(secrets, { namespace: ref.namespace }),
      query: { fieldManager },
      body: manifest(channel, ref, content),
    });
    await this.#turnOwnership(ref, created);
    return created;
  }

  /** By server-side apply with the uid: one that was recreated meanwhile is answered 409. Other managers' fields stay. */
  async #update(channel: SocialChannel, ref: ObjectRef, content: SecretContent, uid: string): Promise<RawSecret> {
    const call = {
      ...this.#errand('PATCH' as const, 'apply', ref),
      ...at(secrets, ref),
      contentType: patchTypes.apply,
      // Force: what we project is ours, whoever edited it.
      query: { fieldManager, force: 'true' },
      body: manifest(channel, ref, content, uid),
    };
    const applied = await this.#client.call<RawSecret>(call);
    // A process that ended between create and #turnOwnership left this to us; only then the second apply drops leftovers.
    return (await this.#turnOwnership(ref, applied)) ? await this.#client.call<RawSecret>(call) : applied;
  }

  async #turnOwnership(ref: ObjectRef, secret: RawSecret): Promise<boolean> {
    const turned = ownedByApply(secret.metadata.managedFields ?? [], fieldManager);
    if (turned === undefined) return false;
    await this.#client.call({
      ...this.#errand('PATCH', 'take up', ref),
      ...at(secrets, ref),
      contentType: patchTypes.json,
      body: [
        { op: 'replace', path: '/metadata/managedFields', value: turned },
        { op: 'replace', path: '/metadata/resourceVersion', value: secret.metadata.resourceVersion },
      ],
    });
    return true;
  }

  async #remove(ref: ObjectRef, preconditions: { uid?: string; resourceVersion?: string }): Promise<void> {
    try {
      await this.#client.find({
        ...this.#errand('DELETE', 'delete', ref),
        ...at(secrets, ref),
        body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions },
      });
    } catch (error) {
      // Another Secret, or another version of it, stands there now: that one was not meant.
      if (!(error instanceof Failure && error.status === 409)) throw error;
    }
  }

  /** One Secret if it carries the label. A list with selectors, so that the server filters and sends nothing else. */
  async #readLabelled(ref: ObjectRef, labelSelector: string): Promise<RawSecret | undefined> {
    const list = await this.#client.call<{ items: RawSecret[] | null }>({
      ...this.#errand('GET', 'read', ref),
      verb: 'list',
      ...at(secrets, { namespace: ref.namespace }),
      query: { labelSelector, fieldSelector: `metadata.name=${ref.name}` },
    });
    return list.items?.[0];
  }

  async #readMetadata(ref: ObjectRef): Promise<SecretMeta | undefined> {
    const call = {
      ...this.#errand('GET' as const, 'read the metadata of', ref),
      ...at(secrets, ref),
      accept: METADATA,
    };
    return (await this.#client.find<RawSecret>(call))?.metadata;
  }

  #errand<M extends 'GET' | 'POST' | 'PATCH' | 'DELETE'>(method: M, verb: string, ref: ObjectRef) {
    return { method, doing: `${verb} ${nameOf(secrets, ref)}`, isSecret: true };
  }
}

/** Made by this very channel: told by its annotation, or by the owner reference where the annotation was edited away. */
function isOf(channel: SocialChannel, metadata: ObjectMeta): boolean {
  const { uid } = channel.metadata;
  if (uid === undefined) return false;
  if (metadata.annotations?.[annotations.channelUid] === uid) return true;
  return metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) ?? false;
}

function ours(secret: RawSecret): SecretLookup {
  const { name, uid = '', labels: found = {}, annotations: notes = {}, ownerReferences = [] } = secret.metadata;
  const isOwned = ownerReferences.some((owner) => owner.controller === true);
  const data = sealedData(secret);
  const projected: ProjectedSecret = { name, uid, data, labels: found, annotations: notes, isOwned };
  return { state: 'Ours', secret: projected };
}

function sealedData(secret: RawSecret): Record<string, Sealed> {
  const entries = Object.entries(secret.data ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, Sealed.of(Buffer.from(value, 'base64').toString())]));
}

function namespaceOf(channel: SocialChannel): string {
  const { namespace } = channel.metadata;
  if (namespace !== undefined) return namespace;
  const message = `SocialChannel ${channel.metadata.name} has no namespace; please report this.`;
  throw new Failure('Unexpected', 'Unexpected', message, { source: 'Operator' });
}

function conflict(ref: ObjectRef): Failure {
  const message = `${nameOf(secrets, ref)} exists and is not managed by this channel. Choose spec.secret.name, or delete it.`;
  return new Failure('Misconfigured', 'Conflict', message, { source: 'Kubernetes' });
}

function manifest(channel: SocialChannel, ref: ObjectRef, content: SecretContent, uid?: string) {
  const { name, uid: channelUid = '' } = channel.metadata;
  const { apiVersion, kind } = channel;
  const owner = { apiVersion, kind, name, uid: channelUid, controller: true, blockOwnerDeletion: false };
  const data = Object.entries(content.data).map(([key, value]) => [
    key,
    Buffer.from(value.reveal()).toString('base64'),
  ]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      ...ref,
      ...(uid === undefined ? {} : { uid }),
      // Ours come last: no tenant's label or annotation may stand in for them.
      labels: { ...content.labels, [labels.managedBy]: fieldManager, [labels.channel]: name },
      annotations: { ...content.annotations, [annotations.channelUid]: channelUid },
      ownerReferences: content.isOwned ? [owner] : [],
    },
    data: Object.fromEntries(data),
  };
}
