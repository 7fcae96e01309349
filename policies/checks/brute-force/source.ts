import { isOlder } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { Log, Service, Source } from './facts.ts';
import { because } from './reasons.ts';

/** Who reads a source, for which service, and for how many seconds it may stay silent. */
export interface Reader {
  readonly guard: string;
  readonly service: Service;
  readonly maximumSilence: number;
}

/** What stands in the way of a guard's hearing of failed logins; nothing where one of its logs is written. */
export function judgeSource(source: Source, reader: Reader, at: Date): Reason[] {
  if (source.kind === 'journal') return judgeJournal(source, reader, at);
  if (source.logs.length === 0) return [because('brute-force.no-source', { guard: reader.guard }, reader.guard)];
  const found = source.logs.map((log) => judgeLog(log, reader, at));
  return found.includes(undefined) ? [] : found.flatMap((reason) => reason ?? []);
}

function judgeLog({ path, written }: Log, { guard, service, maximumSilence }: Reader, at: Date): Reason | undefined {
  if (written.state === 'unreadable') {
    return written.obstacle.code === 'missing'
      ? because('brute-force.log-missing', { guard, path }, guard)
      : obstacleReason(written.obstacle, guard);
  }
  const { on, isEmpty } = written.value;
  if (isFuture(startOf(on), at)) return because('brute-force.log-future', { guard, source: path, on }, guard);
  // Logins over SSH are tried all day on any host of the Internet, and the same log has those of cron and sudo.
  if (isOlder(endOf(on), maximumSilence, at)) {
    return service === 'ssh'
      ? because('brute-force.log-unwritten', { guard, path, on, maximum: maximumSilence }, guard)
      : because('brute-force.log-silent', { guard, path, on, service }, guard);
  }
  return isEmpty ? because('brute-force.log-empty', { guard, path }, guard) : undefined;
}

function judgeJournal(
  { match, newestOn }: Source & { kind: 'journal' },
  { guard, maximumSilence }: Reader,
  at: Date,
): Reason[] {
  if (newestOn.state === 'unreadable') return [obstacleReason(newestOn.obstacle, guard)];
  const on = newestOn.value;
  if (on === null) return [because('brute-force.journal-empty', { guard, match }, guard)];
  if (isFuture(startOf(on), at)) return [because('brute-force.log-future', { guard, source: match, on }, guard)];
  if (!isOlder(endOf(on), maximumSilence, at)) return [];
  return [because('brute-force.journal-silent', { guard, match, on, maximum: maximumSilence }, guard)];
}

export function describeSource(source: Source): string {
  const text = source.kind === 'journal' ? `journal ${source.match}` : source.logs.map(({ path }) => path).join(', ');
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** The first and the last moment of a day in UTC. */
export function startOf(day: string): string {
  return `${day}T00:00:00Z`;
}

export function endOf(day: string): string {
  return `${day}T23:59:59Z`;
}
