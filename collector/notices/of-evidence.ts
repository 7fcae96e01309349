import { secondsBetween } from '../../policies/quantities.ts';
import type { Scrubber } from '../log/scrubber.ts';
import type { Sequencer } from '../log/sequencer.ts';
import { condition, type Condition, type Outcome, type Source } from './condition.ts';

/** What an agent says is the matter so long after it said so last. */
const remembered = 86_400;

export interface EvidenceSourceInput {
  readonly scrubber: Pick<Scrubber, 'mismatches' | 'completedAt'>;
  readonly sequencer: Pick<Sequencer, 'isHalted'>;
  /** When agents last said that they hold more of the log than there is, by agent. */
  readonly contradicted: () => ReadonlyMap<string, Date>;
}

/** Doubts about the evidence itself. */
export class EvidenceSource implements Source {
  readonly kinds = ['evidence-mismatch', 'evidence-behind', 'evidence-contradicted'] as const;
  readonly #input: EvidenceSourceInput;

  constructor(input: EvidenceSourceInput) {
    this.#input = input;
  }

  *conditions(at: Date): Iterable<Condition> {
    const { scrubber, sequencer, contradicted } = this.#input;
    const severity = 'critical';
    const { mismatches } = scrubber;
    if (mismatches > 0) yield condition('evidence-mismatch', 'store', { severity, values: { mismatches } });
    if (sequencer.isHalted) yield condition('evidence-behind', 'log', { severity });
    for (const [host, moment] of contradicted()) {
      if (secondsBetween(moment, at) > remembered) continue;
      const values = { host, at: moment.toISOString() };
      yield condition('evidence-contradicted', host, { severity, host, values });
    }
  }

  /** That nothing was found yet since a start shows nothing. */
  outcome({ kind }: Condition): Outcome {
    const { scrubber, sequencer } = this.#input;
    if (kind === 'evidence-mismatch') return scrubber.completedAt === undefined ? 'open' : 'well';
    if (kind === 'evidence-behind') return sequencer.isHalted ? 'open' : 'well';
    return 'gone';
  }
}
