import type { Answer } from '../../../policies/checks/tls/profile.ts';
import { no, yes } from './ground.ts';
import { tellsOverflow } from './cve-2016-2107.ts';
import type { PaddingReactions } from './padding-oracles.ts';

/**
 * Zero-length padding oracle (CVE-2019-1559): of records without content, those with a wrong padding are treated
 * differently from those with a wrong MAC. Also where a record that is padding alone is treated in a way of its own.
 */
export function zeroLengthPaddingOracle(reactions: PaddingReactions): Answer {
  const isEmptyTold = reactions['empty-wrong-mac'] !== reactions['empty-wrong-padding'];
  const isMissingTold = reactions['no-mac'] !== reactions['wrong-mac'] && !tellsOverflow(reactions);
  return isEmptyTold || isMissingTold ? yes : no;
}
