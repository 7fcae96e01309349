import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Where the real thing is made of each tool that Debian brings. */
const files: Readonly<Record<string, string>> = {
  restic: 'restic.test.ts',
  borg: 'borg.test.ts',
  rsnapshot: 'rsnapshot.test.ts',
  duplicity: 'duplicity.test.ts',
  'archives of tar, mariadb-dump and pg_dump': 'archive-cases.ts',
  pg_basebackup: 'pg-basebackup.test.ts',
  pgBackRest: 'pgbackrest.test.ts',
  barman: 'barman.test.ts',
  'mariadb-backup': 'mariadb-backup.test.ts',
};
const titles: Readonly<Record<string, string>> = { wrongPassword: 'a wrong password', locked: 'a lock' };

function textOf(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8');
}

/** The cases that a tool has not, and why, as its own test says. */
function absentIn(file: string): (readonly [string, string])[] {
  return [...textOf(file).matchAll(/(\w+): \{ none: '([^']+)' \}/g)].map(
    ([, name = '', why = '']) => [titles[name] ?? name, why] as const,
  );
}

test('every tool that Debian brings is judged in the same cases', () => {
  for (const file of Object.values(files)) expect(textOf(file), file).toContain('  testCases({\n');
  // Once for tar, and once for each kind of dump.
  const calls = ['archives.test.ts', 'dumps.test.ts'].map(
    (file) => textOf(file).split('testArchiveCases({').length - 1,
  );
  expect(calls).toEqual([1, 2]);
});

test('the page says which tools have every case, and of the others why not', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/checks/backup.md'), 'utf8');
  const section = page.slice(page.indexOf('## How it is tested'), page.indexOf('## What it cannot see'));
  const rows = [...section.matchAll(/^\| (.+?) \| (.+?) \| (.+?) \|$/gm)].slice(2).map(([, ...cells]) => cells);
  const absent = Object.entries(files).flatMap(([tool, file]) => absentIn(file).map((one) => [tool, ...one]));
  expect(rows).toEqual(absent);
  const whole = Object.keys(files).filter((tool) => absent.every(([other]) => other !== tool));
  expect(section).toContain(`${whole.slice(0, -1).join(', ')} and ${whole.at(-1) ?? ''} have all of these`);
});
