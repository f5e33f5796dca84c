import type { ChannelMeter } from './channel/meter.ts';
import type { ChannelView } from './channel/views.ts';
import type { Metrics } from './metrics.ts';
import type { ChannelGauges } from './metrics-channels.ts';

/** The channel room's counts as Prometheus instruments. */
export function channelMeter(metrics: Metrics): ChannelMeter {
  return {
    began: (platform, app) => metrics.beginApp(platform, app),
    vaultClock: (skewMs) => metrics.clockSkewSeconds.set({ against: 'vault' }, skewMs / 1000),
    claimed: (platform, outcome) => metrics.claims.inc({ platform, outcome }),
    spent: (platform, app, result, family, durationMs) => {
      metrics.tokenRefreshes.inc({ platform, app, result, family });
      metrics.platformRequests.inc({
        platform,
        app,
        operation: 'token',
        outcome: family === 'None' ? 'Success' : family,
      });
      metrics.platformRequestSeconds.observe({ platform, operation: 'token' }, durationMs / 1000);
      if (result === 'Unknown') metrics.unknownOutcomes.inc({ platform });
    },
    refreshed: (platform, headroomMs, durationMs) => {
      metrics.tokenRefreshSeconds.observe({ platform }, durationMs / 1000);
      if (headroomMs === undefined) return;
      metrics.refreshHeadroomSeconds.observe({ platform }, headroomMs / 1000);
      if (headroomMs < 0) metrics.tokenGapSeconds.inc({ platform }, -headroomMs / 1000);
    },
    introspected: (platform, app, outcome, durationMs) => {
      metrics.platformRequests.inc({ platform, app, operation: 'introspect', outcome });
      metrics.platformRequestSeconds.observe({ platform, operation: 'introspect' }, durationMs / 1000);
    },
    derived: (platform, app, outcome, durationMs) => {
      metrics.platformRequests.inc({ platform, app, operation: 'derive', outcome });
      metrics.platformRequestSeconds.observe({ platform, operation: 'derive' }, durationMs / 1000);
    },
    consent: (platform, outcome) => metrics.consents.inc({ platform, outcome }),
    exchanged: (platform, app, family, durationMs) => {
      const outcome = family === 'None' ? 'Success' : family;
      metrics.platformRequests.inc({ platform, app, operation: 'exchange', outcome });
      metrics.platformRequestSeconds.observe({ platform, operation: 'exchange' }, durationMs / 1000);
    },
    lifetimeShortened: (platform) => metrics.lifetimeChanges.inc({ platform }),
    revoked: (platform, outcome) => metrics.revocations.inc({ platform, outcome }),
    commitRetried: (platform) => metrics.commitRetries.inc({ platform }),
    parked: (platform) => metrics.parkedAnswers.inc({ platform }),
    escrowed: (platform, what) => {
      const { escrowsWritten, escrowsAdopted, escrowsUnreadable } = metrics;
      ({ Written: escrowsWritten, Adopted: escrowsAdopted, Unreadable: escrowsUnreadable })[what].inc({ platform });
    },
    verdict: (platform, reason) => metrics.verdicts.inc({ platform, reason }),
    falselyAccused: (platform) => metrics.falseAccusations.inc({ platform }),
    projected: (platform, lagMs) => metrics.projectionLagSeconds.observe({ platform }, lagMs / 1000),
  };
}

/** A channel's view as the scrape shows it. */
export function gaugesOf(view: ChannelView): ChannelGauges {
  return {
    namespace: view.namespace,
    name: view.name,
    platform: view.platform,
    app: view.app,
    owner: view.owner,
    state: view.state,
    reason: view.reason,
    conditions: view.conditions,
    accessTokenExpiresAt: view.accessTokenExpiresAt,
    deadlineAt: view.deadlineAt,
    nextRefreshAt: view.nextRefreshAt,
    lastRefreshAt: view.lastRefreshAt,
    failingSince: view.failingSince,
  };
}
