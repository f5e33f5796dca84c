import { annotations, invitationSecretName, secretNameOf } from '../api/names.ts';
import { type Invitation, invitationLink } from '../core/consent.ts';
import { epochOf, invitationOf } from '../core/consent-rules.ts';
import { formatInstant } from '../core/instant.ts';
import { Sealed } from '../core/sealed.ts';
import { impossible } from './begin-consent.ts';
import type { ActContext } from './context.ts';
import { refOf } from './observe.ts';
import type { World } from './ports.ts';
import { changePending } from './stage-consent.ts';

/** So long a link may be used. */
const LIFE_MS = 24 * 3_600_000;
const LONGEST_NOTE = 512;

interface Claims extends Invitation {
  /** Of the channel's spec: another one is another channel. */
  readonly generation: number;
}

/**
 * Makes the one-time link that an annotation asked for and puts it into a Secret beside the channel. It is the newest in
 * Vault before anybody can read it, so every earlier one is void.
 */
export async function invite(context: ActContext, request: string): Promise<void> {
  const { world, o, memory } = context;
  const { channel, pagesURL } = o;
  if (pagesURL === undefined) throw impossible('There are no pages to invite to: --pages-url is not set.');
  const ref = refOf(channel);
  const name = invitationSecretName(ref.name);
  if (secretNameOf(channel) === name)
    throw impossible(
      `Secret ${name} holds the token of this channel, so no link is put there: choose another spec.secret.name.`,
    );
  const [id, expiresAt] = [world.random.id(), world.clock.now() + LIFE_MS];
  const note = channel.metadata.annotations?.[annotations.inviteNote]?.slice(0, LONGEST_NOTE);
  const { uid: channelUid = '', generation = 0 } = channel.metadata;
  const token = await signed(world, {
    id,
    channel: ref,
    channelUid,
    epoch: epochOf(o.grant),
    generation,
    expiresAt,
    note,
  });
  await changePending(world, ref, (now) => ({ ...now, invitation: { id, expiresAt } }));
  const data = {
    link: Sealed.of(invitationLink(pagesURL, token)),
    expires_at: Sealed.of(formatInstant(expiresAt)),
  };
  await world.secrets.apply(channel, await world.secrets.lookup(channel, name), {
    name,
    data,
    labels: {},
    annotations: {},
    isOwned: true,
  });
  memory.invitation = { request, secretName: name, expiryTime: formatInstant(expiresAt) };
  const message = `Secret ${name} holds a link by which one person can connect this channel, once, until ${formatInstant(expiresAt)}.`;
  await world.events.emit(channel, 'Normal', 'Invited', message);
}

/** The link is used or too old: nobody needs to find it any more. */
export async function endInvitation({ world, o, memory }: ActContext): Promise<void> {
  const { channel } = o;
  await world.secrets.remove(channel, invitationSecretName(channel.metadata.name));
  const request = invitationOf(o)?.request;
  if (request !== undefined) memory.invitation = { request };
}

async function signed(world: World, claims: Claims): Promise<string> {
  const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${text}.${await world.links.sign(text)}`;
}

/** @throws Failure where Vault or Kubernetes cannot be asked */
export async function checkInvitation(
  world: World,
  token: string,
): Promise<Invitation | 'Forged' | 'Expired' | 'Used' | 'Replaced'> {
  const [text = '', signature = '', ...more] = token.split('.');
  if (more.length > 0 || !(await world.links.isGenuine(text, signature))) return 'Forged';
  // Nobody but us wrote it.
  const { generation, ...invitation } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Claims;
  if (world.clock.now() >= invitation.expiresAt) return 'Expired';
  const { invitation: newest } = (await world.consents.pending(invitation.channel)).value ?? {};
  if (newest?.id !== invitation.id) return 'Replaced';
  if (newest.usedAt !== undefined) return 'Used';
  const { metadata } = (await world.channels.get(invitation.channel)) ?? {};
  const grant = await world.grants.load(invitation.channel);
  const isSame =
    metadata?.uid === invitation.channelUid &&
    metadata.generation === generation &&
    epochOf(grant) === invitation.epoch;
  return isSame ? invitation : 'Replaced';
}
