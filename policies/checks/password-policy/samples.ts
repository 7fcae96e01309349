import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { checkerOf } from './demand.ts';
import type { PamFacts, Sample } from './facts.ts';
import { because } from './reasons.ts';
import { notationOf } from './requirement.ts';

/**
 * Holds what pwscore(1) did with samples against what the settings of libpwquality say. The arguments of PAM rules are
 * unknown to it, so that only the settings' files are tried.
 */
export function judgeSamples(pam: PamFacts): Reason[] {
  const { samples } = pam;
  if (samples === null) return [because('password-policy.not-tried', {})];
  if (samples.state === 'unreadable') {
    const isMissing = samples.obstacle.code === 'command-missing';
    return [isMissing ? because('password-policy.not-tried', {}) : obstacleReason(samples.obstacle)];
  }
  const { demand } = checkerOf(plainPwquality, pam) ?? {};
  if (demand === undefined) return [];
  const isWeak = (sample: Sample): boolean =>
    sample.length < demand.length ||
    sample.kinds.length < demand.classes ||
    demand.kinds.some((kind) => !sample.kinds.includes(kind));
  const weak = samples.value.filter(isWeak);
  const taken = weak.filter(({ accepted }) => accepted);
  if (taken.length > 0) {
    return taken.map(({ length, kinds }) =>
      because('password-policy.sample-taken', { length, kinds: notationOf(kinds) }),
    );
  }
  // Without its dictionary it refuses everything, and shows nothing.
  const tookStrong = samples.value.some((sample) => !isWeak(sample) && sample.accepted);
  if (!tookStrong || weak.length === 0) return [because('password-policy.not-tried', {})];
  return [because('password-policy.samples', { refused: weak.length })];
}

const plainPwquality = {
  kind: 'module',
  level: 0,
  control: { on: {}, otherwise: 'bad' },
  module: 'pam_pwquality',
  options: {},
} as const;
