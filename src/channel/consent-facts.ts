import { annotations } from '../api/names.ts';
import type { SocialChannel } from '../api/resources.gen.ts';
import type { ConsentFacts } from '../core/consent-records.ts';
import { givenUp, unstaged } from '../core/consent-rules.ts';
import type { StoredGrant } from '../core/grant.ts';
import type { ChannelMemory } from './memory.ts';
import type { World } from './ports.ts';

const DAY_MS = 24 * 3_600_000;

/** What Vault holds of consents: read where something hints at one, every few minutes where a person is needed, and daily. */
export async function consentOf(
  world: World,
  channel: SocialChannel,
  grant: StoredGrant,
  memory: ChannelMemory,
): Promise<ConsentFacts> {
  const now = world.clock.now();
  if (!isDue(channel, grant, memory, now, world.settings.reReadIntervalMs)) return { state: 'Unasked' };
  const ref = { namespace: channel.metadata.namespace ?? '', name: channel.metadata.name };
  // In this order: an answer is staged before anybody forgets that it was fetched.
  const pending = await world.consents.pending(ref);
  const staged = await world.consents.staged(ref);
  memory.consentReadAt = now;
  const { device, consumedAt, outcome } = pending.value?.consent ?? {};
  const facts: ConsentFacts = { state: 'Read', pending, staged };
  const isDeviceOpen = device !== undefined && consumedAt === undefined && outcome === undefined;
  memory.isConsentOpen = staged.value?.answer !== undefined || unstaged(facts) !== undefined || isDeviceOpen;
  // After a restart nobody knows when the device was asked about last.
  if (device !== undefined) memory.devicePollAt ??= now + device.intervalMs;
  return { ...facts, pollAt: memory.devicePollAt };
}

function isDue(
  { metadata, spec, status }: SocialChannel,
  grant: StoredGrant,
  { consentReadAt, isConsentOpen }: ChannelMemory,
  now: number,
  reReadIntervalMs: number,
): boolean {
  if (spec.grantType === 'App' || spec.grantFrom !== undefined) return false;
  const hints = metadata.annotations ?? {};
  if (isConsentOpen) return true;
  const { request, userCode } = status?.device ?? {};
  const asked = hints[annotations.connectDevice];
  if (hints[annotations.consented] !== undefined || userCode !== undefined) return true;
  if (asked !== undefined && asked !== '' && asked !== request) return true;
  const isPersonNeeded =
    grant.state !== 'Present' || grant.record.verdict !== undefined || status?.state === 'NeedsReauth';
  // A timer may be early by a little.
  return now - (consentReadAt ?? 0) >= 0.9 * (isPersonNeeded ? reReadIntervalMs : DAY_MS);
}

/** An answer that is not where it should be by now may lie in escrow. */
export function isConsentInDoubt(facts: ConsentFacts, isFirstLook: boolean): boolean {
  if (facts.state !== 'Read') return false;
  const isDevice = facts.pending.value?.consent?.device !== undefined;
  return unstaged(facts) !== undefined || givenUp(facts) !== undefined || (isDevice && isFirstLook);
}
