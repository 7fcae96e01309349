import { z } from 'zod';
import type { Logins } from '../../../policies/checks/anomalies/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import { parseNetwork } from '../../../policies/networks.ts';
import type { CollectContext } from '../collector.ts';
import { rememberAddresses, type SeenAddresses } from './addresses.ts';
import { breakFrom, breakSince, closedDays, dayFor, dayOf, newSeries, seriesOf, type Series } from './days.ts';
import { loginEvent, type LoginEvent } from './login-records.ts';
import { Place, readNew } from './login-source.ts';
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

type Accepted = Extract<LoginEvent, { event: 'accepted' }>;
interface Login extends Accepted {
  readonly day: string;
  readonly moment: Date;
}

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
  const series: Series<Figures> = memory.before?.series ?? newSeries(at);
  const logins: Login[] = [];
  let last: Date | undefined;
  const asked = { files: settings.files, facilities: 'auth,authpriv', zone };
  const fresh = await readNew(context, asked, memory.before?.place, (record) => {
    last = record.moment;
    const day = dayFor(series, record.moment, { at, zone });
    const event = countRecord((series.days[day] ??= structuredClone(none)), record);
    if (event !== undefined) logins.push({ ...event, day, moment: record.moment });
  });
  if (fresh.state === 'unreadable') return fresh;
  const terminals = await readTerminalLogins(host);
  if (terminals.state === 'unreadable') return terminals;

  if (fresh.value.isBroken && memory.before !== undefined) breakSince(series, at, zone);
  if (fresh.value.isBehind) breakFrom(series, last, at, zone);
  const networks = settings.networks.flatMap((text) => parseNetwork(text) ?? []);
  const places = new Set(logins.flatMap(({ address }) => address ?? []));
  const addresses = rememberAddresses(context, places, networks);
  for (const login of logins)
    countLogin((series.days[login.day] ??= structuredClone(none)), login, settings, addresses);
  const remote = logins.filter(({ address }) => address !== null).map(({ moment }) => secondsOf(moment));
  const accepted = [...(memory.before?.accepted ?? []), ...remote];
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

/** Counts what a record tells at once; one of a login comes back, to be counted when all are known. */
function countRecord(figures: Figures, { program, message }: TimedRecord): Accepted | undefined {
  figures.records += 1;
  const event = loginEvent(program, message);
  if (event?.event !== 'failed') return event;
  const isRoom = event.service in figures.failed || Object.keys(figures.failed).length < maximumServices - 1;
  const service = isRoom ? event.service : 'others';
  figures.failed[service] = (figures.failed[service] ?? 0) + event.count;
  return undefined;
}

function countLogin(figures: Figures, login: Login, { hours, zone }: LoginSettings, addresses: SeenAddresses): void {
  const { moment, account, isRoot, address } = login;
  figures.accepted += 1;
  if (isRoot) figures.root += 1;
  if (hours !== undefined && !hours.except.includes(account) && isOutside(moment, hours, zone)) figures.odd += 1;
  const unseen = address === null ? undefined : addresses.unseen(address);
  if (unseen === undefined || figures.unseen.includes(unseen) || figures.unseen.length >= maximumUnseen) return;
  figures.unseen.push(unseen);
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
