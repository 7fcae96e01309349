import type { CollectContext } from '../collector.ts';

/** A process has more files open than it has sockets: a kilobyte for each. */
const maximumOutput = 16 * 2 ** 20;

export interface Programs {
  /** What processes that listen are called, by the inode of their socket. */
  readonly byInode: ReadonlyMap<string, string[]>;
  /** Whether processes of all users could be seen, or at most those of the agent's own (proc(5), /proc/PID/fd). */
  readonly sight: 'all' | 'own';
}

/** Which processes listen: from /proc/PID/fd, by ss(8). */
export async function readPrograms({ host, signal }: CollectContext): Promise<Programs> {
  const byInode = new Map<string, string[]>();
  const command = { file: 'ss', args: ['-H', '-l', '-t', '-u', '-n', '-p', '-e'], timeout: 10, maximumOutput };
  const [listed, files] = await Promise.all([host.run(command, signal), host.list('/proc/1/fd')]);
  if (listed.state === 'unreadable' || listed.value.exitCode !== 0) return { byInode, sight: 'own' };
  const lines = listed.value.stdout.split('\n').filter((line) => line !== '');
  for (const line of lines) {
    const [, users] = /\busers:\((\(.*\))\)/.exec(line) ?? [];
    const [, inode] = /\bino:(\d+)/.exec(line) ?? [];
    if (users === undefined || inode === undefined) continue;
    const names = [...users.matchAll(/\("([^"]{1,64})",pid=/g)].map(([, name]) => name ?? '');
    byInode.set(inode, [...new Set(names)].sort().slice(0, 16));
  }
  // Sockets of which none has a process are those of processes elsewhere, as where the network alone is the machine's; and
  // ss ends with 0, too, where it could not ask the kernel.
  const isNamed = byInode.size > 0 || (lines.length === 0 && listed.value.stderr === '');
  return { byInode, sight: files.state === 'read' && isNamed ? 'all' : 'own' };
}
