import type { SocialChannelStatus } from '../src/api/resources.gen.ts';
import type { Tenant } from '../test/harness/tenant.ts';
import { type WaitOptions, waitFor } from '../test/harness/wait.ts';
import type { Cast, ChannelName } from './cast.ts';

export type Status = Partial<SocialChannelStatus>;

export async function statusOf(cast: Cast, channel: ChannelName): Promise<Status> {
  return ((await cast.stage.get('SocialChannel', channel)).status ?? {}) as Status;
}

export async function statuses(stage: Tenant): Promise<ReadonlyMap<string, Status>> {
  const found = await stage.list('SocialChannel');
  return new Map(found.map(({ metadata, status }) => [metadata.name, (status ?? {}) as Status]));
}

/** Waits for a status; the failure shows what it was last. Answers it with how long it took. */
export async function untilStatus(
  cast: Cast,
  channel: ChannelName,
  isIt: (status: Status) => boolean,
  options: WaitOptions,
): Promise<{ status: Status; tookMs: number }> {
  const startedAt = Date.now();
  const found = await cast.stage.waitFor(
    'SocialChannel',
    channel,
    ({ status }) => isIt((status ?? {}) as Status),
    options,
  );
  return { status: found.status as Status, tookMs: Date.now() - startedAt };
}

export async function untilAll(
  cast: Cast,
  names: readonly ChannelName[],
  isIt: (status: Status) => boolean,
  options: WaitOptions,
): Promise<void> {
  await waitFor(async () => {
    const all = await statuses(cast.stage);
    return names.every((name) => isIt(all.get(name) ?? {}));
  }, options);
}
