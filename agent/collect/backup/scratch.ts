import { unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

const template = '/tmp/waarborg-XXXXXXXXXX';

/**
 * Lets a tool keep what it insists on writing (caches, notes on repositories) in a folder of its own, readable by the
 * agent's account only, that is removed again whatever happens: nothing stays behind, and nothing is written to the
 * folders of the account that makes the backups.
 */
export async function inScratch<T>(
  host: Host,
  signal: AbortSignal,
  use: (folder: string) => Promise<T>,
): Promise<T | Extract<Reading<never>, { state: 'unreadable' }>> {
  const made = await host.run({ file: 'mktemp', args: ['--directory', template] }, signal);
  if (made.state === 'unreadable') return made;
  const folder = made.value.stdout.trim();
  // Looked at closely, because it is removed with all that is in it.
  if (made.value.exitCode !== 0 || !/^\/tmp\/waarborg-[A-Za-z0-9]{10}$/.test(folder)) {
    return unreadable('command-failed', `mktemp --directory ${template}`, made.value.stderr.trim());
  }
  try {
    return await use(folder);
  } finally {
    // Also where the time is over: without the signal.
    await host.run({ file: 'rm', args: ['--recursive', '--force', '--', folder] });
  }
}
