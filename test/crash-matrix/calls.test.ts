import { describe, expect, it } from 'vitest';
import { type Cell, cellsOf, idOf, inOrder, shuffled } from '../../crash/cells.ts';
import { slowed } from '../../crash/pace.ts';
import { readResults, shortened, withoutPlaces } from '../../crash/results.ts';
import { callOf, matchOf, type Server, taking } from '../../crash/wire.ts';
import { matches } from '../harness/fault-rules.ts';

const kube = '/apis/socialops.dev/v1alpha1/namespaces/stage-1a';
const vault = '/v1/social/data/tests-1a/channels/stage-1a/live';

const requests: readonly [server: Server, method: string, path: string, body: string, call: string][] = [
  ['kubernetes', 'PATCH', `${kube}/socialchannels/live/status?fieldManager=a`, '', 'socialchannels/live/status'],
  ['kubernetes', 'PATCH', `${kube}/socialchannels/live?fieldManager=a`, '', 'socialchannels/live'],
  [
    'kubernetes',
    'GET',
    '/api/v1/namespaces/stage-1a/secrets?labelSelector=a&fieldSelector=metadata.name%3Dlive-token',
    '',
    'secrets[live-token]',
  ],
  ['kubernetes', 'POST', '/api/v1/namespaces/stage-1a/secrets?fieldManager=a', '{}', 'secrets'],
  ['kubernetes', 'GET', '/api/v1/namespaces/stage-1a', '', 'namespaces/{name}'],
  ['kubernetes', 'PATCH', `${kube}/socialapps/app-0f1e2d/status?fieldManager=a`, '', 'socialapps/app/status'],
  [
    'kubernetes',
    'GET',
    '/api/v1/namespaces/a/secrets?fieldSelector=metadata.name%3Dlive-0f1e2d-b',
    '',
    'secrets[live-b]',
  ],
  [
    'kubernetes',
    'DELETE',
    `/api/v1/namespaces/operator-1a/secrets/socialchannel-escrow-${'ab'.repeat(20)}`,
    '',
    'secrets/{escrow}',
  ],
  [
    'kubernetes',
    'PATCH',
    '/apis/coordination.k8s.io/v1/namespaces/a/leases/social-channel-operator-bucket-00?fieldManager=a',
    '',
    'leases/{share}',
  ],
  [
    'vault',
    'GET',
    '/v1/social/metadata/tests-1a/channels/stage-1a/live-0f1e2d/parked',
    '',
    'metadata channels/live/parked',
  ],
  ['vault', 'POST', `${vault}/grant`, '{"data":{"writeId":"claim-1"}}', 'channels/live/grant (claim)'],
  ['vault', 'POST', `${vault}/grant`, '{"data":{"writeId":"commit-1"}}', 'channels/live/grant (commit)'],
  ['vault', 'POST', `${vault}/grant`, '{"data":{"writeId":"5f0c"}}', 'channels/live/grant'],
  ['vault', 'POST', `/v1/social/data/tests-1a/imported/${'ab'.repeat(32)}`, '{}', 'imported/{hash}'],
  ['vault', 'GET', vault.replace('data', 'metadata'), '', 'metadata channels/live'],
  [
    'platform',
    'POST',
    '/id.kick.com/oauth/token',
    'grant_type=refresh_token&a=b',
    'id.kick.com/oauth/token (refresh_token)',
  ],
  [
    'platform',
    'GET',
    '/graph.threads.net/refresh_access_token?grant_type=th_refresh_token&access_token=THAA',
    '',
    'graph.threads.net/refresh_access_token',
  ],
];

describe('a call', () => {
  it.each(requests)(
    'is called by what it does, and met by its own name alone: %s %s %s',
    (server, method, path, body, name) => {
      const call = callOf(server, { method, path, body });
      expect(call).toBe(`${server} ${method} ${name}`);
      const met = requests.filter(
        ([other, m, p, b]) => other === server && matches(matchOf(call ?? ''), { method: m, path: p, body: b }),
      );
      expect(met.map(([, , met]) => met)).toEqual([path]);
    },
  );

  it.each<[Server, string]>([
    ['vault', '/v1/auth/kubernetes/login'],
    ['kubernetes', '/apis/coordination.k8s.io/v1/namespaces/a/leases/b'],
    ['kubernetes', `${kube}/socialchannels?watch=true`],
    ['kubernetes', `${kube}/socialchannels?limit=500`],
    ['kubernetes', '/apis/coordination.k8s.io/v1/namespaces/a/leases/social-channel-operator-replica-b'],
    ['kubernetes', '/api/v1/namespaces/a/secrets?dryRun=All'],
  ])('that goes on beside is none: %s %s', (server, path) => {
    expect(callOf(server, { method: 'GET', path, body: '' })).toBeUndefined();
  });
});

