import type { Clock } from '../../../policies/checks/time-sync/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { ask, roundDistance, roundOffset, silenceSince, sortSources } from './clock.ts';

const leaps: Readonly<Record<string, Clock['leap']>> = {
  Normal: 'normal',
  'Insert second': 'insert',
  'Delete second': 'delete',
  'Not synchronised': 'unsynchronised',
};

/**
 * What chronyd says by chronyc(1): `tracking` of the clock, `sources` of where the time comes from, once by address and
 * once by the names of the configuration (-N, chrony 4.0). Root asks through the daemon's socket, others by 127.0.0.1.
 */
export async function readChrony(host: Host, at: Date, signal: AbortSignal): Promise<Reading<Clock>> {
  const byAddress = await ask(host, { file: 'chronyc', args: ['-c', '-n', '-m', 'tracking', 'sources'] }, signal);
  if (byAddress.state === 'unreadable') return byAddress;
  const byName = await ask(host, { file: 'chronyc', args: ['-c', '-N', '-m', 'tracking', 'sources'] }, signal);
  if (byName.state === 'unreadable') return byName;
  return parseChrony(byAddress.value, byName.value, at);
}

/** Both answers with a line for the clock and one for each source, separated by commas. */
export function parseChrony(byAddress: string, byName: string, at: Date): Reading<Clock> {
  const odd = (line: string): Reading<never> =>
    unreadable('unparsable', 'chronyc tracking sources', line.slice(0, 120));
  const [first = '', ...lines] = byAddress.trim().split('\n');
  const tracking = first.split(',');
  const [reference = '', , stratum, updated, offset, , , , , , delay, dispersion, , leapText = ''] = tracking;
  const figures = [stratum, updated, offset, delay, dispersion].map((text) => (text ? Number(text) : Number.NaN));
  const leap = leaps[leapText];
  if (tracking.length !== 14 || leap === undefined || !figures.every(Number.isFinite)) return odd(first);
  const [level = 0, epoch = 0, off = 0, rootDelay = 0, rootDispersion = 0] = figures;

  const names = byName.trim().split('\n').slice(1);
  const sources: Clock['sources'] = [];
  for (const [index, line] of lines.entries()) {
    const [mode, , address = '', , , reach = ''] = line.split(',');
    const configured = names[index]?.split(',')[2] ?? address;
    // A source that came or went between both answers would give one the name of another.
    if (mode === undefined || !/^[\^=#]$/.test(mode) || names.length !== lines.length) return odd(line);
    sources.push({ configured, address: mode === '#' ? null : address, answers: Number.parseInt(reach, 8) > 0 });
  }
  return read({
    leap,
    stratum: level,
    reference: referenceOf(reference, lines),
    offset: roundOffset(off),
    distance: roundDistance(rootDelay, rootDispersion),
    silentSince: epoch === 0 ? null : silenceSince(new Date(Math.trunc(epoch) * 1000), at),
    sources: sortSources(sources),
  });
}

/** 7F7F0101 stands for the machine's own clock (`local` in chrony.conf(5)), 0 for nothing at all. */
function referenceOf(id: string, lines: readonly string[]): Clock['reference'] {
  if (/^0*$/.test(id)) return 'none';
  if (id === '7F7F0101') return 'own-clock';
  return lines.some((line) => line.startsWith('#,*')) ? 'device' : 'network';
}
