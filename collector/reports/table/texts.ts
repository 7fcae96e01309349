import type { Language } from '../../../policies/schema.ts';
import type { Standing } from '../view/kept.ts';

/** Words that only tables have; the others are those of the reports for reading. */
export interface TableTexts {
  readonly sheets: Readonly<
    Record<
      'summary' | 'controls' | 'courses' | 'reasons' | 'evidence' | 'hosts' | 'waivers' | 'attestations' | 'cases',
      string
    >
  >;
  readonly figure: string;
  readonly value: string;
  readonly note: string;
  readonly title: string;
  readonly standing: string;
  readonly standings: Readonly<Record<Standing, string>>;
  readonly controls: string;
  readonly counted: string;
  readonly compliant: string;
  readonly waived: string;
  readonly firstFailure: string;
  readonly lastFailure: string;
  readonly occasion: string;
  readonly occasions: Readonly<Record<'span' | 'last', string>>;
  readonly since: string;
  readonly verdict: string;
  readonly subject: string;
  readonly code: string;
  readonly reasons: string;
  readonly firstEntry: string;
  readonly lastEntry: string;
  readonly received: string;
  readonly read: string;
  readonly revokedHead: string;
  readonly approvals: string;
  readonly gaps: string;
  readonly gapsLength: string;
  readonly logSize: string;
  readonly logEnd: string;
  readonly root: string;
  readonly staleAfter: string;
  readonly moreRows: (count: string) => string;
}

export const tableTexts: Readonly<Record<Language, TableTexts>> = {
  en: {
    sheets: {
      summary: 'Summary',
      controls: 'Controls',
      courses: 'Courses',
      reasons: 'Reasons',
      evidence: 'Evidence',
      hosts: 'Hosts',
      waivers: 'Waivers',
      attestations: 'Attestations',
      cases: 'Cases',
    },
    figure: 'Figure',
    value: 'Value',
    note: 'Note',
    title: 'Title',
    standing: 'Over the period',
    standings: { kept: 'kept throughout', failed: 'failed at some time', unshown: 'not always shown' },
    controls: 'Controls',
    counted: 'Time that counts',
    compliant: 'Time kept',
    waived: 'Not kept, under a waiver',
    firstFailure: 'First seen failing (UTC)',
    lastFailure: 'Last seen failing (UTC)',
    occasion: 'Where it was told',
    occasions: { span: 'when the state began', last: 'in the last report' },
    since: 'State from (UTC)',
    verdict: 'Verdict',
    subject: 'Subject',
    code: 'Code',
    reasons: 'Reasons',
    firstEntry: 'First entry',
    lastEntry: 'Last entry',
    received: 'received (UTC)',
    read: 'facts read (UTC)',
    revokedHead: 'Revoked (UTC)',
    approvals: 'Approved by',
    gaps: 'Gaps',
    gapsLength: 'Length of gaps',
    logSize: 'Entries of the log',
    logEnd: 'Last entry received (UTC)',
    root: 'Root hash',
    staleAfter: 'A report stands for at most',
    moreRows: (count) => `${count} more rows are not shown here: ask for CSV or JSON`,
  },
  nl: {
    sheets: {
      summary: 'Samenvatting',
      controls: 'Maatregelen',
      courses: 'Verloop',
      reasons: 'Redenen',
      evidence: 'Bewijs',
      hosts: 'Hosts',
      waivers: 'Ontheffingen',
      attestations: 'Verklaringen',
      cases: 'Zaken',
    },
    figure: 'Cijfer',
    value: 'Waarde',
    note: 'Toelichting',
    title: 'Titel',
    standing: 'Over de periode',
    standings: { kept: 'steeds nagekomen', failed: 'ooit niet voldaan', unshown: 'niet steeds aangetoond' },
    controls: 'Maatregelen',
    counted: 'Tijd die telt',
    compliant: 'Tijd nagekomen',
    waived: 'Niet nagekomen, met ontheffing',
    firstFailure: 'Eerst niet voldaan gezien (UTC)',
    lastFailure: 'Laatst niet voldaan gezien (UTC)',
    occasion: 'Waar het gemeld is',
    occasions: { span: 'toen de stand begon', last: 'in het laatste rapport' },
    since: 'Stand van (UTC)',
    verdict: 'Oordeel',
    subject: 'Onderwerp',
    code: 'Code',
    reasons: 'Redenen',
    firstEntry: 'Eerste regel',
    lastEntry: 'Laatste regel',
    received: 'ontvangen (UTC)',
    read: 'feiten gelezen (UTC)',
    revokedHead: 'Ingetrokken (UTC)',
    approvals: 'Goedgekeurd door',
    gaps: 'Gaten',
    gapsLength: 'Duur van gaten',
    logSize: 'Regels van het log',
    logEnd: 'Laatste regel ontvangen (UTC)',
    root: 'Wortelhash',
    staleAfter: 'Een rapport geldt hoogstens',
    moreRows: (count) => `nog ${count} rijen staan hier niet: vraag om CSV of JSON`,
  },
};
