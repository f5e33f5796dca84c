import { access, audit } from './access.ts';
import { delivery } from './delivery.ts';

import { endings, everyday } from './everyday.ts';
import { install } from './install.ts';
import type { World } from './world.ts';

export interface Telling {
  /** How long the pod streams. */
  readonly minutes: number;
  say(line: string): void;
}

/** One thing that has to hold; what it answers is printed beside it. */
export interface Step {
  readonly title: string;
  /** Everything after it stands on it. */
  readonly carries?: true;
  /** Needs the nodes themselves, or what they write. */
  readonly needsHost?: true;
  play(world: World, telling: Telling): Promise<string>;
}

export const steps: readonly Step[] = [...install, ...delivery, ...everyday, ...access, ...endings, ...audit];
