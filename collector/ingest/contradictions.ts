/**
 * Agents that hold more of the log than there is. Only the log's own signature would prove them right, so nothing stops
 * for them; but somebody should hear of it.
 */
export class Contradictions {
  readonly #now: () => Date;
  readonly #last = new Map<string, Date>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** @param agent one whose signature was verified: nobody else can add to this */
  note(agent: string): void {
    this.#last.set(agent, this.#now());
  }

  /** When each last said so, since the start, by agent. */
  all(): ReadonlyMap<string, Date> {
    return this.#last;
  }
}
