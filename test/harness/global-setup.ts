import type { TestProject } from 'vitest/node';
import { startWorld, type WorldAddress } from './world.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly world: WorldAddress;
  }
}

/** Starts the servers that test files share; each file gets to them with `sharedWorld()`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const startedAt = Date.now();
  const world = await startWorld();
  process.stderr.write(`Servers of the tests are up after ${Date.now() - startedAt} ms; logs in ${world.folder}\n`);
  project.provide('world', world.address);
  return () => world.stop();
}
