import type { CollectContext } from '../collector.ts';

/** A process has more files open than it has sockets: a kilobyte for each. */
const maximumOutput = 16 * 2 ** 20;

/** What processes that listen are called, by the inode of their socket: from /proc/PID/fd, by ss(8). */
export async function readPrograms({ host, signal }: CollectContext): Promise<Map<string, string[]>> {
  const programs = new Map<string, string[]>();
  const command = { file: 'ss', args: ['-H', '-l', '-t', '-u', '-n', '-p', '-e'], timeout: 10, maximumOutput };
  const listed = await host.run(command, signal);
  if (listed.state === 'unreadable' || listed.value.exitCode !== 0) return programs;
  for (const line of listed.value.stdout.split('\n')) {
    const [, users] = /\busers:\((\(.*\))\)/.exec(line) ?? [];
    const [, inode] = /\bino:(\d+)/.exec(line) ?? [];
    if (users === undefined || inode === undefined) continue;
    const names = [...users.matchAll(/\("([^"]{1,64})",pid=/g)].map(([, name]) => name ?? '');
    programs.set(inode, [...new Set(names)].sort().slice(0, 16));
  }
  return programs;
}

/** Whether processes of all users can be seen, or only those of the agent's own (proc(5), /proc/PID/fd). */
export async function sightOf(
  { host }: CollectContext,
  programs: ReadonlyMap<string, string[]>,
): Promise<'all' | 'own'> {
  const files = await host.list('/proc/1/fd');
  return files.state === 'read' && programs.size > 0 ? 'all' : 'own';
}
