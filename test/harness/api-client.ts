import { Agent, request } from 'undici';
import { parseAllDocuments } from 'yaml';

/** A Kubernetes object, as loosely typed as tests need it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
  };
  // biome-ignore lint/suspicious/noExplicitAny: the rest has every shape there is, and the tests assert on it
  readonly [field: string]: any;
}

export interface ApiCredentials {
  readonly ca: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly token?: string;
}

export interface ApiRequest {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
}

/** Which objects: `{ kind: 'SocialChannel', apiVersion: 'socialops.dev/v1alpha1', namespace, name }`. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** An answer of the API server outside 2xx, with its Status message. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

const fieldManager = 'tests';

/** A small client of the Kubernetes API for tests, independent of the operator's own. */
export class ApiClient {
  readonly url: string;
  readonly #agent: Agent;
  readonly #token: string | undefined;
  readonly #resources = new Map<string, Resource>();

  constructor(url: string, { ca, clientCertificate, clientKey, token }: ApiCredentials) {
    this.url = url;
    this.#token = token;
    this.#agent = new Agent({
      connect: {
        ca,
        ...(clientCertificate === undefined ? {} : { cert: clientCertificate }),
        ...(clientKey === undefined ? {} : { key: clientKey }),
      },
      keepAliveTimeout: 1_000,
      headersTimeout: 20_000,
      bodyTimeout: 20_000,
    });
  }

  /** Creates or changes objects by server-side apply: one object, several, or YAML documents. */
  async apply(objects: string | object | readonly object[], { force = true } = {}): Promise<KubernetesObject[]> {
    const applied: KubernetesObject[] = [];
    for (const object of documents(objects)) {
      const query = { fieldManager, force: String(force), fieldValidation: 'Strict' };
      const path = await this.#path(reference(object));
      const contentType = 'application/apply-patch+yaml';
      applied.push(await this.request('PATCH', path, { query, body: object, contentType }));
    }
    return applied;
  }

  async create(object: object): Promise<KubernetesObject> {
    const { name: _name, ...collection } = reference(object as KubernetesObject);
    return this.request('POST', await this.#path(collection), { query: { fieldManager }, body: object });
  }

  async get(what: ObjectReference): Promise<KubernetesObject> {
    return this.request('GET', await this.#path(what));
  }

  /** As `get`, undefined where it does not exist. */
  async find(what: ObjectReference): Promise<KubernetesObject | undefined> {
    return this.get(what).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    });
  }

  async list(what: ObjectReference, query: Record<string, string> = {}): Promise<KubernetesObject[]> {
    const { items } = await this.request('GET', await this.#path(what), { query });
    return items as KubernetesObject[];
  }

  /** A JSON merge patch (RFC 7386): null removes. `subresource` is for example `status`. */
  async patch(what: ObjectReference, patch: object, subresource = ''): Promise<KubernetesObject> {
    const path = (await this.#path(what)) + (subresource === '' ? '' : `/${subresource}`);
    const contentType = 'application/merge-patch+json';
    return this.request('PATCH', path, { query: { fieldManager }, body: patch, contentType });
  }

  async delete(what: ObjectReference): Promise<void> {
    await this.request('DELETE', await this.#path(what));
  }

  /** A ServiceAccount's token by TokenRequest; the API server refuses lives under ten minutes. */
  async token(namespace: string, name: string, audiences: readonly string[] = [], seconds = 3600): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const spec = { expirationSeconds: seconds, ...(audiences.length > 0 ? { audiences } : {}) };
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
    const { status } = await this.request('POST', path, { body });
    return status.token as string;
  }

  /** Any request. @throws ApiError outside 2xx. */
  async request(method: string, path: string, options: ApiRequest = {}): Promise<KubernetesObject> {
    const text = await this.text(method, path, options);
    return JSON.parse(text) as KubernetesObject;
  }

  async text(method: string, path: string, { query = {}, body, contentType }: ApiRequest = {}): Promise<string> {
    const search = new URLSearchParams(query).toString();
    const answer = await request(`${this.url}${path}${search === '' ? '' : `?${search}`}`, {
      method: method as 'GET',
      dispatcher: this.#agent,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 200 && answer.statusCode < 300) return text;
    throw new ApiError(answer.statusCode, `${method} ${path}: ${answer.statusCode} ${statusMessage(text)}`);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #path({ apiVersion, kind, namespace, name }: ObjectReference): Promise<string> {
    const { plural, namespaced } = await this.#resource(apiVersion, kind);
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const scope = namespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
    return `${group}${scope}/${plural}${name === undefined ? '' : `/${name}`}`;
  }

  async #resource(apiVersion: string, kind: string): Promise<Resource> {
    const key = `${apiVersion} ${kind}`;
    const known = this.#resources.get(key);
    if (known !== undefined) return known;
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { resources } = await this.request('GET', group);
    for (const { kind: listed, name, namespaced } of resources as {
      kind: string;
      name: string;
      namespaced: boolean;
    }[]) {
      if (!name.includes('/')) this.#resources.set(`${apiVersion} ${listed}`, { plural: name, namespaced });
    }
    const found = this.#resources.get(key);
    if (found === undefined) throw new ApiError(404, `The API server knows no ${kind} in ${apiVersion}.`);
    return found;
  }
}

/** The objects of YAML text, or the given ones as a list. */
export function documents(objects: string | object | readonly object[]): KubernetesObject[] {
  if (typeof objects !== 'string') return [objects].flat() as KubernetesObject[];
  const parsed = parseAllDocuments(objects).map((document) => document.toJS() as KubernetesObject | null);
  return parsed.filter((object) => object !== null);
}

function reference({ apiVersion, kind, metadata: { namespace, name } }: KubernetesObject): ObjectReference {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function statusMessage(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
