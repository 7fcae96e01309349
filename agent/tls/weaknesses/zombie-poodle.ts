import type { Answer } from '../../../policies/checks/tls/profile.ts';
import { no, yes } from './ground.ts';
import type { PaddingReactions } from './padding-oracles.ts';

/**
 * Zombie POODLE (Young 2019; CVE-2019-6485, CVE-2019-6593): a record with a wrong padding is refused, and in another
 * way when its MAC is right: the same attack as on a padding that is not checked.
 */
export function zombiePoodle({ control }: PaddingReactions): Answer {
  if (control === undefined) return no;
  const { sound, 'wrong-mac': refused, 'wrong-padding': toPadding } = control;
  return toPadding !== refused && toPadding !== sound && toPadding !== 'open' ? yes : no;
}
