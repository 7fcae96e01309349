import type { Answer } from '../../../policies/checks/tls/profile.ts';
import { no, unknown, yes } from './ground.ts';
import type { PaddingReactions } from './padding-oracles.ts';

/**
 * POODLE against TLS (CVE-2014-8730): the padding is not checked, as in SSL 3.0, where it could not be. Proof is a
 * record with a wrong padding and a right MAC that is treated as a sound one is, and not as one with a wrong MAC.
 */
export function poodleTls({ control }: PaddingReactions): Answer {
  if (control === undefined) return no;
  const { sound, 'wrong-mac': refused, 'wrong-padding': toPadding } = control;
  // A sound record is treated like a broken one: nothing can be told from it.
  if (sound === refused)
    return toPadding === refused ? unknown('closed', 'sound and broken records are treated alike') : no;
  return toPadding === sound ? yes : no;
}
