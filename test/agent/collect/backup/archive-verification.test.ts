import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { verifyArchive } from '../../../../agent/collect/backup/archive-verification.ts';
import type { FileStatus } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { read, type Reading } from '../../../../policies/reading.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { fingerprint } from './fingerprint.ts';
import { collectSet, judgeSet } from './support.ts';

const content = Array.from({ length: 60_000 }, (_, index) => String((index * 7919) % 65_537)).join(';');
const writtenAt = new Date('2026-11-22T02:10:00Z');
const every = { every: '24h' };

/** What makes an archive of `data` in the folder, as a cron job would. */
const makers: Readonly<Record<string, readonly string[]>> = {
  gz: ['gzip', '--keep', 'data'],
  'tar.gz': ['tar', '--create', '--gzip', '--file=data.tar.gz', 'data'],
  tgz: ['tar', '--create', '--gzip', '--file=data.tgz', 'data'],
  tar: ['tar', '--create', '--file=data.tar', 'data'],
  zst: ['zstd', '--quiet', 'data'],
  'tar.zst': ['tar', '--create', '--zstd', '--file=data.tar.zst', 'data'],
  xz: ['xz', '--keep', '-0', 'data'],
  bz2: ['bzip2', '--keep', 'data'],
  zip: ['zip', '--quiet', 'data.zip', 'data'],
};

/** Makes an archive with the real tool and does something to it. */
function make(folder: string, extension: string, spoil: (path: string) => void = () => undefined): string {
  const [file = '', ...args] = makers[extension] ?? [];
  writeFileSync(join(folder, 'data'), content);
  execFileSync(file, args, { cwd: folder });
  const path = join(folder, `data.${extension}`);
  spoil(path);
  return nameAs(path, join(folder, `db-2026-11-22.${extension}`));
}

function nameAs(from: string, to: string): string {
  writeFileSync(to, readFileSync(from));
  utimesSync(to, writtenAt, writtenAt);
  return to;
}

function declare(folder: string, extension: string, verify: unknown = 'newest'): Record<string, unknown> {
  return { source: { archives: { folder, pattern: `db-{date}.${extension}`, verify } } };
}

const kinds = Object.entries(makers).map(([extension, [file = '']]) => ({ extension, file }));
const hasPackers = ['xz', 'zstd', 'bzip2', 'zip'].every((name) => tool(name) !== undefined);

