import { isAbove } from '../../ladder.ts';
import { obstacleReason, type Reading } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { recentDays, tooFewDays, usualBefore } from './days.ts';
import { queueSteps, type AnomaliesFacts, type Sent, type Storage, type Traffic } from './facts.ts';
import type { VolumeParameters } from './parameters.ts';
import { because } from './reasons.ts';

const mebibyte = 2 ** 20;
const week = 7;
/** Below these a multiple of what is usual says nothing: messages a day, mebibytes a week. */
const fewMessages = 100;
const littleTraffic = 1024;

interface Surroundings {
  readonly zone: string;
  readonly at: Date;
  readonly parameters: VolumeParameters;
}

export function judgeVolume(facts: AnomaliesFacts, surroundings: Surroundings): Reason[] {
  const { of } = surroundings.parameters;
  return [
    ...(of.includes('mail') ? judgeMail(facts.mail, surroundings) : []),
    ...(of.includes('traffic') ? judgeReading(facts.traffic, 'traffic', surroundings, judgeTraffic) : []),
    ...(of.includes('storage') ? judgeReading(facts.storage, 'storage', surroundings, judgeStorage) : []),
  ];
}

/** What was not asked for when facts were read has no reasons, and so is unknown. */
function judgeReading<T>(
  reading: Reading<T> | undefined,
  subject: string,
  surroundings: Surroundings,
  judge: (value: T, surroundings: Surroundings) => Reason[],
): Reason[] {
  if (reading === undefined) return [because('anomalies.not-remembered', {}, subject)];
  return reading.state === 'unreadable'
    ? [obstacleReason(reading.obstacle, subject)]
    : judge(reading.value, surroundings);
}

function judgeMail(mail: AnomaliesFacts['mail'], surroundings: Surroundings): Reason[] {
  if (mail === null) return [because('anomalies.no-mail', {}, 'mail')];
  return judgeReading(mail, 'mail', surroundings, ({ program, queue, sent }) =>
    [
      judgeReading(queue, 'mail', surroundings, (count) => [judgeQueue(program, count, surroundings.parameters)]),
      judgeReading(sent, 'mail', surroundings, judgeSent),
    ].flat(),
  );
}

function judgeQueue(program: string, count: number | null, { maximumQueue: maximum }: VolumeParameters): Reason {
  if (count !== null && !isAbove(count, maximum)) {
    return because('anomalies.queue-short', { program, count, maximum }, 'mail');
  }
  const over = (count === null ? queueSteps.at(-1) : queueSteps[queueSteps.indexOf(count) - 1]) ?? 0;
  return because('anomalies.queue-long', { program, over, maximum }, 'mail');
}

function judgeSent(sent: Sent, { zone, at, parameters }: Surroundings): Reason[] {
  const count = parameters.lookBack / 86_400;
  const { known, reasons } = recentDays(sent, { count, zone, at, subject: sent.source });
  const found = [...reasons, ...known.flatMap((day) => judgeSentDay(day, sent, parameters))];
  for (const { day } of known) {
    const before = usualBefore(sent.days, day, () => 0);
    // One day without a baseline tells as much as several.
    if ('tooFew' in before) return [...found, tooFewDays(day, before.tooFew, 'mail')];
  }
  return found;
}

function judgeSentDay(
  { day, records, sent, accounts }: Sent['days'][number],
  { source, days }: Sent,
  { maximumSent: maximum, factor }: VolumeParameters,
): Reason[] {
  // A day without mail is no wonder; a log in which there never is any is not the one that the program writes.
  if (records === 0 && days.every((one) => one.records === 0))
    return [because('anomalies.silent', { source, day }, source)];
  const many = accounts.filter((one) => one.sent > maximum);
  const found = many.map((one) => because('anomalies.sent-many', { day, ...one, maximum }, one.account));
  const before = usualBefore(days, day, (one) => one.sent);
  if ('usual' in before && sent > fewMessages && sent > before.usual * factor) {
    found.push(because('anomalies.sent-unusual', { day, sent, usual: before.usual, factor }, 'mail'));
  }
  const most = Math.max(0, ...accounts.map((one) => one.sent));
  return found.length > 0 ? found : [because('anomalies.sent-usual', { day, sent, most }, 'mail')];
}

/** The last seven days together: a single day of backups to elsewhere is no anomaly. */
function judgeTraffic(traffic: Traffic, { zone, at, parameters: { factor } }: Surroundings): Reason[] {
  const { known, reasons } = recentDays(traffic, { count: week, zone, at, subject: 'traffic' });
  const [first, last] = [known[0], known.at(-1)];
  if (known.length < week || first === undefined || last === undefined) return [...reasons];
  const before = usualBefore(traffic.days, first.day, ({ sent }) => sent);
  if ('tooFew' in before) return [tooFewDays(first.day, before.tooFew, 'traffic')];
  const sum = known.reduce((total, { sent }) => total + sent, 0);
  const values = { day: last.day, sent: sum * mebibyte, usual: before.usual * week * mebibyte, factor };
  const isUnusual = sum > littleTraffic && sum > before.usual * week * factor;
  return [because(isUnusual ? 'anomalies.traffic-unusual' : 'anomalies.traffic-usual', values, 'traffic')];
}

/** Between the first and the last of eight days; file systems that were not there before have nothing to grow from. */
function judgeStorage(storage: Storage, { zone, at, parameters: { maximumGrowth: maximum } }: Surroundings): Reason[] {
  const { known, reasons } = recentDays(storage, { count: week + 1, zone, at, subject: 'storage' });
  const [first, last] = [known[0], known.at(-1)];
  if (known.length < week + 1 || first === undefined || last === undefined) return [...reasons];
  return last.mounts.flatMap(({ mount, used, size }) => {
    const before = first.mounts.find((one) => one.mount === mount);
    if (before === undefined) return [tooFewDays(last.day, 0, mount)];
    const isMuch = (used - before.used) * 100 > size * maximum;
    const values = { mount, before: before.used * mebibyte, used: used * mebibyte, day: last.day, maximum };
    return [because(isMuch ? 'anomalies.growth' : 'anomalies.growth-usual', values, mount)];
  });
}
