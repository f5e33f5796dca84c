import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dashboard, dashboards } from '../../scripts/dashboard-panels.ts';
import { dashboardFiles } from '../../scripts/dashboards.ts';
import { isConnected, type OperatedStage, operatedStage } from '../channel/operated-stage.ts';
import { type Prometheus, startPrometheus } from '../harness/prometheus.ts';
import { waitFor } from '../harness/wait.ts';

let stage: OperatedStage;
let prometheus: Prometheus;

/** One channel that works, one whose login was withdrawn, one whose consent has an end. */
beforeAll(async () => {
  stage = await operatedStage();
  prometheus = await startPrometheus(stage.operator.opsAddress);
  const twitch = await stage.simulatedApp('twitch', 'twitch');
  const linkedin = await stage.simulatedApp('linkedin', 'linkedin');
  await stage.connect('twitch', twitch, 'twitch', 'works');
  const lost = await stage.connect('twitch', twitch, 'twitch', 'lost');
  await stage.connect('linkedin', linkedin, 'linkedin', 'ends');
  for (const name of ['works', 'lost', 'ends']) await stage.until(name, `${name} to connect`, isConnected);
  await stage.simulator.strike({ platform: 'twitch', cause: 'disconnected', accountId: lost.accountId });
  await stage.patch('SocialChannel', 'lost', { metadata: { annotations: { 'socialops.dev/refresh': 'now' } } });
  await stage.until('lost', 'the lost login to be told', ({ state }) => state === 'NeedsReauth', 60_000);
  // Twice: a rate is told from the second on.
  for (const wish of ['first', 'second']) await refreshed('works', wish);
  await waitFor(async () => (await prometheus.query('socialchannel_state{state="NeedsReauth"} == 1')).length > 0, {
    what: 'Prometheus to see the lost login',
  });
});

afterAll(async () => {
  await prometheus?.stop();
  await stage?.removeAll();
});

async function refreshed(name: string, wish: string): Promise<void> {
  const before = (await stage.status(name)).generation ?? 0;
  await stage.patch('SocialChannel', name, { metadata: { annotations: { 'socialops.dev/refresh': wish } } });
  await stage.until(name, `${name} to be refreshed`, ({ generation = 0 }) => generation > before, 60_000);
}

/** The query as Grafana sends it for one channel, with a window of the test's own. */
function filled(expr: string, name: string): string {
  return expr
    .replaceAll('$__rate_interval', '10m')
    .replaceAll('$platform', '.*')
    .replaceAll('$namespace', stage.namespace)
    .replaceAll('$name', name);
}

const queries = dashboards.flatMap(({ title, panels }) =>
  panels.flatMap((panel) => panel.queries.map(({ expr }) => ({ at: `${title}: ${panel.title}`, expr }))),
);

describe('every query of a dashboard', () => {
  it.each(queries)('$at has data: $expr', async ({ expr }) => {
    const name = /deadline/.test(expr) ? 'ends' : 'works';
    const look = async () => (await prometheus.query(filled(expr, name))).length > 0;
    await waitFor(look, { what: `data for ${expr}`, timeoutMs: 15_000 });
  });
});

describe('a dashboard', () => {
  it.each<Dashboard>(dashboards)('$title has panels side by side that do not overlap, and no import', ({ uid }) => {
    const file = dashboardFiles().get(`charts/social-channel-operator/files/dashboards/${uid}.json`) ?? '';
    const json = JSON.parse(file) as {
      panels: { gridPos: { x: number; y: number; w: number; h: number }; description: string }[];
    };
    expect(json).not.toHaveProperty('__inputs');
    const taken = new Set<string>();
    for (const { gridPos, description } of json.panels) {
      expect(description).toMatch(/\.$/);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(x).toBeLessThan(24);
          expect(taken.has(`${x},${y}`)).toBe(false);
          taken.add(`${x},${y}`);
        }
      }
    }
  });
});
