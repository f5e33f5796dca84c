import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleOperator } from '../../crash/bundle.ts';
import type { Cell } from '../../crash/cells.ts';
import { isGood } from '../../crash/judge.ts';
import { Lanes } from '../../crash/lanes.ts';
import { outcomeOf } from '../../crash/run.ts';
import { scratchFolder } from '../harness/scratch.ts';
import { sharedWorld } from '../harness/shared-world.ts';

const claim = 'vault POST channels/live/grant (claim)';
const commit = 'vault POST channels/live/grant (commit)';
const show = 'kubernetes PATCH secrets/live-token';
const refresh = { path: 'refresh', nth: 1, trouble: 'nothing', point: 'before-forward' } as const;

/** A part of `make crash`: each path, each kind, each trouble and each point at least once. */
const rows: readonly [Cell, outcome: string][] = [
  [{ ...refresh, kind: 'single-use', call: claim, point: 'after-forward' }, 'kept'],
  [{ ...refresh, kind: 'single-use', call: commit }, 'unknowable'],
  [{ ...refresh, kind: 'single-use', call: commit, point: 'after-forward', trouble: 'vault-down' }, 'kept'],
  [
    {
      ...refresh,
      kind: 'kills-on-replay',
      call: 'platform POST api.x.com/2/oauth2/token (refresh_token)',
      trouble: 'answer-lost',
    },
    // Sent after the kill, and lost then.
    'unknowable',
  ],
  [
    {
      ...refresh,
      kind: 'kills-on-replay',
      call: 'platform POST api.x.com/2/oauth2/token (refresh_token)',
      point: 'after-answer',
      trouble: 'api-down',
    },
    'kept',
  ],
  [
    {
      ...refresh,
      kind: 'reusable',
      call: 'platform POST id.twitch.tv/oauth2/token (refresh_token)',
      point: 'after-forward',
    },
    'unknown-then-kept',
  ],
  [
    {
      ...refresh,
      kind: 'grace',
      call: 'platform POST id.kick.com/oauth/token (refresh_token)',
      point: 'after-forward',
    },
    'unknown-then-kept',
  ],
  [{ ...refresh, kind: 'exchange', call: commit, trouble: 'api-down' }, 'unknown-then-kept'],
  [
    { ...refresh, path: 'import', kind: 'single-use', call: 'vault POST imported/{hash}', point: 'after-forward' },
    'kept',
  ],
  [
    { ...refresh, path: 'projection', kind: 'reusable', call: show, point: 'after-answer', trouble: 'vault-down' },
    'kept',
  ],
  [
    {
      ...refresh,
      path: 'revoke',
      kind: 'reusable',
      call: 'platform POST id.twitch.tv/oauth2/revoke',
      point: 'after-forward',
    },
    'kept',
  ],
  [
    {
      ...refresh,
      path: 'takeover',
      kind: 'kills-on-replay',
      call: 'kubernetes PATCH leases/{share}',
      point: 'after-answer',
    },
    'kept',
  ],
  [
    {
      ...refresh,
      path: 'rescue',
      kind: 'single-use',
      call: 'vault POST channels/live/grant',
      point: 'after-forward',
      trouble: 'api-down',
    },
    'kept',
  ],
  [
    { ...refresh, path: 'forget', kind: 'exchange', call: 'vault POST channels/live/grant', point: 'after-forward' },
    'kept',
  ],
  // A person's browser meets the kill, and their second try heals the channel where nobody could have kept the first.
  [{ ...refresh, path: 'consent-first', kind: 'exchange', call: 'vault POST channels/live/pending', nth: 2 }, 'kept'],
  [
    {
      ...refresh,
      path: 'consent-again',
      kind: 'kills-on-replay',
      call: 'platform POST api.x.com/2/oauth2/token (authorization_code)',
      point: 'after-answer',
      trouble: 'vault-down',
    },
    // It lies in escrow.
    'kept',
  ],
  [
    {
      ...refresh,
      path: 'consent-again',
      kind: 'kills-on-replay',
      call: 'vault POST channels/live/staged',
    },
    'unknowable',
  ],
  [
    {
      ...refresh,
      path: 'consent-again',
      kind: 'reusable',
      call: 'vault POST channels/live/grant',
      point: 'after-forward',
      trouble: 'api-down',
    },
    'kept',
  ],
];

let lanes: Lanes;

beforeAll(async () => {
  lanes = new Lanes(sharedWorld(), { program: await bundleOperator(scratchFolder('operator')), slowness: 1 });
});
afterAll(async () => {
  await lanes?.close();
});

it.concurrent.each(rows)('$path of $kind, killed $point at $call with $trouble beside', async (cell, outcome) => {
  const result = await outcomeOf(lanes, cell);
  expect(result).toMatchObject({ outcome });
  expect(isGood(result)).toBe(true);
});
