import { unreadable, read, type Reading } from '../../../policies/reading.ts';

/**
 * The rows of a statement as the client of MariaDB or MySQL prints them with --vertical. A value may hold line breaks, such as
 * the text of an error, and could so pretend to be another column: a column that stands there twice makes the row unreadable.
 */
export function parseVertical(text: string, what: string): Reading<ReadonlyMap<string, string>[]> {
  const rows: Map<string, string>[] = [];
  for (const line of text.split('\n')) {
    if (/^\*{20,} \d+\. row \*{20,}$/.test(line)) {
      rows.push(new Map());
      continue;
    }
    const [, name, value = ''] = /^ *([A-Za-z_]+): ?(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const row = rows.at(-1);
    if (row === undefined || row.has(name)) return unreadable('unparsable', what, `the column ${name} stands twice`);
    row.set(name, value);
  }
  return read(rows);
}
