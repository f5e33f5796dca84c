import { fieldManager } from './api/names.ts';
import { type Config, ConfigError } from './config.ts';
import type { ApiClient } from './kube/client.ts';
import { KubeLeases } from './kube/leases.ts';
import type { Logger } from './log.ts';
import { clock, random } from './main-process.ts';
import type { Watches } from './main-watches.ts';
import type { Metrics, ReplicaGauges } from './metrics.ts';
import { type BucketNews, LeaseBuckets } from './runtime/lease-buckets.ts';

export interface LeaseParts {
  readonly client: ApiClient;
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly namespace: string;
  readonly holder: string;
}

export function leaseBuckets({ client, config, log, metrics, namespace, holder }: LeaseParts): LeaseBuckets {
  const { leaseBuckets: buckets, leaseDurationMs: durationMs, leaseRenewMs: renewMs } = config;
  return new LeaseBuckets({
    // A renewal that hangs is given up when the next one is due.
    api: new KubeLeases({ client, namespace, deadlineMs: renewMs, now: clock.now }),
    holder,
    prefix: fieldManager,
    buckets,
    durationMs,
    renewMs,
    clock,
    random: random.unit,
    onNews: (news) => {
      metrics.bucketChanges.inc({ change: news.did }, news.buckets.length);
      tell(log, news);
    },
    // Ever fewer lines: an API server that is away for an hour is a handful of them.
    onTrouble: (trouble, attempt) => {
      if ((attempt & (attempt - 1)) === 0)
        log.warn({ attempt, err: trouble }, 'Leases could not be kept; it is tried again');
    },
  });
}

function tell(log: Logger, { did, ...fields }: BucketNews): void {
  if (did === 'Acquired') log.info(fields, 'looks after more channels');
  else if (did === 'GivenUp') log.info(fields, 'gave channels up to another replica');
  else log.warn(fields, 'lost channels whose Leases could not be renewed in time');
}

/** @throws ConfigError where nothing tells it: replicas that looked in different places would not see each other */
export function operatorNamespaceOf(config: Config, ofContext: string | undefined): string {
  const namespace = config.operatorNamespace ?? ofContext;
  if (namespace !== undefined) return namespace;
  throw new ConfigError([
    '--operator-namespace (SOCIALCHANNEL_OPERATOR_NAMESPACE): required, because neither a pod nor the kubeconfig tells it.',
  ]);
}

export function replicaGauges(ownership: LeaseBuckets, watches: Watches): ReplicaGauges {
  let refreshesHeld = 0;
  for (const [key] of watches.channels.entries()) if (!ownership.isHeldByAnyone(key)) refreshesHeld += 1;
  return { bucketsOwned: ownership.owned(), live: ownership.replicas(), refreshesHeld };
}
