import { type Dashboard, dashboards, type Panel } from './dashboard-panels.ts';

/** Grafana's dashboard JSON; a dashboard of a lower number is migrated when it is loaded (Grafana, JSON model). */
const schemaVersion = 41;
const datasource = { type: 'prometheus', uid: '$datasource' };

/** Path inside the repository -> JSON, as the chart ships it. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  return new Map(
    dashboards.map((dashboard) => [
      `charts/social-channel-operator/files/dashboards/${dashboard.uid}.json`,
      `${JSON.stringify(grafanaDashboard(dashboard), undefined, 2)}\n`,
    ]),
  );
}

function grafanaDashboard({ uid, title, about, variables, panels }: Dashboard) {
  return {
    uid,
    title,
    description: about,
    tags: ['social-channel-operator'],
    schemaVersion,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: '',
    links: [
      {
        title: 'Social channels',
        type: 'dashboards',
        tags: ['social-channel-operator'],
        asDropdown: true,
        includeVars: false,
        keepTime: true,
      },
    ],
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
        ...variables.map(variable),
      ],
    },
    panels: placed(panels),
  };
}

function variable({ name, query, isMany }: Dashboard['variables'][number]) {
  return {
    name,
    type: 'query',
    datasource,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    multi: isMany,
    includeAll: isMany,
    ...(isMany ? { allValue: '.*', current: { text: 'All', value: '$__all' } } : {}),
  };
}

/** From left to right, in rows of 24 columns. */
function placed(panels: readonly Panel[]) {
  let [x, y, rowHeight] = [0, 0, 0];
  return panels.map((panel, index) => {
    if (x + panel.width > 24) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const gridPos = { h: panel.height, w: panel.width, x, y };
    x += panel.width;
    rowHeight = Math.max(rowHeight, panel.height);
    return grafanaPanel(panel, index + 1, gridPos);
  });
}

function grafanaPanel({ title, about, kind, unit, queries }: Panel, id: number, gridPos: object) {
  const isNow = kind === 'stat' || kind === 'table';
  return {
    id,
    type: kind,
    title,
    description: about,
    datasource,
    gridPos,
    fieldConfig: { defaults: { unit, noValue: 'none' }, overrides: [] },
    options: optionsOf(kind),
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legend ?? '',
      instant: isNow,
      range: !isNow,
      format: kind === 'table' ? 'table' : 'time_series',
    })),
    ...(kind === 'table' ? { transformations: [{ id: 'organize', options: { excludeByName: { Time: true } } }] } : {}),
  };
}

function optionsOf(kind: Panel['kind']): object {
  switch (kind) {
    case 'stat':
      return { reduceOptions: { calcs: ['lastNotNull'] }, textMode: 'value_and_name', colorMode: 'none' };
    case 'timeseries':
      return { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } };
    case 'state-timeline':
      return { showValue: 'never', mergeValues: true };
    case 'table':
      return { showHeader: true };
  }
}
