import type { Language } from '../../policies/schema.ts';
import { number } from './texts.ts';

/** What the pages say of what people show; a language that lacks a text does not compile. */
interface PeopleTexts {
  readonly failing: (count: number) => string;
  readonly openCases: (count: number) => string;
  readonly intro: string;
  readonly nothingFollowed: string;
  readonly follow: string;
  readonly unread: (document: string) => string;
  readonly controls: string;
  readonly noControls: string;
  readonly cases: string;
  readonly noCases: string;
  readonly began: string;
  readonly dueBy: string;
  readonly overdue: string;
  readonly remaining: (time: string) => string;
  readonly noTerm: string;
  readonly endings: string;
  readonly noEndings: string;
  readonly waivers: string;
  readonly noWaivers: string;
  readonly until: string;
  readonly awaitsApproval: string;
  readonly waivedUntil: string;
  readonly ofOrganisation: string;
  readonly registers: string;
  readonly more: (count: number) => string;
  readonly spotChecks: string;
  readonly notDrawn: string;
  readonly drawnFrom: (count: number, population: number) => string;
  readonly look: string;
  readonly notLooked: string;
  readonly confirmed: string;
  readonly deviates: string;
  readonly howDrawn: string;
}

export const peopleTexts: Readonly<Record<Language, PeopleTexts>> = {
  en: {
    failing: (count) =>
      count === 1 ? '1 control of the organisation fails' : `${number(count, 'en')} controls of the organisation fail`,
    openCases: (count) => (count === 1 ? '1 open case' : `${number(count, 'en')} open cases`),
    intro:
      'What no host can show: what people stated, answered and were excused from, by the entries of the evidence log.',
    nothingFollowed: 'The organisation is held to no document yet.',
    follow: 'Say which ones it follows:',
    unread: (document) => `The collector cannot read ${document}, which is followed: nobody can tell what it asks.`,
    controls: 'Controls of the organisation',
    noControls: 'The documents that are followed ask nothing of people.',
    cases: 'Open cases',
    noCases: 'No case is open.',
    began: 'began',
    dueBy: 'due by',
    overdue: 'overdue',
    remaining: (time) => `${time} left`,
    noTerm: 'nothing is due',
    endings: 'What ends soon',
    noEndings: 'No attestation and no certificate ends soon.',
    waivers: 'Waivers',
    noWaivers: 'There are none.',
    until: 'until',
    awaitsApproval: 'awaits approval',
    waivedUntil: 'waived until',
    ofOrganisation: 'all hosts and the organisation',
    registers: 'Registers',
    more: (count) => `and ${number(count, 'en')} more`,
    spotChecks: 'Spot checks',
    notDrawn: 'Nothing is drawn yet: a host must report first that saw the month begin.',
    drawnFrom: (count, population) => `${number(count, 'en')} of ${number(population, 'en')}, drawn on`,
    look: 'to be looked at',
    notLooked: 'not looked at yet',
    confirmed: 'as reported',
    deviates: 'otherwise than reported',
    howDrawn: 'How it was drawn:',
  },
  nl: {
    failing: (count) =>
      count === 1
        ? '1 maatregel van de organisatie voldoet niet'
        : `${number(count, 'nl')} maatregelen van de organisatie voldoen niet`,
    openCases: (count) => (count === 1 ? '1 open zaak' : `${number(count, 'nl')} open zaken`),
    intro:
      'Wat geen host kan laten zien: wat mensen verklaard en afgehandeld hebben en waarvan zij ontheven zijn, volgens de regels van het bewijslog.',
    nothingFollowed: 'De organisatie is nog aan geen document gehouden.',
    follow: 'Zeg welke zij volgt:',
    unread: (document) =>
      `De collector kan het gevolgde document ${document} niet lezen: niemand kan zeggen wat het vraagt.`,
    controls: 'Maatregelen van de organisatie',
    noControls: 'De documenten die gevolgd worden, vragen niets van mensen.',
    cases: 'Open zaken',
    noCases: 'Er staat geen zaak open.',
    began: 'begonnen',
    dueBy: 'vóór',
    overdue: 'te laat',
    remaining: (time) => `nog ${time}`,
    noTerm: 'er loopt geen termijn',
    endings: 'Wat binnenkort afloopt',
    noEndings: 'Er loopt geen verklaring of certificaat binnenkort af.',
    waivers: 'Ontheffingen',
    noWaivers: 'Die zijn er niet.',
    until: 'tot',
    awaitsApproval: 'wacht op goedkeuring',
    waivedUntil: 'uitgezonderd tot',
    ofOrganisation: 'alle hosts en de organisatie',
    registers: 'Registers',
    more: (count) => `en nog ${number(count, 'nl')}`,
    spotChecks: 'Steekproeven',
    notDrawn: 'Er is nog niets getrokken: eerst moet een host melden die de maand zag beginnen.',
    drawnFrom: (count, population) => `${number(count, 'nl')} van ${number(population, 'nl')}, getrokken op`,
    look: 'te bekijken',
    notLooked: 'nog niet bekeken',
    confirmed: 'zoals gemeld',
    deviates: 'anders dan gemeld',
    howDrawn: 'Hoe dit is getrokken:',
  },
};
