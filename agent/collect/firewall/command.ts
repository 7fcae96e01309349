import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Command } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';

/** What a command printed; `denied` where the kernel refused to show its rules. */
export async function readCommand({ host, signal }: CollectContext, command: Command): Promise<Reading<string>> {
  const result = await host.run(command, signal);
  if (result.state === 'unreadable') return result;
  const { exitCode, stdout, stderr } = result.value;
  const what = [command.file, ...command.args].join(' ');
  if (exitCode === 0) return read(stdout);
  if (/not permitted|permission denied|must be root/i.test(stderr)) return unreadable('denied', what, stderr.trim());
  return unreadable('command-failed', what, stderr.trim() || `exit code ${exitCode}`);
}
