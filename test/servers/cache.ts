import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { Progress } from './progress.ts';

/** A lock whose holder has not touched it for this long belongs to a dead process and is taken over. */
const staleMs = 10_000;
const lookAgainMs = 1_000;

export function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base, 'social-channel-operator', 'servers');
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

export interface Cached {
  readonly path: string;
  readonly made: boolean;
}

/**
 * The file `name` under the cache's folder `key`, made by `make` if it is not there yet. Of several processes one makes
 * it and the others wait; the file appears whole, by rename, so that a crash never leaves half of one.
 */
export async function cached(key: string, name: string, make: (temporary: string) => Promise<void>): Promise<Cached> {
  const folder = join(cacheFolder(), key);
  const path = join(folder, name);
  if (await exists(path)) return { path, made: false };
  await mkdir(folder, { recursive: true });
  const release = await waitForLock(path, name);
  try {
    if (await exists(path)) return { path, made: false };
    // What a killed run left behind would stay for ever.
    for (const left of await readdir(folder)) if (left.endsWith('.partial')) await rm(join(folder, left));
    const temporary = `${path}.${process.pid}.partial`;
    try {
      await make(temporary);
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
    return { path, made: true };
  } finally {
    await release();
  }
}

async function waitForLock(path: string, name: string): Promise<() => Promise<void>> {
  let waiting: Progress | undefined;
  const options = { realpath: false, stale: staleMs, onCompromised: () => {} };
  for (;;) {
    try {
      const release = await lock(path, options);
      waiting?.end('the other run is done');
      // A lock lost on the way (a machine that slept) does no harm: two makers end in the same whole file.
      return () => release().catch(() => {});
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ELOCKED')) throw error;
      waiting ??= new Progress(`${name}: another run is making it, waiting`, 10 * 60_000);
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
    }
  }
}
