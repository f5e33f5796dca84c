import { kick } from '../src/platforms/kick.ts';
import type { Stage } from '../test/harness/stage.ts';
import type { World } from '../test/harness/world.ts';
import type { App, MintInput, Operation } from '../test/simulator/model.ts';

/** What becomes of a refresh token that was sent. */
export interface Kind {
  readonly platform: string;
  /** As the page says it. */
  readonly title: string;
  /** A token that was sent is dead: whoever lost the answer has lost the login. */
  readonly isSingleUse: boolean;
  readonly app: Partial<App>;
  readonly mint: () => Partial<MintInput>;
  /** How the simulator calls a renewal. */
  readonly renewal: Operation;
  /** Access tokens of a test's own length; where there is none the platform's constants stand. */
  readonly hasShortLife: boolean;
  /** Its platform is declared by a resource, and not the built-in one. */
  readonly isDeclared: boolean;
}

const usual = { app: {}, mint: () => ({}), renewal: 'token', hasShortLife: true, isDeclared: false } as const;

const hourMs = 3_600_000;

export const kinds = {
  reusable: { ...usual, platform: 'twitch', title: 'reusable (Twitch)', isSingleUse: false },
  'single-use': { ...usual, platform: 'kick', title: 'single use (Kick)', isSingleUse: true },
  'kills-on-replay': { ...usual, platform: 'x', title: 'single use, a replay ends the grant (X)', isSingleUse: true },
  grace: {
    ...usual,
    platform: 'kick',
    title: 'old token works until the new one does (Kick, declared with a grace window)',
    isSingleUse: false,
    app: { rotate: 'always' },
    isDeclared: true,
  },
  exchange: {
    ...usual,
    platform: 'threads',
    title: 'exchanged while it lives (Threads)',
    isSingleUse: false,
    renewal: 'exchange',
    hasShortLife: false,
    // Older than what Threads asks of a token that is to be renewed, and far from being due by itself.
    mint: () => ({ obtainedAt: Date.now() - 30 * hourMs }),
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as KindName[];

/** Applies the definition of Kick with a grace window, which the apps of `grace` name, and answers its name. */
export async function declareGrace(world: World, stage: Stage): Promise<string> {
  // A resource may name no address, only a name; the simulator's certificate has both.
  const host = new URL(world.simulator?.url ?? '').host.replace('127.0.0.1', 'localhost');
  const rotation = { mode: 'Always', oldToken: 'Grace', grace: '10m' };
  const spec = JSON.stringify({ ...kick.spec, rotation }).replaceAll('https://', `https://${host}/`);
  const name = `${stage.namespace}-grace`;
  const object = {
    apiVersion: 'socialops.dev/v1alpha1',
    kind: 'SocialPlatform',
    metadata: { name },
    spec: JSON.parse(spec),
  };
  await world.admin.apply([object] as never);
  return name;
}
