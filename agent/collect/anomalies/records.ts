import { firstMoment } from '../log-retention/stamps.ts';

/** A line of a log of syslog: who wrote it, and what. */
export interface LogRecord {
  /** As far as asked; see `momentOf`. */
  readonly stamp: string;
  readonly program: string;
  readonly message: string;
}

export interface TimedRecord {
  readonly moment: Date;
  readonly program: string;
  readonly message: string;
}

export type TakeRecord = (record: TimedRecord) => void;

const form =
  /^(?:<\d{1,3}>)?((?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)|(?:\d{4}-\d\d-\d\d[T ]\S+)) \S+ ([^\s:[]{1,64})(?:\[\d+\])?: ?(.*)$/s;

/** Undefined for a line in no form of syslog (RFC 3164, or with a stamp of RFC 3339). */
export function parseRecord(line: string): LogRecord | undefined {
  const [, stamp, program, message = ''] = form.exec(line) ?? [];
  return stamp === undefined || program === undefined ? undefined : { stamp, program, message };
}

/** Tells the moments of stamps, each form of an hour worked out once: there may be hundreds of thousands. */
export function stampReader(zone: string, at: Date): (stamp: string) => Date | undefined {
  const hours = new Map<string, number | undefined>();
  const before = new Date(at.getTime() + 86_400_000);
  return (stamp) => {
    const [, hour, minute, second, rest = ''] = /^(.*?\d\d):(\d\d):(\d\d)(.*)$/.exec(stamp) ?? [];
    if (hour === undefined) return undefined;
    const offset = rest.replace(/^[.,]\d+/, '');
    const key = `${hour}:00:00${offset}`;
    if (!hours.has(key)) hours.set(key, firstMoment(`${key} `, { zone, before })?.getTime());
    const start = hours.get(key);
    return start === undefined ? undefined : new Date(start + (Number(minute) * 60 + Number(second)) * 1000);
  };
}
