import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runToEnd } from '../harness/promtool.ts';
import { alertRows } from './alert-rows.ts';

const config = fileURLToPath(new URL('../../deploy/alertmanager/alertmanager.yaml', import.meta.url));

async function routed(labels: Readonly<Record<string, string>>): Promise<string> {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  const { said } = await runToEnd('amtool', ['config', 'routes', 'test', `--config.file=${config}`, ...pairs]);
  return said.trim();
}

describe('the example for Alertmanager', () => {
  it('is admitted by amtool', async () => {
    expect(await runToEnd('amtool', ['check-config', config])).toMatchObject({ code: 0 });
  });

  it.each([
    [{ alertname: 'SocialChannelNeedsReauth', severity: 'warning', owner: 'Dana Reyes' }, 'social-owners'],
    [{ alertname: 'SocialChannelConsentExpirySoon', severity: 'warning', owner: 'Dana Reyes' }, 'social-owners'],
    [{ alertname: 'SocialChannelMassReauth', severity: 'critical', platform: 'twitch' }, 'social-app-admins'],
    [{ alertname: 'SocialChannelTokenExpired', severity: 'critical', platform: 'twitch' }, 'social-on-call'],
    [{ alertname: 'SocialChannelClockSkew', severity: 'warning' }, 'social-on-call'],
    [{ alertname: 'NodeDown', severity: 'critical' }, 'everything-else'],
  ])('sends %j to %s', async (labels, receiver) => {
    expect(await routed(labels)).toBe(receiver);
  });

  it('names only alerts that there are', () => {
    const known = new Set(alertRows.map(({ alert }) => alert));
    const named = [...readFileSync(config, 'utf8').matchAll(/SocialChannel[A-Z]\w+/g)].map(([name]) => name);
    const isPrefix = (name: string) => [...known].some((alert) => alert.startsWith(name));
    expect(named.filter((name) => !known.has(name) && !isPrefix(name))).toEqual([]);
    expect(parse(readFileSync(config, 'utf8'))).toHaveProperty('inhibit_rules.2');
  });
});
