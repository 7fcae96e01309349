import { read } from '../../policies/reading.ts';
import { maximumListing, type CopiedFile, type Copy, type RestoreContext } from './restorer.ts';

/** A zip archive. Its CRC-32 of each file is held against what comes out; unzip never writes outside the folder. */
export function openZip({ host, signal, timeout }: RestoreContext, path: string): Copy {
  const run = (file: string, args: readonly string[]) =>
    host.run({ file, args, timeout, maximumOutput: maximumListing }, signal);
  return {
    async files() {
      const answer = await run('zipinfo', ['-l', '-T', path]);
      if (answer.state === 'unreadable') return answer;
      const { exitCode, stdout, stderr } = answer.value;
      return exitCode === 0 ? read(parseListing(stdout)) : { state: 'failed', why: (stderr || stdout).trim() };
    },
    async restore(files, folder) {
      const names = files === 'all' ? [] : files.map((file) => literal(file.path));
      // An empty password: it would ask for one where files are encrypted.
      const answer = await run('unzip', ['-qq', '-n', '-P', '', path, ...names, '-d', folder]);
      if (answer.state === 'unreadable') return answer;
      const { exitCode, stdout, stderr } = answer.value;
      if (exitCode === 0) return { state: 'restored', isVerified: true };
      return { state: 'failed', why: `exit code ${exitCode}: ${(stderr || stdout).trim()}` };
    },
  };
}

/** Lines of `zipinfo -l -T`: zipinfo(1). A control character in a name is shown as ^J, so that such names are not known. */
function parseListing(stdout: string): CopiedFile[] {
  const files: CopiedFile[] = [];
  for (const line of stdout.split('\n')) {
    const match = /^-\S* +\S+ +\S+ +(\d+) +\S+ +\d+ +\S+ +(\d{8})\.(\d{6}) (.+)$/.exec(line);
    const [, size = '0', day = '', time = '', path = ''] = match ?? [];
    if (match === null || size === '0' || /\^[@-_]/.test(path)) continue;
    const moment = `${day}T${time}`.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:$6Z');
    files.push({ path, size: Number(size), modifiedAt: new Date(moment), source: `/${path.replace(/^\//, '')}` });
  }
  return files;
}

/** A name as a pattern that means it alone: unzip(1). */
function literal(path: string): string {
  return path.replace(/[\\*?[]/g, (character) => (character === '\\' ? String.raw`\\` : `[${character}]`));
}
