import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { read } from '../../policies/reading.ts';
import { maximumListing, type CopiedFile, type Copy, type RestoreContext } from './restorer.ts';

/** A tar archive, packed or not. Names may end up anywhere but outside the folder: GNU tar sees to that. */
export function openTar({ host, signal, timeout, scratch }: RestoreContext, path: string, isVerified: boolean): Copy {
  const run = (args: readonly string[]) =>
    host.run({ file: 'tar', args: [...args, `--file=${path}`], timeout, maximumOutput: maximumListing }, signal);
  return {
    async files() {
      const form = ['--verbose', '--full-time', '--numeric-owner', '--quoting-style=escape', '--force-local'];
      const answer = await run(['--list', ...form]);
      if (answer.state === 'unreadable') return answer;
      const { exitCode, stdout, stderr } = answer.value;
      return exitCode === 0 ? read(parseListing(stdout)) : { state: 'failed', why: stderr.trim() };
    },
    async restore(files, folder) {
      const names = join(scratch, 'names');
      const wanted = files === 'all' ? [] : ['--null', `--files-from=${names}`];
      if (files !== 'all') await writeFile(names, files.map((file) => `${file.path}\0`).join(''));
      const options = ['--no-same-owner', '--no-same-permissions', '--force-local', `--directory=${folder}`];
      const answer = await run(['--extract', ...options, ...wanted]);
      if (answer.state === 'unreadable') return answer;
      const { exitCode, stderr } = answer.value;
      return exitCode === 0 ? { state: 'restored', isVerified } : { state: 'failed', why: stderr.trim() };
    },
  };
}

/** Lines of `tar --list --verbose --full-time`; the last of several of one name is the one that comes out. */
function parseListing(stdout: string): CopiedFile[] {
  const files = new Map<string, CopiedFile>();
  for (const line of stdout.split('\n')) {
    const match = /^-\S+ \S+ +(\d+) (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,9})?) (.+)$/.exec(line);
    const [, size = '0', day = '', time = '', name = ''] = match ?? [];
    if (match === null) continue;
    const path = unescape(name);
    const source = path.startsWith('/') ? path : `/${path.replace(/^\.\//, '')}`;
    files.set(path, { path, size: Number(size), modifiedAt: new Date(`${day}T${time}Z`), source });
  }
  // A name that is no UTF-8 could not be asked for by that name.
  return [...files.values()].filter(({ size, path }) => size > 0 && !path.includes('\uFFFD'));
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\u0007' };

/** GNU tar's quoting style `escape`: as in C, with octal numbers for the bytes of what is no ASCII. */
function unescape(name: string): string {
  const bytes = name.replace(/\\([0-7]{3})|\\(.)/g, (_, octal?: string, letter?: string) =>
    octal === undefined ? (escapes[letter ?? ''] ?? letter ?? '') : String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}