describe('the cells of a story', () => {
  const story = { path: 'refresh', kind: 'reusable', isAnswerLost: false } as const;
  const calls = [
    taking,
    'vault GET a',
    'vault GET a',
    'vault POST a',
    'vault GET a',
    'kubernetes GET socialapps/app',
    'vault POST a',
    'kubernetes GET socialapps/app',
    taking,
    'vault POST b',
  ];

  it('are each call by its number up to the last deed, three points and the troubles beside', () => {
    const cells = cellsOf(story, [...calls, 'vault GET c']);
    expect(cells).toHaveLength(7 * 3 * 3);
    expect(new Set(cells.map(({ call, nth }) => `${call} #${nth}`))).toEqual(
      new Set([
        ...[`${taking} #1`, 'vault GET a #1', 'vault POST a #1'],
        // Read again after something was done; the second one has read what the first had.
        ...['vault GET a #3', 'kubernetes GET socialapps/app #1', 'vault POST a #2', 'vault POST b #1'],
      ]),
    );
    expect(new Set(cells.map(idOf)).size).toBe(cells.length);
    expect(cellsOf({ ...story, isAnswerLost: true }, calls)).toHaveLength(7 * 3);
  });

  it('come in the same order for the same seed', () => {
    const cells = cellsOf(story, calls);
    expect(shuffled(cells, 7)).toEqual(shuffled(cells, 7));
    expect(shuffled(cells, 7)).not.toEqual(shuffled(cells, 8));
    expect(shuffled(cells, 7)).toHaveLength(cells.length);
  });
});

it('of a consent each deed counts, and a read the first time alone: page and owner read beside each other', () => {
  const calls = ['vault GET a', 'vault POST a', 'vault GET a', 'vault POST a'];
  const cells = cellsOf({ path: 'consent-again', kind: 'reusable', isAnswerLost: true }, calls);
  expect(new Set(cells.map(({ call, nth }) => `${call} #${nth}`))).toEqual(
    new Set(['vault GET a #1', 'vault POST a #1', 'vault POST a #2']),
  );
});

describe('the order of the matrix', () => {
  const cell = { path: 'refresh', nth: 1 } as const;
  const cells = (['reusable', 'single-use', 'kills-on-replay'] as const).flatMap((kind) =>
    (['vault GET a', 'vault POST b'] as const).flatMap((call) =>
      (['before-forward', 'after-answer'] as const).flatMap((point) =>
        (['nothing', 'vault-down'] as const).map((trouble): Cell => ({ ...cell, kind, call, point, trouble })),
      ),
    ),
  );
  const places = (of: readonly Cell[]) => of.map(({ call, point }) => `${call} ${point}`);

  it('has every call at every point once, with the hardest kind and the deeds first, before any of them twice', () => {
    const first = inOrder(cells, 7).slice(0, 4);
    expect(new Set(places(first)).size).toBe(4);
    expect(first.map(({ call }) => call)).toEqual(['vault POST b', 'vault POST b', 'vault GET a', 'vault GET a']);
    expect(new Set(first.map(({ kind }) => kind))).toEqual(new Set(['kills-on-replay']));
    expect(new Set(places(inOrder(cells, 7).slice(4, 8))).size).toBe(4);
  });

  it('holds every cell once, and another trouble first for another seed', () => {
    expect(inOrder(cells, 7).map(idOf).sort()).toEqual(cells.map(idOf).sort());
    expect(inOrder(cells, 7)).not.toEqual(inOrder(cells, 8));
  });
});

it('on a slow machine every duration is so many times as long, and no count', () => {
  const flags = ['--http-timeout', '2s', '--lease-renew-interval', '2400ms', '--lease-buckets', '1'];
  expect(slowed(flags, 3)).toEqual([
    '--http-timeout',
    '6s',
    '--lease-renew-interval',
    '7200ms',
    '--lease-buckets',
    '1',
  ]);
  expect(slowed(flags, 1)).toEqual(flags);
});

describe('what is written down', () => {
  it('is what was written, sent, refused or broken', () => {
    const trace = [
      'vault GET a: 200',
      'kubernetes GET b: 404',
      'vault POST c: 200',
      'vault GET a: 503',
      'platform GET d: 200',
    ];
    expect(shortened(trace)).toEqual(trace.slice(2));
  });

  it('names no place of this machine', () => {
    expect(withoutPlaces(new Error('see /tmp/x/operator.log at 127.0.0.1:15000\nsecond line'))).toBe(
      'see {path} at {server}',
    );
    const { cells, stories } = readResults();
    const all = JSON.stringify([cells, stories]);
    expect(all).not.toMatch(/\/(?:tmp|home|work)\/|127\.0\.0\.1|access_token=|"hvs\.|eyJ/);
  });

  it('says of each cell at which commit, with which seed, and what was seen on the wire', () => {
    const { cells } = readResults();
    expect(cells.length).toBeGreaterThan(0);
    for (const { commit, seed, trace, outcome } of cells) {
      expect({ commit, seed, trace, outcome }).toEqual({
        commit: expect.stringMatching(/^[0-9a-f]{7,}\+?$/),
        seed: expect.any(Number),
        trace: expect.any(Array),
        outcome: expect.any(String),
      });
    }
  });
});
