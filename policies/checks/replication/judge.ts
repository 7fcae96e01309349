import { isAbove } from '../../ladder.ts';
import { isOlder } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { lagSteps, pausedSteps, type Behind, type Cluster, type Copy, type Link, type State } from './facts.ts';
import type { ReplicationParameters } from './parameters.ts';
import { because } from './reasons.ts';

/** A server that is to follow others: each stream has to receive, to apply and to keep up. */
export function judgeLinks(set: string, { links }: State, parameters: ReplicationParameters): Reason[] {
  if (links.length === 0) return [because('replication.no-link', {}, set)];
  return links.map((link) => judgeLink(set, link, parameters));
}

function judgeLink(set: string, link: Link, { maximumLag }: ReplicationParameters): Reason {
  const name = link.link === '' ? set : link.link;
  const values = { link: name, error: link.error ?? '-' };
  if (link.receiving === 'connecting') return because('replication.connecting', values, set);
  if (link.receiving === 'stopped') return because('replication.not-receiving', values, set);
  if (link.applying === 'stopped') return because('replication.not-applying', values, set);
  if (link.applying === 'paused') return because('replication.paused', { link: name }, set);
  if (link.behind.state === 'unreadable') return obstacleReason(link.behind.obstacle, set);
  const { within, measured } = link.behind.value;
  if (within === null || isAbove(within, maximumLag)) return lagging(set, name, link.behind.value, maximumLag);
  const { noticesAfter } = link;
  if (measured === 'received' && (noticesAfter === null || noticesAfter > maximumLag)) {
    const notices = noticesAfter === null ? '∞' : `${noticesAfter} s`;
    return because('replication.unnoticed', { link: name, notices, maximum: maximumLag }, set);
  }
  return because('replication.follows', { link: name, within, measured, maximum: maximumLag }, set);
}

function lagging(set: string, link: string, { within, measured }: Behind, maximum: number): Reason {
  return because('replication.lagging', { link, over: stepBefore(within, lagSteps), measured, maximum }, set);
}

/** What a figure certainly passes of which its step is known. */
function stepBefore(step: number | null, steps: readonly number[]): number {
  return (step === null ? steps.at(-1) : steps[steps.indexOf(step) - 1]) ?? 0;
}

/** A server that others are to follow. */
export function judgePrimary(
  set: string,
  state: State,
  expected: number,
  parameters: ReplicationParameters,
  at: Date,
): Reason[] {
  const { connected, copies, slots, follows } = state;
  if (follows === true) return [because('replication.not-primary', {}, set)];
  const code = connected < expected ? 'replication.too-few' : 'replication.connected';
  return [
    because(code, { connected, expected }, set),
    ...copies.map((copy) => judgeCopy(set, copy, parameters, at)),
    ...slots.filter(({ isLost }) => isLost).map(({ slot }) => because('replication.slot-lost', { slot }, set)),
    ...slots
      .filter(({ isLost, isActive }) => !isLost && !isActive)
      .map(({ slot }) => because('replication.slot-idle', { slot }, set)),
    ...judgeAcknowledgement(set, state, parameters),
  ];
}

function judgeCopy(
  set: string,
  { replica, state, behind, stuckSince }: Copy,
  { maximumLag: maximum }: ReplicationParameters,
  at: Date,
): Reason {
  if (state !== 'following') return because('replication.not-following', { replica, state }, set);
  if (stuckSince !== null) {
    if (isFuture(stuckSince, at)) return because('replication.stuck-future', { replica, since: stuckSince }, set);
    if (!isOlder(stuckSince, maximum, at)) return because('replication.halting', { replica, since: stuckSince }, set);
    return because('replication.stuck', { replica, since: stuckSince, maximum }, set);
  }
  if (behind.state === 'unreadable') return obstacleReason(behind.obstacle, set);
  const { within, measured } = behind.value;
  if (within === null || isAbove(within, maximum)) return lagging(set, replica, behind.value, maximum);
  return because('replication.copied', { replica, within, measured, maximum }, set);
}

/** One that is set to wait and has nobody to wait for goes on alone (MariaDB) or not at all (PostgreSQL): both are wrong. */
function judgeAcknowledgement(
  set: string,
  { acknowledging }: State,
  { acknowledgement }: ReplicationParameters,
): Reason[] {
  if (acknowledging === 0) return [because('replication.no-acknowledgement', {}, set)];
  if (acknowledging !== null) return [because('replication.acknowledged', { acknowledging }, set)];
  return acknowledgement === 'required' ? [because('replication.asynchronous', {}, set)] : [];
}

/** A node of a Galera cluster (Galera documentation, Monitoring the Cluster). */
export function judgeCluster(
  set: string,
  cluster: Cluster | null,
  expected: number,
  { maximumPaused: maximum }: ReplicationParameters,
): Reason[] {
  if (cluster === null) return [because('replication.no-cluster', {}, set)];
  const { status, state, isReady, size, paused } = cluster;
  if (status !== 'Primary') return [because('replication.not-primary-part', { status }, set)];
  if (state !== 'Synced' || !isReady) return [because('replication.not-synced', { state }, set)];
  if (size < expected) return [because('replication.small-cluster', { size, expected }, set)];
  if (isAbove(paused, maximum)) {
    return [because('replication.held-up', { over: stepBefore(paused, pausedSteps), maximum }, set)];
  }
  return [because('replication.member', { size, expected }, set)];
}
