import { annotations } from '../src/api/names.ts';
import type { SocialChannel } from '../src/api/resources.gen.ts';
import type { RequestMatch } from '../test/harness/fault-rules.ts';
import { uniqueName } from '../test/harness/scratch.ts';
import { waitFor } from '../test/harness/wait.ts';
import type { CellStage } from './cell-stage.ts';
import type { PathName } from './cells.ts';
import type { Person } from './person.ts';
import { matchOf } from './wire.ts';

export type Status = NonNullable<SocialChannel['status']>;

/** How a path is set off, and how it looks when it is over. */
interface Path {
  /** Before: what stands already when the path begins. `isAnswerLost` matters where another's death is the beginning. */
  readonly prepare: (stage: CellStage, isAnswerLost: boolean) => Promise<unknown>;
  readonly begin: (stage: CellStage) => Promise<unknown>;
  readonly isOver: (stage: CellStage) => Promise<boolean>;
}

export async function statusOf(stage: CellStage): Promise<Status | undefined> {
  const object = await stage.find('SocialChannel', stage.channel);
  return object === undefined ? undefined : ((object.status ?? {}) as Status);
}

/** Connected, with the newest grant in the Secret and nothing in flight. */
async function isAtRest(stage: CellStage, generation: number): Promise<boolean> {
  const status = await statusOf(stage);
  if (status?.state === 'NeedsReauth') return true;
  if (status?.state !== 'Connected' || status.reason !== 'Healthy' || (status.generation ?? 0) < generation)
    return false;
  const record = await stage.world.root.read(stage.vaultPath(stage.channel, 'grant'));
  if (record?.data?.claim !== undefined) return false;
  const secret = await stage.find('Secret', `${stage.channel}-token`);
  return secret?.metadata.annotations?.[annotations.grant] === `${status.epoch}.${status.generation}`;
}

/** Answers whose account it is at the platform. */
async function connected(stage: CellStage): Promise<string> {
  const accountId = await stage.connect();
  await waitFor(
    whenMoved(stage, () => isAtRest(stage, 1)),
    { timeoutMs: stage.slowness * 40_000, what: 'the channel to connect before anything is broken' },
  );
  await quiet(stage, stage.slowness * 40_000);
  stage.begin();
  return accountId;
}

/**
 * A look at the cluster costs it more than the operator's whole work, so it is taken only when the operator has called or
 * was answered since, and at times because a call may be answered before what it did can be seen.
 */
export function whenMoved(stage: CellStage, look: () => Promise<boolean>): () => Promise<boolean> {
  let seen = '';
  let lookedAt = 0;
  return async () => {
    const calls = stage.calls();
    const now = `${calls.length} ${calls.filter(({ request }) => request.status !== undefined).length}`;
    if (now === seen && Date.now() - lookedAt < stage.slowness * 3_000) return false;
    seen = now;
    lookedAt = Date.now();
    return look();
  };
}

const askRefresh = (stage: CellStage) =>
  stage.patch('SocialChannel', stage.channel, {
    metadata: { annotations: { [annotations.refresh]: uniqueName('now') } },
  });

/**
 * What is asked for and not done yet would be done once more, after what the heir has found. Where nothing falls due by
 * itself it stays: it is why the heir looks at the channel at all.
 */
async function askNoMore(stage: CellStage): Promise<void> {
  const { generation } = (await statusOf(stage)) ?? {};
  // On a busy machine the first token, which alone is a short one, may have been renewed before anything was asked for.
  if (!stage.kind.hasShortLife || generation !== 1) return;
  await stage.patch('SocialChannel', stage.channel, { metadata: { annotations: { [annotations.refresh]: null } } });
}

const claim = 'vault POST channels/live/grant (claim)';
const commit = 'vault POST channels/live/grant (commit)';
const refreshing: RequestMatch = { method: 'POST', body: /grant_type=refresh_token/ };
const exchanging: RequestMatch = { method: 'GET', path: /refresh_access_token/ };
const escrowing: RequestMatch = { method: 'POST', path: /\/secrets(?!.*dryRun)/, body: /socialchannel-escrow-/ };

/** The holder dies with its claim in Vault: before it has sent anything, or with the platform's answer on its way. */
async function diesAmidRefresh(stage: CellStage, isAnswerLost: boolean): Promise<void> {
  await connected(stage);
  const { operator, proxies } = stage.holder;
  let isDead = false;
  const victim = async () => {
    await operator.kill();
    isDead = true;
  };
  const sending = stage.kind.renewal === 'exchange' ? exchanging : refreshing;
  const rules = isAnswerLost
    ? [proxies.platform.rule({ ...sending, action: { kill: 'after-forward', victim } })]
    : [
        proxies.vault.rule({ ...matchOf(claim), action: { kill: 'after-answer', victim } }),
        // Should it be quicker than its own death.
        proxies.platform.rule({ ...sending, action: { cut: true } }),
      ];
  await askRefresh(stage);
  await waitFor(() => isDead, {
    timeoutMs: stage.slowness * 30_000,
    everyMs: 20,
    what: 'the holder to die amid its refresh',
  });
  for (const rule of rules) rule.remove();
  await askNoMore(stage);
}

