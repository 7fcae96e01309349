import { lstatSync, readdirSync, statfsSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { isLocked } from '../lock.ts';
import type { Finding } from './findings.ts';

/** Where less than this is free, in bytes, it is time to say so. */
const littleBytes = 2 ** 30;

/** Files of a data folder beyond these are of the same few sorts. */
const maximumFiles = 20_000;

interface Entry {
  readonly path: string;
  readonly status: Stats;
}

export interface FolderInput {
  readonly data: string;
  /** Bytes without which the service takes or keeps nothing new. */
  readonly reserved: number;
  /** Who holds its lock while it runs. */
  readonly service: string;
}

/** Looks at a data folder and writes nothing to it: what root wrote there, its service could not change. */
export function examineFolder({ data, reserved, service }: FolderInput): Finding[] {
  let folder: Stats | undefined;
  let content: readonly Entry[];
  try {
    folder = statSync(data, { throwIfNoEntry: false });
    if (folder?.isDirectory() !== true) return [{ code: 'folder.missing', seen: `${data} is no folder` }];
    content = filesIn(data);
  } catch (error) {
    return [{ code: 'folder.unread', seen: `${data}: ${error instanceof Error ? error.message : String(error)}` }];
  }
  return [...ownersIn(data, folder, content), roomAt(data, reserved), lockOf(data, service)];
}

function ownersIn(data: string, folder: Stats, content: readonly Entry[]): Finding[] {
  const foreign = content.filter(({ status }) => status.uid !== folder.uid);
  const all = [{ path: data, status: folder }, ...content];
  const open = all.filter(({ status }) => (status.mode & 0o077) !== 0 && !status.isSymbolicLink());
  const found: Finding[] = [];
  const [firstForeign] = foreign;
  if (firstForeign !== undefined) {
    const whose = `belongs to user ${firstForeign.status.uid}, expected ${folder.uid} as the folder itself`;
    found.push({ code: 'folder.owners', seen: `${firstForeign.path} ${whose}${andMore(foreign.length)}` });
  }
  // Within a folder that nobody else may enter, the modes of files let nobody in.
  const exposed = (folder.mode & 0o077) === 0 ? [] : open;
  const [firstOpen] = exposed;
  if (firstOpen !== undefined) {
    const mode = (firstOpen.status.mode & 0o777).toString(8).padStart(4, '0');
    found.push({
      code: 'folder.open',
      seen: `${firstOpen.path} has mode ${mode}, expected nothing for others${andMore(exposed.length)}`,
    });
  }
  if (found.length > 0) return found;
  return [{ code: 'folder.sound', seen: `${data} and what it holds belong to user ${folder.uid} alone` }];
}

function roomAt(data: string, reserved: number): Finding {
  const { bavail, bsize } = statfsSync(data);
  return judgeRoom(bavail * bsize, data, reserved);
}

/** @param free in bytes */
export function judgeRoom(free: number, data: string, reserved: number): Finding {
  const seen = `${Math.floor(free / 2 ** 20)} MiB are free on the disk of ${data}`;
  if (free < reserved)
    return { code: 'disk.full', seen: `${seen}, expected ${Math.ceil(reserved / 2 ** 20)} at least` };
  if (free < littleBytes) return { code: 'disk.little', seen: `${seen}, expected ${littleBytes / 2 ** 20} or more` };
  return { code: 'disk.room', seen };
}

function lockOf(data: string, service: string): Finding {
  return isLocked(data)
    ? { code: 'lock.taken', seen: `${service} works in ${data} now` }
    : { code: 'lock.free', seen: `nobody works in ${data} now` };
}

function filesIn(folder: string): Entry[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort().slice(0, maximumFiles);
  return names.flatMap((name) => {
    const path = join(folder, name);
    const status = lstatSync(path, { throwIfNoEntry: false });
    // A service that works in it removes files meanwhile.
    return status === undefined ? [] : [{ path, status }];
  });
}

function andMore(count: number): string {
  return count > 1 ? `, and ${count - 1} more` : '';
}
