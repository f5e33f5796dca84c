import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { isIPv6 } from 'node:net';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';

/** Something that is given as it is, or lies in a file that may be replaced at any time. */
export interface Material {
  readonly file?: string | undefined;
  readonly text?: string | undefined;
}

/** Who asks: by a token or a client certificate, or by what only client-node knows how to get (a plug-in, a password). */
export type Credentials =
  | {
      readonly kind: 'Plain';
      readonly token?: Material | undefined;
      readonly certificate?: Material | undefined;
      readonly key?: Material | undefined;
    }
  | { readonly kind: 'Other'; readonly kubeconfig: string; readonly folder: string };

/** One API server and who asks it. */
export interface ClusterAccess {
  /** The base URL, without a slash at the end. */
  readonly server: string;
  /** Of the current context; in a pod that of its ServiceAccount. */
  readonly namespace?: string | undefined;
  readonly ca?: Material | undefined;
  readonly isUnverified?: boolean | undefined;
  readonly tlsServerName?: string | undefined;
  readonly proxyUrl?: string | undefined;
  readonly credentials: Credentials;
}

/** Headers and TLS material of this moment. */
export interface Signature {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Readonly<Record<string, unknown>>;
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What a pod finds mounted. @throws Error outside of a pod */
export function inCluster(env: NodeJS.ProcessEnv, folder = serviceAccount): ClusterAccess {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (host === undefined || host === '')
    throw new Error('There is no API server to ask: outside of a pod give --kubeconfig, or set KUBECONFIG.');
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    namespace: readFileSync(`${folder}/namespace`, 'utf8').trim(),
    ca: { file: `${folder}/ca.crt` },
    credentials: { kind: 'Plain', token: { file: `${folder}/token` } },
  };
}

interface Named<T> {
  readonly name: string;
  readonly value: T;
}
type Fields = Readonly<Record<string, string | boolean | object | undefined>>;

interface File {
  readonly 'current-context'?: string;
  readonly clusters?: readonly (Named<never> & { readonly cluster?: Fields })[];
  readonly contexts?: readonly (Named<never> & { readonly context?: Fields })[];
  readonly users?: readonly (Named<never> & { readonly user?: Fields })[];
}

/** Everything in a user that is read here; whoever has more is signed for by client-node. */
const plainFields = [
  'token',
  'tokenFile',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
];

/** @throws Error where the current context leads to no cluster */
export function parseKubeconfig(text: string, folder: string): ClusterAccess {
  const file = (parse(text) ?? {}) as File;
  const context = file.contexts?.find(({ name }) => name === file['current-context'])?.context ?? {};
  const cluster = file.clusters?.find(({ name }) => name === context.cluster)?.cluster;
  const server = words(cluster?.server);
  if (cluster === undefined || server === undefined)
    throw new Error('The kubeconfig has no current context with a cluster; set current-context.');
  const user = file.users?.find(({ name }) => name === context.user)?.user ?? {};
  const isPlain = Object.keys(user).every((field) => plainFields.includes(field));
  const at = (of: Fields, name: string) => materialOf(of[name], of[`${name}-data`], folder);
  return {
    server: server.replace(/\/+$/, ''),
    namespace: words(context.namespace),
    ca: at(cluster, 'certificate-authority'),
    isUnverified: cluster['insecure-skip-tls-verify'] === true,
    tlsServerName: words(cluster['tls-server-name']),
    proxyUrl: words(cluster['proxy-url']),
    credentials: isPlain
      ? {
          kind: 'Plain',
          token: tokenOf(user, folder),
          certificate: at(user, 'client-certificate'),
          key: at(user, 'client-key'),
        }
      : { kind: 'Other', kubeconfig: text, folder },
  };
}

function words(value: Fields[string]): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function materialOf(file: Fields[string], data: Fields[string], folder: string): Material | undefined {
  const [path, base64] = [words(file), words(data)];
  if (path !== undefined) return { file: resolve(folder, path) };
  return base64 === undefined ? undefined : { text: Buffer.from(base64, 'base64').toString() };
}

/** A file before a fixed token, as client-go has it: a projected token is replaced hourly. */
function tokenOf({ token, tokenFile }: Fields, folder: string): Material | undefined {
  const [path, text] = [words(tokenFile), words(token)];
  if (path !== undefined) return { file: resolve(folder, path) };
  return text === undefined ? undefined : { text };
}

/** @throws Error when a file cannot be read, or a plug-in fails */
export async function sign(access: ClusterAccess): Promise<Signature> {
  const { credentials, ca, isUnverified, tlsServerName } = access;
  if (credentials.kind === 'Other') return await signByClientNode(credentials);
  const { token, certificate, key } = credentials;
  const bearer = read(token)?.trim();
  const tls = {
    ca: read(ca),
    cert: read(certificate),
    key: read(key),
    servername: tlsServerName,
    rejectUnauthorized: isUnverified === true ? false : undefined,
  };
  return { headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }, tls: told(tls) };
}

function read(material: Material | undefined): string | undefined {
  return material?.file === undefined ? material?.text : readFileSync(material.file, 'utf8');
}

function told(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Plug-ins, passwords and impersonation. Loaded only then: client-node's models cost 34 MiB of resident memory. */
async function signByClientNode({ kubeconfig, folder }: Extract<Credentials, { kind: 'Other' }>): Promise<Signature> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = known.get(kubeconfig) ?? new KubeConfig();
  if (!known.has(kubeconfig)) {
    config.loadFromString(kubeconfig);
    config.makePathsAbsolute(folder);
    known.set(kubeconfig, config);
  }
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, rejectUnauthorized, servername, auth } = options;
  const basic = auth && { authorization: `Basic ${Buffer.from(auth).toString('base64')}` };
  const given = Object.entries((options.headers ?? {}) as Record<string, unknown>);
  // A token file may end in a newline, which is not allowed in a header.
  const headers = Object.fromEntries(given.map(([name, value]) => [name, String(value).trim()]));
  return { headers: { ...headers, ...basic }, tls: told({ ca, cert, key, rejectUnauthorized, servername }) };
}

/** Plug-ins keep what they were given until it ends. */
const known = new Map<string, import('@kubernetes/client-node').KubeConfig>();

/** The kubeconfig of that file, of `KUBECONFIG`, or of the pod's ServiceAccount, in this order. */
export function loadAccess(kubeconfigFile: string | undefined, env = process.env): ClusterAccess {
  const file = kubeconfigFile ?? env.KUBECONFIG;
  if (file === undefined || file === '') return inCluster(env);
  return parseKubeconfig(readFileSync(file, 'utf8'), dirname(resolve(file)));
}
