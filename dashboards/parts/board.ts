import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardCursorSync,
  RowBuilder,
  type DashboardLink,
  type Panel,
  type RowPanel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Language, Text } from '../../policies/schema.ts';
import type { MakePanel } from './panels.ts';
import { tagOf, topLinks, uidOf, type BoardName } from './places.ts';
import { collectorVariable, datasourceVariable } from './variables.ts';
import { sayIn, type Say } from './words.ts';

/** A line of the grid with a heading, and what stands under it. */
export interface Section {
  /** Left out for what stands on top. */
  readonly title?: Text;
  readonly panels: readonly MakePanel[];
}

export interface Board {
  readonly name: BoardName;
  readonly title: Text;
  readonly description: Text;
  /** Besides the data source and the collector's address. */
  readonly variables?: readonly ((say: Say) => Builder<VariableModel>)[];
  /** How far back it looks at first: `now-7d`. */
  readonly from: string;
  readonly sections: (language: Language) => readonly Section[];
}

/** The classic model, which every Grafana from 9 on reads (docs/decisions/0015-dashboards.md). */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly schemaVersion: number;
  readonly editable: boolean;
  readonly graphTooltip: DashboardCursorSync;
  readonly timezone: string;
  readonly refresh: string;
  readonly time: { readonly from: string; readonly to: string };
  readonly templating: { readonly list: readonly VariableModel[] };
  readonly annotations: { readonly list: readonly never[] };
  readonly links: readonly DashboardLink[];
  readonly panels: readonly (Panel | RowPanel)[];
}

/** A dashboard in one language. */
export function buildBoard(board: Board, language: Language): Dashboard {
  const say = sayIn(language);
  const variables = [datasourceVariable(), collectorVariable(say), ...(board.variables ?? []).map((make) => make(say))];
  return {
    uid: uidOf(board.name, language),
    title: say(board.title),
    description: say(board.description),
    tags: ['waarborg', tagOf(language)],
    schemaVersion: 42,
    editable: false,
    graphTooltip: DashboardCursorSync.Crosshair,
    timezone: 'browser',
    refresh: '1m',
    time: { from: board.from, to: 'now' },
    templating: { list: variables.map((variable) => variable.build()) },
    annotations: { list: [] },
    links: topLinks(language).map((link) => link.build()),
    // Grafana would give numbers of its own, and then find the file changed.
    panels: laidOut(board.sections(language), say).map((panel, index) => ({ ...panel, id: index + 1 })),
  };
}

const columns = 24;

/** Panels from left to right, a new line where the last is full, and each heading on a line of its own. */
function laidOut(sections: readonly Section[], say: Say): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let [x, y, lineHeight] = [0, 0, 0];
  const beginLine = (): void => {
    [x, y, lineHeight] = [0, y + lineHeight, 0];
  };
  for (const { title, panels } of sections) {
    beginLine();
    if (title !== undefined) {
      placed.push({ ...new RowBuilder(say(title)).build(), gridPos: { x, y, w: columns, h: 1 } });
      y += 1;
    }
    for (const make of panels) {
      const panel = make(say).build();
      const { w = columns, h = 1 } = panel.gridPos ?? {};
      if (x + w > columns) beginLine();
      placed.push({ ...panel, gridPos: { x, y, w, h } });
      x += w;
      lineHeight = Math.max(lineHeight, h);
    }
  }
  return placed;
}
