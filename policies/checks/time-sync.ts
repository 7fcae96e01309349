import { z } from 'zod';
import { isOlder } from '../moments.ts';
import { contains, parseAddress, parseNetwork } from '../networks.ts';
import { Duration, isFuture } from '../quantities.ts';
import { obstacleReason, obstacleReasons } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';
import { Facts, type Clock, type Daemon, type Source, type TimeSyncFacts } from './time-sync/facts.ts';
import { because, reasons } from './time-sync/reasons.ts';

/** Seconds below which facts do not tell silence apart from health: sound daemons ask every 1024 to 2048 seconds. */
export const unnoticedSilence = 7200;

export const TimeSyncParameters = z.strictObject({
  /** How far the clock may be off. */
  maximumOffset: Duration.default(1),
  /** How long a daemon may hear nothing it can use; two hours or more. */
  maximumSilence: Duration.refine((seconds) => seconds >= unnoticedSilence, 'expected 2h or more').default(10_800),
  maximumStratum: z.int().min(1).max(15).default(15),
  /** Whether every source must be in the host's list. */
  sources: z.enum(['listed', 'any']).default('listed'),
  /** What a container that follows its host's clock comes out as. */
  container: z.enum(['unknown', 'not-applicable']).default('unknown'),
});
export type TimeSyncParameters = z.output<typeof TimeSyncParameters>;

export const timeSync = defineCheckKind({
  name: 'time-sync',
  parameters: TimeSyncParameters,
  facts: Facts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters, at) {
    if (facts.daemons.state === 'unreadable') return [obstacleReason(facts.daemons.obstacle)];
    const steering = facts.daemons.value.filter(({ steers }) => steers);
    const programs = namesOf(steering);
    if (steering.length === 0) return [judgeUnsteered(facts, facts.daemons.value, parameters)];
    return [
      ...(steering.length > 1 ? [because('time-sync.two-daemons', { programs })] : []),
      ...steering.flatMap((daemon) => judgeDaemon(daemon, facts.listed, parameters, at)),
    ];
  },
});

function namesOf(daemons: readonly Daemon[]): string {
  return daemons.map(({ program }) => program).join(', ');
}

function judgeUnsteered({ container }: TimeSyncFacts, idle: readonly Daemon[], parameters: TimeSyncParameters): Reason {
  if (container !== null) {
    const code = parameters.container === 'unknown' ? 'time-sync.follows-host' : 'time-sync.host-answers';
    return because(code, { container });
  }
  return idle.length > 0
    ? because('time-sync.not-steered', { programs: namesOf(idle) })
    : because('time-sync.no-daemon', {});
}

function judgeDaemon(
  { program, clock }: Daemon,
  listed: TimeSyncFacts['listed'],
  parameters: TimeSyncParameters,
  at: Date,
): Reason[] {
  if (clock.state === 'unreadable') return [obstacleReason(clock.obstacle, program)];
  const sources = parameters.sources === 'listed' ? judgeSources(program, clock.value.sources, listed) : [];
  return [judgeClock(program, clock.value, parameters, at), ...sources];
}

function judgeClock(
  program: string,
  { leap, stratum, reference, offset, distance, silentSince, sources }: Clock,
  { maximumOffset, maximumSilence, maximumStratum }: TimeSyncParameters,
  at: Date,
): Reason {
  if (leap === 'unsynchronised' || reference === 'none' || stratum > 15) {
    return because('time-sync.not-synchronised', { program, leap, stratum }, program);
  }
  if (reference === 'own-clock') return because('time-sync.own-clock', { program }, program);
  if (silentSince !== null) {
    const silence = { program, since: silentSince, maximum: maximumSilence };
    if (isFuture(silentSince, at)) return because('time-sync.silent-future', silence, program);
    if (isOlder(silentSince, maximumSilence, at)) return because('time-sync.silent', silence, program);
  }
  const names = describe(sources);
  if (!sources.some(({ answers }) => answers))
    return because('time-sync.no-answer', { program, sources: names }, program);
  const values = { program, offset, maximum: maximumOffset };
  if (offset > maximumOffset) return because('time-sync.offset', values, program);
  if (offset + distance > maximumOffset) return because('time-sync.imprecise', { ...values, distance }, program);
  if (stratum > maximumStratum) {
    return because('time-sync.stratum', { program, stratum, maximum: maximumStratum }, program);
  }
  return because('time-sync.synchronised', { ...values, stratum, sources: names }, program);
}

/** Any of them may be chosen tomorrow, so each is judged and not just the one that is followed now. */
function judgeSources(program: string, sources: readonly Source[], listed: TimeSyncFacts['listed']): Reason[] {
  if (listed === null) return [because('time-sync.list-not-set', { program, sources: describe(sources) }, program)];
  return sources.map(({ configured, address }) =>
    isListed({ configured, address }, listed)
      ? because('time-sync.source-listed', { program, configured }, program)
      : because(
          'time-sync.source-unlisted',
          { program, configured, address: address ?? '-', listed: listed.join(', ') },
          program,
        ),
  );
}

/** A list may hold names as the daemon's configuration has them, addresses, and networks. */
function isListed({ configured, address }: Pick<Source, 'configured' | 'address'>, listed: readonly string[]): boolean {
  const place = address === null ? undefined : parseAddress(address);
  return listed.some((entry) => {
    if (entry.toLowerCase() === configured.toLowerCase()) return true;
    const network = parseNetwork(entry);
    return network !== undefined && place !== undefined && contains(network, place);
  });
}

function describe(sources: readonly Source[]): string {
  const names = [...new Set(sources.map(({ configured }) => configured))];
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown}, …` : shown || '-';
}