/** The holder has an answer that Vault does not take, seals it into its escrow, and dies. */
async function diesWithEscrow(stage: CellStage): Promise<void> {
  await connected(stage);
  const { operator, proxies } = stage.holder;
  const rule = proxies.vault.rule({ ...matchOf(commit), action: { cut: true } });
  await askRefresh(stage);
  const isKept = () => proxies.kubernetes.seen(escrowing).some(({ status }) => status === 201);
  await waitFor(isKept, { timeoutMs: stage.slowness * 30_000, everyMs: 20, what: 'the answer to lie in the escrow' });
  await operator.kill();
  rule.remove();
  await askNoMore(stage);
}

/** A person connects a channel in a browser: for the first time, or again while the login before lives. */
function consent(isFirst: boolean): Path {
  const accounts = new WeakMap<CellStage, string>();
  return {
    prepare: async (stage) => {
      accounts.set(stage, isFirst ? await unconnected(stage) : await connected(stage));
    },
    begin: async (stage) => {
      const path = `/c/${stage.namespace}/${stage.channel}`;
      // Beside everything else: what they meet on their way is part of the story.
      void personOf(stage)
        .connect(path, accounts.get(stage) ?? '')
        .catch((error: unknown) => personOf(stage).told.push(String(error)));
    },
    isOver: async (stage) => personOf(stage).isConnected && (await isTakenOver(stage, isFirst ? 1 : 2)),
  };
}

function personOf({ person }: CellStage): Person {
  if (person === undefined) throw new Error('this lane has no pages');
  return person;
}

async function unconnected(stage: CellStage): Promise<string> {
  const accountId = await stage.announce();
  const isSeen = async () => (await statusOf(stage))?.reason === 'NeverConnected';
  await waitFor(isSeen, { timeoutMs: stage.slowness * 40_000, what: 'the channel to be seen' });
  await quiet(stage, stage.slowness * 40_000);
  stage.begin();
  return accountId;
}

/** The login of a consent is in its place, and nothing of any consent is open. */
async function isTakenOver(stage: CellStage, epoch: number): Promise<boolean> {
  const object = await stage.find('SocialChannel', stage.channel);
  const { state, epoch: shown = 0 } = (object?.status ?? {}) as Status;
  if (state !== 'Connected' || shown < epoch || object?.metadata.annotations?.[annotations.consented] !== undefined)
    return false;
  const staged = await stage.world.root.read(stage.vaultPath(stage.channel, 'staged'));
  return staged?.data?.answer === undefined && (await isAtRest(stage, 1));
}

const isGone = async (stage: CellStage) => (await statusOf(stage)) === undefined;
const leaving: Path = {
  prepare: connected,
  begin: (stage) => stage.delete('SocialChannel', stage.channel),
  isOver: isGone,
};

export const ways: Readonly<Record<PathName, Path>> = {
  refresh: {
    prepare: connected,
    begin: askRefresh,
    isOver: (stage) => isAtRest(stage, 2),
  },
  import: {
    prepare: async (stage) => {
      await quiet(stage, stage.slowness * 40_000);
      stage.begin();
    },
    begin: (stage) => stage.connect(),
    isOver: (stage) => isAtRest(stage, 1),
  },
  projection: {
    prepare: connected,
    begin: (stage) => stage.delete('Secret', `${stage.channel}-token`),
    isOver: (stage) => isAtRest(stage, 1),
  },
  revoke: leaving,
  forget: leaving,
  // Both begin with the death of the holder: the heir sees by itself that nobody renews its Lease.
  takeover: { prepare: diesAmidRefresh, begin: async () => {}, isOver: (stage) => isAtRest(stage, 2) },
  'consent-first': consent(true),
  'consent-again': consent(false),
  rescue: { prepare: diesWithEscrow, begin: async () => {}, isOver: (stage) => isAtRest(stage, 2) },
};

/** No call for a while, in which everything that waits would have come: what there was to do is done. */
export async function quiet(stage: CellStage, timeoutMs: number): Promise<void> {
  const last = () => stage.calls().at(-1)?.request.arrivedAt ?? 0;
  await waitFor(() => Date.now() - last() > stage.slowness * 1_000, {
    timeoutMs,
    what: 'the operator to have nothing more to do',
  });
}
