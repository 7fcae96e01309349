import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue, Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { Text } from '../../policies/schema.ts';
import { described, instantTable, stepped, type MakePanel, type PanelInput } from './panels.ts';
import type { DataLink } from './places.ts';
import { colours } from './colours.ts';
import type { Say } from './words.ts';

export interface Column {
  /** A label of the series, or the letter of the query whose value it is: `A`. */
  readonly of: string;
  readonly title: Text;
  readonly unit?: string;
  readonly decimals?: number;
  /** Colours the text by value. */
  readonly steps?: Threshold[];
  /** Words and colours in the place of values. */
  readonly mapped?: Readonly<Record<string, { readonly text: Text; readonly color: string }>>;
  readonly links?: readonly DataLink[];
  /** Pixels. */
  readonly width?: number;
}

export interface TableInput extends Omit<PanelInput, 'unit'> {
  /** By the letters A, B, ... in this order; series with the same labels make one row. */
  readonly queries: readonly string[];
  /** All that is shown, from left to right. */
  readonly columns: readonly Column[];
  readonly sort: { readonly of: string; readonly order: 'up' | 'down' };
}

/**
 * Rows of labels and figures. The queries leave no label over that has no column. Units are the columns' own: one of the
 * whole table would be laid over words too.
 */
export function table({ queries, columns, sort, ...input }: TableInput): MakePanel {
  return (say) => {
    const field = (of: string): string => fieldOf(of, queries.length);
    const builder = described(new TableBuilder(), { ...input, unit: 'none' }, say)
      .thresholds(stepped([{ value: null, color: colours.quiet }]))
      .withTransformation({ id: 'merge', options: {} })
      .withTransformation({
        id: 'organize',
        options: {
          excludeByName: { Time: true },
          indexByName: Object.fromEntries(columns.map(({ of }, index) => [field(of), index])),
          renameByName: {},
        },
      });
    for (const [index, expr] of queries.entries()) {
      builder.withTarget(instantTable(say({ en: expr, nl: withDutchTitles(expr) }), String.fromCharCode(65 + index)));
    }
    for (const column of columns) builder.overrideByName(field(column.of), propertiesOf(column, say));
    const sorted = columns.find(({ of }) => of === sort.of);
    if (sorted === undefined) throw new RangeError(`no column ${sort.of} to sort by`);
    return builder.sortBy([
      new TableSortByFieldStateBuilder().displayName(say(sorted.title)).desc(sort.order === 'down'),
    ]);
  };
}

/** Definitions of controls carry both titles; a query shows the one that is called `title`. */
function withDutchTitles(expr: string): string {
  const dutch = 'label_replace(waarborg_control_info, "title", "$1", "title_nl", "(.+)")';
  return expr.replaceAll('waarborg_control_info', () => dutch);
}

/** As Grafana's data source for Prometheus names the fields of tables. */
function fieldOf(of: string, queries: number): string {
  if (!/^[A-Z]$/.test(of)) return of;
  return queries === 1 ? 'Value' : `Value #${of}`;
}

function propertiesOf(column: Column, say: Say): DynamicConfigValue[] {
  const { title, unit, decimals, steps, mapped, links, width } = column;
  const isColoured = steps !== undefined || mapped !== undefined;
  return [
    { id: 'displayName', value: say(title) },
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(steps === undefined ? [] : [{ id: 'thresholds', value: { mode: 'absolute', steps } }]),
    ...(steps === undefined ? [] : [{ id: 'color', value: { mode: 'thresholds' } }]),
    ...(mapped === undefined ? [] : [{ id: 'mappings', value: [mappingOf(mapped, say)] }]),
    ...(isColoured ? [{ id: 'custom.cellOptions', value: { type: 'color-text' } }] : []),
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    ...(links === undefined
      ? []
      : [{ id: 'links', value: links.map(({ title: text, url }) => ({ title: say(text), url })) }]),
  ];
}

function mappingOf(mapped: NonNullable<Column['mapped']>, say: Say): unknown {
  const options = Object.entries(mapped).map(([value, { text, color }], index) => [
    value,
    { text: say(text), color, index },
  ]);
  return { type: 'value', options: Object.fromEntries(options) as unknown };
}
