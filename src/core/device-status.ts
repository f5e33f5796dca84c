import type { SocialChannelStatus } from '../api/resources.gen.ts';
import type { PendingConsent, StagedConsent } from './consent-records.ts';
import { deviceRequest, openDevice } from './consent-rules.ts';
import { formatInstant } from './instant.ts';
import type { Observation } from './observation.ts';

type DeviceStatus = NonNullable<SocialChannelStatus['device']>;

/** What a person reads who connects a channel by kubectl; undefined where nobody ever asked for it. */
export function deviceStatus(o: Observation): DeviceStatus | undefined {
  const previous = o.channel.status?.device;
  if (o.consent.state !== 'Read') return previous;
  const open = openDevice(o);
  if (open?.device !== undefined) return waiting(open.device, open.expiresAt);
  const { consent } = o.consent.pending.value ?? {};
  const { value: staged } = o.consent.staged;
  const request = consent?.device?.request;
  if (request !== undefined) return { request, message: ending(consent, staged) };
  // A code that was given out and is no longer kept: something newer took its place.
  if (previous?.userCode !== undefined && previous.request !== undefined)
    return { request: previous.request, message: 'Another connection of this channel was begun meanwhile.' };
  const failed = o.retries.Consent;
  if (deviceRequest(o) !== undefined && failed !== undefined) return { message: failed.failure.message };
  return previous;
}

function waiting(
  { request, userCode, verificationURI }: NonNullable<PendingConsent['device']>,
  expiresAt: number,
): DeviceStatus {
  return {
    request,
    userCode,
    verificationURL: verificationURI,
    expiryTime: formatInstant(expiresAt),
    message: `Open ${verificationURI} in a browser, signed in as the account of this channel, and enter ${userCode}.`,
  };
}

function ending(consent: PendingConsent | undefined, staged: StagedConsent | undefined): string {
  if (staged === undefined || staged.id !== consent?.id) {
    const { outcome } = consent ?? {};
    return outcome !== undefined && 'message' in outcome
      ? outcome.message
      : 'The answer of the platform is being fetched.';
  }
  const { finding, trouble } = staged;
  if (finding === undefined) return trouble ?? 'The platform is asked whose account this is.';
  switch (finding.kind) {
    case 'AwaitsConfirmation':
      return `This is the account ${named(finding.account)}. If it is the right one, write its id to spec.account.id; otherwise nothing is connected.`;
    case 'WrongAccount':
      return `The code was entered as ${named(finding.found)}, and the channel is for ${named(finding.expected)}. Nothing was replaced.`;
    case 'ScopesMissing':
      return `The login lacks ${finding.missing.join(', ')}. ${finding.isStored ? 'It is used all the same, because the platform ended the one before.' : 'Nothing was replaced.'}`;
    case 'Connected':
      return finding.account === undefined ? 'Connected.' : `Connected as ${named(finding.account)}.`;
    case 'Discarded':
      return 'What was granted was thrown away.';
    default:
      return finding.message;
  }
}

function named({ id, handle }: { readonly id: string; readonly handle?: string | undefined }): string {
  return handle === undefined || handle === id ? id : `${handle} (id ${id})`;
}
