import { describe, expect, it } from 'vitest';
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
    [`socialchannel_state{${LABELS},state="Pending"} 0`],
    [`socialchannel_state{${LABELS},state="Expiring"} 0`],
    [`socialchannel_state{${LABELS},state="NeedsReauth"} 0`],
    [`socialchannel_status_condition{${LABELS},condition="Ready",status="True"} 1`],
    [`socialchannel_status_condition{${LABELS},condition="ReauthRequired",status="False"} 1`],
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
  const others = Array.from({ length: 10 }, (_, index): ChannelGauges => ({ ...healthy, name: `other-${index}` }));

  it.each<[string, Partial<ChannelGauges>, number]>([
    ['is healthy', {}, 0],
    ['has a far deadline', { deadlineAt: NOW + 8 * DAY_MS }, 0],
    ['nears its deadline', { deadlineAt: NOW + 6 * DAY_MS }, 1],
    ['needs a person', { state: 'NeedsReauth', reason: 'AccessRevoked' }, 1],
    ['waits for its first connection', { state: 'Pending', reason: 'NeverConnected' }, 1],
    ['is not ready', { conditions: [{ type: 'Ready', status: 'False' }] }, 1],
    ['has a token that ended', { accessTokenExpiresAt: NOW - 1 }, 1],
    ['fails to refresh', { failingSince: NOW - 1 }, 1],
  ])('a channel that %s has %#: its own series or none', async (_, change, expected) => {
    const lines = await linesOver([...others, { ...healthy, ...change }], {}, 5);
    expect(lines.filter((line) => line.startsWith('socialchannel_info{'))).toHaveLength(expected);
    expect(lines).toContain(`socialchannel_channels_without_series ${11 - expected}`);
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
    { ...healthy, name: 'a', accessTokenExpiresAt: NOW + 20_000, nextRefreshAt: NOW - 1 },
    { ...healthy, name: 'b', accessTokenExpiresAt: NOW + 10_000 },
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

  it('keep the scrape of 50,000 healthy channels small', async () => {
    const many = Array.from({ length: 50_000 }, (_, index): ChannelGauges => ({ ...healthy, name: `c-${index}` }));
    expect((await metricsOver(many).scrape()).length).toBeLessThan(100_000);
  });
});
