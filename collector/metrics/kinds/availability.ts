import { AvailabilityFacts, type Target } from '../../../policies/checks/availability/facts.ts';
import { lengthOf, monthAt, piecesOf, type Month } from '../../../policies/checks/availability/month.ts';
import { timestampSeconds } from '../families.ts';
import { defineMeasures, measureOf, type Measure } from '../measure.ts';

/** Whose calendar months are told by; promises may have another. */
const zone = 'Europe/Amsterdam';

/** How each target was last found, since when, and what outages that are over took of each month. */
export const availabilityMeasures = defineMeasures('availability', AvailabilityFacts, ({ targets }, at) =>
  targets.state === 'read' ? targets.value.flatMap((target) => [...now(target), ...months(target, at)]) : [],
);

function now({ target, service, stretches }: Target): Measure[] {
  const last = stretches.at(-1);
  if (last === undefined) return [];
  const labels = { target, service };
  const since = measureOf('waarborg_availability_since_timestamp_seconds', labels, timestampSeconds(last.from));
  // Of what nobody sees nobody knows whether it is up.
  if (last.state === 'unknown') return [since];
  return [measureOf('waarborg_availability_up', labels, last.state === 'up' ? 1 : 0), since];
}

/** By month, since these figures stay until the facts change: that may be long after the month ended. */
function months({ target, service, stretches }: Target, at: Date): Measure[] {
  const last = stretches.at(-1);
  if (last === undefined) return [];
  const ends = stretches.slice(1).map(({ from }) => from);
  const touched = new Map(
    [last.from, ...ends, at].map((moment) => monthAt(new Date(moment), zone)).map((month) => [month.name, month]),
  );
  return [...touched.values()]
    .sort((a, b) => a.from - b.from)
    .map((month) => {
      const share = 1 - lostOf({ stretches, until: Date.parse(last.from), month }) / lengthOf([month]);
      return measureOf('waarborg_availability_month_attainable_ratio', { target, service, month: month.name }, share);
    });
}

function lostOf({ stretches, until, month }: Pick<Target, 'stretches'> & { until: number; month: Month }): number {
  return lengthOf(piecesOf(stretches, month, until).filter(({ state }) => state === 'down'));
}
