import type { Threshold } from '@grafana/grafana-foundation-sdk/dashboard';

/** Grafana's own names, which it shows legibly in light and in dark. */
export const colours = {
  good: 'green',
  neutral: 'blue',
  attention: 'yellow',
  doubt: 'orange',
  bad: 'red',
  quiet: 'text',
} as const;

/** Of each verdict, wherever it is drawn. */
export const verdictColours = {
  pass: colours.good,
  fail: colours.bad,
  unknown: colours.doubt,
  stale: 'purple',
  waived: colours.neutral,
  'not-applicable': colours.quiet,
} as const;

/** From the lowest up; the first holds for all below the second. */
function steps(first: string, ...later: readonly (readonly [value: number, colour: string])[]): Threshold[] {
  return [{ value: null, color: first }, ...later.map(([value, color]) => ({ value, color }))];
}

/** What each sort of figure is held against. */
export const thresholds = {
  /** A figure that is neither good nor bad. */
  none: steps(colours.quiet),
  plain: steps(colours.neutral),
  /** Anything but 0 is wrong, or calls for a look. */
  badAboveZero: steps(colours.good, [1, colours.bad]),
  doubtAboveZero: steps(colours.good, [1, colours.doubt]),
  attentionAboveZero: steps(colours.good, [1, colours.attention]),
  /** A share of what should be. */
  share: steps(colours.bad, [0.9, colours.attention], [0.99, colours.good]),
  /** Seconds until something ends. */
  remaining: steps(
    colours.bad,
    [7 * 86_400, colours.doubt],
    [14 * 86_400, colours.attention],
    [30 * 86_400, colours.good],
  ),
  /** Seconds since a copy was made, of those that are made each day. */
  dailyAge: steps(colours.good, [26 * 3600, colours.bad]),
  /** Seconds since a password was changed, of half a year. */
  passwordAge: steps(colours.good, [150 * 86_400, colours.attention], [183 * 86_400, colours.bad]),
  /** Seconds since lists of updates were made. */
  listAge: steps(colours.good, [7 * 86_400, colours.bad]),
  /** Seconds since the log last grew: a heartbeat comes every ten minutes. */
  heartbeat: steps(colours.good, [1200, colours.bad]),
  /** Seconds since everything that is stored was read again. */
  scrub: steps(colours.good, [2 * 86_400, colours.bad]),
} as const satisfies Record<string, Threshold[]>;
