import { posix } from 'node:path';
import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { globPattern } from '../discovery/glob.ts';

/** Paths that a pattern may come out as. */
const maximumPaths = 20_000;

/**
 * The paths that a pattern stands for (glob(7)), without those that begin with a dot where the pattern does not. What lies
 * below the first folder with a pattern may be somebody's own: links there are not followed out of it.
 *
 * @returns sorted; an obstacle where a folder on the way cannot be listed, or there are more than 20,000
 */
export async function expandGlob(host: Host, pattern: string): Promise<Reading<string[]>> {
  if (!/[*?[]/.test(pattern)) return read([pattern]);
  const parts = pattern.split('/').filter((part) => part !== '');
  const fixed = parts.findIndex((part) => /[*?[]/.test(part));
  const start = await host.realPath(`/${parts.slice(0, fixed).join('/')}`);
  if (start.state === 'unreadable') return start;
  let paths = [start.value];
  for (const part of parts.slice(fixed)) {
    const next = await Promise.all(paths.map((path) => step(host, path, part, [start.value])));
    const denied = next.find((reading) => reading.state === 'unreadable');
    if (denied?.state === 'unreadable') return denied;
    paths = next.flatMap((reading) => (reading.state === 'read' ? reading.value : []));
    if (paths.length > maximumPaths) {
      return { state: 'unreadable', obstacle: { code: 'too-large', what: pattern } };
    }
  }
  return read(paths.sort());
}

async function step(host: Host, path: string, part: string, within: readonly string[]): Promise<Reading<string[]>> {
  if (!/[*?[]/.test(part)) return read([posix.join(path, part)]);
  const listed = await host.list(path, { within });
  // What is no folder, or a link out of here, has nothing below.
  if (listed.state === 'unreadable') return ['missing', 'outside'].includes(listed.obstacle.code) ? read([]) : listed;
  const fits = globPattern(part);
  return read(
    listed.value.flatMap((name) =>
      fits.test(name) && (!name.startsWith('.') || part.startsWith('.')) ? [posix.join(path, name)] : [],
    ),
  );
}
