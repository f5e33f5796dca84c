import type { World } from '../test/harness/world.ts';
import type { PathName } from './cells.ts';
import { type Lane, type LaneKind, type LaneOptions, laneKindOf, openLane } from './lane.ts';

/** Lanes that are free are used again: an operator, its permissions and its proxies serve one cell after the other. */
export class Lanes {
  readonly #world: World;
  readonly #options: Omit<LaneOptions, 'kind'>;
  readonly #free: Record<LaneKind, Lane[]> = { alone: [], 'two replicas': [], 'with pages': [] };

  constructor(world: World, options: Omit<LaneOptions, 'kind'>) {
    this.#world = world;
    this.#options = options;
  }

  /** Does the work on a lane of its own, and gives that lane up where the work throws. */
  async on<T>(path: PathName, work: (lane: Lane) => Promise<T>): Promise<T> {
    const kind = laneKindOf(path);
    const lane = this.#free[kind].pop() ?? (await openLane(this.#world, { ...this.#options, kind }));
    try {
      const result = await work(lane);
      this.#free[kind].push(lane);
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
