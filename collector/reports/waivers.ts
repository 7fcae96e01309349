import type { Organisation, WaiverState } from '../../evidence/organisation.ts';
import { isAbout, spanOfWaiver } from '../../evidence/waivers.ts';
import { overlap, type Span } from '../../policies/moments.ts';
import { requirementOf } from '../../policies/people/requirement.ts';
import type { Waiver } from './model.ts';
import type { Held } from './organisation/track.ts';
import type { Written } from './organisation/written.ts';

/** Which control on which host, or of the organisation itself (null). */
export interface WaivedPlace {
  readonly policy: string;
  readonly control: string;
  readonly host: string | null;
}

/** The exceptions that were approved, as they lay over hosts and controls. */
export class Waivers {
  readonly #waivers: readonly WaiverState[];
  readonly #written: Written;

  constructor({ waivers }: Organisation, written: Written) {
    this.#waivers = [...waivers.values()];
    this.#written = written;
  }

  /**
   * By beginning. A waiver holds only while the documents asked what it was approved for.
   * @param held the words of the control, and when each was asked
   */
  of({ policy, control, host }: WaivedPlace, held: () => readonly Held[]): Waiver[] {
    const asked = this.#waivers.filter((one) => one.asked.policy === policy && one.asked.control === control);
    if (asked.length === 0) return [];
    const versions = held();
    const found = asked.flatMap((waiver) => {
      const span = spanOfWaiver(waiver);
      if (span === undefined) return [];
      return versions
        .filter(({ definition }) => isAbout(waiver, { policy, control, requirement: requirementOf(definition) }, host))
        .map((version) => overlap(span, version.held))
        .filter(({ from, until }) => from < until)
        .map((within) => this.#describe(waiver, within));
    });
    return found.sort((a, b) => (a.from < b.from ? -1 : 1));
  }

  #describe({ statement, approved }: WaiverState, { from, until }: Span): Waiver {
    return {
      from: new Date(from).toISOString(),
      until: new Date(until).toISOString(),
      reason: statement === null ? { state: 'missing' } : this.#written.statementAt(statement),
      approvedBy: approved?.by ?? '',
    };
  }
}
