import type { Language } from '../../policies/schema.ts';
import { number } from '../web/texts.ts';
import type { ConditionKind, EndTold } from './condition.ts';

/** What a line names, in the reader's language. */
export type Named = Readonly<Record<(typeof named)[number], string>>;

export const named = [
  ...(['host', 'last', 'policy', 'version', 'title', 'case', 'step', 'id', 'until', 'standard'] as const),
  ...(['role', 'label', 'mismatches', 'at'] as const),
];

/** What messages say; a language that lacks a text does not compile. */
interface NoticeTexts {
  /** Of what stands under one heading in a message. */
  readonly headings: Readonly<Record<Heading, string>>;
  /** For the subject. */
  readonly counted: Readonly<Record<Heading, (count: number) => string>>;
  readonly begun: Readonly<
    Record<Exclude<ConditionKind, 'control-fails' | 'organisation-fails'>, (named: Named) => string>
  >;
  readonly over: Readonly<Record<EndTold, (named: Named) => string>>;
  readonly severity: Readonly<Record<'critical' | 'warning' | 'info', string>>;
  readonly organisation: string;
  readonly since: (moment: string) => string;
  readonly urgent: string;
  readonly more: (count: number) => string;
  readonly trial: string;
  readonly trialText: (receiver: string) => string;
  readonly look: string;
  readonly why: (receiver: string, origin: string) => string;
}

/** In the order in which they stand in a message. */
export const headings = ['evidence', 'failures', 'terms', 'silence', 'endings', 'over'] as const;
export type Heading = (typeof headings)[number];

const plural = (language: Language, one: string, more: string) => (count: number) =>
  `${number(count, language)} ${count === 1 ? one : more}`;

const en: NoticeTexts = {
  headings: {
    evidence: 'Doubts about the evidence',
    failures: 'Fails',
    terms: 'Terms',
    silence: 'Hosts that cannot be relied on',
    endings: 'Ends soon, has ended, or waits',
    over: 'Is well again',
  },
  counted: {
    evidence: plural('en', 'doubt about the evidence', 'doubts about the evidence'),
    failures: plural('en', 'new failure', 'new failures'),
    terms: plural('en', 'term', 'terms'),
    silence: plural('en', 'host not to be relied on', 'hosts not to be relied on'),
    endings: plural('en', 'reminder', 'reminders'),
    over: plural('en', 'well again', 'well again'),
  },
  begun: {
    'document-unread': ({ policy, version }) =>
      `The collector cannot read the document ${policy}, version ${version}, which is followed: nobody can tell what it asks.`,
    'term-overdue': ({ case: name, step, until, id }) =>
      `${name}: “${step}” was due by ${until} and is not done (${id})`,
    'term-near': ({ case: name, step, until, id }) => `${name}: “${step}” is due by ${until} (${id})`,
    'attestation-ends': ({ title, until }) => `The attestation of “${title}” ends on ${until}`,
    'waiver-ends': ({ title, until, id }) => `The waiver from “${title}” ends on ${until} (${id})`,
    'waiver-ended': ({ title, until, id }) => `The waiver from “${title}” ended on ${until} (${id})`,
    'waiver-waits': ({ title, id }) => `A waiver from “${title}” waits for approval (${id})`,
    'certificate-ends': ({ standard, until }) => `The certificate ${standard} ends on ${until}`,
    'certificate-ended': ({ standard, until }) => `The certificate ${standard} ended on ${until}`,
    'token-ends': ({ role, label, until, id }) => `The token ${id} (${role}${label}) ends on ${until}`,
    'token-ended': ({ role, label, until, id }) => `The token ${id} (${role}${label}) ended on ${until}`,
    'host-stale': ({ host, last }) => `${host}: no report since ${last}, so nothing there counts as passing`,
    'host-clock-ahead': ({ host, last }) =>
      `${host}: its clock runs ahead (report dated ${last}), so nothing there counts as passing`,
    'host-never-seen': ({ host }) => `${host}: expected, and has never reported`,
    'evidence-mismatch': ({ mismatches }) =>
      `Some of what is stored is not what was signed (${mismatches} found): see waarborg scrub`,
    'evidence-behind': () => 'The log was set back or forked, and takes nothing any more: see the page on recovery',
    'evidence-contradicted': ({ host, at }) => `${host} said at ${at} that it holds more of the log than there is`,
  },
  over: {
    'control-fails': ({ host }) => `${host}: passes again`,
    'organisation-fails': () => 'passes again',
    'document-unread': ({ policy }) => `The document ${policy} can be read again`,
    'host-stale': ({ host }) => `${host}: reports again`,
    'host-clock-ahead': ({ host }) => `${host}: its clock is right again`,
    'host-never-seen': ({ host }) => `${host}: has reported for the first time`,
    'evidence-mismatch': () => 'All that is stored is again what was signed',
    'evidence-behind': () => 'The log takes reports again',
  },
  severity: { critical: 'critical', warning: 'warning', info: 'info' },
  organisation: 'the organisation',
  since: (moment) => `since ${moment}`,
  urgent: 'urgent',
  more: (count) => `and ${number(count, 'en')} more`,
  trial: 'Trial',
  trialText: (receiver) => `This is a trial for the receiver ${receiver}: nothing is the matter.`,
  look: 'All that is known now:',
  why: (receiver, origin) =>
    `Sent to the receiver ${receiver} by the collector of ${origin}; collector.yaml says of what.`,
};

