import { createHash } from 'node:crypto';
import type { RecordedRequest } from '../test/harness/fault-proxy.ts';
import type { Call, CellStage } from './cell-stage.ts';
import type { Facts } from './judge.ts';
import { statusOf } from './paths.ts';
import { personFactsOf } from './person-facts.ts';
import { isGranted } from './wire.ts';

export interface Course {
  readonly isFired: boolean;
  readonly unsettled: string | undefined;
  /** SIGKILL fell at once. */
  readonly isImmediate: boolean;
  readonly killedAt: number | undefined;
}

export async function factsOf(
  stage: CellStage,
  { isFired, unsettled, isImmediate, killedAt = 0 }: Course,
): Promise<Facts> {
  const { simulator, app, kind } = stage;
  const of = { platform: kind.platform, clientId: app.clientId };
  const status = await statusOf(stage);
  const [grant] = await simulator.grants(of);
  const { doubleSpends, complaints } = await simulator.summary(of);
  const spends = await simulator.spends(of);
  const record = await stage.world.root.read(stage.vaultPath(stage.channel, 'grant'));
  const tokens = (record?.data?.tokens ?? {}) as { access?: string; refresh?: string };
  const isAlive = await livingTokens(stage);
  const secret = await stage.secret(`${stage.channel}-token`);
  const { answers, commits } = renewalsOf(stage.calls());
  // What had reached a holder before its heir took over was the holder's to keep: the heir's death excuses nothing there.
  const own = renewalsOf(stage.steps());
  return {
    isFired,
    ...(unsettled === undefined ? {} : { unsettled }),
    ...{ state: status?.state, reason: status?.reason },
    isGone: status === undefined,
    isStored: tokens.access !== undefined || tokens.refresh !== undefined,
    isStoredAlive: isAlive(tokens.refresh ?? tokens.access),
    isShownAlive: isAlive(secret?.access_token),
    isGrantAlive: grant?.alive === true,
    isGivenBack: grant?.endedBy === 'revoked-by-client' || (await isAccessRevoked(stage)),
    granted: spends.filter(({ outcome }) => outcome === 'granted').length,
    committed: commits.filter(({ status: code }) => code === 200).length + adoptedBy(stage),
    isAnswerUndelivered: answers.some(({ answeredAt }) => answeredAt === undefined),
    isKilledInWindow:
      isImmediate &&
      own.answers.some(({ answeredAt }) => answeredAt !== undefined && answeredAt <= killedAt) &&
      own.commits.every(({ status: code }) => code !== 200),
    doubleSpends: doubleSpends.length,
    complaints: complaints.map(({ text }) => text),
    ...(stage.person === undefined ? {} : { person: personFactsOf(stage, stage.person, isImmediate ? killedAt : 0) }),
  };
}

/** An answer leaves its escrow only after Vault has it; who adopts it is another than who had it. */
function adoptedBy(stage: CellStage): number {
  if (stage.holder === stage.victim) return 0;
  const isDropped = ({ call, request }: Call) =>
    call === 'kubernetes DELETE secrets/{escrow}' && request.status === 200;
  return stage.calls().some(isDropped) ? 1 : 0;
}

/** Whether the platform would take a token now. */
async function livingTokens({ simulator, app, kind }: CellStage): Promise<(token: string | undefined) => boolean> {
  const now = Date.now();
  const tokens = await simulator.tokens({ platform: kind.platform, clientId: app.clientId });
  const alive = tokens.filter(({ intervals }) =>
    intervals.some(({ from, to }) => from <= now && (to === null || to > now)),
  );
  const hashes = new Set(alive.map(({ hash }) => hash));
  return (token) => token !== undefined && hashes.has(createHash('sha256').update(token).digest('hex'));
}

/** Where a platform takes only the access token back. */
async function isAccessRevoked({ simulator, app, kind }: CellStage): Promise<boolean> {
  const tokens = await simulator.tokens({ platform: kind.platform, clientId: app.clientId });
  return tokens.some(({ endedBy }) => endedBy === 'revoked-by-client');
}

interface Renewals {
  /** Those that reached the platform and were not turned down by it, as far as anybody can see. */
  readonly answers: readonly RecordedRequest[];
  readonly commits: readonly RecordedRequest[];
}

const isRenewal = /^platform (?:POST .*\(refresh_token\)|GET .*refresh_access_token)$/;

function renewalsOf(calls: readonly Call[]): Renewals {
  const granted = calls.filter(({ call, request }) => isRenewal.test(call) && isGranted(request));
  const commits = calls.filter(({ call }) => call.endsWith('/grant (commit)'));
  return { answers: granted.map(({ request }) => request), commits: commits.map(({ request }) => request) };
}

/** From a renewal's answer to its acknowledged commit, where nothing stood between. */
export function windowOf(stage: CellStage): number | undefined {
  const { answers, commits } = renewalsOf(stage.calls());
  const [answer, commit] = [answers[0], commits[0]];
  const isPlain = answer?.fault === undefined && commit?.fault === undefined && commit?.status === 200;
  if (!isPlain || answer?.answeredAt === undefined || commit.answeredAt === undefined) return undefined;
  return commit.answeredAt > answer.answeredAt ? commit.answeredAt - answer.answeredAt : undefined;
}
