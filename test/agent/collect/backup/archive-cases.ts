import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { temporaryFolder } from '../../../support/tools.ts';
import { lastNight, nights, nightsTo, november, testCases, timeZone } from './cases.ts';
import { fakedClock } from './faked-clock.ts';
import { collectSet } from './support.ts';

/** What a cron job of each night writes into a file that it names by its own clock. */
export interface Job {
  /** Words of a command that writes an archive of more than 100 KB to standard output; known once a server is there. */
  readonly command: () => readonly string[];
  readonly extension: string;
  /** What the settings ask of the archives. */
  readonly asked: Readonly<Record<string, unknown>>;
}

/** Declares the tests of every case for folders that such a job fills, in a `describe` of its own. */
export function testArchiveCases({ command, extension, asked }: Job): void {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  /** Where each night's archive lies, by its moment. */
  const archives = new Map<string, string>();

  function environmentAt(moment: string): Record<string, string | undefined> {
    return { ...process.env, TZ: timeZone, ...fakedClock(moment) };
  }

  function put(place: string, moment: string, content: Uint8Array): string {
    const shown = execFileSync('date', ['+%F_%H%M'], { env: environmentAt(moment), encoding: 'utf8' }).trim();
    const path = join(place, `db-${shown}.${extension}`);
    writeFileSync(path, content);
    // A file system has no other clock than the machine's.
    utimesSync(path, new Date(moment), new Date(moment));
    return path;
  }

  function folderWith(name: string, moments: readonly string[]): string {
    const place = join(folder.path, name);
    mkdirSync(place);
    for (const moment of moments)
      cpSync(archives.get(moment) ?? '', join(place, nameOf(moment)), { preserveTimestamps: true });
    return place;
  }

  function nameOf(moment: string): string {
    return archives.get(moment)?.split('/').at(-1) ?? '';
  }

  function collect(place: string, more: object = {}): Promise<BackupSet> {
    const archive = { folder: place, pattern: `db-{date}_{time}.${extension}`, ...asked };
    return collectSet(new LocalHost(), { timeZone, source: { archives: archive }, ...more });
  }

  beforeAll(() => {
    const [file = '', ...args] = command();
    for (const night of nights) {
      const content = execFileSync(file, args, { env: environmentAt(night), maxBuffer: 2 ** 26 });
      archives.set(night, put(folder.path, night, content));
    }
  }, 30_000);

  testCases({
    copiesOf: (moments, name) => collect(folderWith(name, moments)),
    pruned: () => collect(folderWith('pruned', nightsTo(lastNight).slice(-4))),
    lackingPath: () => collect(folderWith('lacking', nightsTo(lastNight)), { paths: ['/etc'] }),
    tellsPaths: false,
    async interrupted() {
      const place = folderWith('interrupted', nightsTo(november[1]));
      const [file = '', ...args] = command();
      const child = spawn(file, args, { env: environmentAt(lastNight), stdio: ['ignore', 'pipe', 'ignore'] });
      // It waits until somebody takes more than a pipe holds.
      const [begun] = (await once(child.stdout, 'data')) as [Buffer];
      child.kill('SIGKILL');
      await once(child, 'exit');
      put(place, lastNight, begun);
      return collect(place);
    },
    wrongPassword: { none: 'names and sizes of files are not behind a password' },
    locked: { none: 'files that are written are not locked for those who read them' },
  });
}
