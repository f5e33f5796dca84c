import { describe, expect, it } from 'vitest';
import { promtoolCheck } from '../harness/promtool.ts';
import { healthy, metricsOver } from '../metrics/scrape.ts';

function everythingCounted(): ReturnType<typeof metricsOver> {
  const metrics = metricsOver([{ ...healthy, deadlineAt: healthy.accessTokenExpiresAt, failingSince: 1 }], {
    queues: () => [{ controller: 'channels', depth: 1, oldestAgeMs: 10 }],
    reflectors: () => [{ kind: 'SocialChannel', lastContactAt: 5_000, restarts: 1 }],
    vaultLoginExpiresAt: () => 5_000,
    noticesWaiting: () => [{ sink: 'Mail', count: 1 }],
  });
  const platform = 'twitch';
  metrics.beginApp(platform, 'main-stage/twitch');
  metrics.claims.inc({ platform, outcome: 'Won' });
  metrics.bucketChanges.inc({ change: 'Acquired' });
  metrics.lifetimeChanges.inc({ platform });
  metrics.revocations.inc({ platform, outcome: 'Revoked' });
  metrics.verdicts.inc({ platform, reason: 'AccessRevoked' });
  metrics.tokenRefreshSeconds.observe({ platform }, 1);
  metrics.refreshHeadroomSeconds.observe({ platform }, -3);
  metrics.projectionLagSeconds.observe({ platform }, 0.2);
  metrics.platformRequests.inc({ platform, app: 'a/b', operation: 'refresh', outcome: 'Success' });
  metrics.platformRequestSeconds.observe({ platform, operation: 'refresh' }, 1);
  metrics.vaultRequests.inc({ operation: 'read', outcome: 'Success' });
  metrics.vaultRequestSeconds.observe({ operation: 'read' }, 0.01);
  metrics.kubernetesRequests.inc({ operation: 'get', outcome: 'Success' });
  metrics.kubernetesRequestSeconds.observe({ operation: 'get' }, 0.01);
  metrics.clockSkewSeconds.set({ against: 'vault' }, -2);
  metrics.consents.inc({ platform, outcome: 'Promoted' });
  metrics.pagesRequests.inc({ route: 'channel', outcome: 'Ok' });
  metrics.notices.inc({ sink: 'Mail', kind: 'Expiring', result: 'Sent' });
  metrics.pushSignals.inc({ platform, kind: 'SignedBody', outcome: 'Checked' });
  metrics.reconciles.inc({ controller: 'channels', result: 'Success' });
  metrics.reconcileSeconds.observe({ controller: 'channels' }, 0.1);
  return metrics;
}

describe('promtool check metrics', () => {
  it('finds nothing to say about a scrape with every metric in it', async () => {
    const metrics = everythingCounted();
    const scrape = await metrics.scrape();
    for (const { name } of await metrics.describe())
      expect(scrape).toMatch(new RegExp(`^${name}(?:_bucket)?[{ ]`, 'm'));
    expect(await promtoolCheck(scrape)).toEqual({ code: 0, said: '' });
  });

  it('would find a metric that breaks the conventions', async () => {
    const { code, said } = await promtoolCheck('# HELP x_total Bad.\n# TYPE x_total gauge\nx_total 1\n');
    expect(code).not.toBe(0);
    expect(said).toContain('x_total');
  });
});
