import { createMetrics, type Metrics, type MetricsSources } from '../../src/metrics.ts';
import type { ChannelGauges } from '../../src/metrics-channels.ts';

export const NOW = Date.UTC(2027, 0, 1);

export const healthy: ChannelGauges = {
  namespace: 'main-stage',
  name: 'main-stage-twitch',
  platform: 'twitch',
  app: 'main-stage/twitch',
  owner: 'Dana Reyes',
  state: 'Connected',
  reason: 'Healthy',
  conditions: [
    { type: 'Ready', status: 'True' },
    { type: 'ReauthRequired', status: 'False' },
  ],
  accessTokenExpiresAt: NOW + 3_600_000,
  nextRefreshAt: NOW + 1_800_000,
  lastRefreshAt: NOW - 1_800_000,
};

/** Metrics over the given channels; other sources as given, else empty. */
export function metricsOver(
  channels: readonly ChannelGauges[],
  sources: Partial<MetricsSources> = {},
  channelLimit = 5_000,
): Metrics {
  return createMetrics({
    sources: {
      channels: { list: () => channels },
      queues: () => [],
      reflectors: () => [],
      replicas: () => ({ bucketsOwned: 1, live: 3, refreshesHeld: 2 }),
      channelsHeldBack: () => [{ dependency: 'vault', count: 4 }],
      noticesWaiting: () => [],
      vaultLoginExpiresAt: () => undefined,
      ...sources,
    },
    version: '0.1.0',
    now: () => NOW,
    channelLimit,
  });
}
