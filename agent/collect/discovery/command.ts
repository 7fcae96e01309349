import { read, type Reading } from '../../../policies/reading.ts';
import type { Command } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { toolFailure } from '../tool-failure.ts';

/** A configuration of two thousand virtual hosts is some megabytes, and takes nginx seconds to test. */
const maximumOutput = 64 * 2 ** 20;
const timeout = 20;

/** What a command that ended well printed; undefined where it is not installed. */
export async function commandOutput(
  { host, signal }: CollectContext,
  command: Command,
): Promise<Reading<string> | undefined> {
  const result = await host.run({ maximumOutput, timeout, ...command }, signal);
  if (result.state === 'unreadable') return result.obstacle.code === 'command-missing' ? undefined : result;
  if (result.value.exitCode === 0) return read(result.value.stdout);
  return toolFailure([command.file, ...command.args].join(' '), result.value);
}
