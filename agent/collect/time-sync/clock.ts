import type { Clock } from '../../../policies/checks/time-sync/facts.ts';
import { unnoticedSilence } from '../../../policies/checks/time-sync.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Command, Host } from '../../host/host.ts';

/** Reads what one program says of the clock. */
export type ClockReader = (host: Host, at: Date, signal: AbortSignal) => Promise<Reading<Clock>>;

/** A measured offset in seconds, without sign, rounded up to a hundredth: its noise stays below that. */
export function roundOffset(seconds: number): number {
  return Math.ceil(Math.abs(seconds) * 100) / 100;
}

/** Half the delay to the reference clock and all the dispersion on the way (RFC 5905 11.2), rounded up to a tenth of a second. */
export function roundDistance(delay: number, dispersion: number): number {
  return Math.ceil((Math.abs(delay) / 2 + Math.abs(dispersion)) * 10) / 10;
}

/** The last moment of an update, where it is long enough ago to be worth telling. */
export function silenceSince(updated: Date, at: Date): string | null {
  return Math.abs(secondsBetween(updated, at)) < unnoticedSilence ? null : updated.toISOString();
}

export function sortSources(sources: Clock['sources']): Clock['sources'] {
  const key = ({ configured, address }: Clock['sources'][number]): string => `${configured} ${address ?? ''}`;
  return sources.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** Standard output of a program that answers for a daemon; an empty answer is none. */
export async function ask(host: Host, command: Command, signal: AbortSignal): Promise<Reading<string>> {
  const what = [command.file, ...command.args].join(' ');
  const answer = await host.run({ timeout: 10, maximumOutput: 2 ** 20, ...command }, signal);
  if (answer.state === 'unreadable') return answer;
  const { exitCode, stdout, stderr } = answer.value;
  if (exitCode !== 0 || stdout.trim() === '') {
    return unreadable(
      'command-failed',
      what,
      `exit code ${exitCode}: ${(stderr.trim() || stdout.trim()).slice(0, 200)}`,
    );
  }
  return read(stdout);
}
