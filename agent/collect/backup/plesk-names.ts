import type { NamedMoment } from './archive-names.ts';

/** A file of one of Plesk's backups; `stamp` tells of which. */
export interface PleskFile {
  readonly kind: 'info' | 'content';
  readonly stamp: string;
}

/**
 * `backup_info_2611220300.xml` describes a backup, and `backup_user-data_2611220300.tzst` is content of it. Those of an
 * increment name the full backup before their own moment: `_2611210300_2611220300`. A backup may have a prefix of its
 * own. (Plesk's "What files are created during backup procedure".)
 */
export function parsePleskName(name: string): PleskFile | undefined {
  const info = /_info_(\d{10}(?:_\d{10})?)\.xml$/.exec(name)?.[1];
  if (info !== undefined) return { kind: 'info', stamp: info };
  const content = /[_a-z-](\d{10}(?:_\d{10})?)\.(?:tgz|tzst|tar|zip)(?:\.\d+)?$/.exec(name)?.[1];
  return content === undefined ? undefined : { kind: 'content', stamp: content };
}

/** The full backup that an increment rests on, undefined for a full one. */
export function baseOf(stamp: string): string | undefined {
  const [base, own] = stamp.split('_');
  return own === undefined ? undefined : base;
}

/** The moment in a stamp, YYMMDDhhmm in the set's zone; undefined for one that no calendar has. */
export function momentIn(stamp: string): NamedMoment | undefined {
  const own = stamp.split('_').at(-1) ?? '';
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = (own.match(/\d\d/g) ?? []).map(Number);
  try {
    return {
      date: Temporal.PlainDate.from({ year: 2000 + year, month, day }, { overflow: 'reject' }),
      time: Temporal.PlainTime.from({ hour, minute }, { overflow: 'reject' }),
    };
  } catch {
    return undefined;
  }
}
