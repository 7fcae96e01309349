import type { Act } from '../../evidence/act.ts';
import type { ActFlaw } from '../../evidence/organisation.ts';
import type { Language } from '../../policies/schema.ts';

/** In the order in which they are shown. */
export const members = [
  ...(['policy', 'control', 'scope', 'effective', 'from', 'until', 'began', 'urgency'] as const),
  ...(['step', 'fields', 'record', 'month', 'host', 'found'] as const),
];
export type Member = (typeof members)[number];

/** What the pages of acts say; a language that lacks a text does not compile. */
interface ActTexts {
  readonly awaiting: string;
  readonly kinds: Readonly<Record<'attestation' | 'waiver', string>>;
  readonly approvedOf: (count: number, needed: number) => string;
  readonly acts: Readonly<Record<Act['act'], string>>;
  readonly entry: (index: number) => string;
  /** Of the members of acts that people look at, by name. */
  readonly members: Readonly<Record<Member, string>>;
  readonly erased: string;
  readonly files: string;
  readonly approve: string;
  readonly revoke: string;
  readonly approveHint: string;
  readonly revokeHint: string;
  readonly own: string;
  readonly refused: string;
  readonly refusals: Readonly<Partial<Record<ActFlaw, string>>>;
  readonly unknown: (id: string) => string;
  readonly toOrganisation: string;
}

export const actTexts: Readonly<Record<Language, ActTexts>> = {
  en: {
    awaiting: 'Awaits approval',
    kinds: { attestation: 'Attestation', waiver: 'Waiver' },
    approvedOf: (count, needed) => `approved by ${count} of ${needed}`,
    acts: {
      attest: 'attested',
      deny: 'found that it is not kept',
      waive: 'asked for an exception',
      approve: 'approved',
      revoke: 'took back',
      'open-case': 'opened a case',
      'take-step': 'took a step',
      'close-case': 'closed the case',
      follow: 'chose documents',
      record: 'wrote into a register',
      strike: 'struck from a register',
      'spot-check': 'made a spot check',
    },
    entry: (index) => `entry ${index} of the log`,
    members: {
      policy: 'Policy',
      control: 'Control',
      scope: 'For',
      effective: 'True from',
      from: 'From',
      until: 'Until',
      began: 'Began',
      urgency: 'Urgency',
      step: 'Step',
      fields: 'Says something about',
      record: 'Line',
      month: 'Month',
      host: 'Host',
      found: 'Found',
    },
    erased: 'erased',
    files: 'Files',
    approve: 'Approve',
    revoke: 'Take back',
    approveHint: 'You answer for it beside who asked. It is an entry of the log for ever.',
    revokeHint: 'From now on it does not count. It is an entry of the log for ever.',
    own: 'You asked for this yourself: another must approve of it.',
    refused: 'This was not done.',
    refusals: {
      'act.own': 'Nobody approves of what he asked for himself.',
      'act.ended': 'It was taken back before.',
      'act.unknown': 'There is nothing with this id.',
    },
    unknown: (id) => `Nothing here has the id ${id}.`,
    toOrganisation: 'Organisation',
  },
  nl: {
    awaiting: 'Wacht op goedkeuring',
    kinds: { attestation: 'Verklaring', waiver: 'Ontheffing' },
    approvedOf: (count, needed) => `goedgekeurd door ${count} van ${needed}`,
    acts: {
      attest: 'verklaarde',
      deny: 'vond dat dit niet wordt nagekomen',
      waive: 'vroeg ontheffing',
      approve: 'keurde goed',
      revoke: 'trok in',
      'open-case': 'opende een zaak',
      'take-step': 'deed een stap',
      'close-case': 'sloot de zaak',
      follow: 'koos documenten',
      record: 'schreef in een register',
      strike: 'haalde uit een register',
      'spot-check': 'deed een steekproef',
    },
    entry: (index) => `regel ${index} van het log`,
    members: {
      policy: 'Beleid',
      control: 'Maatregel',
      scope: 'Voor',
      effective: 'Waar vanaf',
      from: 'Vanaf',
      until: 'Tot',
      began: 'Begonnen',
      urgency: 'Spoed',
      step: 'Stap',
      fields: 'Zegt iets over',
      record: 'Regel',
      month: 'Maand',
      host: 'Host',
      found: 'Bevonden',
    },
    erased: 'gewist',
    files: 'Bestanden',
    approve: 'Goedkeuren',
    revoke: 'Intrekken',
    approveHint: 'U staat er mede voor in. Het blijft voor altijd een regel van het log.',
    revokeHint: 'Vanaf nu telt het niet meer. Het blijft voor altijd een regel van het log.',
    own: 'U vroeg dit zelf: een ander moet het goedkeuren.',
    refused: 'Dit is niet gedaan.',
    refusals: {
      'act.own': 'Niemand keurt goed wat hij zelf vroeg.',
      'act.ended': 'Het was al ingetrokken.',
      'act.unknown': 'Er is niets met dit kenmerk.',
    },
    unknown: (id) => `Niets heeft hier het kenmerk ${id}.`,
    toOrganisation: 'Organisatie',
  },
};
