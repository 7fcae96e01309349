import { millisecondsOf } from '../../moments.ts';
import type { HeldReading } from './facts.ts';

const dayMilliseconds = 86_400_000;
/** Beyond that nobody can tell from some weeks. */
const farthestDays = 3650;
/** The last readings, by which growth that began lately is seen. */
const recent = 4;

/**
 * The day on which a file system is full if it goes on as it did: by least squares over all readings, or over the last
 * four where these rise faster, from what it held last.
 * @param readings oldest first, two or more
 * @returns undefined where it does not grow, or would not be full within ten years
 */
export function fullOn(readings: readonly HeldReading[]): string | undefined {
  const last = readings.at(-1);
  if (last === undefined) return undefined;
  const rate = Math.max(growth(readings), growth(readings.slice(-recent)));
  if (rate <= 0) return undefined;
  const days = Math.max(last.size - last.used, 0) / rate;
  if (days > farthestDays) return undefined;
  const moment = millisecondsOf(last.at) + days * dayMilliseconds;
  return new Date(Math.floor(moment / dayMilliseconds) * dayMilliseconds).toISOString();
}

/** MiB a day. */
function growth(readings: readonly HeldReading[]): number {
  const points = readings.map(({ at, used }) => ({ day: millisecondsOf(at) / dayMilliseconds, used }));
  const meanDay = mean(points.map(({ day }) => day));
  const meanUsed = mean(points.map(({ used }) => used));
  let products = 0;
  let squares = 0;
  for (const { day, used } of points) {
    products += (day - meanDay) * (used - meanUsed);
    squares += (day - meanDay) ** 2;
  }
  return squares === 0 ? 0 : products / squares;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
