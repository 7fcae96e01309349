import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Command, Host } from '../../host/host.ts';

/** Standard output and the warnings beside it; a command that answers with another code than 0 has failed. */
export async function runTool(
  host: Host,
  command: Command,
  signal: AbortSignal,
): Promise<Reading<{ stdout: string; stderr: string }>> {
  const result = await host.run(command, signal);
  if (result.state === 'unreadable') return result;
  const { exitCode, stdout, stderr } = result.value;
  if (exitCode === 0) return read({ stdout, stderr });
  return unreadable('command-failed', command.file, `exit code ${exitCode}: ${withoutSecrets(stderr)}`);
}

/** What a tool says, for an obstacle: of addresses scheme and host, of home folders nothing. */
export function withoutSecrets(text: string): string {
  return text
    .trim()
    .replace(/([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@'"]*@)?([^\s/'"]*)[^\s'"]*/gi, '$1$2')
    .replace(/\/home\/[^\s'":]+/g, '/home/…');
}

/** Keeps apt from writing its binary caches, which it would do as root. */
export const withoutCaches = ['-o', 'Dir::Cache::pkgcache=', '-o', 'Dir::Cache::srcpkgcache='] as const;

/** Without its caches apt reads all lists anew: a quarter of that is the descriptions, which answer nothing here. */
const withoutDescriptions = ['-o', 'Acquire::Languages=none'] as const;

/**
 * Options that keep apt from writing its binary caches. An ordinary user cannot write them, and has an answer for a tenth of the
 * processor from those that root's last command left: apt takes them only where no list and no source has changed since.
 */
export async function withoutWriting(host: Host): Promise<readonly string[]> {
  const self = await host.status('/proc/self');
  return self.state === 'read' && self.value.uid !== 0 ? [] : [...withoutCaches, ...withoutDescriptions];
}
