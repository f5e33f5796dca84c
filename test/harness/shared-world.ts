import { inject } from 'vitest';
import './global-setup.ts';
import { connectWorld, type World } from './world.ts';

let world: World | undefined;

/** The servers that all test files share. A test that breaks servers starts its own with `startWorld()`. */
export function sharedWorld(): World {
  world ??= connectWorld(inject('world'));
  return world;
}
