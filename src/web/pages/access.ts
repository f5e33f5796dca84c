import { parse } from 'yaml';
import { z } from 'zod';
import type { SocialChannel } from '../../api/resources.gen.ts';

/** Somebody who has signed in, as the sign-in server tells. */
export interface Person {
  /** `sub`: stable, and unique at that server. */
  readonly id: string;
  readonly name: string;
  readonly email?: string | undefined;
  readonly isEmailVerified: boolean;
  readonly groups: readonly string[];
}

/** What the file behind `--pages-access-file` says: for these namespaces, which groups. */
export interface AccessRule {
  /** Names, `prefix-*`, or `*` for all. */
  readonly namespaces: readonly string[];
  /** Groups that may connect, and so see, the channels. */
  readonly connect: readonly string[];
  /** Groups that may see the channels and nothing else. */
  readonly see: readonly string[];
}

export type Access = readonly AccessRule[];

const namespacePattern = /^(?:\*|[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?|[a-z0-9][-a-z0-9]{0,61}\*)$/;
const groups = z.array(z.string().min(1)).default([]);
const file = z.strictObject({
  rules: z
    .array(
      z
        .strictObject({
          namespaces: z
            .array(z.string().regex(namespacePattern, 'must be a namespace, a beginning of one with "*", or "*"'))
            .min(1, 'names no namespace'),
          connect: groups,
          see: groups,
        })
        .refine(({ connect, see }) => connect.length + see.length > 0, 'names no group under connect or see'),
    )
    .min(1, 'holds no rule, so nobody could see anything'),
});

/** The access file cannot be used; `problems` has every one of them, each with its place. */
export class AccessError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'AccessError';
    this.problems = problems;
  }
}

/** @throws AccessError */
export function readAccess(text: string): Access {
  let written: unknown;
  try {
    written = parse(text);
  } catch (error) {
    throw new AccessError([`is no YAML: ${error instanceof Error ? error.message.split('\n')[0] : 'unreadable'}`]);
  }
  const result = file.safeParse(written);
  if (result.success) return result.data.rules;
  throw new AccessError(result.error.issues.map(({ path, message }) => `${place(path)}: ${message}`));
}

function place(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '') || 'the file';
}

function covers(pattern: string, namespace: string): boolean {
  return pattern.endsWith('*') ? namespace.startsWith(pattern.slice(0, -1)) : pattern === namespace;
}

function isIn(groups: readonly string[], person: Person): boolean {
  return groups.some((group) => person.groups.includes(group));
}

function rulesFor(access: Access, namespace: string): readonly AccessRule[] {
  return access.filter(({ namespaces }) => namespaces.some((pattern) => covers(pattern, namespace)));
}

/** Every group that the file names: of all others nothing is kept. */
export function namedGroups(access: Access): ReadonlySet<string> {
  return new Set(access.flatMap(({ connect, see }) => [...connect, ...see]));
}

/** Whether this person may see the channels of a namespace. */
export function maySee(access: Access, person: Person, namespace: string): boolean {
  return rulesFor(access, namespace).some(({ connect, see }) => isIn([...connect, ...see], person));
}

export type ConnectDecision = 'Allowed' | 'NotInGroup' | 'NotOwner' | 'EmailUnverified';

/**
 * Whether this person may connect this channel. `spec.owner` is a tenant's claim: it narrows what the administrator's
 * groups admit, and never widens it.
 */
export function mayConnect(access: Access, person: Person, channel: SocialChannel): ConnectDecision {
  const namespace = channel.metadata.namespace ?? '';
  if (!rulesFor(access, namespace).some(({ connect }) => isIn(connect, person))) return 'NotInGroup';
  const owner = channel.spec.owner?.email;
  if (owner === undefined) return 'Allowed';
  if (person.email?.toLowerCase() !== owner.toLowerCase()) return 'NotOwner';
  return person.isEmailVerified ? 'Allowed' : 'EmailUnverified';
}
