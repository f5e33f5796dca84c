import { delivery } from './delivery.ts';
import { install } from './install.ts';
import type { World } from './world.ts';

/** One thing that has to hold; what it answers is printed beside it. */
export interface Step {
  readonly title: string;
  /** Everything after it stands on it. */
  readonly carries?: true;
  play(world: World): Promise<string>;
}

export const steps: readonly Step[] = [...install, ...delivery];
