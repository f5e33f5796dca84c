// A flat table: every counter, histogram and gauge that is kept between scrapes.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const QUICK_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const REQUEST_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30];
const LAG_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 150];
const HEADROOM_SECONDS = [0, 30, 60, 150, 300, 600, 1800, 3600, 7200, 14_400, 86_400, 604_800, 2_592_000];

/** What the grants of one platform went through. Labels are bounded; none names a channel. */
export function grantInstruments(registry: Registry) {
  const registers = [registry];
  const platform = ['platform'] as const;
  return {
    /** `result`: ending of the spend (Answered, NotSent, Refused, Rejected, Unknown); `family`: None where it was answered. */
    tokenRefreshes: new Counter({
      name: 'socialchannel_token_refresh_total',
      help: 'Refreshes by their ending and, where they failed, the family of the failure.',
      labelNames: ['platform', 'app', 'result', 'family'] as const,
      registers,
    }),
    tokenRefreshSeconds: new Histogram({
      name: 'socialchannel_token_refresh_duration_seconds',
      help: 'From the claim to the acknowledged commit of a refresh.',
      labelNames: platform,
      buckets: REQUEST_SECONDS,
      registers,
    }),
    refreshHeadroomSeconds: new Histogram({
      name: 'socialchannel_refresh_headroom_seconds',
      help: 'What was left of the old access token when its successor was committed; zero and less means a gap.',
      labelNames: platform,
      buckets: HEADROOM_SECONDS,
      registers,
    }),
    tokenGapSeconds: new Counter({
      name: 'socialchannel_token_gap_seconds_total',
      help: 'Time during which a channel that should have had a valid access token had none.',
      labelNames: platform,
      registers,
    }),
    projectionLagSeconds: new Histogram({
      name: 'socialchannel_projection_lag_seconds',
      help: 'From the arrival of a token to the acknowledged write of its Secret.',
      labelNames: platform,
      buckets: LAG_SECONDS,
      registers,
    }),
    /** `outcome`: Won, Lost (somebody else wrote first) or Failed. */
    claims: new Counter({
      name: 'socialchannel_claims_total',
      help: 'Claims by outcome: Won, Lost to another writer, or Failed.',
      labelNames: ['platform', 'outcome'] as const,
      registers,
    }),
    commitRetries: new Counter({
      name: 'socialchannel_commit_retries_total',
      help: 'Repeated writes of an answer that Vault had not acknowledged.',
      labelNames: platform,
      registers,
    }),
    unknownOutcomes: new Counter({
      name: 'socialchannel_unknown_outcomes_total',
      help: 'Refreshes that were sent and whose ending nobody knows: lost answers and crashes amid a refresh.',
      labelNames: platform,
      registers,
    }),
    parkedAnswers: new Counter({
      name: 'socialchannel_parked_answers_total',
      help: 'Answers whose commit lost to another writer and that were kept aside instead of dropped.',
      labelNames: platform,
      registers,
    }),
    escrowsWritten: new Counter({
      name: 'socialchannel_escrows_written_total',
      help: "Answers that Vault did not acknowledge in time and that were sealed into a Secret of the operator's namespace.",
      labelNames: platform,
      registers,
    }),
    escrowsAdopted: new Counter({
      name: 'socialchannel_escrows_adopted_total',
      help: 'Sealed answers that another process, or a later one, stored in Vault.',
      labelNames: platform,
      registers,
    }),
    escrowsUnreadable: new Counter({
      name: 'socialchannel_escrows_unreadable_total',
      help: 'Sealed answers that could not be opened: damaged, foreign, or of a newer operator. They are kept and not used.',
      labelNames: platform,
      registers,
    }),
    verdicts: new Counter({
      name: 'socialchannel_verdicts_total',
      help: "Grants declared lost on the platform's definite rejection, by reason.",
      labelNames: ['platform', 'reason'] as const,
      registers,
    }),
    /** `outcome`: Begun, Connected, AwaitsConfirmation, WrongAccount, ScopesMissing, Discarded, Failed, or why it was refused. */
    consents: new Counter({
      name: 'socialchannel_consents_total',
      help: 'Consents that people were led to, and what came of them: Begun, Connected, AwaitsConfirmation, WrongAccount, ScopesMissing, Discarded, Failed, Denied, Expired, Superseded or Changed.',
      labelNames: ['platform', 'outcome'] as const,
      registers,
    }),
    lifetimeChanges: new Counter({
      name: 'socialchannel_lifetime_changes_total',
      help: 'New access tokens that live much shorter than the one before: the platform changed its rules.',
      labelNames: platform,
      registers,
    }),
    revocations: new Counter({
      name: 'socialchannel_revocations_total',
      help: 'Logins that were to be given back to the platform at deletion. outcome: Revoked, AlreadyGone, Failed, or Shared (a sibling lives from it).',
      labelNames: ['platform', 'outcome'] as const,
      registers,
    }),
    falseAccusations: new Counter({
      name: 'socialchannel_false_accusations_total',
      help: 'Verdicts that turned out wrong: the grant lived and a person had been asked to reconnect.',
      labelNames: platform,
      registers,
    }),
  };
}