describe.skipIf(!hasPackers)('an archive that is read to its end', () => {
  test.each(kinds)('counts where it is whole ($extension), and stays as it was', async ({ extension }) => {
    using folder = temporaryFolder();
    make(folder.path, extension);
    const before = fingerprint(folder.path);
    const set = await collectSet(new LocalHost(), declare(folder.path, extension));
    expect(judgeSet(set, every)).toEqual(['pass', 'backup.fresh', 'backup.regular']);
    expect(fingerprint(folder.path)).toEqual(before);
    expect(JSON.stringify(await collectSet(new LocalHost(), declare(folder.path, extension)))).toBe(
      JSON.stringify(set),
    );
  });

  test.each(kinds)('does not count where it was cut short ($extension)', async ({ extension }) => {
    using folder = temporaryFolder();
    make(folder.path, extension, (path) => truncateSync(path, Math.floor(readFileSync(path).length * 0.7)));
    const set = await collectSet(new LocalHost(), declare(folder.path, extension));
    expect(judgeSet(set, every)).toEqual(['fail', 'backup.none-counts', 'backup.left-out.damaged']);
    // Without reading it nobody would know.
    const unread = { source: { archives: { folder: folder.path, pattern: `db-{date}.${extension}` } } };
    expect(judgeSet(await collectSet(new LocalHost(), unread), every)[0]).toBe('pass');
  });

  test.each(['gz', 'tar.gz', 'zst', 'xz', 'bz2'])(
    'does not count where one bit of it changed (%s)',
    async (extension) => {
      using folder = temporaryFolder();
      make(folder.path, extension, (path) => {
        const bytes = readFileSync(path);
        const middle = Math.floor(bytes.length / 2);
        bytes[middle] = (bytes[middle] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      });
      const set = await collectSet(new LocalHost(), declare(folder.path, extension));
      expect(judgeSet(set, every)).toEqual(['fail', 'backup.none-counts', 'backup.left-out.damaged']);
    },
  );

  test('does not count where its packing is whole and the tar in it is not', async () => {
    using folder = temporaryFolder();
    make(folder.path, 'tar');
    const half = readFileSync(join(folder.path, 'data.tar')).subarray(0, 512 * 100);
    writeFileSync(join(folder.path, 'half'), zstdCompressSync(half));
    nameAs(join(folder.path, 'half'), join(folder.path, 'db-2026-11-22.tar.zst'));
    const set = await collectSet(new LocalHost(), declare(folder.path, 'tar.zst'));
    expect(judgeSet(set, every)).toContain('backup.left-out.damaged');
  });

  test.each([
    ['tar', new Uint8Array(10_240)],
    ['zst', zstdCompressSync(new Uint8Array(10_240))],
    ['zip', Buffer.concat([Buffer.from('PK\x05\x06'), new Uint8Array(18)])],
  ])('does not count where nothing is in it (%s)', async (extension, bytes) => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'nothing'), bytes);
    nameAs(join(folder.path, 'nothing'), join(folder.path, `db-2026-11-22.${extension}`));
    const set = await collectSet(new LocalHost(), declare(folder.path, extension));
    expect(judgeSet(set, every)).toEqual(['fail', 'backup.none-counts', 'backup.left-out.empty']);
  });

  test('to which something was added is no whole zip file', async () => {
    using folder = temporaryFolder();
    make(folder.path, 'zip', (path) => appendFileSync(path, 'more'));
    const set = await collectSet(new LocalHost(), declare(folder.path, 'zip'));
    expect(judgeSet(set, every)).toContain('backup.left-out.damaged');
  });

  test('is the newest alone, or as many as are asked for', async () => {
    using folder = temporaryFolder();
    const path = make(folder.path, 'gz');
    const older = join(folder.path, 'db-2026-11-21.gz');
    writeFileSync(older, readFileSync(path).subarray(0, 50_000));
    utimesSync(older, new Date('2026-11-21T02:10:00Z'), new Date('2026-11-21T02:10:00Z'));
    const flawsOf = async (verify: unknown): Promise<unknown> => {
      const { points } = await collectSet(new LocalHost(), declare(folder.path, 'gz', verify));
      return points.state === 'read' ? points.value.map((point) => point.content) : points;
    };
    expect(await flawsOf('newest')).toEqual([undefined, undefined]);
    expect(await flawsOf(2)).toEqual(['damaged', undefined]);
  });
});

describe('an archive that cannot be read to its end', () => {
  const path = '/backup/db-2026-11-22.xz';
  const files = { [path]: 'x'.repeat(2000) };
  const command = `xz --test -- ${path}`;

  test.each([
    ['because the program is missing', {}, 'command-missing'],
    ['because reading failed', { [command]: { exitCode: 1, stderr: 'xz: Input/output error' } }, 'command-failed'],
  ])('is unknown %s', async (_, commands, code) => {
    const set = await collectSet(new RecordedHost({ files, commands }), declare('/backup', 'xz'));
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
    expect(judgeSet(set, every)[0]).toBe('unknown');
  });

  test('is unknown where the time is over', async () => {
    using folder = temporaryFolder();
    const archive = join(folder.path, 'data.gz');
    writeFileSync(archive, 'x');
    const host = new LocalHost();
    const status = await host.status(archive);
    if (status.state === 'unreadable') throw new Error('no status');
    const found = { path: archive, status: status.value };
    expect(await verifyArchive(host, found, { timeZone: 'UTC' }, AbortSignal.abort())).toMatchObject({
      obstacle: { code: 'timeout' },
    });
  });

  test('is still being made where it grows meanwhile', async () => {
    using folder = temporaryFolder();
    make(folder.path, 'gz');
    const set = await collectSet(new Growing(), declare(folder.path, 'gz'));
    expect(judgeSet(set, every)).toEqual(['fail', 'backup.none-counts', 'backup.left-out.unfinished']);
  });
});

/** This machine, on which a file is larger each time that one looks. */
class Growing extends LocalHost {
  #looks = 0;

  override async status(path: string): Promise<Reading<FileStatus>> {
    const status = await super.status(path);
    if (status.state === 'unreadable' || status.value.kind !== 'file') return status;
    return read({ ...status.value, size: status.value.size + this.#looks++ });
  }
}
