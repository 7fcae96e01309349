import { isOlder } from '../../moments.ts';
import type { Reason } from '../../reasons.ts';
import { neededDays, recentDays, tooFewDays, usualBefore } from './days.ts';
import type { Logins } from './facts.ts';
import type { LoginParameters } from './parameters.ts';
import { because } from './reasons.ts';

type Day = Logins['days'][number];

/** Refused logins below which a multiple of what is usual says nothing. */
const fewFailed = 100;
/** Seconds for which every address is new to an agent. */
const learningTime = neededDays * 86_400;

export function judgeLogins(logins: Logins, zone: string, parameters: LoginParameters, at: Date): Reason[] {
  const { source, days } = logins;
  const count = parameters.lookBack / 86_400;
  const { known, reasons } = recentDays(logins, { count, zone, at, subject: source });
  // One day without a baseline tells as much as several.
  const young = known.find(({ day }) => 'tooFew' in usualBefore(days, day, () => 0));
  const before = young === undefined ? undefined : usualBefore(days, young.day, () => 0);
  return [
    ...reasons,
    ...known.flatMap((day) => judgeDay(day, logins, parameters)),
    ...(young !== undefined && before !== undefined && 'tooFew' in before
      ? [tooFewDays(young.day, before.tooFew, source)]
      : []),
    ...judgeSettings(known, logins, zone, parameters),
  ];
}

function judgeDay(one: Day, { source, days }: Logins, parameters: LoginParameters): Reason[] {
  const { day, failed, accepted, unlogged, records } = one;
  if (records === 0) return [because('anomalies.silent', { source, day }, source)];
  const found = [
    ...(unlogged > 0 ? [because('anomalies.unlogged', { day, count: unlogged, source }, source)] : []),
    ...failed.flatMap(({ service, count }) => judgeFailed(day, service, count, days, parameters)),
    ...judgeAccepted(one, source, parameters),
  ];
  const refused = failed.reduce((sum, { count }) => sum + count, 0);
  return found.length > 0 ? found : [because('anomalies.quiet-day', { day, failed: refused, accepted }, source)];
}

function judgeFailed(
  day: string,
  service: string,
  count: number,
  days: readonly Day[],
  { maximumFailed: maximum, factor }: LoginParameters,
): Reason[] {
  if (count > maximum) return [because('anomalies.failed-many', { day, service, count, maximum }, service)];
  const before = usualBefore(days, day, ({ failed }) => failed.find((one) => one.service === service)?.count ?? 0);
  if ('tooFew' in before || count <= fewFailed || count <= before.usual * factor) return [];
  return [because('anomalies.failed-unusual', { day, service, count, usual: before.usual, factor }, service)];
}

function judgeAccepted(
  { day, root, odd, unseen }: Day,
  source: string,
  { rootLogins, oddHours, unseenAddresses }: LoginParameters,
): Reason[] {
  const found: Reason[] = [];
  const addresses = unseen.join(', ');
  if (rootLogins === 'fail' && root > 0) found.push(because('anomalies.root-login', { day, count: root }, source));
  if (oddHours === 'fail' && odd !== null && odd > 0) {
    found.push(because('anomalies.odd-hour', { day, count: odd }, source));
  }
  if (unseenAddresses === 'fail' && unseen.length > 0) {
    found.push(because('anomalies.unseen-address', { day, addresses }, source));
  }
  if (found.length > 0 || (root === 0 && (odd ?? 0) === 0 && unseen.length === 0)) return found;
  return [because('anomalies.noted', { day, root, odd: odd ?? 0, unseen: unseen.length }, source)];
}

/** What has to be set, or learnt, before a day can be called quiet. */
function judgeSettings(
  known: readonly Day[],
  { source, addressesSince: since }: Logins,
  zone: string,
  { oddHours, unseenAddresses }: LoginParameters,
): Reason[] {
  const found: Reason[] = [];
  if (oddHours === 'fail' && known.some(({ odd }) => odd === null)) {
    found.push(because('anomalies.hours-not-set', {}, source));
  }
  const learning = known.find(({ day }) => since === null || !isOlder(since, learningTime, beginningOf(day, zone)));
  if (unseenAddresses === 'fail' && learning !== undefined && since !== null) {
    found.push(because('anomalies.learning', { since, day: learning.day, needed: learningTime }, source));
  }
  return found;
}

function beginningOf(day: string, zone: string): Date {
  return new Date(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds);
}