const nl: NoticeTexts = {
  headings: {
    evidence: 'Twijfel aan het bewijs',
    failures: 'Voldoet niet',
    terms: 'Termijnen',
    silence: 'Hosts waarop niet te rekenen is',
    endings: 'Loopt af, is afgelopen of wacht',
    over: 'Weer in orde',
  },
  counted: {
    evidence: plural('nl', 'twijfel aan het bewijs', 'twijfels aan het bewijs'),
    failures: plural('nl', 'nieuwe afwijking', 'nieuwe afwijkingen'),
    terms: plural('nl', 'termijn', 'termijnen'),
    silence: plural('nl', 'host waarop niet te rekenen is', 'hosts waarop niet te rekenen is'),
    endings: plural('nl', 'herinnering', 'herinneringen'),
    over: plural('nl', 'weer in orde', 'weer in orde'),
  },
  begun: {
    'document-unread': ({ policy, version }) =>
      `De collector kan het gevolgde document ${policy}, versie ${version}, niet lezen: niemand kan zeggen wat het vraagt.`,
    'term-overdue': ({ case: name, step, until, id }) =>
      `${name}: “${step}” moest vóór ${until} gedaan zijn en is dat niet (${id})`,
    'term-near': ({ case: name, step, until, id }) => `${name}: “${step}” moet vóór ${until} gedaan zijn (${id})`,
    'attestation-ends': ({ title, until }) => `De verklaring over “${title}” loopt af op ${until}`,
    'waiver-ends': ({ title, until, id }) => `De ontheffing van “${title}” loopt af op ${until} (${id})`,
    'waiver-ended': ({ title, until, id }) => `De ontheffing van “${title}” is afgelopen op ${until} (${id})`,
    'waiver-waits': ({ title, id }) => `Een ontheffing van “${title}” wacht op goedkeuring (${id})`,
    'certificate-ends': ({ standard, until }) => `Het certificaat ${standard} loopt af op ${until}`,
    'certificate-ended': ({ standard, until }) => `Het certificaat ${standard} is afgelopen op ${until}`,
    'token-ends': ({ role, label, until, id }) => `Het token ${id} (${role}${label}) loopt af op ${until}`,
    'token-ended': ({ role, label, until, id }) => `Het token ${id} (${role}${label}) is afgelopen op ${until}`,
    'host-stale': ({ host, last }) => `${host}: geen bericht sinds ${last}, dus niets geldt daar als voldaan`,
    'host-clock-ahead': ({ host, last }) =>
      `${host}: de klok loopt voor (bericht gedateerd ${last}), dus niets geldt daar als voldaan`,
    'host-never-seen': ({ host }) => `${host}: wordt verwacht en heeft zich nooit gemeld`,
    'evidence-mismatch': ({ mismatches }) =>
      `Een deel van wat bewaard wordt is niet wat ondertekend is (${mismatches} gevonden): zie waarborg scrub`,
    'evidence-behind': () =>
      'Het log is teruggezet of gesplitst en neemt niets meer aan: zie de bladzijde over herstel',
    'evidence-contradicted': ({ host, at }) => `${host} zei op ${at} dat het meer van het log heeft dan er is`,
  },
  over: {
    'control-fails': ({ host }) => `${host}: voldoet weer`,
    'organisation-fails': () => 'voldoet weer',
    'document-unread': ({ policy }) => `Het document ${policy} is weer te lezen`,
    'host-stale': ({ host }) => `${host}: meldt zich weer`,
    'host-clock-ahead': ({ host }) => `${host}: de klok staat weer goed`,
    'host-never-seen': ({ host }) => `${host}: heeft zich voor het eerst gemeld`,
    'evidence-mismatch': () => 'Alles wat bewaard wordt is weer wat ondertekend is',
    'evidence-behind': () => 'Het log neemt weer berichten aan',
  },
  severity: { critical: 'kritiek', warning: 'waarschuwing', info: 'ter informatie' },
  organisation: 'de organisatie',
  since: (moment) => `sinds ${moment}`,
  urgent: 'dringend',
  more: (count) => `en nog ${number(count, 'nl')}`,
  trial: 'Proef',
  trialText: (receiver) => `Dit is een proef voor de ontvanger ${receiver}: er is niets aan de hand.`,
  look: 'Alles wat nu bekend is:',
  why: (receiver, origin) =>
    `Verzonden aan de ontvanger ${receiver} door de collector van ${origin}; collector.yaml zegt waarover.`,
};

export const noticeTexts: Readonly<Record<Language, NoticeTexts>> = { en, nl };
