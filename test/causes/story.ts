import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type OperatedStage, operatedStage, type Status } from '../channel/operated-stage.ts';
import type { KubernetesObject } from '../harness/api-client.ts';
import { castConsent } from '../harness/casting.ts';
import { uniqueName } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';
import { bootstrapSecret, channelWithTokens } from '../harness/stage.ts';
import type { Account, App, Cause, CauseInput, MintInput } from '../simulator/model.ts';

/** One thing that happens to an account in the field, what its channel says then, and what makes it well again. */
export interface CauseRow {
  readonly cause: Cause;
  readonly state: NonNullable<Status['state']>;
  readonly reason: NonNullable<Status['reason']>;
  /**
   * `cure`: it is put right at the platform, and nobody consents again. `consent`: the person gives a new login.
   * `renewal`: the operator mends it alone, and the state and reason are those that it comes back to. `nothing`: it does
   * no harm, and the channel is found well.
   */
  readonly heals: 'cure' | 'consent' | 'renewal' | 'nothing';
  /** Of `permission-withdrawn`. */
  readonly scopes?: readonly string[];
  /** It is about the page or organization, not the person. */
  readonly ofAsset?: true;
  /** How the login came about, where that matters. */
  readonly mint?: Partial<MintInput>;
  /** Where it takes more or fewer generations than `Play.connectedAt` says. */
  readonly connectedAt?: number;
  readonly account?: Partial<Pick<Account, 'isPrivate'>>;
  readonly app?: Partial<App>;
  /** It happened long ago: the tokens that are imported are so many days old, and nobody used them since. */
  readonly daysOld?: number;
  /** Nothing renews this login. */
  readonly isNotRefreshed?: true;
  /** Beside the cast's own. */
  readonly spec?: object;
  /** A word that tells rows apart that say the same of one cause. */
  readonly variant?: string;
}

export interface Play {
  readonly platform: string;
  /** The SocialPlatform, where it is not built in; its hosts are moved to the simulator. */
  readonly definition?: string;
  /** How a login comes about here: short-lived ones are traded first. */
  readonly mint?: Partial<MintInput>;
  /** Generations that the first connection takes: one, and one for each renewal and derivation at once. */
  readonly connectedAt?: number;
  /** Refreshes are not allowed for hours after the first one: then a request for one is a check. */
  readonly isRefreshedLater?: true;
}

const limitMs = 45_000;

/**
 * Plays every row on the real API server and Vault: connected, refreshed or traded, asked about, struck by the cause, told
 * in the status, healed. Ends with the platform's own ledger: nobody accused but by these causes, nothing spent twice.
 */
export function tellCauses(play: Play, rows: readonly CauseRow[]): void {
  let stage: OperatedStage;
  beforeAll(async () => {
    stage = await operatedStage(play.definition === undefined ? {} : { privateHosts: [simulatorHost()] });
    if (play.definition !== undefined) await stage.world.admin.apply([moved(play.definition, stage.namespace)]);
  });
  afterAll(async () => {
    await stage?.removeAll();
  });

  describe.concurrent(`what happens to accounts at ${play.platform}`, () => {
    it.each(rows)('$cause is told as $state $reason, and heals by $heals', async (row) => {
      const channel =
        row.daysOld === undefined ? await connected(stage, play, row) : await introduced(stage, play, row);
      const before = await stage.status(nameOf(row));
      const struckAt = Math.floor(Date.now() / 1_000) * 1_000;
      await strike(stage, channel, row);
      const told = await channel.until(`${row.state} ${row.reason}`, (status) => {
        const { state, reason, generation = 0, lastCheckTime = '' } = status;
        if (row.heals === 'renewal' && generation <= (before.generation ?? 0)) return false;
        if (row.heals === 'nothing' && !(Date.parse(lastCheckTime) >= struckAt)) return false;
        return state === row.state && reason === row.reason;
      });
      expect(told.message ?? '').not.toContain('undefined');
      if (row.heals === 'cure') await channel.cure();
      if (row.heals === 'consent') await channel.consent();
      await channel.until('it to be well again', isWell);
    });
  });

  it('names every cause that the platform has', async () => {
    const causes = await stage.simulator.causes({ platform: play.platform });
    expect([...new Set(rows.map(({ cause }) => cause))].sort()).toEqual([...causes].sort());
  });

  it('leaves a clean ledger, and nobody was asked to reconnect without a cause', async () => {
    const asked = rows.filter(({ state }) => state === 'NeedsReauth').map(nameOf);
    await stage.expectCleanLedger([...new Set(asked)].sort());
  });
}

