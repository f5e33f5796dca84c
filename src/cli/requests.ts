import type { SocialChannelStatus } from '../api/resources.gen.ts';

/** What a person needs to finish a device authorization; the device code stays with the operator. */
export type DeviceStatus = NonNullable<SocialChannelStatus['device']>;
export type InvitationStatus = Partial<NonNullable<SocialChannelStatus['invitation']>>;

/** Under which key of its Secret the link of an invitation lies. */
export const invitationKey = 'link';

/** A value that no earlier request had. */
export function newRequest(now: number): string {
  return `kubectl-socialchannel ${new Date(now).toISOString()}`;
}
