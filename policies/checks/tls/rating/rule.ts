import type { Evidence, Finding } from './evidence.ts';
import type { Letter } from './letters.ts';
import type { RatingSettings } from './settings.ts';

/** One reason for which SSL Labs gives no better letter. */
export interface Rule {
  /** Its name everywhere: in reasons (`tls.grade-ID`), in output and in the docs. */
  readonly id: string;
  /** The best letter that is left where it applies. */
  readonly letter: Letter | ((settings: RatingSettings) => Letter);
  /** The revision of the SSL Labs rating guide that brought or last changed it; `–` for one that is in no revision. */
  readonly revision: string;
  /** Where that is written. */
  readonly source: string;
  /** What the server does, to stand after its name: `accepts SSL 2.0`. */
  readonly en: string;
  readonly nl: string;
  readonly test: (evidence: Evidence) => Finding;
}

export function letterOf({ letter }: Pick<Rule, 'letter'>, settings: RatingSettings): Letter {
  return typeof letter === 'function' ? letter(settings) : letter;
}
