import { Failure } from '../core/failure.ts';
import type { EscrowKey } from './escrow-key.ts';
import { failureOf, isNoRoute } from './failures.ts';
import { type Access, policyLine, type VaultPaths } from './paths.ts';
import type { Send } from './session.ts';

export interface StartCheckOptions {
  readonly send: Send;
  readonly paths: VaultPaths;
  readonly escrowKey: EscrowKey;
  /** One namespace that the operator serves: a policy may admit no others. Default: any name. */
  readonly namespace?: string | undefined;
}

/**
 * Whether this Vault can hold grants: logged in, the mount is KV version 2 and keeps what is written, the policy allows
 * all that will be done, and the key for fingerprints is there. Found at the start, a fault costs nothing; found between
 * a spend and its commit, it would cost a grant.
 * @throws Failure naming the one thing to change, or every policy line that is missing
 */
export async function checkStart({ send, paths, escrowKey, namespace = 'any' }: StartCheckOptions): Promise<void> {
  await checkMount(send, paths.mount);
  await checkPolicy(send, accesses(paths, namespace));
  await escrowKey.load();
}

async function checkMount(send: Send, mount: string): Promise<void> {
  const path = `${mount}/config`;
  const answer = await send({ operation: 'read-config', method: 'GET', path });
  if (answer.status === 404) {
    const told = isNoRoute(answer) ? 'is not mounted' : 'is not of KV version 2';
    const how = `vault secrets enable -path=${mount} -version=2 kv`;
    throw invalid(`The Vault mount "${mount}" ${told}, so nothing can be kept in it. Check vault-mount, or: ${how}`);
  }
  const subject = { what: `the configuration of mount "${mount}"`, policyLine: policyLine(path, ['read']) };
  if (answer.status !== 200) throw failureOf(answer, subject);
  const { delete_version_after: after } = (answer.body as { data?: { delete_version_after?: unknown } }).data ?? {};
  if (typeof after !== 'string') throw failureOf(answer, subject);
  if (/^(0s?)?$/.test(after)) return;
  const how = `vault write ${path} delete_version_after=0s`;
  throw invalid(
    `The Vault mount "${mount}" deletes what is written after ${after}; a grant would be lost by that. ${how}`,
  );
}

function accesses(paths: VaultPaths, namespace: string): readonly Access[] {
  const channel = { namespace, name: 'any' };
  const [grant, token, parked, staged, pending] = (['grant', 'token', 'parked', 'staged', 'pending'] as const).map(
    (one) => paths.channel(channel, one),
  );
  const account = paths.account({ platform: 'any', clientId: 'any', accountId: 'any' });
  const registers = [account, paths.imported('any'), paths.escrowKey, paths.appSecret(channel)];
  const erased = [token, parked, staged, pending].map((record) => record?.metadata);
  const destroyed = [grant?.metadata, grant?.destroy, staged?.destroy];
  return [grant, token, parked, staged, pending, ...registers, ...destroyed, ...erased].filter(
    (access) => access !== undefined,
  );
}

/** A token without the policy `default` may not ask; then each path tells by itself when it is used. */
async function checkPolicy(send: Send, needed: readonly Access[]): Promise<void> {
  const json = { paths: needed.map(({ apiPath }) => apiPath) };
  const path = 'sys/capabilities-self';
  const answer = await send({ operation: 'capabilities', method: 'POST', path, json });
  if (answer.status === 403) return;
  const granted = (answer.body as { data?: Record<string, readonly string[]> } | undefined)?.data;
  if (answer.status !== 200 || granted === undefined) {
    throw failureOf(answer, { what: "the operator's own capabilities", policyLine: policyLine(path, ['update']) });
  }
  const missing = needed.filter(({ apiPath, capabilities }) => {
    const has = granted[apiPath] ?? [];
    return !has.includes('root') && capabilities.some((capability) => !has.includes(capability));
  });
  if (missing.length === 0) return;
  const lines = missing.map((access) => access.policyLine).join('\n');
  const message = `The operator's policy in Vault lacks what follows; nothing is spent until it is there:\n${lines}`;
  throw new Failure('Misconfigured', 'VaultDenied', message, { source: 'Vault', status: 403 });
}

function invalid(message: string): Failure {
  return new Failure('Misconfigured', 'VaultMountInvalid', message, { source: 'Vault' });
}
