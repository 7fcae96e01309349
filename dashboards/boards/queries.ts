/** The share of controls that are kept, of those that apply; `where` are matchers such as `policy="$policy"`. */
export function compliantShare(where: string, by?: string): string {
  const matchers = where === '' ? '' : `${where},`;
  const sum = (verdict: string): string =>
    `sum ${by === undefined ? '' : `by (${by}) `}(waarborg_policy_controls{${matchers}${verdict}})`;
  return `${sum('verdict="pass"')} / ${sum('verdict!="not-applicable"')}`;
}

/** A count that is 0, and not absent, where there is nothing to count. */
export function orZero(expr: string): string {
  return `${expr} or vector(0)`;
}

/** Moments as Grafana wants them: milliseconds. */
export function milliseconds(expr: string): string {
  return `(${expr}) * 1000`;
}

/** Seconds as days, for an axis: Grafana would mix days, weeks and years on it. */
export function days(expr: string): string {
  return `(${expr}) / 86400`;
}

/** As Grafana writes a unit that it does not know itself. */
export const daysUnit = 'suffix:d';

/** Labels of a control's definition beside a series that has `policy` and `control`. */
export function withDefinition(expr: string, labels: string): string {
  const info = `max by (policy, control, ${labels}) (waarborg_control_info)`;
  return `${expr} * on (policy, control) group_left (${labels}) ${info}`;
}
