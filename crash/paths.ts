import { annotations } from '../src/api/names.ts';
import type { SocialChannel } from '../src/api/resources.gen.ts';
import { uniqueName } from '../test/harness/scratch.ts';
import { waitFor } from '../test/harness/wait.ts';
import { type CellStage, channel } from './cell-stage.ts';
import type { PathName } from './cells.ts';

export type Status = NonNullable<SocialChannel['status']>;

/** How a path is set off, and how it looks when it is over. */
interface Path {
  /** Before: what stands already when the path begins. */
  readonly prepare: (stage: CellStage) => Promise<void>;
  readonly begin: (stage: CellStage) => Promise<unknown>;
  readonly isOver: (stage: CellStage) => Promise<boolean>;
}

export async function statusOf(stage: CellStage): Promise<Status | undefined> {
  const object = await stage.find('SocialChannel', channel);
  return object === undefined ? undefined : ((object.status ?? {}) as Status);
}

/** Connected, with the newest grant in the Secret and nothing in flight. */
async function isAtRest(stage: CellStage, generation: number): Promise<boolean> {
  const status = await statusOf(stage);
  if (status?.state === 'NeedsReauth') return true;
  if (status?.state !== 'Connected' || status.reason !== 'Healthy' || (status.generation ?? 0) < generation)
    return false;
  const record = await stage.world.root.read(stage.vaultPath(channel, 'grant'));
  if (record?.data?.claim !== undefined) return false;
  const secret = await stage.find('Secret', `${channel}-token`);
  return secret?.metadata.annotations?.[annotations.grant] === `${status.epoch}.${status.generation}`;
}

async function connected(stage: CellStage): Promise<void> {
  await stage.connect();
  await waitFor(() => isAtRest(stage, 1), {
    timeoutMs: 40_000,
    what: 'the channel to connect before anything is broken',
  });
  await quiet(stage, 40_000);
}

const isGone = async (stage: CellStage) => (await statusOf(stage)) === undefined;
const leaving: Path = {
  prepare: connected,
  begin: (stage) => stage.delete('SocialChannel', channel),
  isOver: isGone,
};

export const ways: Readonly<Record<PathName, Path>> = {
  refresh: {
    prepare: connected,
    begin: (stage) =>
      stage.patch('SocialChannel', channel, {
        metadata: { annotations: { [annotations.refresh]: uniqueName('now') } },
      }),
    isOver: (stage) => isAtRest(stage, 2),
  },
  import: {
    prepare: async () => {},
    begin: (stage) => stage.connect(),
    isOver: (stage) => isAtRest(stage, 1),
  },
  projection: {
    prepare: connected,
    begin: (stage) => stage.delete('Secret', `${channel}-token`),
    isOver: (stage) => isAtRest(stage, 1),
  },
  revoke: leaving,
  forget: leaving,
};

/** No call for a second: what there was to do is done. */
export async function quiet(stage: CellStage, timeoutMs: number): Promise<void> {
  const last = () => stage.calls().at(-1)?.request.arrivedAt ?? 0;
  await waitFor(() => Date.now() - last() > 1_000, { timeoutMs, what: 'the operator to have nothing more to do' });
}
