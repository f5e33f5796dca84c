import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { promtoolRules, promtoolTest } from '../harness/promtool.ts';
import { metricsOver } from '../metrics/scrape.ts';
import { type AlertRow, alertRows } from './alert-rows.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(`${root}charts/social-channel-operator/files/alerts/social-channel-operator.yaml`, 'utf8');
const { groups } = parse(text) as { groups: { name: string; rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
/** promtool compares annotations whole or not at all: labels are compared without them, and their words apart. */
const withoutWords = stringify({
  groups: groups.map(({ name, rules: of }) => ({ name, rules: of.map(({ annotations: _, ...rest }) => rest) })),
});

function unit({ alert, series, atMinute, fires }: AlertRow): string {
  const input_series = Object.entries(series).map(([one, values]) => ({ series: one, values }));
  const exp_alerts = fires.map((exp_labels) => ({ exp_labels }));
  const alert_rule_test = [{ eval_time: `${atMinute}m`, alertname: alert, exp_alerts }];
  return stringify({ rule_files: ['rules.yaml'], tests: [{ interval: '1m', input_series, alert_rule_test }] });
}

describe('an alert', () => {
  it.each(alertRows)('$alert: $name', async (row) => {
    const { code, said } = await promtoolTest(unit(row), withoutWords);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining('SUCCESS') });
    if (row.says === undefined) return;
    const words = await promtoolTest(unit(row), text);
    for (const word of row.says) expect(words.said.replaceAll(/\s+/g, ' ')).toContain(word);
  });

  it('has a row that fires and one that stays silent', () => {
    for (const { alert } of rules) {
      const fired = alertRows.filter((row) => row.alert === alert).map(({ fires }) => fires.length > 0);
      expect({ alert, fired: [...new Set(fired)].sort() }).toEqual({ alert, fired: [false, true] });
    }
  });

  it.each(rules)('$alert says who has to act and where to read on', ({ alert, annotations = {}, labels }) => {
    expect(Object.keys(annotations)).toEqual(['summary', 'description', 'runbook_url']);
    expect(annotations.runbook_url).toBe(`https://socialops.dev/runbooks/${alert}.md`);
    expect(['critical', 'warning', 'info']).toContain(labels.severity);
    expect(alert).toMatch(/^SocialChannel[A-Z]/);
  });

  it.each(rules)('$alert has a runbook with all its parts', ({ alert }) => {
    const page = `${root}docs/runbooks/${alert}.md`;
    expect(existsSync(page)).toBe(true);
    const parts = [...readFileSync(page, 'utf8').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(parts).toEqual(['What you see', 'What it means', 'Look', 'Mend', 'Silence it safely']);
  });

  it('asks only for metrics that the operator has', async () => {
    const known = (await metricsOver([]).describe()).map(({ name }) => name);
    const asked = [...text.matchAll(/\bsocialchannel_\w+/g)].map(([name]) => name);
    expect(asked.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('promtool', () => {
  it('admits the rules', async () => {
    const { code, said } = await promtoolRules(text);
    expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining(`${rules.length} rules found`) });
  });
});
