import { z } from 'zod';
import type { Logins } from '../../../policies/checks/anomalies/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import { parseNetwork } from '../../../policies/networks.ts';
import type { CollectContext } from '../collector.ts';
import { rememberAddresses, type SeenAddresses } from './addresses.ts';
import { breakFrom, breakSince, closedDays, dayFor, dayOf, newSeries, seriesOf, type Series } from './days.ts';
import { loginEvent, mailLoginEvent, type LoginEvent } from './login-records.ts';
import { Place, readNew } from './login-source.ts';
import { openMemory } from './memory.ts';
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
  /** Null where there is no log of mail. */
  mailPlace: Place.nullable(),
  series: seriesOf(Figures),
  /** Logins of the log that wtmp is still to be held against, and up to when that was done: seconds since 1970. */
  accepted: z.array(z.int()),
  checkedUntil: z.int(),
});

const none: Figures = { records: 0, failed: {}, accepted: 0, root: 0, odd: 0, unseen: [], unlogged: 0 };

type Failed = Extract<LoginEvent, { event: 'failed' }>;
interface Login extends Extract<LoginEvent, { event: 'accepted' }> {
  readonly day: string;
  readonly moment: Date;
}

export interface LoginSettings {
  readonly zone: string;
  readonly files: readonly string[];
  readonly mailFiles: readonly string[];
  readonly hours: LoginHours | undefined;
  readonly networks: readonly string[];
}

/** Logins by day, counted from what was logged since the last run. */
export async function readLogins(context: CollectContext, settings: LoginSettings): Promise<Reading<Logins>> {
  const { at, ledger, host } = context;
  const { zone } = settings;
  const memory = openMemory(ledger, 'anomalies logins', Kept);
  const taken = await takeIn(context, settings, memory.before);
  if (taken.state === 'unreadable') return taken;
  const { series, logins, source, isBehind, ...places } = taken.value;
  const terminals = await readTerminalLogins(host);
  if (terminals.state === 'unreadable') return terminals;

  const networks = settings.networks.flatMap((text) => parseNetwork(text) ?? []);
  const came = new Set(logins.flatMap(({ address }) => address ?? []));
  const addresses = rememberAddresses(context, came, networks);
  for (const login of logins) countLogin(figuresOf(series, login.day), login, settings, addresses);
  const remote = logins.filter(({ address }) => address !== null).map(({ moment }) => secondsOf(moment));
  const accepted = [...(memory.before?.accepted ?? []), ...remote];
  const until = secondsOf(at) - apart;
  const from = memory.before?.checkedUntil ?? until;
  // What is not read yet cannot be held against wtmp.
  const checkedUntil = isBehind ? from : Math.max(from, until);
  const atTerminals = (terminals.value ?? []).map(secondsOf).filter((one) => one > from && one <= checkedUntil);
  countUnlogged(series, zone, accepted, atTerminals);
  const days = closedDays(series, { at, zone, nothing: none });
  series.until = at.toISOString();
  const recent = accepted.filter((moment) => moment > checkedUntil - apart).slice(-5000);
  memory.keep({ ...places, series, accepted: recent, checkedUntil });
  return read({
    since: ledger.isKept ? series.since : null,
    source,
    addressesSince: addresses.since,
    isCrossChecked: terminals.value !== null,
    days: days.map((day) => describe(day, settings.hours !== undefined)),
  });
}

interface TakenIn {
  readonly place: Place;
  readonly mailPlace: Place | null;
  readonly source: string;
  readonly series: Series<Figures>;
  readonly logins: readonly Login[];
  readonly isBehind: boolean;
}

/** Counts what logs tell since the last look. Mail programs write of those that they refuse into a log of their own. */
async function takeIn(
  context: CollectContext,
  { files, mailFiles, zone }: LoginSettings,
  before: z.output<typeof Kept> | undefined,
): Promise<Reading<TakenIn>> {
  const { at } = context;
  const series: Series<Figures> = before?.series ?? newSeries(at);
  const logins: Login[] = [];
  let last: Date | undefined;
  const own = await readNew(context, { files, facilities: 'auth,authpriv', zone }, before?.place, (record) => {
    last = record.moment;
    const day = dayFor(series, record.moment, { at, zone });
    figuresOf(series, day).records += 1;
    const event = loginEvent(record.program, record.message);
    if (event?.event === 'failed') countFailed(figuresOf(series, day), event);
    else if (event !== undefined) logins.push({ ...event, day, moment: record.moment });
  });
  if (own.state === 'unreadable') return own;
  if (own.value.isBehind) breakFrom(series, last, at, zone);

  const mailBefore = before?.mailPlace ?? undefined;
  const mail = await readNew(context, { files: mailFiles, facilities: 'mail', zone }, mailBefore, (record) => {
    last = record.moment;
    const event = mailLoginEvent(record.program, record.message);
    if (event !== undefined) countFailed(figuresOf(series, dayFor(series, record.moment, { at, zone })), event);
  });
  // A host without mail has no such log.
  if (mail.state === 'unreadable' && mail.obstacle.code !== 'missing') return mail;
  const mailRead = mail.state === 'read' ? mail.value : null;
  if (mailRead?.isBehind) breakFrom(series, last, at, zone);
  const isMailLost = mailRead === null ? mailBefore !== undefined : mailRead.isBroken;
  if (before !== undefined && (own.value.isBroken || isMailLost)) breakSince(series, at, zone);
  const { place, source, isBehind } = own.value;
  return read({ place, mailPlace: mailRead?.place ?? null, source, series, logins, isBehind });
}

function figuresOf(series: Series<Figures>, day: string): Figures {
  return (series.days[day] ??= structuredClone(none));
}

function secondsOf(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}

function countFailed(figures: Figures, { service, count }: Failed): void {
  const isRoom = service in figures.failed || Object.keys(figures.failed).length < maximumServices - 1;
  const name = isRoom ? service : 'others';
  figures.failed[name] = (figures.failed[name] ?? 0) + count;
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
    else figuresOf(series, dayOf(new Date(moment * 1000), zone)).unlogged += 1;
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
