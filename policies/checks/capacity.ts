import { isAhead, isOlder, millisecondsOf } from '../moments.ts';
import { isFuture } from '../quantities.ts';
import { obstacleReason, obstacleReasons, type Reading } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { Facts, type CapacityFacts, type Filesystem, type Quotas } from './capacity/facts.ts';
import { CapacityParameters } from './capacity/parameters.ts';
import { because, reasons } from './capacity/reasons.ts';
import { fullOn } from './capacity/trend.ts';
import { defineCheckKind } from './kind.ts';

/** Seconds: readings are weekly, and one may have been missed. */
const longestWithoutReading = 21 * 86_400;
const fewestReadings = 4;
const shortestSpan = 20 * 86_400;
/** Panels count each night. */
const oldestTally = 2 * 86_400;

type Judge = (facts: CapacityFacts, parameters: CapacityParameters, at: Date) => Reason[];

const judges: Readonly<Record<CapacityParameters['of'][number], Judge>> = {
  disks: (facts, parameters) => [...judgeDisks(facts, parameters), ...judgePools(facts, parameters)],
  memory: judgeMemory,
  load: judgeLoad,
  trend: ({ filesystems }, parameters, at) =>
    each(filesystems, (filesystem) => judgeTrend(filesystem, parameters, at) ?? []),
  quotas: judgeQuotas,
};

export const capacity = defineCheckKind({
  name: 'capacity',
  parameters: CapacityParameters,
  facts: Facts,
  reasons: { ...obstacleReasons, ...reasons },
  judge: (facts, parameters, at) => [...new Set(parameters.of)].flatMap((what) => judges[what](facts, parameters, at)),
});

function each<T>(reading: Reading<readonly T[]>, judge: (one: T) => Reason | Reason[]): Reason[] {
  return reading.state === 'unreadable' ? [obstacleReason(reading.obstacle)] : reading.value.flatMap(judge);
}

function judgeDisks({ filesystems }: CapacityFacts, parameters: CapacityParameters): Reason[] {
  // What is meant to be read-only is full by its nature, and nobody writes there.
  return each(filesystems, (one) => (one.state === 'read-only' ? [] : judgeFilesystem(one, parameters)));
}

function judgeFilesystem(
  { mount, state, space, metadata }: Filesystem,
  { maximumDisk, maximumInodes }: CapacityParameters,
): Reason[] {
  const found: Reason[] = [];
  if (state === 'failed') found.push(because('capacity.failed', {}, mount));
  if (state === 'remounted') found.push(because('capacity.remounted', {}, mount));
  if (metadata?.state === 'unreadable') found.push(obstacleReason(metadata.obstacle, mount));
  if (metadata?.state === 'read' && metadata.value > maximumDisk) {
    found.push(because('capacity.btrfs-metadata', { used: metadata.value, maximum: maximumDisk }, mount));
  }
  if (space.state === 'unreadable') return [...found, obstacleReason(space.obstacle, mount)];
  const { used, inodes } = space.value;
  if (used > maximumDisk) found.push(because('capacity.space', { used, maximum: maximumDisk }, mount));
  if (inodes !== null && inodes > maximumInodes) {
    found.push(because('capacity.inodes', { used: inodes, maximum: maximumInodes }, mount));
  }
  if (found.length > 0) return found;
  const values = { used, inodes: inodes === null ? '-' : `${inodes} %`, maximum: maximumDisk };
  return [because('capacity.space-enough', values, mount)];
}

function judgePools({ pools }: CapacityFacts, { maximumDisk: maximum }: CapacityParameters): Reason[] {
  return each(pools, ({ pool, use }) => {
    if (use === null) return because('capacity.pool-failed', {}, pool);
    const { data, metadata } = use;
    const isFull = data > maximum || metadata > maximum;
    return because(isFull ? 'capacity.pool' : 'capacity.pool-enough', { data, metadata, maximum }, pool);
  });
}

function judgeMemory({ memory }: CapacityFacts, parameters: CapacityParameters): Reason[] {
  if (memory.state === 'unreadable') return [obstacleReason(memory.obstacle, 'memory')];
  const { available, swap } = memory.value;
  const { minimumMemory: minimum, maximumSwap: maximum } = parameters;
  const found =
    available < minimum
      ? because('capacity.memory', { below: available + 5, minimum }, 'memory')
      : because('capacity.memory-enough', { available, minimum }, 'memory');
  if (swap === null) return [found];
  const code = swap > maximum ? 'capacity.swap' : 'capacity.swap-enough';
  return [found, because(code, { used: swap, maximum }, 'swap')];
}

function judgeLoad({ load }: CapacityFacts, { maximumLoad: maximum }: CapacityParameters): Reason[] {
  if (load.state === 'unreadable') return [obstacleReason(load.obstacle, 'load')];
  const { perProcessor, processors } = load.value;
  const code = perProcessor > maximum ? 'capacity.load' : 'capacity.load-enough';
  return [because(code, { load: perProcessor, processors, maximum }, 'load')];
}

/** Undefined for what cannot fill up: a file system that nobody writes to, or one in memory. */
function judgeTrend(
  { mount, type, state, history }: Filesystem,
  { timeToFull: minimum }: CapacityParameters,
  at: Date,
): Reason | undefined {
  if (state === 'read-only' || type === 'tmpfs') return undefined;
  if (history === null) return because('capacity.trend-no-memory', {}, mount);
  const [first, last] = [history[0], history.at(-1)];
  if (first === undefined || last === undefined) return because('capacity.trend-young', { count: 0 }, mount);
  if (isFuture(last.at, at)) return because('capacity.trend-future', { last: last.at }, mount);
  if (isOlder(last.at, longestWithoutReading, at)) return because('capacity.trend-old', { last: last.at }, mount);
  const span = (millisecondsOf(last.at) - millisecondsOf(first.at)) / 1000;
  if (history.length < fewestReadings || span < shortestSpan) {
    return because('capacity.trend-young', { count: history.length }, mount);
  }
  const full = fullOn(history);
  if (full === undefined) return because('capacity.trend-steady', { since: first.at }, mount);
  const code = isAhead(full, minimum, at) ? 'capacity.trend-far' : 'capacity.trend-full-soon';
  return because(code, { since: first.at, full, minimum }, mount);
}

function judgeQuotas({ quotas }: CapacityFacts, parameters: CapacityParameters, at: Date): Reason[] {
  if (quotas.state === 'unreadable') return [obstacleReason(quotas.obstacle, 'quotas')];
  const sources = quotas.value.sources.filter(({ limited }) => limited > 0);
  if (sources.length === 0) {
    const isUnknown = parameters.withoutQuotas === 'unknown';
    return [because(isUnknown ? 'capacity.no-quotas' : 'capacity.quotas-not-used', {})];
  }
  return sources.flatMap((source) => judgeSource(source, quotas.value, parameters, at));
}

function judgeSource(
  { source, asOf, limited }: Quotas['sources'][number],
  { users }: Quotas,
  { maximumQuota: maximum }: CapacityParameters,
  at: Date,
): Reason[] {
  const found = users
    .filter((user) => user.source === source && user.used >= maximum)
    .map(({ user, of, used }) => because('capacity.quota', { used, of, maximum }, user));
  if (asOf !== null && isFuture(asOf, at)) {
    return [...found, because('capacity.quotas-future', { source, asOf }, source)];
  }
  if (asOf !== null && isOlder(asOf, oldestTally, at)) {
    return [...found, because('capacity.quotas-old', { source, asOf, maximum: oldestTally }, source)];
  }
  return found.length > 0 ? found : [because('capacity.quotas-enough', { limited, maximum }, source)];
}
