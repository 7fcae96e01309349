import type { Language } from '../../../policies/schema.ts';

/** What reports say of attestations and cases; a language that lacks a text does not compile. */
export interface PeopleTexts {
  readonly attestations: string;
  readonly attestationsNote: string;
  readonly attestationsNone: string;
  readonly by: string;
  readonly said: string;
  readonly places: string;
  readonly files: string;
  readonly about: (places: string) => string;
  readonly approved: (by: string, at: string) => string;
  readonly revoked: (at: string) => string;
  readonly noEnd: string;
  readonly cases: string;
  readonly casesNote: string;
  readonly casesNone: string;
  readonly caseAndStep: string;
  readonly kind: string;
  readonly case: string;
  readonly step: string;
  readonly due: string;
  readonly done: string;
  readonly began: (at: string) => string;
  readonly beganHead: string;
  readonly closed: (at: string) => string;
  readonly closedHead: string;
  readonly open: string;
  readonly notDone: string;
  readonly noTerm: string;
  readonly late: string;
  readonly fields: string;
  readonly moreWords: (characters: string) => string;
  readonly missingDocument: (document: string) => string;
}

export const peopleTexts: Readonly<Record<Language, PeopleTexts>> = {
  en: {
    attestations: 'Attestations',
    attestationsNote:
      'What people stated in the log that stood in the period, or ended in it. Who a pseudonym is, the operator knows.',
    attestationsNone: 'There are none.',
    by: 'By',
    said: 'What was said',
    places: 'Hosts or customer',
    files: 'Files',
    about: (places) => `for ${places}`,
    approved: (by, at) => `approved by ${by} on ${at}`,
    revoked: (at) => `revoked on ${at}`,
    noEnd: 'not known',
    cases: 'Cases',
    casesNote: 'What had a deadline and was open in the period. A step counts from when it was written down.',
    casesNone: 'There are none.',
    caseAndStep: 'Case, step',
    kind: 'Kind',
    case: 'Case',
    step: 'Step',
    due: 'Due (UTC)',
    done: 'Done (UTC)',
    began: (at) => `began ${at}`,
    beganHead: 'Began (UTC)',
    closed: (at) => `closed ${at}`,
    closedHead: 'Closed (UTC)',
    open: 'open',
    notDone: 'not done',
    noTerm: 'no term',
    late: 'too late',
    fields: 'Told of',
    moreWords: (characters) => `(${characters} more characters are not shown here)`,
    missingDocument: (document) =>
      `The organisation follows ${document}, which is not in the evidence: what it asks nobody can tell.`,
  },
  nl: {
    attestations: 'Verklaringen',
    attestationsNote:
      'Wat mensen in het log verklaard hebben en in de periode gold, of daarin afliep. Wie een pseudoniem is, weet de beheerder.',
    attestationsNone: 'Die zijn er niet.',
    by: 'Door',
    said: 'Wat er gezegd is',
    places: 'Hosts of klant',
    files: 'Bestanden',
    about: (places) => `voor ${places}`,
    approved: (by, at) => `goedgekeurd door ${by} op ${at}`,
    revoked: (at) => `ingetrokken op ${at}`,
    noEnd: 'niet bekend',
    cases: 'Zaken',
    casesNote:
      'Wat een termijn had en in de periode openstond. Een stap telt vanaf het moment waarop hij is opgeschreven.',
    casesNone: 'Die zijn er niet.',
    caseAndStep: 'Zaak, stap',
    kind: 'Soort',
    case: 'Zaak',
    step: 'Stap',
    due: 'Termijn (UTC)',
    done: 'Gedaan (UTC)',
    began: (at) => `begonnen ${at}`,
    beganHead: 'Begonnen (UTC)',
    closed: (at) => `gesloten ${at}`,
    closedHead: 'Gesloten (UTC)',
    open: 'open',
    notDone: 'niet gedaan',
    noTerm: 'geen termijn',
    late: 'te laat',
    fields: 'Gezegd over',
    moreWords: (characters) => `(nog ${characters} tekens staan hier niet)`,
    missingDocument: (document) =>
      `De organisatie volgt ${document}, dat niet in het bewijs zit: wat het vraagt kan niemand zeggen.`,
  },
};
