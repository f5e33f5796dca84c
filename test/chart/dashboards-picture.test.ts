import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { dashboards } from '../../scripts/dashboard-panels.ts';

it('the picture of the fleet dashboard in the docs has every panel; node scripts/dashboards-picture.ts draws it anew', () => {
  const picture = readFileSync(new URL('../../docs/pictures/dashboard-fleet.svg', import.meta.url), 'utf8');
  const shown = [...picture.matchAll(/font-weight="600" fill="#0f172a">([^<]*)</g)].map(([, title]) => title);
  expect(shown).toEqual([dashboards[0]?.title, ...(dashboards[0]?.panels ?? []).map(({ title }) => title)]);
});
