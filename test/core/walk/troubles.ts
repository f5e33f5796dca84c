import { dayMs, hourMs, minuteMs, secondMs } from '../times.ts';
import type { Chance } from './chance.ts';
import type { Illness } from './platform.ts';
import type { Side } from './stage.ts';

export type Slot = 'a' | 'b';

export type Edit = 'Scopes' | 'Suspend' | 'Delete' | 'Forget' | 'NewNamespace';

export type PersonDoes = 'Consent' | 'WrongAccount' | 'Withdraw' | 'OldSeed' | 'Refresh' | 'DropSecret';

/** Who comes by the page: with the right account, with a wrong one, or never back from the platform. */
export type Guest = 'Right' | 'Wrong' | 'Stops';

/** What goes wrong, and what people do. */
export type Strike =
  | { readonly kind: 'Kill'; readonly ms: number }
  | { readonly kind: 'Freeze'; readonly ms: number }
  | { readonly kind: 'LoseAnswer' }
  | {
      readonly kind: 'Outage';
      readonly side: Side;
      readonly isSilent: boolean;
      readonly slot: Slot | undefined;
      readonly ms: number;
    }
  | { readonly kind: 'Illness'; readonly illness: Illness; readonly ms: number }
  | { readonly kind: 'Mistake' }
  | { readonly kind: 'Clock'; readonly slot: Slot; readonly skewMs: number; readonly ms: number }
  | { readonly kind: 'Lag'; readonly versions: number; readonly ms: number }
  | { readonly kind: 'RestoreVault' | 'RestoreCluster'; readonly snapshot: number }
  | { readonly kind: 'Visit'; readonly guest: Guest; readonly ms: number }
  | { readonly kind: PersonDoes | 'Rebalance' }
  | { readonly kind: 'Edit'; readonly edit: Edit; readonly ms: number };

/** When: from `at` on, and where `on` is given at the first such call then, before it leaves or after it was done. */
export interface Trouble {
  readonly at: number;
  readonly on?: { readonly what: string; readonly phase: 'Before' | 'After' } | undefined;
  readonly strike: Strike;
}

const moments = [
  'claim',
  'spend',
  'spend',
  'commit',
  'release',
  'secret',
  'status',
  'write grant',
  'read grant',
  'check',
] as const;

/** Troubles for a span of so many milliseconds. Most fall into a refresh, where they can hurt. */
export function troublesOf(chance: Chance, count: number, spanMs: number, longestMs: number): Trouble[] {
  const troubles = Array.from({ length: count }, (): Trouble => {
    const at = Math.floor(chance.between(0, spanMs));
    const on = chance.isTrue(0.7)
      ? ({ what: chance.one(moments), phase: chance.isTrue(0.5) ? 'Before' : 'After' } as const)
      : undefined;
    return { at, on, strike: strikeOf(chance, longestMs) };
  });
  return troubles.sort((a, b) => a.at - b.at);
}

const pageMoments = ['exchange', 'read pending', 'write pending', 'read staged', 'write staged', 'annotate'] as const;

/** People who come by the page, each with a trouble amid what follows from it. */
export function visitsOf(chance: Chance, count: number, spanMs: number, longestMs: number): Trouble[] {
  return Array.from({ length: count }, (): Trouble[] => {
    const at = Math.floor(chance.between(0, spanMs));
    const guest = chance.one(['Right', 'Right', 'Right', 'Wrong', 'Stops'] as const);
    const visit: Trouble = {
      at,
      strike: { kind: 'Visit', guest, ms: Math.floor(chance.spread(secondMs, 12 * minuteMs)) },
    };
    const phase = chance.isTrue(0.5) ? 'Before' : 'After';
    const trouble = { at, on: { what: chance.one(pageMoments), phase }, strike: strikeOf(chance, longestMs) } as const;
    return chance.isTrue(0.6) ? [visit, trouble] : [visit];
  }).flat();
}

function strikeOf(chance: Chance, longestMs: number): Strike {
  const ms = Math.floor(chance.spread(5 * secondMs, longestMs));
  const slot = chance.one(['a', 'b'] as const);
  const drawn = chance.unit();
  if (drawn < 0.16) return { kind: 'Kill', ms: Math.floor(chance.spread(secondMs, 10 * minuteMs)) };
  if (drawn < 0.26) return { kind: 'Freeze', ms: Math.floor(chance.spread(10 * secondMs, 20 * minuteMs)) };
  if (drawn < 0.36) return { kind: 'LoseAnswer' };
  if (drawn < 0.54) {
    const side = chance.one(['vault', 'vault', 'api', 'platform'] as const);
    return { kind: 'Outage', side, isSilent: chance.isTrue(0.5), slot: chance.isTrue(0.5) ? slot : undefined, ms };
  }
  if (drawn < 0.6) return { kind: 'Illness', illness: chance.one(['BeforeWork', 'AfterWork', 'Refused'] as const), ms };
  if (drawn < 0.63) return { kind: 'Mistake' };
  if (drawn < 0.7) {
    const skewMs = Math.floor(chance.between(-10, 10) * minuteMs);
    return { kind: 'Clock', slot, skewMs, ms: Math.floor(chance.spread(hourMs, 2 * dayMs)) };
  }
  if (drawn < 0.72) return { kind: 'Lag', versions: 1, ms: Math.min(ms, 10 * minuteMs) };
  if (drawn < 0.76) return { kind: chance.one(['RestoreVault', 'RestoreCluster'] as const), snapshot: chance.unit() };
  if (drawn < 0.88) {
    const does = [
      'Consent',
      'Consent',
      'Consent',
      'WrongAccount',
      'Withdraw',
      'OldSeed',
      'Refresh',
      'DropSecret',
      'Rebalance',
    ] as const;
    return { kind: chance.one(does) };
  }
  if (drawn < 0.92) return { kind: 'Rebalance' };
  return {
    kind: 'Edit',
    edit: chance.one(['Scopes', 'Suspend', 'Suspend', 'Delete', 'Forget', 'NewNamespace'] as const),
    ms,
  };
}
