import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { runTool } from './command.ts';

/**
 * The zone of local time on this host. /etc/localtime is what the C library heeds (localtime(5)); /etc/timezone tells
 * the name where the former is a copy.
 */
export async function readTimeZone(host: Host, signal: AbortSignal): Promise<Reading<string>> {
  const target = await runTool(host, { file: 'readlink', args: ['-f', '/etc/localtime'] }, signal);
  const linked = target.state === 'read' ? /\/zoneinfo\/(\S+)/.exec(target.value.stdout)?.[1] : undefined;
  if (linked !== undefined) return read(linked.slice(0, 64));
  const text = await host.readText('/etc/timezone');
  if (text.state === 'read') return read(text.value.trim().slice(0, 64));
  return unreadable('missing', 'the name of the time zone (/etc/localtime, /etc/timezone)');
}
