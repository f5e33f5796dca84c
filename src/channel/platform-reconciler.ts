import { setCondition } from '../api/conditions.ts';
import type { SocialPlatform } from '../api/resources.gen.ts';
import { asFailure } from '../core/failure.ts';
import type { PlatformRegistry } from '../core/platform-port.ts';
import type { PlatformApi } from '../core/ports.ts';
import { isSameStatus } from '../core/status.ts';

interface PlatformWorld {
  readonly platforms: PlatformApi;
  readonly registry: PlatformRegistry;
  readonly clock: { now(): number };
}

/** Says in a SocialPlatform's status whether its definition can be used. */
export class PlatformReconciler {
  readonly #world: PlatformWorld;

  constructor(world: PlatformWorld) {
    this.#world = world;
  }

  /** @throws Failure when the API server could not be asked or told */
  async reconcile(name: string): Promise<Record<string, never>> {
    const platform = await this.#world.platforms.get(name);
    if (platform === undefined || platform.metadata.deletionTimestamp !== undefined) return {};
    const observedGeneration = platform.metadata.generation ?? 0;
    const ready = { type: 'Ready' as const, ...this.#look(name, platform), observedGeneration };
    const conditions = setCondition(platform.status?.conditions ?? [], ready, this.#world.clock.now());
    const status = { observedGeneration, conditions };
    if (!isSameStatus(platform.status, status)) await this.#world.platforms.patchStatus(platform, status);
    return {};
  }

  #look(name: string, platform: SocialPlatform) {
    try {
      this.#world.registry.check(name, platform);
      return { status: 'True' as const, reason: 'Accepted' as const, message: 'The definition can be used.' };
    } catch (error) {
      const { reason, message } = asFailure(error);
      return { status: 'False' as const, reason, message };
    }
  }
}
