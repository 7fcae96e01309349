import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BarGaugeSizing,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphGradientMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTextDisplayOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type DynamicConfigValue,
  type Panel,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as BarGaugeBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Text } from '../../policies/schema.ts';
import { colours } from './colours.ts';
import type { DataLink } from './places.ts';
import { datasource } from './variables.ts';
import type { Say } from './words.ts';

/** What every panel has. */
export interface PanelInput {
  readonly title: Text;
  /** What is shown, and how to read it. */
  readonly description: Text;
  /** By Grafana's names: `none`, `s`, `percentunit`, `dateTimeFromNow` (milliseconds). */
  readonly unit: string;
  /** What stands there where the query answers nothing: why that is so. */
  readonly empty: Text;
  /** Of 24 columns, and in rows of the grid. */
  readonly width: number;
  readonly height: number;
}

/** A panel, once the language is known. */
export type MakePanel = (say: Say) => Builder<Panel>;

/** The part of all builders that is the same. */
interface Common<Self> {
  title(text: string): Self;
  description(text: string): Self;
  datasource(ref: typeof datasource): Self;
  unit(unit: string): Self;
  noValue(text: string): Self;
  span(width: number): Self;
  height(height: number): Self;
}

export function described<Self extends Common<Self>>(
  builder: Self,
  { title, description, unit, empty, width, height }: PanelInput,
  say: Say,
): Self {
  return builder
    .title(say(title))
    .description(say(description))
    .datasource(datasource)
    .unit(unit)
    .noValue(say(empty))
    .span(width)
    .height(height);
}

export function instant(expr: string, refId = 'A'): DataqueryBuilder {
  return new DataqueryBuilder().datasource(datasource).refId(refId).expr(expr).instant();
}

export function instantTable(expr: string, refId: string): DataqueryBuilder {
  return instant(expr, refId).format(PromQueryFormat.Table);
}

export function stepped(steps: Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

export function linked({ title, url }: DataLink, say: Say): DashboardLinkBuilder {
  return new DashboardLinkBuilder(say(title)).url(url);
}

export interface StatInput extends PanelInput {
  readonly expr: string;
  readonly steps: Threshold[];
  /** Of several series: what each is called; left out, the one figure stands alone. */
  readonly legend?: string;
  /** Shows the label instead of the figure. */
  readonly shows?: 'name';
  /** Draws its course behind the figure. */
  readonly course?: true;
  readonly link?: DataLink;
}

/** One figure, large. */
export function stat({ expr, steps, legend, shows, course, link, ...input }: StatInput): MakePanel {
  return (say) => {
    const query =
      course === true ? new DataqueryBuilder().datasource(datasource).refId('A').expr(expr).range() : instant(expr);
    const builder = described(new StatBuilder(), input, say)
      .withTarget(query.legendFormat(legend ?? ' '))
      .thresholds(stepped(steps))
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
      .colorMode(BigValueColorMode.Value)
      .graphMode(course === true ? BigValueGraphMode.Area : BigValueGraphMode.None)
      .textMode(
        shows === 'name'
          ? BigValueTextMode.Name
          : legend === undefined
            ? BigValueTextMode.Value
            : BigValueTextMode.Auto,
      );
    return link === undefined ? builder : builder.dataLinks([linked(link, say)]);
  };
}

export interface BarsInput extends PanelInput {
  readonly expr: string;
  readonly steps: Threshold[];
  readonly legend: string;
  /** For names that are long; beside the bars unless given. */
  readonly names?: 'above';
}

/** A bar for each series, longest first as the query has them. */
export function bars({ expr, steps, legend, names, ...input }: BarsInput): MakePanel {
  return (say) => {
    const builder = described(new BarGaugeBuilder(), input, say)
      .withTarget(instant(expr).legendFormat(legend))
      .thresholds(stepped(steps))
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
      .orientation(VizOrientation.Horizontal)
      .displayMode(BarGaugeDisplayMode.Basic)
      // Of few bars each would otherwise fill its share of the panel, words included.
      .sizing(BarGaugeSizing.Manual)
      .minVizHeight(16)
      .maxVizHeight(28)
      .text(new VizTextDisplayOptionsBuilder().titleSize(14).valueSize(14))
      .min(0);
    return names === 'above' ? builder.namePlacement(BarGaugeNamePlacement.Top).maxVizHeight(44) : builder;
  };
}

/** A line, or a band of a stack. */
export interface Line {
  readonly expr: string;
  /** With labels in double braces; a text of its own where there is one series. */
  readonly legend: string | Text;
  readonly colour?: string;
}

export interface CourseInput extends PanelInput {
  readonly lines: readonly Line[];
  readonly stacked?: true;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** How something went. */
export function course({ lines, stacked, minimum, maximum, ...input }: CourseInput): MakePanel {
  return (say) => {
    const builder = described(new TimeseriesBuilder(), input, say)
      .thresholds(stepped([{ value: null, color: colours.good }]))
      .lineWidth(stacked === true ? 1 : 2)
      .fillOpacity(stacked === true ? 40 : 8)
      .gradientMode(GraphGradientMode.None)
      .showPoints(VisibilityMode.Never)
      .legend(
        new VizLegendOptionsBuilder()
          .showLegend(true)
          .displayMode(LegendDisplayMode.List)
          .placement(LegendPlacement.Bottom),
      )
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
    if (stacked === true) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
    if (minimum !== undefined) builder.min(minimum);
    if (maximum !== undefined) builder.max(maximum);
    for (const [index, line] of lines.entries()) addLine(builder, line, String.fromCharCode(65 + index), say);
    return builder;
  };
}

function addLine(builder: TimeseriesBuilder, { expr, legend, colour }: Line, refId: string, say: Say): void {
  const name = typeof legend === 'string' ? legend : say(legend);
  builder.withTarget(new DataqueryBuilder().datasource(datasource).refId(refId).expr(expr).range().legendFormat(name));
  if (colour === undefined) return;
  const fixed: DynamicConfigValue = { id: 'color', value: { mode: 'fixed', fixedColor: colour } };
  builder.overrideByQuery(refId, [fixed]);
}
