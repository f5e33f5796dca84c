import { describe, expect, it } from 'vitest';
import type { SocialPlatform, SocialPlatformStatus } from '../../src/api/resources.gen.ts';
import { PlatformReconciler } from '../../src/channel/platform-reconciler.ts';
import { Failure } from '../../src/core/failure.ts';

const nowAt = Date.parse('2026-03-01T12:00:00Z');

/** One look at a platform; answers the statuses that were written. */
async function looked(
  platform: Partial<SocialPlatform> | undefined,
  problem?: Failure,
): Promise<SocialPlatformStatus[]> {
  const written: SocialPlatformStatus[] = [];
  const metadata = { name: 'example-video', generation: 3 };
  const reconciler = new PlatformReconciler({
    clock: { now: () => nowAt },
    platforms: {
      get: async () => platform && ({ metadata, spec: {}, ...platform } as SocialPlatform),
      patchStatus: async (_, status) => {
        written.push(status);
      },
    },
    registry: {
      isBuiltIn: () => false,
      resolve: () => {
        throw new Error('nobody uses it here');
      },
      check: () => {
        if (problem !== undefined) throw problem;
        return undefined as never;
      },
    },
  });
  await reconciler.reconcile('example-video');
  return written;
}

const accepted = {
  observedGeneration: 3,
  conditions: [
    {
      type: 'Ready' as const,
      status: 'True' as const,
      reason: 'Accepted' as const,
      message: 'The definition can be used.',
      observedGeneration: 3,
      lastTransitionTime: '2026-03-01T12:00:00Z',
    },
  ],
};

describe('the status of a SocialPlatform', () => {
  it('says that the definition can be used', async () => {
    expect(await looked({})).toEqual([accepted]);
  });

  it('says what is wrong with it', async () => {
    const problem = new Failure('Misconfigured', 'PlatformInvalid', 'spec.token.url is none', { source: 'Operator' });
    const [status] = await looked({}, problem);
    const wrong = { status: 'False', reason: 'PlatformInvalid', message: 'spec.token.url is none' };
    expect(status?.conditions).toMatchObject([wrong]);
  });

  it('is written only when it differs', async () => {
    expect(await looked({ status: accepted })).toEqual([]);
  });

  it('is not written where there is none, or while it goes away', async () => {
    const metadata = { name: 'example-video', deletionTimestamp: '2026-03-01T11:00:00Z' };
    expect([await looked(undefined), await looked({ metadata })]).toEqual([[], []]);
  });
});
