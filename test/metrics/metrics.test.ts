import { describe, expect, it } from 'vitest';
import { settings } from '../../src/config-settings.ts';
import type { ChannelGauges } from '../../src/metrics-channels.ts';
import { healthy, metricsOver, NOW } from './scrape.ts';

const DAY_MS = 86_400_000;
const LABELS = 'namespace="main-stage",name="main-stage-twitch",platform="twitch"';

async function linesOver(...parameters: Parameters<typeof metricsOver>): Promise<string[]> {
  return (await metricsOver(...parameters).scrape()).split('\n');
}

describe('the gauges of a channel', () => {
  it.each([
    [`socialchannel_info{${LABELS},app="main-stage/twitch",owner="Dana Reyes"} 1`],
    [`socialchannel_state{${LABELS},state="Connected"} 1`],
    [`socialchannel_status_condition{${LABELS},condition="Ready",status="True"} 1`],
    [`socialchannel_access_token_expiration_timestamp_seconds{${LABELS}} ${NOW / 1000 + 3_600}`],
    [`socialchannel_next_refresh_timestamp_seconds{${LABELS}} ${NOW / 1000 + 1_800}`],
    [`socialchannel_last_refresh_timestamp_seconds{${LABELS}} ${NOW / 1000 - 1_800}`],
  ])('hold %s', async (line) => {
    expect(await linesOver([healthy])).toContain(line);
  });

  it.each([
    ['accessTokenExpiresAt', 'socialchannel_access_token_expiration_timestamp_seconds{'],
    ['deadlineAt', 'socialchannel_deadline_timestamp_seconds{'],
    ['nextRefreshAt', 'socialchannel_next_refresh_timestamp_seconds{'],
    ['lastRefreshAt', 'socialchannel_last_refresh_timestamp_seconds{'],
  ] as const)('are absent, not zero, without %s', async (field, series) => {
    const known = await linesOver([{ ...healthy, [field]: NOW }]);
    expect(known.filter((line) => line.startsWith(series))).toHaveLength(1);
    const unknown = await linesOver([{ ...healthy, [field]: undefined }]);
    expect(unknown.filter((line) => line.startsWith(series))).toEqual([]);
  });

  it('hold the present state alone, and of the conditions Ready and those that are not as they should be', async () => {
    const conditions: ChannelGauges['conditions'] = [
      { type: 'Ready', status: 'False' },
      { type: 'TokenValid', status: 'True' },
      { type: 'ReauthRequired', status: 'True' },
      { type: 'SecretProjected', status: 'Unknown' },
      { type: 'Stalled', status: 'False' },
    ];
    const lines = await linesOver([{ ...healthy, state: 'NeedsReauth', conditions }]);
    expect(lines.filter((line) => /^socialchannel_(state|status_condition)\{/.test(line))).toEqual([
      `socialchannel_state{${LABELS},state="NeedsReauth"} 1`,
      `socialchannel_status_condition{${LABELS},condition="Ready",status="False"} 1`,
      `socialchannel_status_condition{${LABELS},condition="ReauthRequired",status="True"} 1`,
      `socialchannel_status_condition{${LABELS},condition="SecretProjected",status="Unknown"} 1`,
    ]);
  });

  it('are as the store is at the moment of the scrape', async () => {
    const channels: ChannelGauges[] = [];
    const metrics = metricsOver(channels);
    expect(await metrics.scrape()).not.toContain('main-stage-twitch');
    channels.push(healthy);
    expect(await metrics.scrape()).toContain('main-stage-twitch');
    channels.pop();
    expect(await metrics.scrape()).not.toContain('main-stage-twitch');
  });

  it('escape what a label may not hold as it is', async () => {
    const lines = await linesOver([{ ...healthy, owner: 'a "b" \\ c\nd' }]);
    expect(lines.find((line) => line.startsWith('socialchannel_info'))).toContain('owner="a \\"b\\" \\\\ c\\nd"');
  });
});

describe('above the limit', () => {
  const ready = { type: 'Ready', status: 'True' } as const;
  const secretStale = { type: 'SecretProjected', status: 'False' } as const;
  const others = Array.from({ length: 10 }, (_, index): ChannelGauges => ({ ...healthy, name: `other-${index}` }));

  it.each<[string, Partial<ChannelGauges>, number]>([
    ['is healthy', {}, 0],
    ['has a far deadline', { deadlineAt: NOW + 31 * DAY_MS }, 0],
    ['nears its deadline', { deadlineAt: NOW + 29 * DAY_MS }, 1],
    ['needs a person', { state: 'NeedsReauth', reason: 'AccessRevoked' }, 1],
    ['waits for its first connection', { state: 'Pending', reason: 'NeverConnected' }, 1],
    ['is not ready', { conditions: [{ type: 'Ready', status: 'False' }] }, 1],
    ['has a token that ended', { accessTokenExpiresAt: NOW - 1 }, 1],
    ['has a token that ended, and no refresh planned', { accessTokenExpiresAt: NOW - 1, nextRefreshAt: undefined }, 1],
    ['is ready beside a Secret that could not be written', { conditions: [ready, secretStale] }, 1],
    ['fails to refresh', { failingSince: NOW - 1 }, 1],
  ])('a channel that %s has %#: its own series or none', async (_, change, expected) => {
    const lines = await linesOver([...others, { ...healthy, ...change }], {}, 5);
    expect(lines.filter((line) => line.startsWith('socialchannel_info{'))).toHaveLength(expected);
    expect(lines).toContain(`socialchannel_channels_without_series ${11 - expected}`);
  });

  it('the most urgent come first, and what an alert would tell of the rest is counted', async () => {
    const ended = NOW - 1;
    const inOrder: ChannelGauges[] = [
      { ...healthy, name: 'ended', accessTokenExpiresAt: ended },
      { ...healthy, name: 'stale', conditions: [ready, secretStale] },
      { ...healthy, name: 'lost', state: 'NeedsReauth' },
      { ...healthy, name: 'six-days', deadlineAt: NOW + 6 * DAY_MS },
      { ...healthy, name: 'fails-and-ends-first', failingSince: ended, accessTokenExpiresAt: NOW + 5_000 },
      { ...healthy, name: 'fails', failingSince: ended, accessTokenExpiresAt: NOW + 9_000 },
      { ...healthy, name: 'twenty-days', deadlineAt: NOW + 20 * DAY_MS },
      { ...healthy, name: 'waits', state: 'Pending' },
      { ...healthy, name: 'suspended', accessTokenExpiresAt: ended, nextRefreshAt: undefined },
    ];
    const urgent = [true, true, true, true, false, false, true, false, false];
    for (let limit = 0; limit < inOrder.length; limit += 1) {
      const lines = await linesOver([...others, ...inOrder].reverse(), {}, limit);
      const shown = lines.flatMap((line) => /^socialchannel_info\{.*name="([\w-]+)"/.exec(line)?.[1] ?? []);
      const kept = limit > 7 ? inOrder.slice(7).map(({ name }) => name) : [];
      // The last two are equals but for their tokens' ends.
      expect(shown.slice(0, 7)).toEqual(inOrder.slice(0, Math.min(limit, 7)).map(({ name }) => name));
      for (const name of shown.slice(7)) expect(kept).toContain(name);
      const unheard = urgent.slice(limit).filter(Boolean).length;
      expect(lines).toContain(`socialchannel_urgent_channels_without_series ${unheard}`);
      expect(lines).toContain(`socialchannel_channels_without_series ${19 - limit}`);
    }
  });

  it('the counts still tell of all', async () => {
    const lines = await linesOver(others, {}, 5);
    expect(lines).toContain('socialchannel_channels{platform="twitch",state="Connected",reason="Healthy"} 10');
  });

  it('at the limit itself nothing is left out', async () => {
    const lines = await linesOver(others, {}, 10);
    expect(lines.filter((line) => line.startsWith('socialchannel_info{'))).toHaveLength(10);
    expect(lines).toContain('socialchannel_channels_without_series 0');
  });
});

describe('the counts of the fleet', () => {
  const fleet: ChannelGauges[] = [
    { ...healthy, name: 'a', deadlineAt: NOW + 6 * DAY_MS, accessTokenExpiresAt: NOW + 20_000, nextRefreshAt: NOW - 1 },
    { ...healthy, name: 'b', deadlineAt: NOW + 40 * DAY_MS, accessTokenExpiresAt: NOW + 10_000 },
    { ...healthy, name: 'c', accessTokenExpiresAt: NOW - 10_000, state: 'NeedsReauth', reason: 'AccessRevoked' },
    { ...healthy, name: 'd', platform: 'youtube', accessTokenExpiresAt: undefined },
  ];

  it.each([
    ['socialchannel_channels{platform="twitch",state="Connected",reason="Healthy"} 2'],
    ['socialchannel_channels{platform="twitch",state="NeedsReauth",reason="AccessRevoked"} 1'],
    ['socialchannel_channels{platform="youtube",state="Connected",reason="Healthy"} 1'],
    ['socialchannel_access_tokens_expired{platform="twitch"} 1'],
    ['socialchannel_access_tokens_expired{platform="youtube"} 0'],
    ['socialchannel_refreshes_overdue{platform="twitch"} 1'],
    ['socialchannel_deadlines_within{platform="twitch",days="7"} 1'],
    ['socialchannel_deadlines_within{platform="twitch",days="30"} 1'],
    ['socialchannel_deadlines_within{platform="twitch",days="90"} 2'],
    ['socialchannel_deadlines_within{platform="youtube",days="90"} 0'],
    ['socialchannel_refreshes_overdue{platform="youtube"} 0'],
    [`socialchannel_soonest_access_token_expiration_timestamp_seconds{platform="twitch"} ${NOW / 1000 + 10}`],
  ])('hold %s', async (line) => {
    expect(await linesOver(fleet)).toContain(line);
  });

  it('leave out an end where no token has one', async () => {
    const lines = await linesOver(fleet);
    expect(lines.filter((line) => /^socialchannel_soonest.*youtube/.test(line))).toEqual([]);
  });
});

describe('the process', () => {
  it.each([
    [`socialchannel_build_info{version="0.1.0",node_version="${process.version}"} 1`],
    ['socialchannel_buckets_owned 1'],
    ['socialchannel_replicas 3'],
    ['socialchannel_refreshes_held 2'],
    ['socialchannel_channels_held_back{dependency="vault"} 4'],
    ['socialchannel_workqueue_depth{controller="channels"} 3'],
    ['socialchannel_workqueue_oldest_seconds{controller="channels"} 1.5'],
    ['socialchannel_reflector_last_sync_timestamp_seconds{kind="SocialChannel"} 5'],
    ['socialchannel_reflector_restarts_total{kind="SocialChannel"} 2'],
    ['socialchannel_reflector_restarts_total{kind="SocialApp"} 0'],
  ])('tells %s', async (line) => {
    const metrics = metricsOver([], {
      queues: () => [{ controller: 'channels', depth: 3, oldestAgeMs: 1_500 }],
      reflectors: () => [
        { kind: 'SocialChannel', lastContactAt: 5_000, restarts: 2 },
        { kind: 'SocialApp', restarts: 0 },
      ],
    });
    await metrics.scrape();
    // The second scrape: what is fetched each time must not add up.
    expect((await metrics.scrape()).split('\n')).toContain(line);
  });

  it('tells the end of the Vault login while there is one', async () => {
    let at: number | undefined = 7_000;
    const metrics = metricsOver([], { vaultLoginExpiresAt: () => at });
    const series = async () =>
      (await metrics.scrape()).split('\n').filter((line) => line.startsWith('socialchannel_vault_token_expiration'));
    expect(await series()).toEqual(['socialchannel_vault_token_expiration_timestamp_seconds 7']);
    at = undefined;
    expect(await series()).toEqual([]);
  });

  it('has no metric of another process in the same memory', async () => {
    const [one, other] = [metricsOver([]), metricsOver([])];
    one.claims.inc({ platform: 'twitch', outcome: 'Won' });
    expect(await one.scrape()).toContain('socialchannel_claims_total{platform="twitch",outcome="Won"} 1');
    expect(await other.scrape()).not.toContain('socialchannel_claims_total{');
  });

  it('lets the series of an app begin at zero', async () => {
    const metrics = metricsOver([]);
    metrics.beginApp('twitch', 'main-stage/twitch');
    const lines = (await metrics.scrape()).split('\n');
    expect(lines).toContain(
      'socialchannel_token_refresh_total{platform="twitch",app="main-stage/twitch",result="Answered",family="None"} 0',
    );
    expect(lines).toContain('socialchannel_false_accusations_total{platform="twitch"} 0');
  });
});

describe('every metric of ours', () => {
  it('has the prefix, a help text, and no label that names a person or grows without bound', async () => {
    const described = await metricsOver([healthy]).describe();
    expect(described.length).toBeGreaterThan(35);
    for (const { name, help, labels } of described) {
      expect(name).toMatch(/^socialchannel_/);
      expect(help).toMatch(/^[A-Z].*\.$/);
      for (const forbidden of ['account', 'account_id', 'handle', 'email', 'url', 'message', 'scope']) {
        expect(labels).not.toContain(forbidden);
      }
    }
    expect(described.filter(({ labels }) => labels.includes('owner')).map(({ name }) => name)).toEqual([
      'socialchannel_info',
    ]);
  });

  // The longest names that people use: a namespace and a name of 40 characters each.
  const namespace = 'a'.repeat(40);
  const conditions = (['Ready', 'TokenValid', 'SecretProjected'] as const).map(
    (type) => ({ type, status: 'False' }) as const,
  );
  const worst: Partial<ChannelGauges> = { state: 'NeedsReauth', deadlineAt: NOW, failingSince: NOW, conditions };
  it.each<[number, string, Partial<ChannelGauges>]>([
    [1_000, 'healthy', {}],
    [1_001, 'healthy', {}],
    [1_000, 'in every trouble at once', worst],
    [1_001, 'in every trouble at once', worst],
    [100_000, 'healthy', {}],
    [100_000, 'in every trouble at once', worst],
  ])('keep a scrape below 2 MB with %i channels that are %s', async (count, _, trouble) => {
    const many = Array.from(
      { length: count },
      (_, index): ChannelGauges => ({
        ...healthy,
        ...trouble,
        namespace,
        name: `${index}`.padStart(40, 'c'),
      }),
    );
    const limit = Number(settings.metricsChannelLimit.default);
    expect((await metricsOver(many, {}, limit).scrape()).length).toBeLessThan(2_000_000);
  });
});
