/** An invented fleet as its operators would have been scraped: six hours, once a minute, one outage of one platform. */

const stepS = 60;
const hoursShown = 6;

interface Channel {
  readonly name: string;
  readonly platform: string;
  readonly owner: string;
  readonly lifeS: number;
  readonly deadlineDays?: number;
  readonly isLost?: boolean;
}

const platforms = [
  { platform: 'twitch', channels: 9, lifeS: 4 * 3600 },
  { platform: 'youtube', channels: 7, lifeS: 3600 },
  { platform: 'tiktok', channels: 4, lifeS: 24 * 3600, deadlineDays: [5, 23, 48, 200] },
  // Tokens of pages have no end of their own.
  { platform: 'facebook', channels: 3, lifeS: 0, deadlineDays: [19, 61, 80] },
] as const;
const owners = ['Dana Reyes', 'Robin Doe', 'Kim Park', 'Sam Ito'];

const fleet: readonly Channel[] = platforms.flatMap((of) =>
  Array.from({ length: of.channels }, (_, index): Channel => {
    const { platform, lifeS } = of;
    const deadlineDays = 'deadlineDays' in of ? of.deadlineDays[index] : undefined;
    const owner = owners[(index + platform.length) % owners.length] ?? '';
    const rest = deadlineDays === undefined ? {} : { deadlineDays };
    return { name: `stage-${index + 1}-${platform}`, platform, owner, lifeS, ...rest, isLost: index === 6 };
  }),
);

type Labels = Readonly<Record<string, string>>;
type Series = readonly [name: string, labels: Labels, value: (minute: number) => number];

/** Between these minutes YouTube answered 503. */
const isOutage = (minute: number) => minute > 200 && minute < 240;
const wave = (minute: number, length: number) => Math.sin((minute / length) * 2 * Math.PI);

/** OpenMetrics text that ends at `endS`, epoch seconds. */
export function sampleScrapes(endS: number): string {
  const minutes = hoursShown * 60 + 20;
  const lines = seriesOf(endS).flatMap(([name, labels, value]) => {
    const shown = Object.entries(labels).map(([key, text]) => `${key}="${text}"`);
    return Array.from({ length: minutes + 1 }, (_, minute) => {
      const at = endS - (minutes - minute) * stepS;
      return `socialchannel_${name}{${shown.join(',')}} ${value(minute)} ${at}`;
    });
  });
  const memory = [0, 1].flatMap((pod) =>
    Array.from({ length: minutes + 1 }, (_, minute) => {
      const at = endS - (minutes - minute) * stepS;
      return `process_resident_memory_bytes{instance="operator-${pod}"} ${(96 + pod * 7 + 3 * wave(minute, 90)) * 2 ** 20} ${at}`;
    }),
  );
  return `${[...lines, ...memory].join('\n')}\n# EOF\n`;
}

function seriesOf(endS: number): readonly Series[] {
  return [...ofChannels(endS), ...ofPlatforms(endS), ...ofServers(), ...ofReplicas()];
}

function ofChannels(endS: number): readonly Series[] {
  return fleet.flatMap(({ name, platform, owner, deadlineDays, isLost }): Series[] => {
    const labels = { namespace: 'main-stage', name, platform };
    const state = isLost ? 'NeedsReauth' : 'Connected';
    return [
      ['info', { ...labels, owner, app: platform }, () => 1],
      ['state', { ...labels, state }, () => 1],
      ...(deadlineDays === undefined
        ? []
        : [['deadline_timestamp_seconds', labels, () => endS + deadlineDays * 86_400] as const]),
    ];
  });
}

