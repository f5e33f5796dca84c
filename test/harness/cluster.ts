import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { stringify } from 'yaml';
import { serverBinaries } from '../servers/binaries.ts';
import { ApiClient } from './api-client.ts';
import { type Authority, createSigningKeys, issue, issueServer } from './certificates.ts';
import { ManagedProcess } from './managed-process.ts';
import { freePort } from './scratch.ts';

/** What another process needs to work with a running cluster. */
export interface ClusterAddress {
  readonly url: string;
  readonly etcdUrl: string;
  readonly ca: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  /** A kubeconfig file of the administrator, for kubectl. */
  readonly kubeconfig: string;
}

/** A control plane on loopback: etcd, kube-apiserver and kube-controller-manager, each a process to break. */
export interface Cluster {
  readonly address: ClusterAddress;
  readonly admin: ApiClient;
  readonly etcd: ManagedProcess;
  readonly apiServer: ManagedProcess;
  readonly controllerManager: ManagedProcess;
  /** Keeps a copy of all that etcd holds; the API server is away meanwhile. */
  backUp(): Promise<void>;
  /** Puts etcd back to that copy; so is the API server, which would else answer from its watch cache. */
  restore(): Promise<void>;
  stop(): Promise<void>;
}

/** Controllers that something here depends on; the rest would only load the machine. */
const controllers = [
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
  'clusterrole-aggregation-controller',
  'deployment-controller',
  'replicaset-controller',
];

export interface ClusterOptions {
  readonly folder: string;
  readonly authority: Authority;
  /** More flags of kube-apiserver, for example `--max-mutating-requests-inflight=2`. */
  readonly apiServerFlags?: readonly string[];
}

export async function startCluster({ folder, authority, apiServerFlags = [] }: ClusterOptions): Promise<Cluster> {
  mkdirSync(folder, { recursive: true });
  const binaries = await serverBinaries(['etcd', 'kube-apiserver', 'kube-controller-manager']);
  const files = writeKeys(folder, authority);
  const [etcdPort, peerPort, apiPort, managerPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const address: ClusterAddress = {
    url: `https://127.0.0.1:${apiPort}`,
    etcdUrl: `http://127.0.0.1:${etcdPort}`,
    ca: authority.certificate,
    clientCertificate: files.admin.certificate,
    clientKey: files.admin.key,
    kubeconfig: join(folder, 'admin.kubeconfig'),
  };
  writeFileSync(address.kubeconfig, adminKubeconfig(address), { mode: 0o600 });
  const admin = new ApiClient(address.url, address);
  const etcd = etcdProcess(binaries.etcd, folder, address.etcdUrl, peerPort);
  const apiServer = apiServerProcess(binaries['kube-apiserver'], folder, address, admin, apiServerFlags);
  const controllerManager = managerProcess(binaries['kube-controller-manager'], folder, address, admin, managerPort);
  await etcd.start();
  await apiServer.start();
  await controllerManager.start();
  const data = dataFolder(folder);
  const copy = `${data}.backup`;
  return {
    address,
    admin,
    etcd,
    apiServer,
    controllerManager,
    backUp: () => whileAway(() => cpSync(data, copy, { recursive: true })),
    restore: () =>
      whileAway(() => {
        rmSync(data, { recursive: true });
        cpSync(copy, data, { recursive: true });
      }),
    stop: () => stopAll(),
  };

  async function whileAway(work: () => void): Promise<void> {
    await apiServer.kill();
    await etcd.stop();
    work();
    await etcd.start();
    await apiServer.start();
  }

  async function stopAll(): Promise<void> {
    // Open watches would hold the API server back for its whole grace period.
    await admin.close();
    await Promise.all([controllerManager.kill(), apiServer.kill(), etcd.kill()]);
  }
}

const dataFolder = (folder: string) => join(folder, 'etcd');

function writeKeys(folder: string, authority: Authority) {
  const server = issueServer(authority, 'kube-apiserver');
  const admin = issue(authority, { subject: { commonName: 'administrator', organisation: 'system:masters' } });
  const signing = createSigningKeys();
  const contents = {
    'ca.crt': authority.certificate,
    'server.crt': server.certificate,
    'server.key': server.key,
    'service-account.pub': signing.publicKey,
    'service-account.key': signing.privateKey,
  };
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content, { mode: 0o600 });
  return { admin };
}

