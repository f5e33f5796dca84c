import { type Actor, isReason, reasons, stateOf } from '../api/reasons.ts';
import type { SocialChannel } from '../api/resources.gen.ts';

/** Who that is, in a sentence. */
const actors: Readonly<Record<Exclude<Actor, 'Owner'>, string>> = {
  Nobody: 'nobody',
  ChannelAuthor: 'whoever writes this SocialChannel',
  AppAdministrator: 'whoever registered the app',
  ClusterAdministrator: 'a cluster administrator',
  VaultAdministrator: 'a Vault administrator',
  OperatorDeveloper: 'the people who make the operator',
};

/** The same in a cell of a table. */
const short: typeof actors = {
  Nobody: '',
  ChannelAuthor: 'channel author',
  AppAdministrator: 'app administrator',
  ClusterAdministrator: 'cluster admin',
  VaultAdministrator: 'Vault admin',
  OperatorDeveloper: 'developers',
};

/** Who can end what the channel is in; undefined for a word that only a newer operator knows. */
export function actorOf(channel: SocialChannel): Actor | undefined {
  const { reason, state } = channel.status ?? {};
  if (reason !== undefined && isReason(reason)) return reasons[reason].who;
  return state === 'NeedsReauth' || state === 'Expiring' ? 'Owner' : undefined;
}

export function isPersonNeeded(channel: SocialChannel): boolean {
  const actor = actorOf(channel);
  const { reason } = channel.status ?? {};
  if (actor === undefined || actor === 'Nobody' || actor === 'OperatorDeveloper') return false;
  // Words of a channel that works: what they advise is good to do, and nothing hurts meanwhile.
  return !(reason !== undefined && isReason(reason) && stateOf(reason) === 'Connected');
}

/** `Dana Reyes <dana@example.com>`; undefined where the channel names nobody. */
export function ownerText({ spec: { owner } }: SocialChannel): string | undefined {
  if (owner === undefined) return undefined;
  return owner.email === undefined ? owner.name : `${owner.name} <${owner.email}>`;
}

export function actorText(channel: SocialChannel): string {
  const actor = actorOf(channel) ?? 'Nobody';
  return actor === 'Owner'
    ? (ownerText(channel) ?? 'the owner of the account (spec.owner names nobody)')
    : actors[actor];
}

/** For a table: a name, or nothing where nobody has to act. */
export function actorCell(channel: SocialChannel): string {
  const actor = actorOf(channel) ?? 'Nobody';
  return actor === 'Owner' ? (channel.spec.owner?.name ?? 'the owner') : short[actor];
}

/** The text for a reason alone, without a channel. */
export function actorOfReason(actor: Actor): string {
  return actor === 'Owner' ? 'the owner of the account, at the platform' : actors[actor];
}
