import { parseJson } from '../../evidence/json.ts';
import type { Organisation, WaiverState } from '../../evidence/organisation.ts';
import { isAbout, spanOfWaiver } from '../../evidence/waivers.ts';
import { overlap, type Span } from '../../policies/moments.ts';
import { requirementOf } from '../../policies/people/requirement.ts';
import { StatementPart } from '../people/exchange.ts';
import type { Definitions } from './definitions.ts';
import type { ReportedEvidence } from './evidence.ts';
import type { Waiver } from './model.ts';

/** Which control on which host. */
export interface WaivedPlace {
  readonly policy: string;
  readonly control: string;
  readonly host: string;
}

/** The exceptions that were approved, as they lay over hosts and controls. */
export class Waivers {
  readonly #waivers: readonly WaiverState[];
  readonly #definitions: Definitions;
  readonly #evidence: Pick<ReportedEvidence, 'part'>;

  constructor({ waivers }: Organisation, definitions: Definitions, evidence: Pick<ReportedEvidence, 'part'>) {
    this.#waivers = [...waivers.values()];
    this.#definitions = definitions;
    this.#evidence = evidence;
  }

  /** By beginning. A waiver holds only while the documents asked what it was approved for. */
  of({ policy, control, host }: WaivedPlace): Waiver[] {
    const asked = this.#waivers.filter((one) => one.asked.policy === policy && one.asked.control === control);
    if (asked.length === 0) return [];
    const versions = this.#definitions.versions(policy, control);
    const found = asked.flatMap((waiver) => {
      const span = spanOfWaiver(waiver);
      if (span === undefined) return [];
      return versions
        .filter(({ definition }) => isAbout(waiver, { policy, control, requirement: requirementOf(definition) }, host))
        .map(({ held }) => overlap(span, held))
        .filter(({ from, until }) => from < until)
        .map((held) => this.#describe(waiver, held));
    });
    return found.sort((a, b) => (a.from < b.from ? -1 : 1));
  }

  #describe({ statement, approved }: WaiverState, { from, until }: Span): Waiver {
    return {
      from: new Date(from).toISOString(),
      until: new Date(until).toISOString(),
      reason: this.#reason(statement),
      approvedBy: approved?.by ?? '',
    };
  }

  /** What was said of it; nothing where that was erased. */
  #reason(commitment: string | null): string {
    const bytes = commitment === null ? undefined : this.#evidence.part(commitment);
    return (bytes && StatementPart.safeParse(parseJson(bytes)).data?.text) ?? '–';
  }
}
