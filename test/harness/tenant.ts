import { documents, type KubernetesObject, type ObjectReference } from './api-client.ts';
import { uniqueName } from './scratch.ts';
import { VaultClient } from './vault-client.ts';
import { admitConsumer, login, vaultAudience, vaultMount } from './vault-setup.ts';
import { type WaitOptions, waitFor } from './wait.ts';
import type { World } from './world.ts';

const apiVersions: Readonly<Record<string, string>> = {
  SocialChannel: 'socialops.dev/v1alpha1',
  SocialApp: 'socialops.dev/v1alpha1',
  SocialPlatform: 'socialops.dev/v1alpha1',
  Secret: 'v1',
  ConfigMap: 'v1',
  ServiceAccount: 'v1',
  Event: 'v1',
  Lease: 'coordination.k8s.io/v1',
};

/** A namespace and a Vault prefix of one test's own, so that test files share the servers and do not meet. */
export interface Tenant {
  readonly namespace: string;
  readonly namespaceUid: string;
  readonly vaultPrefix: string;
  /** Server-side apply of YAML or objects, into this namespace where they name none. */
  apply(objects: string | object | readonly object[]): Promise<KubernetesObject[]>;
  get(kind: string, name: string): Promise<KubernetesObject>;
  find(kind: string, name: string): Promise<KubernetesObject | undefined>;
  list(kind: string): Promise<KubernetesObject[]>;
  /** JSON merge patch. */
  patch(kind: string, name: string, patch: object, subresource?: string): Promise<KubernetesObject>;
  delete(kind: string, name: string): Promise<void>;
  /** Events about an object of this namespace, oldest first. */
  events(name: string): Promise<KubernetesObject[]>;
  /** A Secret's values as text. */
  secret(name: string): Promise<Record<string, string> | undefined>;
  /** Waits until the object satisfies `condition`; the failure shows the object's status as it was last. */
  waitFor(
    kind: string,
    name: string,
    condition: (object: KubernetesObject) => boolean,
    options: WaitOptions,
  ): Promise<KubernetesObject>;
  /** The path of a channel's record for `VaultClient.read`: `social/<prefix>/channels/<namespace>/<channel>/grant`. */
  vaultPath(channel: string, leaf: string): string;
  /** A Vault client of a workload in this namespace, logged in with the consumer's policy. */
  consumer(): Promise<VaultClient>;
  /** Deletes the namespace and waits until it is gone. */
  remove(): Promise<void>;
}

export interface TenantOptions {
  readonly namespace?: string;
  readonly vaultPrefix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export async function createTenant(world: World, options: TenantOptions = {}): Promise<Tenant> {
  const { namespace = uniqueName('stage'), vaultPrefix = uniqueName('tests'), labels = {}, annotations = {} } = options;
  const { admin } = world;
  const created = await admin.create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels, annotations },
  });
  const at = (kind: string, name?: string): ObjectReference => ({
    apiVersion: apiVersions[kind] ?? 'v1',
    kind,
    namespace,
    ...(name === undefined ? {} : { name }),
  });
  const here = (object: KubernetesObject) => ({ ...object, metadata: { namespace, ...object.metadata } });
  return {
    namespace,
    namespaceUid: created.metadata.uid ?? '',
    vaultPrefix,
    apply: (objects) => admin.apply(documents(objects).map(here)),
    get: (kind, name) => admin.get(at(kind, name)),
    find: (kind, name) => admin.find(at(kind, name)),
    list: (kind) => admin.list(at(kind)),
    patch: (kind, name, patch, subresource) => admin.patch(at(kind, name), patch, subresource),
    delete: (kind, name) => admin.delete(at(kind, name)),
    events: async (name) => {
      const events = await admin.list(at('Event'), { fieldSelector: `involvedObject.name=${name}` });
      return events.sort((a, b) =>
        (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''),
      );
    },
    secret: async (name) => {
      const secret = await admin.find(at('Secret', name));
      return secret && decoded(secret);
    },
    waitFor: (kind, name, condition, waitOptions) =>
      waitForObject(() => admin.find(at(kind, name)), condition, waitOptions),
    vaultPath: (channel, leaf) => `${vaultMount}/${vaultPrefix}/channels/${namespace}/${channel}/${leaf}`,
    consumer: () => loginConsumer(world, namespace, vaultPrefix),
    remove: async () => {
      const reference = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
      await admin.delete(reference);
      const gone = async () => (await admin.find(reference)) === undefined;
      await waitFor(gone, { timeoutMs: 60_000, what: `the namespace ${namespace} to be gone` });
    },
  };
}

/** `waitFor` on one object; what it looked like last is part of the failure. */
async function waitForObject(
  look: () => Promise<KubernetesObject | undefined>,
  condition: (object: KubernetesObject) => boolean,
  options: WaitOptions,
): Promise<KubernetesObject> {
  let last: KubernetesObject | undefined;
  const probe = async () => {
    last = await look();
    return last !== undefined && condition(last) && last;
  };
  try {
    return await waitFor(probe, options);
  } catch (error) {
    const seen =
      last === undefined ? 'It does not exist.' : `Its status: ${JSON.stringify(last.status ?? null, null, 1)}`;
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${seen}`, { cause: error });
  }
}

function decoded({ data = {} }: KubernetesObject): Record<string, string> {
  const entries = Object.entries(data as Record<string, string>);
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}

async function loginConsumer(world: World, namespace: string, prefix: string): Promise<VaultClient> {
  const account = { namespace, name: 'encoder' };
  await world.admin.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
  const role = await admitConsumer(world.root, prefix, account);
  const jwt = await world.admin.token(namespace, account.name, [vaultAudience]);
  const { url, ca } = world.vault;
  const anonymous = new VaultClient(url, { ca });
  const token = await login(anonymous, role, jwt);
  await anonymous.close();
  return new VaultClient(url, { ca, token });
}
