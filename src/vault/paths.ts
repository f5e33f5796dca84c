import { createHash } from 'node:crypto';
import { Failure } from '../core/failure.ts';
import type { ChannelRef } from '../core/grant.ts';
import type { AccountKey, PersonKey } from '../core/ports.ts';
import type { Subject } from './failures.ts';

/** What is done at one path of Vault's API, and the policy line that allows it. */
export interface Access extends Subject {
  /** Below `/v1/`. */
  readonly apiPath: string;
  readonly capabilities: readonly string[];
}

/** One secret: reading and writing it, and what forgetting needs where it is ever forgotten. */
export interface RecordPath extends Access {
  /** Below `<mount>/data/`. */
  readonly path: string;
  readonly metadata: Access;
  readonly destroy: Access;
}

export type ChannelRecord = 'grant' | 'token' | 'parked' | 'staged' | 'pending';

export interface VaultPaths {
  readonly mount: string;
  channel(ref: ChannelRef, record: ChannelRecord): RecordPath;
  appSecret(app: ChannelRef): RecordPath;
  account(key: AccountKey): RecordPath;
  person(key: PersonKey): RecordPath;
  imported(fingerprint: string): RecordPath;
  readonly escrowKey: RecordPath;
}

const written = ['create', 'read', 'update'] as const;

/** The layout of design section 5. Names are checked, so no field of a resource leads to another's path. */
export function createPaths(mount: string, prefix: string): VaultPaths {
  const at = (tail: string, pattern: string, what: string, capabilities: readonly string[] = written): RecordPath => {
    const access = (kind: string, of: string, needed: readonly string[]): Access => ({
      apiPath: `${mount}/${kind}/${prefix}/${tail}`,
      what: of,
      capabilities: needed,
      policyLine: policyLine(`${mount}/${kind}/${prefix}/${pattern}`, needed),
    });
    const metadata = access('metadata', `the versions of ${what}`, metadataNeeds(tail));
    const destroy = access('destroy', `the versions of ${what}`, ['update']);
    return { ...access('data', what, capabilities), path: `${prefix}/${tail}`, metadata, destroy };
  };
  return {
    mount,
    channel: (ref, record) => {
      const what = `the record "${record}" of channel ${ref.namespace}/${ref.name}`;
      return at(`channels/${segments(ref)}/${record}`, `channels/+/+/${record}`, what);
    },
    appSecret: (app) => {
      const what = `the client secret of app ${app.namespace}/${app.name}`;
      return at(`apps/${segments(app)}`, 'apps/+/+', what, ['read']);
    },
    account: (key) => {
      const hash = digest(key.platform, key.clientId, key.accountId);
      return at(`accounts/${hash}`, 'accounts/+', `the owner of an account on ${key.platform}`);
    },
    person: (key) => {
      // A fourth part: no account can have the path of a person.
      const hash = digest(key.platform, key.project, key.person, 'person');
      return at(`accounts/${hash}`, 'accounts/+', `the logins of a person on ${key.platform}`);
    },
    imported: (fingerprint) => at(`imported/${fingerprint}`, 'imported/+', 'the memory of an imported token'),
    escrowKey: at('keys/escrow', 'keys/escrow', 'the key for fingerprints'),
  };
}

/** The versions of `grant` never start again; those of `staged` are looked at to destroy what was not used. */
function metadataNeeds(tail: string): readonly string[] {
  if (tail.endsWith('/grant')) return ['read'];
  return tail.endsWith('/staged') ? ['read', 'delete'] : ['delete'];
}

function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

export function policyLine(path: string, capabilities: readonly string[]): string {
  return `path "${path}" { capabilities = [${capabilities.map((name) => `"${name}"`).join(', ')}] }`;
}

/** RFC 1123 names, as Kubernetes admits them: a slash or `..` in one would lead to another channel's path. */
function segments({ namespace, name }: ChannelRef): string {
  for (const segment of [namespace, name]) {
    if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(segment)) continue;
    const message = `"${segment}" is no Kubernetes name, so it is not used in a path of Vault.`;
    throw new Failure('Unexpected', 'Unexpected', message, { source: 'Operator' });
  }
  return `${namespace}/${name}`;
}
