import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getCondition } from '../../src/api/conditions.ts';
import { isConnected, type OperatedStage, operatedStage } from '../channel/operated-stage.ts';

const hourMs = 3_600_000;
/** A login that Google ends in so many seconds, as it ends those of apps in testing after seven days. */
const endingInS = (seconds: number) => Date.now() - 7 * 24 * hourMs + seconds * 1_000;

let stage: OperatedStage;

beforeAll(async () => {
  stage = await operatedStage();
});
afterAll(async () => {
  await stage?.removeAll();
});

describe('an app in testing mode', () => {
  it('is found out by several logins that die at the same age, and blamed instead of the people', async () => {
    const app = await stage.simulatedApp('youtube', 'testing', { testing: true, accessLifetimeSeconds: 8 });
    for (const [name, seconds] of [
      ['first', 8],
      ['second', 24],
    ] as const) {
      const mint = { consentedAt: endingInS(seconds), obtainedAt: Date.now() };
      await stage.connect('youtube', app, 'testing', name, { mint });
      await stage.until(name, 'it to connect', isConnected);
    }
    const first = await stage.until('first', 'it to die', ({ state }) => state === 'NeedsReauth', 90_000);
    const second = await stage.until('second', 'it to die', ({ state }) => state === 'NeedsReauth', 90_000);
    // One death at that age may be chance; the second one tells.
    expect([first.reason, second.reason]).toEqual(['AccessRevoked', 'TestingModeExpired']);
    const { status } = await stage.waitFor(
      'SocialApp',
      'testing',
      (one) => getCondition((one.status as { conditions?: [] })?.conditions ?? [], 'Ready')?.reason === 'AppInTesting',
      { what: 'the app to say so', timeoutMs: 20_000 },
    );
    const ready = getCondition((status as { conditions?: [] }).conditions ?? [], 'Ready');
    expect(ready?.status).toBe('True');
    expect(ready?.message).toContain('it is in testing mode at YouTube. Publish it there.');
    expect(ready?.message).toContain('spec.grantLifetime: 168h');
  });
});