/** Rows of one cause differ by how the login came about; each has a channel of its own. */
export function nameOf({ cause, reason, ofAsset, variant }: CauseRow): string {
  return [
    cause,
    reason.toLowerCase(),
    ...(ofAsset === undefined ? [] : ['there']),
    ...(variant === undefined ? [] : [variant]),
  ].join('-');
}

const isWell = ({ state, reason }: Status) => state === 'Connected' && reason === 'Healthy';

interface PlayedChannel {
  readonly app: App;
  readonly accountId: string;
  readonly assetId: string | undefined;
  until(what: string, condition: (status: Status) => boolean): Promise<Status>;
  ask(): Promise<void>;
  cure(): Promise<void>;
  consent(): Promise<void>;
}

/** A channel with a login of its own that was renewed, or traded, and asked about. */
async function connected(stage: OperatedStage, play: Play, row: CauseRow): Promise<PlayedChannel> {
  const channel = await introduced(stage, play, row);
  const first = row.connectedAt ?? play.connectedAt ?? 1;
  await channel.until('it to connect', (status) => isWell(status) && (status.generation ?? 0) >= first);
  if (play.isRefreshedLater !== undefined || row.isNotRefreshed !== undefined) return channel;
  await channel.ask();
  await channel.until('its first refresh', (status) => isWell(status) && (status.generation ?? 0) > first);
  return channel;
}

/** The same, applied and left to itself. */
async function introduced(stage: OperatedStage, play: Play, row: CauseRow): Promise<PlayedChannel> {
  const { platform } = play;
  const name = nameOf(row);
  // A SocialPlatform belongs to the cluster, which other tests share.
  const of = play.definition === undefined ? {} : { platform: stage.namespace };
  const app = await stage.simulatedApp(platform, `${name}-app`, row.app ?? {}, of);
  const agoMs = (row.daysOld ?? 0) * 86_400_000;
  const mint = { ...play.mint, ...row.mint, ...(agoMs === 0 ? {} : { obtainedAt: Date.now() - agoMs }) };
  const cast = await stage.simulatedGrant(platform, app, name, mint);
  if (row.account !== undefined) await stage.simulator.updateAccount({ platform, id: cast.accountId, ...row.account });
  await stage.apply(channelWithTokens(name, `${name}-app`, cast, { ...cast.spec, ...row.spec }));
  const until: PlayedChannel['until'] = (what, condition) => stage.until(name, `${name}: ${what}`, condition, limitMs);
  const ask = async () => {
    const annotations = { 'socialops.dev/refresh': uniqueName('now') };
    await stage.patch('SocialChannel', name, { metadata: { annotations } });
  };
  const target = struck(platform, row, { ...cast, clientId: app.clientId });
  const cure = async () => {
    await stage.simulator.cure(target);
    await ask();
  };
  const consent = async () => {
    await stage.simulator.cure(target).catch(() => undefined);
    const given = {
      platform,
      clientId: app.clientId,
      accountId: cast.accountId,
      ...castConsent(platform),
      ...play.mint,
    };
    const secret = uniqueName(name);
    await stage.apply(bootstrapSecret(secret, await stage.simulator.mintGrant(given)));
    await stage.patch('SocialChannel', name, { spec: { bootstrap: { secretRef: { name: secret } } } });
  };
  return { app, accountId: cast.accountId, assetId: cast.assetId, until, ask, cure, consent };
}

/** A resource names no address, only a name (schema); the server's certificate has both. */
const simulatorHost = () => new URL(sharedWorld().simulator?.url ?? '').host.replace('127.0.0.1', 'localhost');

/** The definition under a name of this test's own, with every host under the simulator's. */
function moved(definition: string, name: string): KubernetesObject {
  const platform = parse(definition.replaceAll('https://', `https://${simulatorHost()}/`));
  return { ...platform, metadata: { name } };
}

function struck(
  platform: string,
  { cause, scopes, ofAsset }: CauseRow,
  { accountId, assetId, clientId }: { accountId: string; assetId: string | undefined; clientId: string },
): CauseInput {
  return {
    ...{ platform, cause, accountId },
    ...(ofAsset === undefined ? { clientId } : { assetId: assetId ?? '' }),
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
  };
}

async function strike(stage: OperatedStage, channel: PlayedChannel, row: CauseRow): Promise<void> {
  const { app, accountId, assetId } = channel;
  if (row.daysOld !== undefined) return;
  await stage.simulator.strike(struck(app.platform, row, { accountId, assetId, clientId: app.clientId }));
  await channel.ask();
}
