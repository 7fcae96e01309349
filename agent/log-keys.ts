import { openNote } from '../evidence/note.ts';
import { LogKeys, verifyHandover, type ProvenHandover } from '../evidence/handover.ts';
import { parseLogKey, vkeyOf } from '../evidence/vkey.ts';
import { getJson } from './post.ts';
import { logKeysOf, type Identity, type Way } from './identity.ts';

const requestSeconds = 30;

/** Whether a head of the log bears a signature in its name by a key that is not known here: it may have changed its key. */
export function showsOtherKey(note: string, identity: Pick<Identity, 'logKey' | 'laterLogKeys'>): boolean {
  const keys = logKeysOf(identity).map(parseLogKey);
  const { unknown } = openNote(note, keys);
  return unknown.some((line) => keys.some(({ name }) => line.split(' ')[1] === name));
}

/**
 * Asks the collector which keys took the place of those that are known, and believes only what they signed: each must
 * have signed the head that holds the entry which names the next.
 * @returns the keys that came after the pinned one, the oldest first
 * @throws EvidenceError where what it shows does not hold; Error where there is no answer, or one of another form
 */
export async function learnLogKeys(
  identity: Way & Pick<Identity, 'logKey' | 'laterLogKeys'>,
  signal?: AbortSignal,
): Promise<string[]> {
  const { collector, ca } = identity;
  const answer = await getJson(new URL('/api/v1/log-keys', collector), { seconds: requestSeconds, signal, ca });
  return followHandovers(LogKeys.parse(answer.body).handovers, identity);
}

/**
 * Goes from the newest key that is known to those that took its place.
 * @returns the keys that came after the pinned one, the oldest first
 * @throws EvidenceError where what is shown does not hold
 */
export function followHandovers(
  handovers: readonly ProvenHandover[],
  identity: Pick<Identity, 'logKey' | 'laterLogKeys'>,
): string[] {
  const later = [...(identity.laterLogKeys ?? [])];
  for (;;) {
    const known = later.at(-1) ?? identity.logKey;
    const handover: ProvenHandover | undefined = handovers.find(({ logKey }) => logKey === known);
    if (handover === undefined) return later;
    const next = vkeyOf(verifyHandover(handover, parseLogKey(known)));
    // A key never comes back: else they could lead round in a circle.
    if (next === identity.logKey || later.includes(next)) return later;
    later.push(next);
  }
}
