import type { Answer } from '../../../policies/checks/tls/profile.ts';
import { no, yes } from './ground.ts';
import type { PaddingReactions } from './padding-oracles.ts';

/**
 * GOLDENDOODLE (Young 2019; Vaudenay 2002): of records with a wrong MAC, those with a right padding are treated
 * differently, so that a stranger learns the last bytes of what is encrypted.
 */
export function goldendoodle({ 'wrong-mac': rightPadding, 'both-wrong': wrongPadding }: PaddingReactions): Answer {
  return rightPadding === wrongPadding ? no : yes;
}