/** What the things that we depend on answered. `outcome`: Success, or the family of the failure. */
export function dependencyInstruments(registry: Registry) {
  const registers = [registry];
  const outcome = ['operation', 'outcome'] as const;
  return {
    platformRequests: new Counter({
      name: 'socialchannel_platform_requests_total',
      help: 'Requests to platforms by operation and outcome.',
      labelNames: ['platform', 'app', 'operation', 'outcome'] as const,
      registers,
    }),
    platformRequestSeconds: new Histogram({
      name: 'socialchannel_platform_request_duration_seconds',
      help: 'Time of a request to a platform, whatever its outcome.',
      labelNames: ['platform', 'operation'] as const,
      buckets: REQUEST_SECONDS,
      registers,
    }),
    vaultRequests: new Counter({
      name: 'socialchannel_vault_requests_total',
      help: 'Requests to Vault by operation and outcome.',
      labelNames: outcome,
      registers,
    }),
    vaultRequestSeconds: new Histogram({
      name: 'socialchannel_vault_request_duration_seconds',
      help: 'Time of a request to Vault, whatever its outcome.',
      labelNames: ['operation'] as const,
      buckets: QUICK_SECONDS,
      registers,
    }),
    kubernetesRequests: new Counter({
      name: 'socialchannel_kubernetes_requests_total',
      help: 'Requests to the Kubernetes API by operation and outcome.',
      labelNames: outcome,
      registers,
    }),
    kubernetesRequestSeconds: new Histogram({
      name: 'socialchannel_kubernetes_request_duration_seconds',
      help: 'Time of a request to the Kubernetes API, watches excepted.',
      labelNames: ['operation'] as const,
      buckets: QUICK_SECONDS,
      registers,
    }),
    /** `route`: name of a page, never its address; `outcome`: Ok, Redirected, Refused, NotFound, Limited or Failed. */
    pagesRequests: new Counter({
      name: 'socialchannel_pages_requests_total',
      help: 'Requests to the pages by page and outcome: Ok, Redirected, Refused, NotFound, Limited (too many), or Failed.',
      labelNames: ['route', 'outcome'] as const,
      registers,
    }),
    eventsLost: new Counter({
      name: 'socialchannel_events_lost_total',
      help: 'Kubernetes Events that could not be written; nothing else depends on them.',
      registers,
    }),
    /** `against`: vault, or the name of a platform. */
    clockSkewSeconds: new Gauge({
      name: 'socialchannel_clock_skew_seconds',
      help: 'The clock of the other side minus ours, from the Date of its last answer.',
      labelNames: ['against'] as const,
      registers,
    }),
  };
}

/** How the controllers work. `result`: Success, or the family of the failure. */
export function controllerInstruments(registry: Registry) {
  const registers = [registry];
  return {
    /** `change`: Acquired, GivenUp (to another replica) or Lost (not renewed in time). */
    bucketChanges: new Counter({
      name: 'socialchannel_bucket_changes_total',
      help: 'Shares of channels that this replica Acquired, GivenUp to another, or Lost because it could not renew them in time.',
      labelNames: ['change'] as const,
      registers,
    }),
    reconciles: new Counter({
      name: 'socialchannel_reconcile_total',
      help: 'Reconciles by controller and result.',
      labelNames: ['controller', 'result'] as const,
      registers,
    }),
    reconcileSeconds: new Histogram({
      name: 'socialchannel_reconcile_duration_seconds',
      help: 'Time of one reconcile, by controller.',
      labelNames: ['controller'] as const,
      buckets: REQUEST_SECONDS,
      registers,
    }),
  };
}

/** What people are told, and what platforms tell by themselves. */
export function messageInstruments(registry: Registry) {
  const registers = [registry];
  return {
    /** `result`: Sent, Failed (tried again) or Refused (tried again more slowly). */
    notices: new Counter({
      name: 'socialchannel_notices_total',
      help: 'Attempts to send a notice by sink (Webhook, Mail), kind (Expiring, NeedsReauth, Recovered) and result: Sent, Failed, or Refused by the other side; what was not sent is tried again.',
      labelNames: ['sink', 'kind', 'result'] as const,
      registers,
    }),
    /** `kind`: the proof that the platform gives; `outcome` as in src/web/push.ts. */
    pushSignals: new Counter({
      name: 'socialchannel_push_signals_total',
      help: 'Messages of platforms by kind (SignedRequest, SignedBody, SecurityEvent) and outcome: Checked (channels were found, the platform is asked), Unmatched, Challenged, Ignored, Repeated, Forged, Old, Malformed, TooLarge, UnknownApp or Failed.',
      labelNames: ['platform', 'kind', 'outcome'] as const,
      registers,
    }),
  };
}
