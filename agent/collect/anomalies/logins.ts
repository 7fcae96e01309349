import { z } from 'zod';
import type { Logins } from '../../../policies/checks/anomalies/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import { parseNetwork } from '../../../policies/networks.ts';
import type { CollectContext } from '../collector.ts';
import { rememberAddresses, type SeenAddresses } from './addresses.ts';
import { breakFrom, breakSince, closedDays, dayFor, dayOf, newSeries, seriesOf, type Series } from './days.ts';
import { loginEvent } from './login-records.ts';
import { Place, readNew, type NewRecords } from './login-source.ts';
import { openMemory } from './memory.ts';
import type { TimedRecord } from './records.ts';
import type { LoginHours } from './settings.ts';
import { readTerminalLogins } from './wtmp.ts';

/** Seconds by which wtmp and the log may differ, and after which a login must stand in both. */
const apart = 120;
const maximumServices = 32;
const maximumUnseen = 32;

const Figures = z.object({
  records: z.int(),
  failed: z.record(z.string(), z.int()),
  accepted: z.int(),
  root: z.int(),
  odd: z.int(),
  unseen: z.array(z.string()),
  unlogged: z.int(),
});
type Figures = z.output<typeof Figures>;

const Kept = z.object({
  place: Place,
  series: seriesOf(Figures),
  /** Logins of the log that wtmp is still to be held against, and up to when that was done: seconds since 1970. */
  accepted: z.array(z.int()),
  checkedUntil: z.int(),
});

const none: Figures = { records: 0, failed: {}, accepted: 0, root: 0, odd: 0, unseen: [], unlogged: 0 };

export interface LoginSettings {
  readonly zone: string;
  readonly files: readonly string[];
  readonly hours: LoginHours | undefined;
  readonly networks: readonly string[];
}

/** Logins by day, counted from what was logged since the last run. */
export async function readLogins(context: CollectContext, settings: LoginSettings): Promise<Reading<Logins>> {
  const { at, ledger, host } = context;
  const { zone } = settings;
  const memory = openMemory(ledger, 'anomalies logins', Kept);
  const fresh = await readNew(
    context,
    { files: settings.files, facilities: 'auth,authpriv', zone },
    memory.before?.place,
  );
  if (fresh.state === 'unreadable') return fresh;
  const terminals = await readTerminalLogins(host);
  if (terminals.state === 'unreadable') return terminals;

  const series: Series<Figures> = memory.before?.series ?? newSeries(at);
  if (fresh.value.isBroken && memory.before !== undefined) breakSince(series, at, zone);
  const addresses = rememberAddresses(
    context,
    addressesIn(fresh.value),
    settings.networks.flatMap((text) => parseNetwork(text) ?? []),
  );
  const accepted = [...(memory.before?.accepted ?? [])];
  for (const record of fresh.value.records) {
    if (count(record, series, { ...settings, at, addresses }))
      accepted.push(Math.floor(record.moment.getTime() / 1000));
  }
  const until = Math.floor(at.getTime() / 1000) - apart;
  const from = memory.before?.checkedUntil ?? until;
  // What is not read yet cannot be held against wtmp.
  const checkedUntil = fresh.value.isBehind ? from : Math.max(from, until);
  countUnlogged(
    series,
    zone,
    accepted,
    (terminals.value ?? []).map(secondsOf).filter((moment) => moment > from && moment <= checkedUntil),
  );
  if (fresh.value.isBehind) breakFrom(series, fresh.value.records.at(-1)?.moment, at, zone);
  const days = closedDays(series, { at, zone, nothing: none });
  series.until = at.toISOString();
  const recent = accepted.filter((moment) => moment > checkedUntil - apart).slice(-5000);
  memory.keep({ place: fresh.value.place, series, accepted: recent, checkedUntil });
  return read({
    since: ledger.isKept ? series.since : null,
    source: fresh.value.source,
    addressesSince: addresses.since,
    isCrossChecked: terminals.value !== null,
    days: days.map((day) => describe(day, settings.hours !== undefined)),
  });
}

function secondsOf(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}

function addressesIn({ records }: NewRecords): Set<string> {
  const addresses = new Set<string>();
  for (const { program, message } of records) {
    const event = loginEvent(program, message);
    if (event?.event === 'accepted' && event.address !== null) addresses.add(event.address);
  }
  return addresses;
}

interface Surroundings extends LoginSettings {
  readonly at: Date;
  readonly addresses: SeenAddresses;
}

/** Whether the record tells of a login that succeeded. */
function count(
  { moment, program, message }: TimedRecord,
  series: Series<Figures>,
  { zone, hours, at, addresses }: Surroundings,
): boolean {
  const day = dayFor(series, moment, { at, zone });
  const figures = (series.days[day] ??= structuredClone(none));
  figures.records += 1;
  const event = loginEvent(program, message);
  if (event === undefined) return false;
  if (event.event === 'failed') {
    const isKnown = event.service in figures.failed;
    const service = isKnown || Object.keys(figures.failed).length < maximumServices - 1 ? event.service : 'others';
    figures.failed[service] = (figures.failed[service] ?? 0) + event.count;
    return false;
  }
  figures.accepted += 1;
  if (event.isRoot) figures.root += 1;
  if (hours !== undefined && !hours.except.includes(event.account) && isOutside(moment, hours, zone)) figures.odd += 1;
  const unseen = event.address === null ? undefined : addresses.unseen(event.address);
  if (unseen !== undefined && !figures.unseen.includes(unseen) && figures.unseen.length < maximumUnseen) {
    figures.unseen.push(unseen);
  }
  return event.address !== null;
}

/** Hours may go over midnight: from 22:00 to 06:00. */
function isOutside(moment: Date, { from, until }: LoginHours, zone: string): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(zone);
  const time = local.toPlainTime().toString({ smallestUnit: 'minute' });
  return from < until ? time < from || time >= until : time < from && time >= until;
}

/** Each login at a terminal needs a record of its own near it. */
function countUnlogged(
  series: Series<Figures>,
  zone: string,
  accepted: readonly number[],
  terminals: readonly number[],
): void {
  const free = [...accepted];
  for (const moment of terminals) {
    const found = free.findIndex((one) => Math.abs(one - moment) <= apart);
    if (found >= 0) free.splice(found, 1);
    else (series.days[dayOf(new Date(moment * 1000), zone)] ??= structuredClone(none)).unlogged += 1;
  }
}

function describe(
  { failed, unseen, odd, ...rest }: Figures & { day: string; isWhole: boolean },
  hasHours: boolean,
): Logins['days'][number] {
  return {
    ...rest,
    failed: Object.entries(failed)
      .map(([service, count]) => ({ service, count }))
      .sort((a, b) => (a.service < b.service ? -1 : 1)),
    odd: hasHours ? odd : null,
    unseen: unseen.toSorted(),
  };
}
