import { group } from '../api/names.ts';
import type { SocialChannel } from '../api/resources.gen.ts';

/** On a channel: a new value asks the operator to start a device authorization (RFC 8628). */
export const connectDeviceAnnotation = `${group}/connect-device`;
/** On a channel: a new value asks the operator for a one-time link. */
export const inviteAnnotation = `${group}/invite`;

/** The Secret in which the link of an invitation lies. */
export function invitationSecretOf(channel: string): string {
  return `${channel}-invitation`;
}

/** Under which of its keys, the newer name first. */
export const invitationKeys = ['link', 'url'] as const;

/** `status.device`: what a person needs to finish a device authorization; the device code stays with the operator. */
export interface DeviceStatus {
  /** The value of the annotation that it is about; absent where not even a code could be asked for. */
  readonly request?: string;
  /** Absent once it is over. */
  readonly userCode?: string;
  readonly verificationURL?: string;
  readonly expiryTime?: string;
  /** What is waited for, or how it ended. */
  readonly message?: string;
}

/** `status.invitation` */
export interface InvitationStatus {
  readonly request?: string;
  readonly expiryTime?: string;
}

/** Parts of a status that an older operator does not write. */
export interface RequestStatus {
  readonly device?: DeviceStatus;
  readonly invitation?: InvitationStatus;
}

export function requestStatusOf({ status }: SocialChannel): RequestStatus {
  return (status ?? {}) as RequestStatus;
}

/** A value that no earlier request had. */
export function newRequest(now: number): string {
  return `kubectl-socialchannel ${new Date(now).toISOString()}`;
}
