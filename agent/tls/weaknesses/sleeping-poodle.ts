import type { Answer } from '../../../policies/checks/tls/profile.ts';
import { no, yes } from './ground.ts';
import type { PaddingReactions } from './padding-oracles.ts';

/**
 * Sleeping POODLE (Young 2019): a record with a wrong padding and a right MAC is neither taken nor refused; the
 * connection just stays, while one with a wrong MAC ends it.
 */
export function sleepingPoodle({ control }: PaddingReactions): Answer {
  if (control === undefined) return no;
  const { sound, 'wrong-mac': refused, 'wrong-padding': toPadding } = control;
  return toPadding !== refused && toPadding !== sound && toPadding === 'open' ? yes : no;
}
