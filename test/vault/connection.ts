import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Random } from '../../src/core/ports.ts';
import type { LoginMethod } from '../../src/vault/login-methods.ts';
import type { RequestReport } from '../../src/vault/transport.ts';
import { createVault, type Vault, type VaultOptions } from '../../src/vault/vault.ts';
import { scratchFolder, uniqueName } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import type { VaultClient } from '../harness/vault-client.ts';
import { shippedPolicy, vaultMount } from '../harness/vault-setup.ts';

const scratch = scratchFolder('vault');

export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
export const random: Random = { unit: () => Math.random(), id: () => randomUUID(), secret: () => randomUUID() };

/** A Vault with a mount `social`: its address, its authority's certificate, and its root. */
export interface Place {
  readonly url: string;
  readonly ca: string;
  readonly root: VaultClient;
}

export function sharedPlace(): Place {
  const { vault, root } = sharedWorld();
  return { ...vault, root };
}

/** A prefix of one's own with the policy that the operator ships with, and tokens that hold exactly that. */
export interface Operator {
  readonly prefix: string;
  readonly policy: string;
  readonly folder: string;
  readonly caFile: string;
  readonly tokenFile: string;
  /** Of the token that lies in the file now. */
  readonly token: () => string;
  /** Puts a new token into the file. */
  issue(): Promise<string>;
  /** Full path for `VaultClient.read` and `write`. */
  at(tail: string): string;
}

export interface OperatorOptions {
  /** Changes the shipped policy before it is written. */
  readonly edit?: (policy: string) => string;
  readonly ttl?: string;
}

export async function createOperator({ root, ca }: Place, options: OperatorOptions = {}): Promise<Operator> {
  const prefix = uniqueName('vault');
  const policy = (options.edit ?? ((text) => text))(shippedPolicy('vault-policy.hcl', { prefix }));
  await root.json('PUT', `/v1/sys/policies/acl/${prefix}`, { policy });
  const folder = join(scratch, prefix);
  mkdirSync(folder);
  const caFile = join(folder, 'ca.crt');
  const tokenFile = join(folder, 'token');
  writeFileSync(caFile, ca);
  let token = '';
  const issue = async () => {
    const request = { policies: [prefix], ttl: options.ttl ?? '1h' };
    const { auth } = await root.json<{ auth: { client_token: string } }>('POST', '/v1/auth/token/create', request);
    token = auth.client_token;
    writeFileSync(tokenFile, token);
    return token;
  };
  await issue();
  const at = (tail: string) => `${vaultMount}/${prefix}/${tail}`;
  return { prefix, policy: prefix, folder, caFile, tokenFile, token: () => token, issue, at };
}

export interface Connection extends Vault {
  readonly reports: RequestReport[];
}

const open = new Set<Vault>();

/** Connects as the operator does; `url` may be a proxy's. Closed by {@link closeAll}. */
export function connect(url: string, operator: Operator, options: Partial<VaultOptions> = {}): Connection {
  const reports: RequestReport[] = [];
  const method: LoginMethod = { kind: 'token-file', file: operator.tokenFile };
  const vault = createVault({
    address: url,
    caFile: operator.caFile,
    method,
    mount: vaultMount,
    prefix: operator.prefix,
    clock,
    random,
    timeoutMs: 3_000,
    reloginIntervalMs: 0,
    onRequest: (report) => reports.push(report),
    ...options,
  });
  open.add(vault);
  return { ...vault, reports };
}

export async function closeAll(): Promise<void> {
  await Promise.all([...open].map((vault) => vault.close()));
  open.clear();
}
