import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverBinaries } from '../servers/binaries.ts';
import { serverEnvironment } from '../servers/table.ts';
import { type Authority, issueServer, type KeyPair } from './certificates.ts';
import { ManagedProcess } from './managed-process.ts';
import { freePort } from './scratch.ts';
import { VaultClient } from './vault-client.ts';
import { waitFor } from './wait.ts';

/** What another process needs to work with a running Vault. */
export interface VaultAddress {
  readonly url: string;
  readonly ca: string;
  readonly rootToken: string;
}

/** A real Vault with its own TLS listener and raft storage. */
export interface VaultServer {
  readonly address: VaultAddress;
  readonly root: VaultClient;
  readonly process: ManagedProcess;
  /** From now on it answers 503 to everything until `unseal`. */
  seal(): Promise<void>;
  unseal(): Promise<void>;
  /** Kills it, starts it again on the same port and data, and unseals it unless told otherwise. */
  restart(options?: { readonly unseal?: boolean }): Promise<void>;
  /** Kills it and starts it with another certificate, for example an expired one. */
  restartWithCertificate(certificate: KeyPair): Promise<void>;
  /** Everything that it holds now, for `restore`. */
  snapshot(): Promise<Buffer>;
  /** Puts all data back to what a snapshot of this server holds: Vault travels back in time. */
  restore(snapshot: Buffer): Promise<void>;
  stop(): Promise<void>;
}

export interface VaultOptions {
  readonly folder: string;
  readonly authority: Authority;
  /** The address of this machine that it listens on. Default: loopback. */
  readonly host?: string;
}

export async function startVault({ folder, authority, host = '127.0.0.1' }: VaultOptions): Promise<VaultServer> {
  mkdirSync(join(folder, 'raft'), { recursive: true });
  const { vault: command } = await serverBinaries(['vault']);
  const port = await freePort();
  const url = `https://${host}:${port}`;
  writeCertificate(folder, issueServer(authority, 'vault', [host]));
  writeFileSync(join(folder, 'vault.hcl'), serverConfiguration(folder, url, await freePort()));
  // Its certificate is not looked at here, since tests give it a bad one on purpose.
  const anonymous = new VaultClient(url, { verify: false });
  const process = new ManagedProcess({
    name: 'vault',
    command,
    args: ['server', `-config=${join(folder, 'vault.hcl')}`],
    env: serverEnvironment,
    logFile: join(folder, 'vault.log'),
    ready: async () => (await anonymous.status('GET', '/v1/sys/seal-status')) === 200,
  });
  await process.start();
  const { keys, root_token: rootToken } = await anonymous.json<{ keys: [string]; root_token: string }>(
    'PUT',
    '/v1/sys/init',
    {
      secret_shares: 1,
      secret_threshold: 1,
    },
  );
  const root = new VaultClient(url, { verify: false, token: rootToken });
  const server = control({ folder, process, anonymous, root, unsealKey: keys[0] });
  await server.unseal();
  return { ...server, root, process, address: { url, ca: authority.certificate, rootToken } };
}

interface Parts {
  readonly folder: string;
  readonly process: ManagedProcess;
  readonly anonymous: VaultClient;
  readonly root: VaultClient;
  readonly unsealKey: string;
}

function control({ folder, process, anonymous, root, unsealKey }: Parts) {
  async function unseal(): Promise<void> {
    await anonymous.json('PUT', '/v1/sys/unseal', { key: unsealKey });
    // The only node still has to be elected: until then it is a standby and answers 429.
    const active = async () => (await anonymous.status('GET', '/v1/sys/health')) === 200;
    await waitFor(active, { timeoutMs: 30_000, what: 'vault to be unsealed and active' });
  }
  async function restart({ unseal: thenUnseal = true } = {}): Promise<void> {
    await process.restart();
    if (thenUnseal) await unseal();
  }
  return {
    unseal,
    restart,
    seal: async () => void (await root.json('PUT', '/v1/sys/seal')),
    restartWithCertificate: async (certificate: KeyPair) => {
      writeCertificate(folder, certificate);
      await restart();
    },
    snapshot: () => root.bytes('GET', '/v1/sys/storage/raft/snapshot'),
    restore: async (snapshot: Buffer) => {
      await root.bytes('POST', '/v1/sys/storage/raft/snapshot-force', snapshot);
      await waitFor(async () => (await root.status('GET', '/v1/auth/token/lookup-self')) === 200, {
        timeoutMs: 30_000,
        what: 'vault to be active after the restore',
      });
    },
    stop: async () => {
      await anonymous.close();
      await root.close();
      await process.kill();
      rmSync(join(folder, 'raft'), { recursive: true, force: true });
    },
  };
}

function writeCertificate(folder: string, { certificate, key }: KeyPair): void {
  writeFileSync(join(folder, 'vault.crt'), certificate);
  writeFileSync(join(folder, 'vault.key'), key, { mode: 0o600 });
}

function serverConfiguration(folder: string, url: string, clusterPort: number): string {
  return `
listener "tcp" {
  address       = "${new URL(url).host}"
  tls_cert_file = "${join(folder, 'vault.crt')}"
  tls_key_file  = "${join(folder, 'vault.key')}"
}
storage "raft" {
  path                   = "${join(folder, 'raft')}"
  node_id                = "tests"
  performance_multiplier = 1
}
api_addr      = "${url}"
cluster_addr  = "https://127.0.0.1:${clusterPort}"
disable_mlock = true
log_level     = "warn"
ui            = false
`;
}
