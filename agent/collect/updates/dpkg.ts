import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { runTool } from './command.ts';

/** A package of which files are on the host. */
export interface Installed {
  /** As apt writes it: with `:architecture` only where that is not the host's own. */
  readonly name: string;
  readonly version: string;
  readonly held: boolean;
}

const format = '${db:Status-Want} ${db:Status-Status} ${Package} ${Architecture} ${Version}\\n';

/** The packages that are installed, be it halfway, as dpkg-query(1) lists them. */
export async function readInstalled(host: Host, signal: AbortSignal): Promise<Reading<Installed[]>> {
  const output = await runTool(host, { file: 'dpkg-query', args: ['-W', '-f', format] }, signal);
  if (output.state === 'unreadable') return output;
  const rows = output.value.stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' ')]));
  const present = rows.filter(([, status]) => status !== 'not-installed' && status !== 'config-files');
  // dpkg itself is always of the host's own architecture.
  const native = present.find(([, , name]) => name === 'dpkg')?.[3];
  if (native === undefined) return unreadable('unparsable', 'dpkg-query', 'the list lacks dpkg itself');
  const installed: Installed[] = [];
  for (const [want, , name, architecture, version] of present) {
    if (!name || !architecture || !version) return unreadable('unparsable', 'dpkg-query', 'a line lacks a field');
    const isOwn = architecture === 'all' || architecture === native;
    installed.push({ name: isOwn ? name : `${name}:${architecture}`, version, held: want === 'hold' });
  }
  return read(installed);
}
