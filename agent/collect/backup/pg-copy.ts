import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { Manifest } from './pg-manifest.ts';
import { segmentsOf, usualSegmentSize } from './wal.ts';

/** How pg_basebackup wrote a copy: `--format` is plain or tar. */
export type Form = 'plain' | 'tar';

const tarName = /^(base|pg_wal|\d+)\.tar(\.gz|\.lz4|\.zst)?$/;

/** The form of the base backup in a folder with those names; undefined where there is none. */
export function formOf(names: readonly string[]): Form | undefined {
  if (names.some((name) => name.startsWith('base.tar'))) return 'tar';
  const marks = ['PG_VERSION', 'backup_label', 'backup_manifest', 'backup_manifest.tmp'];
  return names.some((name) => marks.includes(name)) ? 'plain' : undefined;
}

/** Those of the names that are tar files of a base backup. */
export function tarsIn(names: readonly string[]): string[] {
  return names.filter((name) => tarName.test(name));
}

/**
 * Whether all files of a manifest are there, by the lists of their folders; in tar files by those and, where they are not
 * packed, by their size.
 */
export async function holdsFiles(
  host: Host,
  folder: string,
  form: Form,
  names: readonly string[],
  { files }: Manifest,
): Promise<Reading<boolean>> {
  return form === 'plain' ? holdsPlainFiles(host, folder, files) : holdsTars(host, folder, names, files);
}

async function holdsPlainFiles(host: Host, folder: string, files: Manifest['files']): Promise<Reading<boolean>> {
  const byFolder = Map.groupBy(files, ({ path }) => path.slice(0, Math.max(path.lastIndexOf('/'), 0)));
  for (const [inner, wanted] of byFolder) {
    const names = await listOrNone(host, inner === '' ? folder : `${folder}/${inner}`);
    if (names.state === 'unreadable') return names;
    const found = new Set(names.value);
    if (!wanted.every(({ path }) => found.has(path.slice(path.lastIndexOf('/') + 1)))) return read(false);
  }
  return read(true);
}

/** Each tablespace has a tar file of its own, named by its number; the rest is in `base`. */
async function holdsTars(
  host: Host,
  folder: string,
  names: readonly string[],
  files: Manifest['files'],
): Promise<Reading<boolean>> {
  const sizes = new Map<string, number>([['base', 0]]);
  for (const { path, size } of files) {
    const tar = /^pg_tblspc\/(\d+)\//.exec(path)?.[1] ?? 'base';
    sizes.set(tar, (sizes.get(tar) ?? 0) + size);
  }
  for (const [tar, size] of sizes) {
    const name = tarsIn(names).find((one) => one.startsWith(`${tar}.tar`));
    if (name === undefined) return read(false);
    const status = await host.status(`${folder}/${name}`);
    if (status.state === 'unreadable') return status;
    if (status.value.size < (name.endsWith('.tar') ? size : 1)) return read(false);
  }
  return read(true);
}

/** Whether the log that the files need lies beside them: in `pg_wal`, or in a tar file of that name. */
export async function holdsLog(
  host: Host,
  folder: string,
  form: Form,
  names: readonly string[],
  { ranges }: Manifest,
): Promise<Reading<boolean>> {
  if (form === 'tar') return read(tarsIn(names).some((name) => name.startsWith('pg_wal.')));
  const listed = await listOrNone(host, `${folder}/pg_wal`);
  if (listed.state === 'unreadable') return listed;
  const [first] = listed.value.filter((name) => /^[0-9A-F]{24}$/.test(name));
  const status = first === undefined ? undefined : await host.status(`${folder}/pg_wal/${first}`);
  if (status?.state === 'unreadable') return status;
  const found = new Set(listed.value);
  const segmentSize = powerOfTwo(status?.value.size);
  return read(
    ranges.every(({ timeline, from, to }) =>
      segmentsOf(timeline, from, to, segmentSize)?.every((segment) => found.has(segment)),
    ),
  );
}

/** A segment's own size says how large all are; one that is no power of two from 1 MiB to 1 GiB was cut short. */
function powerOfTwo(size = 0): number {
  const isPossible = size >= 2 ** 20 && size <= 2 ** 30 && Number.isInteger(Math.log2(size));
  return isPossible ? size : usualSegmentSize;
}

async function listOrNone(host: Host, folder: string): Promise<Reading<string[]>> {
  const names = await host.list(folder);
  const isMissing = names.state === 'unreadable' && names.obstacle.code === 'missing';
  return isMissing ? read([]) : names;
}
