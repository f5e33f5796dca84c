import { createAuthority } from '../harness/certificates.ts';
import { scratchFolder } from '../harness/scratch.ts';
import { startVault, type VaultServer } from '../harness/vault-server.ts';
import { vaultMount } from '../harness/vault-setup.ts';
import { waitFor } from '../harness/wait.ts';
import type { Place } from './connection.ts';

/** A Vault of one's own to be sealed, killed and given bad certificates, with the mount and no Kubernetes. */
export interface OwnVault extends Place {
  readonly server: VaultServer;
  readonly authority: ReturnType<typeof createAuthority>;
}

export async function startOwnVault(): Promise<OwnVault> {
  const authority = createAuthority('authority of one test file');
  const server = await startVault({ folder: scratchFolder('own-vault'), authority });
  const { root, address } = server;
  await root.json('POST', `/v1/sys/mounts/${vaultMount}`, { type: 'kv', options: { version: '2' } });
  const configure = () => root.json('POST', `/v1/${vaultMount}/config`, { cas_required: true, max_versions: 10 });
  await waitFor(configure, { what: 'the mount to take its configuration' });
  return { server, authority, root, url: address.url, ca: address.ca };
}
