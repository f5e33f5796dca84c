import { expect } from 'vitest';
import { waitFor } from '../harness/wait.ts';
import type { OwnWorld } from '../harness/world.ts';

interface Channels {
  /** What pods hold of each. */
  tokens(): Promise<readonly (string | undefined)[]>;
  refresh(): Promise<void>;
  /** How often the platform was sent a token of theirs. */
  spends(): Promise<number>;
}

/** A copy of etcd, a refresh of each channel, and the copy put back: statuses and Secrets are older than Vault then. */
export async function putBack({ servers }: OwnWorld, { tokens, refresh, spends }: Channels) {
  await servers.cluster.backUp();
  await refresh();
  const present = await tokens();
  const before = await spends();
  await servers.cluster.restore();
  expect(await tokens()).not.toEqual(present);
  return {
    /** Waits until pods hold again what they held, and nothing was sent for it. */
    back: async (timeoutMs: number) => {
      const areBack = async () => JSON.stringify(await tokens()) === JSON.stringify(present);
      await waitFor(areBack, { timeoutMs, everyMs: 250, what: 'the present tokens to be in their Secrets' });
      expect(await spends()).toBe(before);
    },
  };
}
