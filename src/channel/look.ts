import type { SocialChannel } from '../api/resources.gen.ts';
import { type Decision, decide } from '../core/decide.ts';
import { observe, readInputs } from './observe.ts';
import type { World } from './ports.ts';

/**
 * What a process that has just started would do next for this channel. Nothing is done, and no platform is asked.
 *
 * @throws Failure where Kubernetes or Vault cannot be asked
 */
export async function lookAt(world: World, channel: SocialChannel): Promise<Decision> {
  return decide(await observe(world, await readInputs(world, channel), { retries: {} }, {}));
}
