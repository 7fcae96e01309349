import { isAsOld, isOlder } from '../../moments.ts';
import { Duration, isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { ManagedFacts, Release, Support } from './facts.ts';
import { because } from './reasons.ts';

/** Seconds after which a table of ends of support says too little: releases come and go, and ends are moved. */
export const maximumTableAge = Duration.parse('180d');

/** Which end counts: `standard` support, or the `extended` programme beyond it where this host has that. */
export type SupportWanted = 'standard' | 'extended';

const daySeconds = 86_400;

/** Judges whether the makers of the release still support it. Its last day is one of support, in UTC. */
export function judgeSupport(
  { release, support }: Pick<ManagedFacts, 'release' | 'support'>,
  wanted: SupportWanted,
  at: Date,
): Reason[] {
  if (support === undefined) return [];
  return [judgeRead(release, support, wanted, at)];
}

function judgeRead(
  release: ManagedFacts['release'],
  support: NonNullable<ManagedFacts['support']>,
  wanted: SupportWanted,
  at: Date,
): Reason {
  if (release.state === 'unreadable') return obstacleReason(release.obstacle);
  if (support.state === 'unreadable') return obstacleReason(support.obstacle);
  const { dated } = support.value;
  if (isFuture(dated, at)) return because('updates.support-table-future', { dated });
  if (isOlder(dated, maximumTableAge, at)) {
    return because('updates.support-table-old', { dated, maximum: maximumTableAge });
  }
  return judgeEnds(nameOf(release.value), support.value, wanted, at);
}

function judgeEnds(system: string, support: Support, wanted: SupportWanted, at: Date): Reason {
  const { dated, ends } = support;
  if (ends === null) return because('updates.support-unknown', { system, dated });
  const [standard, extended] = ends;
  if (standard === 'supported') return because('updates.supported-undated', { system, dated });
  if (standard !== 'ended' && !hasEnded(standard, at)) {
    return because('updates.supported', { system, until: standard, dated });
  }
  if (wanted === 'extended' && extended !== undefined && !hasEnded(extended, at)) {
    return judgeExtended(system, support.extended, extended, dated);
  }
  const last = wanted === 'extended' ? (extended ?? standard) : standard;
  if (last === 'ended') return because('updates.support-ended-undated', { system });
  return because('updates.support-ended', { system, until: last });
}

function judgeExtended(system: string, extended: Support['extended'], until: string, dated: string): Reason {
  if (extended === null) return because('updates.extended-unproven', { system, until });
  if (extended.state === 'unreadable') return obstacleReason(extended.obstacle);
  if (extended.value === 'disabled') return because('updates.extended-off', { system, until });
  return because('updates.supported-extended', { system, until, dated });
}

function hasEnded(lastDay: string, at: Date): boolean {
  return isAsOld(lastDay, daySeconds, at);
}

export function nameOf({ id, versionId }: Release): string {
  return versionId === null ? id : `${id} ${versionId}`;
}
