import type { World } from '../test/harness/world.ts';
import type { PathName } from './cells.ts';
import { type Lane, type LaneOptions, type LaneSize, openLane, sizeOf } from './lane.ts';

/** Lanes that are free are used again: an operator, its permissions and its proxies serve one cell after the other. */
export class Lanes {
  readonly #world: World;
  readonly #options: Omit<LaneOptions, 'size'>;
  readonly #free: Record<LaneSize, Lane[]> = { 1: [], 2: [] };

  constructor(world: World, options: Omit<LaneOptions, 'size'>) {
    this.#world = world;
    this.#options = options;
  }

  /** Does the work on a lane of its own, and gives that lane up where the work throws. */
  async on<T>(path: PathName, work: (lane: Lane) => Promise<T>): Promise<T> {
    const size = sizeOf(path);
    const lane = this.#free[size].pop() ?? (await openLane(this.#world, { ...this.#options, size }));
    try {
      const result = await work(lane);
      this.#free[size].push(lane);
      return result;
    } catch (error) {
      // What went wrong first is what is told; its processes end with ours at the latest.
      await lane.close().catch(() => {});
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#free).flatMap((lanes) => lanes.splice(0).map((lane) => lane.close())));
  }
}
