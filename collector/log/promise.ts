import { openCheckpoint, parseCheckpoint, type Checkpoint } from '../../evidence/checkpoint.ts';
import type { EvidenceLog, Head } from './log.ts';

/** What of a log is held against its promises. */
export interface PromisedLog extends Pick<EvidenceLog, 'origin' | 'keys' | 'rootAt'> {
  readonly head: Pick<Head, 'size'>;
}

/** How a log fails a head that its own key once signed. */
export interface BrokenPromise {
  /** `log.behind`: it has fewer entries. `log.forked`: it has others. */
  readonly code: 'log.behind' | 'log.forked';
  readonly message: string;
}

/**
 * Holds a log against a head that it signed before, as somebody kept it.
 * @param note the head as a signed note
 * @param holder who kept it, for the message
 * @returns undefined where the log continues that head
 * @throws EvidenceError where the note is no head, or contradicts the log and is not signed by its key: then it proves nothing
 */
export function brokenPromise(note: string, holder: string, log: PromisedLog): BrokenPromise | undefined {
  const claimed = parseCheckpoint(note.slice(0, note.lastIndexOf('\n\n') + 1));
  // What the log agrees with needs no signature.
  if (isKept(claimed, log)) return undefined;
  const { size } = openCheckpoint(note, log.keys);
  const now = log.head.size;
  if (size > now) {
    const message = `the log has ${now} entries, and ${holder} holds its signed head of ${size}: it was set back to an older state`;
    return { code: 'log.behind', message };
  }
  const message = `the first ${size} entries of the log are not those of its signed head that ${holder} holds: it was forked or rewritten`;
  return { code: 'log.forked', message };
}

function isKept({ origin, size, root }: Checkpoint, log: PromisedLog): boolean {
  return origin === log.origin && size <= log.head.size && log.rootAt(size).equals(root);
}
