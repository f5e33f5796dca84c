import { group } from '../api/names.ts';

/** On a channel: a new value asks the operator to start a device authorization (RFC 8628). */
export const connectDeviceAnnotation = `${group}/connect-device`;
/** On a channel: a new value asks the operator for a one-time link. */
export const inviteAnnotation = `${group}/invite`;

/** The Secret in which the link of an invitation lies, and its key. */
export function invitationSecretOf(channel: string): string {
  return `${channel}-invitation`;
}
export const invitationKey = 'url';

/** `status.device`: what a person needs to finish a device authorization; the device code stays with the operator. */
export interface DeviceStatus {
  readonly userCode?: string;
  readonly verificationURL?: string;
  readonly expiryTime?: string;
  readonly message?: string;
}

/** A value that no earlier request had. */
export function newRequest(now: number): string {
  return `kubectl-socialchannel ${new Date(now).toISOString()}`;
}
