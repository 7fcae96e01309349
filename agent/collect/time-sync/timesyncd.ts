import type { Clock } from '../../../policies/checks/time-sync/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { ask, roundDistance, roundOffset, silenceSince } from './clock.ts';

const unitSeconds: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 };

/**
 * What systemd-timesyncd says by `timedatectl timesync-status`. Each time it has set the clock it touches the file
 * below (systemd-timesyncd.service(8)), which tells when it last heard its server.
 */
export async function readTimesyncd(host: Host, at: Date, signal: AbortSignal): Promise<Reading<Clock>> {
  const status = await ask(host, { file: 'timedatectl', args: ['timesync-status', '--no-pager'] }, signal);
  if (status.state === 'unreadable') return status;
  const touched = await host.status('/run/systemd/timesync/synchronized');
  if (touched.state === 'unreadable' && touched.obstacle.code !== 'missing') return touched;
  return parseTimesyncd(status.value, touched.state === 'read' ? touched.value.modifiedAt : undefined, at);
}

/** @param touched undefined where it has not set the clock since the host started */
export function parseTimesyncd(status: string, touched: Date | undefined, at: Date): Reading<Clock> {
  const field = (name: string): string | undefined => new RegExp(`^\\s*${name}: (.*)$`, 'm').exec(status)?.[1]?.trim();
  const [, address, name] = /^(\S+)(?: \((.*)\))?$/.exec(field('Server') ?? '') ?? [];
  const sources =
    address === undefined ? [] : [{ configured: name ?? address, address, answers: touched !== undefined }];
  const asleep = { leap: 'unsynchronised', stratum: 0, reference: 'none', offset: 0, distance: 0 } as const;
  // Without a packet from a server the lines from Leap on are left out.
  if (touched === undefined || field('Leap') === undefined) return read({ ...asleep, silentSince: null, sources });
  const leap = leapOf(field('Leap'));
  // The distance is the server's own, with its limit behind it; the way to the server comes on top (RFC 5905 11.2).
  const spans = ['Offset', 'Root distance', 'Delay'].map((name) => secondsOf(field(name)?.replace(/ \(.*\)$/, '')));
  const stratum = Number(field('Stratum') ?? Number.NaN);
  if (leap === undefined || spans.includes(undefined) || !Number.isInteger(stratum)) {
    return unreadable('unparsable', 'timedatectl timesync-status', status.slice(0, 120));
  }
  const [offset = 0, rootDistance = 0, delay = 0] = spans;
  return read({
    leap,
    // It is a client: one level below its server, which is the one that it shows.
    stratum: stratum + 1,
    reference: 'network',
    offset: roundOffset(offset),
    distance: roundDistance(delay, rootDistance),
    silentSince: silenceSince(touched, at),
    sources,
  });
}

function leapOf(word: string | undefined): Clock['leap'] | undefined {
  if (word === 'normal') return 'normal';
  if (word?.includes('61')) return 'insert';
  if (word?.includes('59')) return 'delete';
  return word?.startsWith('not') ? 'unsynchronised' : undefined;
}

/** A span as systemd writes it, with a sign before it: `+1.204ms`, `-1min 2.5s`, `0`. */
function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^[+-]?(?:\d+(?:\.\d+)?(?:us|ms|s|min|h|d)?\s*)+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|min|h|d)?/g)];
  return parts.reduce((sum, [, figure, unit]) => sum + Number(figure) * (unitSeconds[unit ?? 's'] ?? 1), 0);
}
