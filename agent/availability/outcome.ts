import type { Obstacle } from '../../policies/reading.ts';
import { Interrupted } from '../tls/starttls/dialogue.ts';

/**
 * What a probe came to. `failed`: it is this host that could not ask, which says nothing of the service. `why` is a code
 * or a few words, the same each time: sentences of servers hold moments and addresses.
 */
export type Outcome =
  | { readonly state: 'up' }
  | { readonly state: 'down'; readonly why: string }
  | { readonly state: 'failed'; readonly why: string };

export const up: Outcome = { state: 'up' };

export function down(why: string): Outcome {
  return { state: 'down', why: why.slice(0, 100) };
}

export function failed(why: string): Outcome {
  return { state: 'failed', why: why.slice(0, 100) };
}

/** Words for what the system says of the other side: connect(2), and ip(7) of ICMP; getaddrinfo(3) of a name. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'silent',
  EHOSTUNREACH: 'unreachable',
  ENOTFOUND: 'no such name',
};

/** Everything else is this host's own trouble: no route, no right, no memory, a resolver that fails. */
export function outcomeOfObstacle({ code, detail = code }: Obstacle): Outcome {
  if (code === 'timeout') return down('silent');
  const word = words[detail];
  return word === undefined ? failed(detail) : down(word);
}

/** How a conversation ended before its time. */
export function outcomeOfError(error: unknown): Outcome {
  if (!(error instanceof Interrupted)) throw error;
  switch (error.why) {
    case 'silent':
      return down('silent');
    case 'unfinished':
      return down('unfinished answer');
    case 'closed':
    case 'cut-off':
      return down('closed');
    case 'too-long':
      return down('another protocol');
  }
}

/** Of several places it is enough that one is up; what this host could not try says nothing where another is down. */
export function bestOf(outcomes: readonly Outcome[]): Outcome {
  for (const state of ['up', 'down', 'failed'] as const) {
    const found = outcomes.find((outcome) => outcome.state === state);
    if (found !== undefined) return found;
  }
  return failed('nothing to try');
}
