import { setTimeout as wait } from 'node:timers/promises';
import { keyOf, type AvailabilitySettings, type AvailabilityTarget } from './settings.ts';
import type { Vantage } from '../host/vantage.ts';
import type { Outcome } from './outcome.ts';
import type { Pace } from './pace.ts';
import { probe, probeTcp } from './probe.ts';
import type { Probing } from './reach.ts';
import type { Found } from './record.ts';

export interface LookInput {
  readonly settings: Pick<AvailabilitySettings, 'targets' | 'controls'>;
  readonly vantage: Vantage;
  readonly pace: Pace;
}

/**
 * Looks at every target once, and once more at those that failed. One that fails twice is down only while a control
 * answers: else it is this host that is cut off.
 * @throws the signal's reason where that comes first
 */
export async function lookAtAll(
  { settings: { targets, controls }, vantage, pace }: LookInput,
  signal: AbortSignal,
): Promise<Map<string, Found>> {
  const within = <T>(ask: (probing: Probing) => Promise<T>): Promise<T> => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(pace.patience * 1000)]);
    return ask({ vantage, signal: deadline });
  };
  const probeAll = async (some: readonly AvailabilityTarget[]): Promise<Map<AvailabilityTarget, Outcome>> =>
    new Map(
      await Promise.all(
        some.map(async (target) => [target, await within((probing) => probe(target, probing))] as const),
      ),
    );
  const first = await probeAll(targets);
  const troubled = targets.filter((target) => first.get(target)?.state !== 'up');
  if (troubled.length > 0) await wait(pace.repeatAfter * 1000, undefined, { signal });
  const [second, answers] = await Promise.all([
    probeAll(troubled),
    Promise.all(troubled.length > 0 ? controls.map((place) => within((probing) => probeTcp(place, probing))) : []),
  ]);
  signal.throwIfAborted();
  const isCutOff = answers.every(({ state }) => state !== 'up');
  return new Map(targets.map((target) => [keyOf(target), foundOf(second.get(target), isCutOff)]));
}

/** @param outcome of the second probe; undefined where the first was good */
function foundOf(outcome: Outcome | undefined, isCutOff: boolean): Found {
  if (outcome === undefined || outcome.state === 'up') return { state: 'up' };
  if (outcome.state === 'failed') return { state: 'unknown', why: outcome.why };
  return isCutOff ? { state: 'unknown', why: 'no control answered' } : { state: 'down', why: outcome.why };
}
