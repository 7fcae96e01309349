import { z } from 'zod';
import { parseAddress } from '../networks.ts';
import { obstacleReason, type Reading } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';
import { reachOf } from './network/reach.ts';
import { purposes, UnreachableFacts, type Attempt, type Control, type Target } from './unreachable/facts.ts';
import { because, unreachableReasons } from './unreachable/reasons.ts';

export const UnreachableParameters = z.strictObject({
  /** Which of the targets in agent.yaml; all where left out. */
  purpose: z.enum(purposes).optional(),
  /** With which status a URL may turn strangers away, in place of no connection at all. */
  refusals: z.array(z.int().min(400).max(499)).max(20).default([]),
});
export type UnreachableParameters = z.output<typeof UnreachableParameters>;

/** What must not be reached from where this agent stands. */
export const unreachable = defineCheckKind({
  name: 'unreachable',
  parameters: UnreachableParameters,
  facts: UnreachableFacts,
  reasons: unreachableReasons,
  judge({ targets, controls }, { purpose, refusals }) {
    const asked = targets.filter((target) => purpose === undefined || target.purpose === purpose);
    if (asked.length === 0) return [because('unreachable.none-set', {})];
    return asked.flatMap((target) => judgeTarget(target, controls, refusals));
  },
});

function judgeTarget(
  { target, attempts }: Target,
  controls: readonly Control[],
  refusals: readonly number[],
): Reason[] {
  if (attempts.state === 'unreadable') return [obstacleReason(attempts.obstacle, target)];
  return attempts.value.map((attempt) => judgeAttempt(attempt, target, controls, refusals));
}

function judgeAttempt(
  attempt: Attempt,
  target: string,
  controls: readonly Control[],
  refusals: readonly number[],
): Reason {
  const { address, outcome, status, detail } = attempt;
  const reach = reachOf(address);
  if (reach === 'loopback' || reach === 'everywhere') return because('unreachable.not-outside', { address }, target);
  if (outcome === 'connected') return judgeAnswer(address, status, target, refusals);
  if (outcome === 'failed') return because('unreachable.failed', { address, detail: detail ?? '' }, target);
  if (controls.length === 0) return because('unreachable.controls-not-set', { address }, target);
  const control = controls.find(({ before, after }) => answered(before, address) && answered(after, address));
  if (control === undefined) return because('unreachable.no-network', { address, kind: kindOf(address) }, target);
  return because('unreachable.closed', { address, outcome, control: control.target }, target);
}

/** @param status undefined where no URL was asked for, null where no HTTP came back */
function judgeAnswer(
  address: string,
  status: number | null | undefined,
  target: string,
  refusals: readonly number[],
): Reason {
  if (status === undefined || (status === null && refusals.length === 0)) {
    return because('unreachable.connected', { address }, target);
  }
  if (status === null) return because('unreachable.answer-unclear', { address }, target);
  if (refusals.includes(status)) return because('unreachable.turned-away', { address, status }, target);
  return because('unreachable.answers', { address, status, refusals: refusals.join(', ') || '-' }, target);
}

/** Whether a control shows that there is a way to addresses of the same kind. */
function answered(attempts: Reading<Attempt[]>, address: string): boolean {
  if (attempts.state === 'unreadable') return false;
  return attempts.value.some((one) => one.outcome === 'connected' && kindOf(one.address) === kindOf(address));
}

/** A network may lead to the Internet and not to private addresses, or carry one family alone. */
function kindOf(address: string): string {
  return `IPv${parseAddress(address)?.family ?? '?'} ${reachOf(address)}`;
}
