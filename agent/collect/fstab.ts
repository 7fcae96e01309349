import { read, type Reading } from '../../policies/reading.ts';
import type { CollectContext } from './collector.ts';
import { unescapeMount } from './mounts.ts';

/** What is to be mounted somewhere, whether or not it is. */
export interface MeantMount {
  readonly point: string;
  readonly options: readonly string[];
}

/** The lines of fstab(5) with a mount point, read once a run; none where there is no such file. */
export function readFstab(context: CollectContext): Promise<Reading<MeantMount[]>> {
  return context.once('fstab', async () => {
    const text = await context.host.readText('/etc/fstab');
    if (text.state === 'unreadable') return text.obstacle.code === 'missing' ? read([]) : text;
    const lines = text.value.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
    const meant = lines.map((line): MeantMount => {
      const [, point = '', , options = ''] = line.trim().split(/\s+/);
      return { point: unescapeMount(point), options: options.split(',') };
    });
    return read(meant.filter(({ point }) => point.startsWith('/')));
  });
}
