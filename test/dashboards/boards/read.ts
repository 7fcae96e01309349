import { z } from 'zod';
import { dashboardFiles } from '../../../dashboards/boards/files.ts';

/** The parts of a dashboard that our tests look at; Grafana's own types hold for all of it. */
const Grid = z.object({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1), h: z.int().min(1) });
const Link = z.object({ title: z.string().min(1), url: z.string().min(1) });

const Target = z.object({
  refId: z.string(),
  expr: z.string().min(1),
  datasource: z.object({ uid: z.string() }),
  legendFormat: z.string().optional(),
  instant: z.boolean().optional(),
  format: z.string().optional(),
});
export type Target = z.output<typeof Target>;

const Override = z.object({
  matcher: z.object({ id: z.string(), options: z.string() }),
  properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
});

const Panel = z.object({
  id: z.int(),
  type: z.enum(['stat', 'table', 'timeseries', 'bargauge']),
  title: z.string().min(1),
  description: z.string().min(20),
  datasource: z.object({ uid: z.string() }),
  gridPos: Grid,
  targets: z.array(Target).min(1),
  fieldConfig: z.object({
    defaults: z.object({
      unit: z.string().min(1),
      noValue: z.string().min(1),
      thresholds: z.object({ steps: z.array(z.object({ color: z.string() })).min(1) }),
      links: z.array(Link).optional(),
    }),
    overrides: z.array(Override).default([]),
  }),
});
export type Panel = z.output<typeof Panel>;

const Row = z.object({ id: z.int(), type: z.literal('row'), title: z.string().min(1), gridPos: Grid });

const Variable = z.object({
  type: z.string(),
  name: z.string(),
  label: z.string().min(1),
  definition: z.string().optional(),
});

const Dashboard = z.object({
  uid: z.string().max(40),
  title: z.string().min(1),
  description: z.string().min(20),
  tags: z.array(z.string()),
  schemaVersion: z.literal(42),
  editable: z.literal(false),
  refresh: z.string(),
  panels: z.array(z.union([Row, Panel])).min(3),
  templating: z.object({ list: z.array(Variable) }),
  links: z.array(
    z.object({ type: z.string(), title: z.string(), url: z.string().optional(), tags: z.array(z.string()) }),
  ),
});
export type Dashboard = z.output<typeof Dashboard>;

/** Every dashboard as Grafana would read it, by its path. */
export const dashboards: ReadonlyMap<string, Dashboard> = new Map(
  Object.entries(dashboardFiles).map(([path, make]) => [path, Dashboard.parse(JSON.parse(make()))]),
);

/** Panels without the headings between them. */
export function panelsOf({ panels }: Dashboard): Panel[] {
  return panels.filter((panel): panel is Panel => panel.type !== 'row');
}

/** Links of a panel and of its columns. */
export function linksOf({ fieldConfig: { defaults, overrides } }: Panel): string[] {
  const ofColumns = overrides.flatMap(({ properties }) =>
    properties.filter(({ id }) => id === 'links').flatMap(({ value }) => z.array(Link).parse(value)),
  );
  return [...(defaults.links ?? []), ...ofColumns].map(({ url }) => url);
}

export interface Values {
  readonly policy: string;
  readonly host: string;
  /** Seconds that the dashboard looks back. */
  readonly range: number;
}

/** A query as Grafana sends it, once its variables have values. */
export function withValues(expr: string, { policy, host, range }: Values): string {
  return expr
    .replaceAll('$__rate_interval', '4s')
    .replaceAll('$__range_s', String(range))
    .replaceAll('$__range', `${range}s`)
    .replaceAll('$policy', policy)
    .replaceAll('$host', host);
}
