import type { Point } from '../../../policies/checks/backup/facts.ts';
import type { Extent } from './unpacked.ts';

/** Whose dumps can be told to be whole. */
export const dumpKinds = ['mariadb', 'postgresql'] as const;
export type DumpKind = (typeof dumpKinds)[number];

type DumpEnd = Pick<Point, 'flaw' | 'endedAt'>;

/**
 * Whether a database's dump, as text, was written to its end.
 * mariadb: `-- Dump completed on 2026-11-22  3:00:07`, the last line that mariadb-dump and mysqldump write, in local
 * time; without a moment after --skip-dump-date, and left out by --skip-comments, which cannot be told from a dump that
 * broke off. postgresql: the last comment of pg_dump, and that of pg_dumpall where it began as one: in between it
 * has those of each database.
 */
export function endOfDump(kind: DumpKind, { head, tail }: Extent, timeZone: string): DumpEnd {
  const end = textOf(tail).trimEnd();
  if (kind === 'mariadb') return endOfMariadb(end, timeZone);
  const ofCluster = textOf(head).trimStart().startsWith('--\n-- PostgreSQL database cluster dump\n');
  const what = ofCluster ? 'database cluster dump' : 'database dump';
  // The last releases of 2025 and later ones end with a command that closes psql's restricted mode.
  const isWhole = new RegExp(`\n-- PostgreSQL ${what} complete\n--(\\s+\\\\unrestrict \\S+)?$`).test(end);
  return isWhole ? {} : { flaw: 'unfinished' };
}

function endOfMariadb(end: string, timeZone: string): DumpEnd {
  const match = /(?:^|\n)-- Dump completed(?: on (?<day>\d{4}-\d\d-\d\d) +(?<hour>\d{1,2}):(?<rest>\d\d:\d\d))?$/.exec(
    end,
  );
  if (match === null) return { flaw: 'unfinished' };
  const { day, hour, rest } = match.groups ?? {};
  if (day === undefined || hour === undefined || rest === undefined) return {};
  try {
    const local = Temporal.PlainDateTime.from(`${day}T${hour.padStart(2, '0')}:${rest}`);
    return { endedAt: new Date(local.toZonedDateTime(timeZone).epochMilliseconds).toISOString() };
  } catch {
    return { flaw: 'unfinished' };
  }
}

/** Whether it is an archive of pg_dump's own (`--format=custom`), which only pg_restore can read. */
export function isCustomDump({ head }: Extent): boolean {
  return textOf(head.subarray(0, 5)) === 'PGDMP';
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}
