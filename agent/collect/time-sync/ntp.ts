import type { Clock } from '../../../policies/checks/time-sync/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { ask, roundDistance, roundOffset, silenceSince, sortSources } from './clock.ts';

const leaps: Readonly<Record<string, Clock['leap']>> = {
  '00': 'normal',
  '01': 'insert',
  '10': 'delete',
  '11': 'unsynchronised',
};

/**
 * What ntpd or ntpsec says by ntpq: its variables (RFC 9327), and its peers by address and by name. The name is that of
 * the configuration with ntpsec only; elsewhere it is what reverse DNS says, which proves nothing and is not used.
 */
export async function readNtp(host: Host, at: Date, signal: AbortSignal): Promise<Reading<Clock>> {
  const variables = await ask(host, { file: 'ntpq', args: ['-n', '-c', 'rv'] }, signal);
  if (variables.state === 'unreadable') return variables;
  const byAddress = await ask(host, { file: 'ntpq', args: ['-pnw'] }, signal);
  if (byAddress.state === 'unreadable') return byAddress;
  if (!variables.value.includes('ntpsec')) return parseNtp(variables.value, byAddress.value, byAddress.value, at);
  const byName = await ask(host, { file: 'ntpq', args: ['-pw'] }, signal);
  if (byName.state === 'unreadable') return byName;
  return parseNtp(variables.value, byAddress.value, byName.value, at);
}

interface Peer {
  /** The tally: `*` is followed, `o` is followed by its pulse. */
  readonly tally: string;
  readonly remote: string;
  readonly isDevice: boolean;
  readonly isOwnClock: boolean;
  readonly answers: boolean;
}

/** `name=value, name=value` over several lines; times in milliseconds, the moment of the last update after its hexadecimal form. */
export function parseNtp(variables: string, byAddress: string, byName: string, at: Date): Reading<Clock> {
  const odd = (text: string): Reading<never> => unreadable('unparsable', 'ntpq', text.slice(0, 120));
  const value = (name: string): string | undefined => new RegExp(`\\b${name}=([^,\\s]+)`).exec(variables)?.[1];
  const figures = ['stratum', 'offset', 'rootdelay', 'rootdisp'].map((name) => Number(value(name) ?? Number.NaN));
  const leap = leaps[value('leap') ?? ''];
  if (leap === undefined || !figures.every(Number.isFinite)) return odd(variables);
  const [stratum = 0, offset = 0, delay = 0, dispersion = 0] = figures;
  const updated = momentOf(value('reftime'));

  const [peers, named] = [parsePeers(byAddress), parsePeers(byName)];
  if (peers === undefined || named?.length !== peers.length) return odd(byAddress);
  const sources = peers.map(({ remote, isDevice, answers }, index) => ({
    configured: named[index]?.remote ?? remote,
    address: isDevice ? null : remote,
    answers,
  }));
  return read({
    leap,
    stratum,
    reference: referenceOf(peers, stratum),
    offset: roundOffset(offset / 1000),
    distance: roundDistance(delay / 1000, dispersion / 1000),
    silentSince: updated === undefined ? null : silenceSince(updated, at),
    sources: sortSources(sources),
  });
}

/** Seconds since 1900 of era 0 in hexadecimal (RFC 5905 6); 0 where there was no update. */
function momentOf(hexadecimal: string | undefined): Date | undefined {
  const seconds = Number.parseInt(/^(?:0x)?([0-9a-f]{8})\./.exec(hexadecimal ?? '')?.[1] ?? '0', 16);
  return seconds === 0 ? undefined : new Date((seconds - 2_208_988_800) * 1000);
}

/** Lines of ntpq -p; a name too long for its column has a line of its own, and a pool's own line is no source. */
function parsePeers(text: string): Peer[] | undefined {
  const [, body] = /={20,}\n([^]*)$/.exec(text) ?? [];
  if (body === undefined) return undefined;
  const lines = body
    .replace(/^(.\S+)\n\s+/gm, '$1 ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const peers: Peer[] = [];
  for (const line of lines) {
    const [remote = '', reference, , type, , , reach] = line.slice(1).trim().split(/\s+/);
    if (reach === undefined || type === undefined || !/^[0-7]+$/.test(reach)) return undefined;
    if (reference === '.POOL.') continue;
    const isOwnClock = /^LOCAL\(|^127\.127\.1\./.test(remote);
    const isDevice = type === 'l' || remote.startsWith('127.127.');
    peers.push({ tally: line[0] ?? ' ', remote, isDevice, isOwnClock, answers: Number.parseInt(reach, 8) > 0 });
  }
  return peers;
}

function referenceOf(peers: readonly Peer[], stratum: number): Clock['reference'] {
  const followed = peers.find(({ tally }) => tally === '*' || tally === 'o');
  if (stratum > 15 || followed === undefined) return 'none';
  if (followed.isOwnClock) return 'own-clock';
  return followed.isDevice ? 'device' : 'network';
}
