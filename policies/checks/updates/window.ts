import { z } from 'zod';
import { isAsOld, isOlder } from '../../moments.ts';
import { Duration, isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { History, ManagedFacts } from './facts.ts';
import { dateOf, instantsOf, isTimeZone } from './local-time.ts';
import { because } from './reasons.ts';

const TimeOfDay = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'expected a time of day such as 04:00');

/** From `from` up to, not including, `to`, local time of `timeZone`; 22:00 to 04:00 runs through midnight. */
export const Window = z
  .strictObject({
    from: TimeOfDay,
    to: TimeOfDay,
    timeZone: z.string().refine(isTimeZone, 'expected a time zone such as Europe/Amsterdam'),
    /** How far back upgrades are looked at; seconds. */
    within: Duration.prefault('31d'),
  })
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    error: 'expected another time than from: this window is empty',
  });
export type Window = z.output<typeof Window>;

type Placed = 'before' | 'in' | 'outside' | 'ambiguous' | 'future';

/** Judges whether every upgrade of the last `within` began in the window. */
export function judgeWindow(history: ManagedFacts['history'], window: Window, at: Date): Reason[] {
  if (history.state === 'unreadable') return [obstacleReason(history.obstacle)];
  if (!isTimeZone(history.value.timeZone)) {
    return [obstacleReason({ code: 'unparsable', what: '/etc/localtime', detail: history.value.timeZone })];
  }
  const { from, to, timeZone, within } = window;
  const { timeZone: hostZone, reachesBackTo, upgrades } = history.value;
  const placed = upgrades.map((local) => ({ local, place: place(local, hostZone, window, at) }));
  const told = placed.flatMap(({ local, place }): Reason[] => {
    if (place === 'in' || place === 'before') return [];
    if (place === 'future') return [because('updates.history-future', { local, hostZone })];
    const reference = emergencyOf(history.value, local, timeZone);
    if (reference !== undefined) return [because('updates.emergency', { local, hostZone, reference })];
    const values = { local, hostZone, from, to, timeZone };
    return [because(place === 'outside' ? 'updates.outside-window' : 'updates.window-ambiguous', values)];
  });
  const inside = placed.filter(({ place }) => place === 'in').length;
  if (!reachesBack(history.value, window, at))
    told.push(because('updates.history-too-short', { reachesBackTo, within }));
  if (told.some(({ verdict }) => verdict !== 'pass')) return told;
  if (inside === 0 && told.length === 0) return [because('updates.no-upgrades', { within })];
  return [
    ...told,
    ...(inside > 0 ? [because('updates.in-window', { upgrades: inside, within, from, to, timeZone })] : []),
  ];
}

/** The case for which the operator recorded this day of the window's zone as an emergency. */
function emergencyOf(
  { emergencies, timeZone: hostZone }: History,
  local: string,
  timeZone: string,
): string | undefined {
  const days = instantsOf(local, hostZone).map((instant) =>
    instant.toZonedDateTimeISO(timeZone).toPlainDate().toString(),
  );
  return emergencies?.find(({ on }) => days.every((day) => day === on))?.reference;
}

function reachesBack({ reachesBackTo, timeZone }: History, { within }: Window, at: Date): boolean {
  return instantsOf(reachesBackTo, timeZone).every((instant) => isAsOld(dateOf(instant), within, at));
}

function place(local: string, hostZone: string, window: Window, at: Date): Placed {
  const both = instantsOf(local, hostZone);
  if (both.every((instant) => isOlder(dateOf(instant), window.within, at))) return 'before';
  if (both.every((instant) => isFuture(dateOf(instant), at))) return 'future';
  const inside = both.filter((instant) => isInside(instant, window)).length;
  return inside === 2 ? 'in' : inside === 0 ? 'outside' : 'ambiguous';
}

function isInside(instant: Temporal.Instant, { from, to, timeZone }: Window): boolean {
  const time = instant.toZonedDateTimeISO(timeZone).toPlainTime().toString({ smallestUnit: 'minute' });
  return from < to ? from <= time && time < to : from <= time || time < to;
}