function etcdProcess(command: string, folder: string, url: string, peerPort: number): ManagedProcess {
  const peer = `http://127.0.0.1:${peerPort}`;
  return new ManagedProcess({
    name: 'etcd',
    command,
    args: [
      `--data-dir=${dataFolder(folder)}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
    logFile: join(folder, 'etcd.log'),
    ready: async () => (await get(`${url}/health`)).includes('"true"'),
  });
}

function apiServerProcess(
  command: string,
  folder: string,
  { url, etcdUrl }: ClusterAddress,
  admin: ApiClient,
  more: readonly string[],
): ManagedProcess {
  const key = (name: string) => join(folder, name);
  return new ManagedProcess({
    name: 'kube-apiserver',
    command,
    args: [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${new URL(url).port}`,
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--cert-dir=${folder}`,
      `--tls-cert-file=${key('server.crt')}`,
      `--tls-private-key-file=${key('server.key')}`,
      `--client-ca-file=${key('ca.crt')}`,
      `--service-account-issuer=${url}`,
      `--service-account-key-file=${key('service-account.pub')}`,
      `--service-account-signing-key-file=${key('service-account.key')}`,
      '--authorization-mode=Node,RBAC',
      '--service-cluster-ip-range=10.0.0.0/24',
      '--allow-privileged=true',
      ...more,
    ],
    logFile: key('kube-apiserver.log'),
    ready: async () => (await admin.text('GET', '/readyz')) === 'ok',
  });
}

function managerProcess(
  command: string,
  folder: string,
  { kubeconfig }: ClusterAddress,
  admin: ApiClient,
  port: number,
): ManagedProcess {
  return new ManagedProcess({
    name: 'kube-controller-manager',
    command,
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${folder}`,
      '--leader-elect=false',
      `--root-ca-file=${join(folder, 'ca.crt')}`,
      `--service-account-private-key-file=${join(folder, 'service-account.key')}`,
      '--use-service-account-credentials=false',
      `--controllers=${controllers.join(',')}`,
      '--concurrent-namespace-syncs=10',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
    logFile: join(folder, 'kube-controller-manager.log'),
    // A default ServiceAccount shows that the controllers themselves run, not only their process.
    ready: async () => {
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'default', name: 'default' };
      return (await isHealthy(port)) && (await admin.find(account)) !== undefined;
    },
  });
}

/**
 * Compacts etcd up to now, so that a watch that resumes from an older version is answered 410 Gone. The API server's own
 * watch cache may still serve such a watch until it is restarted.
 */
export async function compactEtcd({ etcdUrl }: ClusterAddress): Promise<void> {
  const { header } = JSON.parse(await post(`${etcdUrl}/v3/kv/range`, { key: 'AA==' })) as {
    header: { revision: string };
  };
  await post(`${etcdUrl}/v3/kv/compaction`, { revision: header.revision, physical: true });
}

function adminKubeconfig({ url, ca, clientCertificate, clientKey }: ClusterAddress): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'tests',
    clusters: [{ name: 'tests', cluster: { server: url, 'certificate-authority-data': base64(ca) } }],
    contexts: [{ name: 'tests', context: { cluster: 'tests', user: 'administrator' } }],
    users: [
      {
        name: 'administrator',
        user: { 'client-certificate-data': base64(clientCertificate), 'client-key-data': base64(clientKey) },
      },
    ],
  });
}

/** The controller manager makes its own certificate, which nobody could verify. */
async function isHealthy(port: number): Promise<boolean> {
  const dispatcher = new Agent({ pipelining: 0, connect: { rejectUnauthorized: false } });
  return (await request(`https://127.0.0.1:${port}/healthz`, { dispatcher })).statusCode === 200;
}

/** One connection per request: etcd is restarted under us. */
async function get(url: string): Promise<string> {
  return (await request(url, { dispatcher: new Agent({ pipelining: 0 }) })).body.text();
}

async function post(url: string, body: object): Promise<string> {
  const answer = await request(url, {
    method: 'POST',
    dispatcher: new Agent({ pipelining: 0 }),
    body: JSON.stringify(body),
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`etcd answered ${answer.statusCode} to ${url}: ${text}`);
  return text;
}
