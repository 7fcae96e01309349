import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { families, familyNames, type Family } from '../collector/metrics/families.ts';
import { ownFamilies } from '../collector/metrics/process.ts';

const file = join(import.meta.dirname, '../docs/metrics.md');

const parts = {
  fleet: () => familyNames.map((name) => rowOf(name, families[name])),
  own: () =>
    Object.values(ownFamilies).map(({ name, labelNames, ...own }) => rowOf(name, { ...own, labels: labelNames })),
} as const;

/**
 * The reference of the metrics: what a person wrote, with the tables that follow from the declarations.
 * @throws RangeError where the page has not the marks between which they stand
 */
export function metricsPage(): string {
  let page = readFileSync(file, 'utf8');
  for (const [name, rows] of Object.entries(parts)) page = replacePart(page, name, rows());
  return page;
}

function replacePart(page: string, name: string, rows: readonly string[]): string {
  const [begin, end] = [`<!-- ${name}: made by npm run dashboards -->\n`, `<!-- end of ${name} -->\n`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new RangeError(`docs/metrics.md has no place for ${name}`);
  const table = ['| metric | labels | unit | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
  return `${page.slice(0, from + begin.length)}\n${table}\n${page.slice(to)}`;
}

function rowOf(name: string, { labels, unit, help, note }: Family): string {
  const meaning = [help, note].filter((text) => text !== undefined).join(' ');
  const cells = [`\`${name}\``, labels.join(', '), unit === 'none' ? '' : unit, meaning.replaceAll('|', '\\|')];
  return `| ${cells.join(' | ')} |`;
}
