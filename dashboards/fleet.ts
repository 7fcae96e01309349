/** The first Grafana dashboard: how the fleet stands, in the classic model. */

type Unit = 'none' | 'percentunit' | 'short' | 'dateTimeFromNow' | 's';

interface PanelInput {
  readonly title: string;
  readonly description: string;
  readonly type: 'stat' | 'table' | 'timeseries';
  readonly expr: string;
  readonly unit: Unit;
  readonly legend?: string;
  readonly thresholds?: readonly { readonly color: string; readonly value: number | null }[];
  /** Columns (of 24) and rows. */
  readonly place: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

const datasource = { type: 'prometheus', uid: '${datasource}' };
const badAboveZero = [
  { color: 'green', value: null },
  { color: 'red', value: 1 },
];

const panels: readonly PanelInput[] = [
  {
    title: 'Compliant',
    description: 'Controls that pass, of all that apply. Unknown and stale ones count as not compliant.',
    type: 'stat',
    expr: 'sum(policy_compliant:waarborg_policy_controls:sum) / sum(policy:waarborg_policy_controls:sum)',
    unit: 'percentunit',
    thresholds: [
      { color: 'red', value: null },
      { color: 'yellow', value: 0.9 },
      { color: 'green', value: 1 },
    ],
    place: { x: 0, y: 0, w: 6, h: 5 },
  },
  {
    title: 'Failing',
    description: 'Controls that fail, over all hosts.',
    type: 'stat',
    expr: 'sum(waarborg_policy_controls{verdict="fail"})',
    unit: 'none',
    thresholds: badAboveZero,
    place: { x: 6, y: 0, w: 6, h: 5 },
  },
  {
    title: 'Unknown or stale',
    description: 'Controls of which nobody knows whether they hold.',
    type: 'stat',
    expr: 'sum(waarborg_policy_controls{verdict=~"unknown|stale"})',
    unit: 'none',
    thresholds: badAboveZero,
    place: { x: 12, y: 0, w: 6, h: 5 },
  },
  {
    title: 'Silent hosts',
    description: 'Hosts without a report for an hour, and expected hosts that never reported.',
    type: 'stat',
    expr: 'sum(time() - waarborg_host_last_report_timestamp_seconds > bool 3600)',
    unit: 'none',
    thresholds: badAboveZero,
    place: { x: 18, y: 0, w: 6, h: 5 },
  },
  {
    title: 'Compliant controls by policy',
    description: 'The share of controls that pass, of all that apply, as it went.',
    type: 'timeseries',
    expr: 'policy_compliant:waarborg_policy_controls:sum / policy:waarborg_policy_controls:sum',
    unit: 'percentunit',
    legend: '{{policy}}',
    place: { x: 0, y: 5, w: 24, h: 8 },
  },
  {
    title: 'What to mend',
    description:
      'Every control that does not hold on a host. The collector’s page of the host says why and what to do.',
    type: 'table',
    expr: 'waarborg_control_compliant == 0',
    unit: 'none',
    place: { x: 0, y: 13, w: 24, h: 12 },
  },
];

/** The dashboard as Grafana imports it. */
export function fleetDashboard(): string {
  const dashboard = {
    uid: 'waarborg-fleet',
    title: 'Waarborg: fleet',
    description:
      'How the fleet stands against its policies. Made by "npm run dashboards"; change dashboards/fleet.ts instead.',
    tags: ['waarborg'],
    schemaVersion: 42,
    editable: false,
    refresh: '1m',
    time: { from: 'now-7d', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', current: {}, hide: 0 },
      ],
    },
    panels: panels.map(panelOf),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

function panelOf(
  { title, description, type, expr, unit, legend, thresholds, place }: PanelInput,
  index: number,
): unknown {
  const steps = thresholds ?? [{ color: 'green', value: null }];
  return {
    id: index + 1,
    title,
    description,
    type,
    datasource,
    gridPos: place,
    targets: [
      {
        refId: 'A',
        datasource,
        expr,
        ...(legend === undefined ? {} : { legendFormat: legend }),
        ...(type === 'table' ? { format: 'table', instant: true } : {}),
      },
    ],
    fieldConfig: { defaults: { unit, thresholds: { mode: 'absolute', steps } }, overrides: [] },
    options: type === 'stat' ? { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'background' } : {},
  };
}
