import type { Tokens } from '../access/tokens.ts';
import { condition, type Condition, type Outcome, type Source } from './condition.ts';
import { endingOf } from './endings.ts';

const reminder = 14 * 86_400;

/** Tokens that end: with one of them a scrape, an export or a pipeline does. */
export class TokenSource implements Source {
  readonly kinds = ['token-ends', 'token-ended'] as const;
  readonly #tokens: Pick<Tokens, 'list'>;

  constructor(tokens: Pick<Tokens, 'list'>) {
    this.#tokens = tokens;
  }

  *conditions(at: Date): Iterable<Condition> {
    for (const { id, role, label, createdAt, expiresAt: until, revokedAt } of this.#tokens.list()) {
      // What enrols is used at once, and what was made for less than the time of a reminder is meant to end.
      const isShort = Date.parse(until) - Date.parse(createdAt) <= reminder * 1000;
      if (role === 'enrol' || revokedAt !== null || isShort) continue;
      const ending = endingOf(until, at, reminder);
      if (ending === undefined) continue;
      yield condition(ending === 'near' ? 'token-ends' : 'token-ended', id, { values: { id, role, label, until } });
    }
  }

  outcome(): Outcome {
    return 'gone';
  }
}
