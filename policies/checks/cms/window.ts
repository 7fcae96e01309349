import { isOlder } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { Window } from '../updates/window.ts';
import { productNames } from './core.ts';
import type { Site } from './facts.ts';
import { because } from './reasons.ts';

/**
 * Judges whether the last update of a core that the agent saw was made in the window: between two of its looks. When its
 * files changed is no more than a hint, because a backup that is put back or a new owner changes them too; that they did
 * not change shows that there was no update.
 */
export function judgeCoreWindow({ site, product, core, found }: Site, window: Window, at: Date): Reason {
  if (core.state === 'unreadable') return obstacleReason(core.obstacle, site);
  const { versions, packaged, changed, since } = core.value;
  const version = versions[0]?.version ?? '';
  if (packaged !== null) {
    return because('cms.packaged', { product: productNames[product], version, package: packaged }, site);
  }
  if ([since.firstSeen, changed].some((moment) => isFuture(moment, at))) {
    return because('cms.update-clock', { version }, site);
  }
  const { from, to, timeZone, within } = window;
  if (isOlder(since.firstSeen, within, at)) return because('cms.not-updated', { within }, site);
  // A version that came with the site was installed, or is as old as the agent's memory.
  if (since.firstSeen === found.firstSeen || since.notBefore === null) {
    return isOlder(changed, within, at)
      ? because('cms.not-updated', { within }, site)
      : because('cms.update-not-seen', { firstSeen: found.firstSeen, changed }, site);
  }
  const values = { version, notBefore: since.notBefore, firstSeen: since.firstSeen, from, to, timeZone };
  switch (place(since.notBefore, since.firstSeen, window)) {
    case 'in':
      return because('cms.updated-in-window', values, site);
    case 'outside':
      return because('cms.updated-outside-window', values, site);
    case 'both':
      return because('cms.update-straddles', { ...values, changed }, site);
  }
}

/** Where the time between two moments lies, ends included. */
function place(begin: string, end: string, window: Window): 'in' | 'outside' | 'both' {
  const [first, last] = [begin, end].map((moment) => Temporal.Instant.from(moment).epochMilliseconds);
  if (first === undefined || last === undefined) return 'both';
  const days = Temporal.Instant.from(begin).until(Temporal.Instant.from(end), { largestUnit: 'hours' }).hours / 24;
  // Longer than a day it lies in the window and outside of it.
  if (days >= 1) return 'both';
  const windows = occurrences(begin, end, window);
  if (windows.some(({ from, until }) => from <= first && last < until)) return 'in';
  return windows.some(({ from, until }) => first < until && from <= last) ? 'both' : 'outside';
}

/** The window on each local day that may touch the time between two moments; milliseconds since 1970. */
function occurrences(begin: string, end: string, { from, to, timeZone }: Window): { from: number; until: number }[] {
  const dayOf = (moment: string): Temporal.PlainDate =>
    Temporal.Instant.from(moment).toZonedDateTimeISO(timeZone).toPlainDate();
  const last = dayOf(end);
  const found: { from: number; until: number }[] = [];
  for (
    let day = dayOf(begin).subtract({ days: 1 });
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  ) {
    const closing = from < to ? day : day.add({ days: 1 });
    found.push({ from: momentOf(day, from, timeZone), until: momentOf(closing, to, timeZone) });
  }
  return found;
}

function momentOf(day: Temporal.PlainDate, time: string, timeZone: string): number {
  return day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds;
}
