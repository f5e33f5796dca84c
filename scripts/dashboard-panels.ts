// A flat table: what each dashboard shows, row by row.

export interface Query {
  readonly expr: string;
  readonly legend?: string;
}

export interface Panel {
  readonly title: string;
  /** One sentence: what a person reads from it. */
  readonly about: string;
  readonly kind: 'stat' | 'timeseries' | 'table' | 'state-timeline';
  readonly unit: string;
  /** Of 24 columns. */
  readonly width: number;
  readonly height: number;
  readonly queries: readonly Query[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  /** Prometheus label_values queries, by the name of the variable. */
  readonly variables: readonly { readonly name: string; readonly query: string; readonly isMany: boolean }[];
  readonly panels: readonly Panel[];
}

const perChannel = 'max by (namespace, name, platform)';
const left = (metric: string, selector = '') => `${perChannel} (socialchannel_${metric}${selector}) - time()`;
const platforms = '{platform=~"$platform"}';
const one = '{namespace="$namespace",name="$name"}';
const endingWithin = (days: number) => `sum(socialchannel_deadlines_within{days="${days}",platform=~"$platform"})`;
const p = (quantile: number, histogram: string, by = '') =>
  `histogram_quantile(${quantile}, sum by (le${by}) (rate(socialchannel_${histogram}_bucket[$__rate_interval])))`;

export const dashboards: readonly Dashboard[] = [
  {
    uid: 'social-channel-fleet',
    title: 'Social channels: fleet',
    about: 'States of all channels, who has to act next, and how refreshes, Vault and the API server are.',
    variables: [{ name: 'platform', query: 'label_values(socialchannel_channels, platform)', isMany: true }],
    panels: [
      {
        title: 'Channels by state',
        about: 'How many channels are in which state now.',
        kind: 'stat',
        unit: 'short',
        width: 12,
        height: 5,
        queries: [{ expr: `sum by (state) (socialchannel_channels${platforms})`, legend: '{{state}}' }],
      },
      {
        title: 'Consents that end',
        about: 'For so many channels a person has to act within 7, 30 and 90 days.',
        kind: 'stat',
        unit: 'short',
        width: 8,
        height: 5,
        queries: [
          { expr: endingWithin(7), legend: '7 days' },
          { expr: endingWithin(30), legend: '30 days' },
          { expr: endingWithin(90), legend: '90 days' },
        ],
      },
      {
        title: 'Tokens that ended',
        about: 'Channels whose pods have no valid token.',
        kind: 'stat',
        unit: 'short',
        width: 4,
        height: 5,
        queries: [{ expr: `sum(socialchannel_access_tokens_expired${platforms})`, legend: 'ended' }],
      },
      {
        title: 'Who has to reconnect now',
        about: 'Channels in NeedsReauth, with the owner.',
        kind: 'table',
        unit: 'short',
        width: 12,
        height: 8,
        queries: [
          {
            expr: `(${perChannel} (socialchannel_state{state="NeedsReauth",platform=~"$platform"}) == 1) * on (namespace, name) group_left (owner, app) max by (namespace, name, owner, app) (socialchannel_info)`,
          },
        ],
      },
      {
        title: 'Who has to act next',
        about:
          'Consents by the time that is left; no refresh moves these. Above the limit of channels, those of the next 30 days.',
        kind: 'table',
        unit: 's',
        width: 12,
        height: 8,
        queries: [
          {
            expr: `sort((${left('deadline_timestamp_seconds', platforms)}) * on (namespace, name) group_left (owner, app) max by (namespace, name, owner, app) (socialchannel_info))`,
          },
        ],
      },
      {
        title: 'Reasons',
        about: 'Why channels are not simply healthy.',
        kind: 'timeseries',
        unit: 'short',
        width: 12,
        height: 8,
        queries: [
          {
            expr: 'sum by (platform, reason) (socialchannel_channels{platform=~"$platform",reason!="Healthy"})',
            legend: '{{platform}} {{reason}}',
          },
        ],
      },
      {
        title: 'The next token that ends',
        about: 'Time until the first living access token of a platform ends; it saws, and never nears zero.',
        kind: 'timeseries',
        unit: 's',
        width: 12,
        height: 8,
        queries: [
          {
            expr: `min by (platform) (socialchannel_soonest_access_token_expiration_timestamp_seconds${platforms}) - time()`,
            legend: '{{platform}}',
          },
        ],
      },
      {
        title: 'Refreshes',
        about: 'Refreshes a minute by platform and ending.',
        kind: 'timeseries',
        unit: 'short',
        width: 12,
        height: 8,
        queries: [
          {
            expr: `60 * sum by (platform, result) (rate(socialchannel_token_refresh_total${platforms}[$__rate_interval]))`,
            legend: '{{platform}} {{result}}',
          },
        ],
      },
      {
        title: 'Headroom at refresh',
        about:
          'What was left of the old token when its successor was stored: flat in an ordinary night, zero is a gap.',
        kind: 'timeseries',
        unit: 's',
        width: 12,
        height: 8,
        queries: [{ expr: p(0.05, 'refresh_headroom_seconds', ', platform'), legend: '{{platform}}, worst 5 %' }],
      },
      {
        title: 'Answers of platforms',
        about: 'Requests a minute by platform, operation and outcome.',
        kind: 'timeseries',
        unit: 'short',
        width: 12,
        height: 8,
        queries: [
          {
            expr: `60 * sum by (platform, operation, outcome) (rate(socialchannel_platform_requests_total${platforms}[$__rate_interval]))`,
            legend: '{{platform}} {{operation}} {{outcome}}',
          },
        ],
      },
      {
        title: 'Vault',
        about: 'Requests a second by answer, and the time that the slowest of a hundred takes.',
        kind: 'timeseries',
        unit: 'short',
        width: 6,
        height: 8,
        queries: [
          {
            expr: 'sum by (outcome) (rate(socialchannel_vault_requests_total[$__rate_interval]))',
            legend: 'answer {{outcome}}',
          },
          { expr: p(0.99, 'vault_request_duration_seconds'), legend: 'p99, seconds' },
        ],
      },
      {
        title: 'API server',
        about: 'Requests a second by answer, and the time that the slowest of a hundred takes.',
        kind: 'timeseries',
        unit: 'short',
        width: 6,
        height: 8,
        queries: [
          {
            expr: 'sum by (outcome) (rate(socialchannel_kubernetes_requests_total[$__rate_interval]))',
            legend: 'answer {{outcome}}',
          },
          { expr: p(0.99, 'kubernetes_request_duration_seconds'), legend: 'p99, seconds' },
        ],
      },
      {
        title: 'Replicas and their shares',
        about: 'Shares of channels by replica; channels that no replica looks after are held.',
        kind: 'timeseries',
        unit: 'short',
        width: 8,
        height: 7,
        queries: [
          { expr: 'max by (instance) (socialchannel_buckets_owned)', legend: '{{instance}}' },
          { expr: 'min(socialchannel_refreshes_held)', legend: 'channels held' },
        ],
      },
      {
        title: 'Queues',
        about: 'How long the first key waits for a worker.',
        kind: 'timeseries',
        unit: 's',
        width: 8,
        height: 7,
        queries: [
          {
            expr: 'max by (controller) (socialchannel_workqueue_oldest_seconds)',
            legend: '{{controller}}',
          },
        ],
      },
      {
        title: 'Memory',
        about: 'Resident memory of each replica.',
        kind: 'timeseries',
        unit: 'bytes',
        width: 8,
        height: 7,
        queries: [
          {
            expr: 'process_resident_memory_bytes * on (instance) group_left () max by (instance) (socialchannel_build_info)',
            legend: '{{instance}}',
          },
        ],
      },
    ],
  },
  {
    uid: 'social-channel',
    title: 'Social channels: one channel',
    about: 'The life of one channel: its state, its token, its consent.',
    variables: [
      { name: 'namespace', query: 'label_values(socialchannel_info, namespace)', isMany: false },
      { name: 'name', query: 'label_values(socialchannel_info{namespace="$namespace"}, name)', isMany: false },
    ],
    panels: [
      {
        title: 'Account and owner',
        about: 'Which app it uses and who can reconnect it.',
        kind: 'table',
        unit: 'short',
        width: 12,
        height: 4,
        queries: [{ expr: `max by (platform, app, owner) (socialchannel_info${one})` }],
      },
      {
        title: 'Token ends in',
        about: 'What is left of the access token that pods have.',
        kind: 'stat',
        unit: 's',
        width: 4,
        height: 4,
        queries: [{ expr: left('access_token_expiration_timestamp_seconds', one), legend: 'left' }],
      },
      {
        title: 'Consent ends in',
        about: 'When a person is needed; empty where no such moment is known.',
        kind: 'stat',
        unit: 's',
        width: 4,
        height: 4,
        queries: [{ expr: left('deadline_timestamp_seconds', one), legend: 'left' }],
      },
      {
        title: 'Next refresh in',
        about: 'Negative for a while is a refresh that is being tried again.',
        kind: 'stat',
        unit: 's',
        width: 4,
        height: 4,
        queries: [{ expr: left('next_refresh_timestamp_seconds', one), legend: 'in' }],
      },
      {
        title: 'State',
        about: 'Connected, Expiring, NeedsReauth or Pending over time.',
        kind: 'state-timeline',
        unit: 'short',
        width: 24,
        height: 6,
        queries: [{ expr: `max by (state) (socialchannel_state${one})`, legend: '{{state}}' }],
      },
      {
        title: 'Conditions',
        about: 'Ready, and one line for each other condition that is not as it should be.',
        kind: 'state-timeline',
        unit: 'short',
        width: 24,
        height: 7,
        queries: [
          {
            expr: `max by (condition, status) (socialchannel_status_condition${one})`,
            legend: '{{condition}} {{status}}',
          },
        ],
      },
      {
        title: 'Life of the token',
        about: 'What is left of the token over time: each refresh lifts it, and it never reaches zero.',
        kind: 'timeseries',
        unit: 's',
        width: 24,
        height: 8,
        queries: [
          { expr: left('access_token_expiration_timestamp_seconds', one), legend: 'access token' },
          { expr: left('deadline_timestamp_seconds', one), legend: 'consent' },
        ],
      },
    ],
  },
];