function ofPlatforms(endS: number): readonly Series[] {
  return platforms.flatMap(({ platform, channels, lifeS }): Series[] => {
    const lost = fleet.filter((one) => one.platform === platform && one.isLost).length;
    const isIll = (minute: number) => platform === 'youtube' && isOutage(minute);
    const alive = (minute: number) => channels - lost - (isIll(minute) ? 2 : 0);
    return [
      ['channels', { platform, state: 'Connected', reason: 'Healthy' }, alive],
      ...(platform === 'youtube' ? failing(platform, isIll) : []),
      ...(lost === 0
        ? []
        : [['channels', { platform, state: 'NeedsReauth', reason: 'AccessRevoked' }, () => lost] as const]),
      ['access_tokens_expired', { platform }, () => 0],
      ...(lifeS === 0 ? [] : renewals(endS, platform, lifeS, (channels - lost) / (lifeS / 90), isIll)),
    ];
  });
}

type During = (minute: number) => boolean;

function failing(platform: string, isIll: During): readonly Series[] {
  return [['channels', { platform, state: 'Expiring', reason: 'RefreshFailing' }, (at) => (isIll(at) ? 2 : 0)]];
}

function renewals(endS: number, platform: string, lifeS: number, perMinute: number, isIll: During): readonly Series[] {
  const refreshed = total((at) => (isIll(at) ? 0 : perMinute * (1 + 0.3 * wave(at, 45))));
  const unknown = total((at) => (isIll(at) ? perMinute * 2 : 0));
  const outcomes =
    platform === 'youtube'
      ? ([
          ['Answered', refreshed],
          ['Unknown', unknown],
        ] as const)
      : ([['Answered', refreshed]] as const);
  const leftS = lifeS / 3;
  const at = (minute: number) => endS - (hoursShown * 60 + 20 - minute) * stepS;
  const left = (minute: number) =>
    leftS * (1 - 0.25 * ((minute % 30) / 30)) * (isIll(minute) ? (245 - minute) / 45 : 1);
  const buckets = { '0.5': 0.02, '0.9': 0.2, '1': 0.85, '1.2': 1, '+Inf': 1 };
  return [
    ['soonest_access_token_expiration_timestamp_seconds', { platform }, (minute) => at(minute) + left(minute)],
    ...outcomes.flatMap(([outcome, value]): Series[] => [
      ['token_refresh_total', { platform, result: outcome }, value],
      ['platform_requests_total', { platform, operation: 'refresh', outcome }, value],
    ]),
    ...Object.entries(buckets).map(([share, part]): Series => {
      const le = share === '+Inf' ? share : String(Math.round(leftS * Number(share)));
      return ['refresh_headroom_seconds_bucket', { platform, le }, (minute) => refreshed(minute) * part];
    }),
  ];
}

/** A counter that grows by `rate` in each minute. */
function total(rate: (minute: number) => number): (minute: number) => number {
  return (minute) => Array.from({ length: minute }, (_, at) => rate(at)).reduce((sum, one) => sum + one, 0);
}

function ofServers(): readonly Series[] {
  return (['vault', 'kubernetes'] as const).flatMap((server): Series[] => {
    const perMinute = server === 'vault' ? 40 : 90;
    const asked = (minute: number) => perMinute * minute + 10 * wave(minute, 60);
    return [
      [`${server}_requests_total`, { outcome: 'Answered' }, asked],
      ...(['0.01', '0.05', '0.1', '+Inf'] as const).map((le): Series => {
        const share = { '0.01': 0.9, '0.05': 0.985, '0.1': 0.998, '+Inf': 1 }[le];
        return [`${server}_request_duration_seconds_bucket`, { le }, (minute) => asked(minute) * share];
      }),
    ];
  });
}

function ofReplicas(): readonly Series[] {
  return [
    ...['operator-0', 'operator-1'].flatMap((instance): Series[] => [
      ['buckets_owned', { instance }, () => 8],
      ['build_info', { instance, version: '0.1.0' }, () => 1],
    ]),
    ['refreshes_held', {}, () => 0],
    ...['channels', 'apps', 'platforms'].map((controller): Series => {
      const most = controller === 'channels' ? 0.8 : 0.2;
      return ['workqueue_oldest_seconds', { controller }, (at) => most * (1 + wave(at, 25)) ** 2];
    }),
  ];
}
