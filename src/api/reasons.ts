import { blocked, misconfigured } from './reasons-misconfigured.ts';
import { rejected } from './reasons-rejected.ts';
import { conditions, connected, expiring, pending, transient, unexpected } from './reasons-states.ts';

/** Who can end it. */
export type Actor =
  /** It ends by itself. */
  | 'Nobody'
  /** The person in `spec.owner`, at the platform. */
  | 'Owner'
  /** Whoever writes the SocialChannel and the Secrets beside it. */
  | 'ChannelAuthor'
  /** Whoever registered the app at the platform and writes the SocialApp. */
  | 'AppAdministrator'
  | 'ClusterAdministrator'
  | 'VaultAdministrator'
  /** The people who make this operator. */
  | 'OperatorDeveloper';

/**
 * What a reason tells people. The texts may hold `{platform}`, `{account}`, `{owner}`, `{app}`, `{channel}` and
 * `{namespace}`; {@link explain} fills them in.
 */
export interface Explanation {
  /** Who can end it. */
  readonly who: Actor;
  /** What happened, one sentence. */
  readonly what: string;
  /** What that person does, or what happens next, one sentence. */
  readonly how: string;
}

const tables = {
  pending,
  connected,
  expiring,
  rejected,
  misconfigured,
  blocked,
  transient,
  unexpected,
  conditions,
} as const;

/** Every word that may stand as a reason in a status, a condition, an Event or a metric. The list is closed. */
export type Reason = { [Table in keyof typeof tables]: keyof (typeof tables)[Table] }[keyof typeof tables];

/** The same list as data, in the order of the tables. */
export const reasons: Readonly<Record<Reason, Explanation>> = {
  ...pending,
  ...connected,
  ...expiring,
  ...rejected,
  ...misconfigured,
  ...blocked,
  ...transient,
  ...unexpected,
  ...conditions,
};

/** True for a word of the list; status that another version wrote may hold others. */
export function isReason(word: string): word is Reason {
  return Object.hasOwn(reasons, word);
}

/** The failure family of a reason (what we do next); undefined for reasons that are no failures. */
export function familyOf(reason: Reason): 'Transient' | 'Rejected' | 'Misconfigured' | 'Unexpected' | undefined {
  if (Object.hasOwn(rejected, reason)) return 'Rejected';
  if (Object.hasOwn(misconfigured, reason) || isBlocked(reason)) return 'Misconfigured';
  if (Object.hasOwn(transient, reason)) return 'Transient';
  return Object.hasOwn(unexpected, reason) ? 'Unexpected' : undefined;
}

/** True where the account's owner has to do something at the platform, and the login is good all the same. */
export function isBlocked(reason: Reason): boolean {
  return Object.hasOwn(blocked, reason);
}

/** The state that a channel with this reason is in; undefined where the channel keeps the state that it has. */
export function stateOf(reason: Reason): 'Pending' | 'Connected' | 'Expiring' | 'NeedsReauth' | undefined {
  if (Object.hasOwn(pending, reason)) return 'Pending';
  if (Object.hasOwn(connected, reason)) return 'Connected';
  if (Object.hasOwn(expiring, reason)) return 'Expiring';
  return Object.hasOwn(rejected, reason) ? 'NeedsReauth' : undefined;
}

/** Where docs/reasons.md explains it. */
export function reasonAnchor(reason: Reason): string {
  return `docs/reasons.md#${reason.toLowerCase()}`;
}

/** The names that stand in for the words in braces; names as such, without quotes or articles. */
export interface Names {
  readonly platform?: string | undefined;
  readonly account?: string | undefined;
  readonly owner?: string | undefined;
  readonly app?: string | undefined;
  readonly channel?: string | undefined;
  readonly namespace?: string | undefined;
}

const unnamed: Readonly<Record<keyof Names, string>> = {
  platform: 'the platform',
  account: 'the account',
  owner: "the channel's owner",
  app: 'the app',
  channel: '<channel>',
  namespace: '<namespace>',
};

/** What happened and what to do about it, in two sentences; a name that is not known becomes a general word. */
export function explain(reason: Reason, names: Names = {}): string {
  return `${meaning(reason, names)} ${remedy(reason, names)}`;
}

/** What happened, one sentence; a name that is not known becomes a general word. */
export function meaning(reason: Reason, names: Names = {}): string {
  return sentence(reasons[reason].what, names);
}

/** What to do about it, one sentence; a name that is not known becomes a general word. */
export function remedy(reason: Reason, names: Names = {}): string {
  return sentence(reasons[reason].how, names);
}

function sentence(text: string, names: Names): string {
  const known: Names = { ...names, app: names.app && `the app "${names.app}"` };
  const filled = text.replace(/\{(\w+)\}/g, (_, name: keyof Names) => known[name] || unnamed[name]);
  return filled.charAt(0).toUpperCase() + filled.slice(1);
}
