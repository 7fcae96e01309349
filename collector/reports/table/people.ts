import { stepWords } from '../../../policies/people/step-words.ts';
import type { Language } from '../../../policies/schema.ts';
import { caseName } from '../../people/words.ts';
import type { ComplianceReport, Kept, ReportedCase, ReportedStep } from '../model.ts';
import { peopleTexts } from '../view/people-texts.ts';
import { dueOf } from '../view/people.ts';
import { texts } from '../view/texts.ts';
import { keptText } from '../view/words.ts';
import { count, moment, text, type Cell, type Table } from './table.ts';
import { tableTexts } from './texts.ts';

/** A row an attestation. */
export function attestationsTable({ organisation }: ComplianceReport, language: Language): Table {
  const [t, own, { sheets, revokedHead, approvals, firstEntry }] = [
    texts[language],
    peopleTexts[language],
    tableTexts[language],
  ];
  return {
    name: sheets.attestations,
    columns: [
      { head: t.policy, width: 20 },
      { head: t.control, width: 24 },
      { head: t.from, width: 20 },
      { head: t.until, width: 20 },
      { head: revokedHead, width: 20 },
      { head: own.by, width: 24 },
      { head: own.places, width: 30 },
      { head: approvals, width: 30 },
      { head: own.said, width: 60 },
      { head: own.files, width: 40 },
      { head: firstEntry, width: 10 },
    ],
    rows: (organisation?.attestations ?? []).map((one) => [
      text(one.policy),
      text(one.control),
      moment(one.from),
      moment(one.until),
      moment(one.revoked),
      text(one.by),
      text(one.places.join(', ')),
      text(one.approvals.map(({ by }) => by).join(', ')),
      words(one.statement === null ? [] : [one.statement], language),
      words(one.files, language),
      count(one.entry.index),
    ]),
  };
}

/** A row a step of a case, done or due; of a case without any, one row. */
export function casesTable({ organisation }: ComplianceReport, language: Language): Table {
  const [own, { sheets, firstEntry }] = [peopleTexts[language], tableTexts[language]];
  return {
    name: sheets.cases,
    columns: [
      { head: own.case, width: 24 },
      { head: own.kind, width: 24 },
      { head: own.beganHead, width: 20 },
      { head: own.closedHead, width: 20 },
      { head: own.step, width: 24 },
      { head: own.due, width: 20 },
      { head: own.done, width: 20 },
      { head: firstEntry, width: 10 },
      { head: own.fields, width: 40 },
      { head: own.said, width: 60 },
    ],
    rows: (organisation?.cases ?? []).flatMap((one) => {
      const steps: readonly (ReportedStep | undefined)[] = one.steps.length === 0 ? [undefined] : one.steps;
      return steps.map((step) => caseRow(one, step, language));
    }),
  };
}

function caseRow(one: ReportedCase, step: ReportedStep | undefined, language: Language): Cell[] {
  return [
    text(one.id),
    text(caseName(one, language)),
    moment(one.began),
    moment(one.closed?.receivedAt),
    text(step === undefined ? '' : stepWords(step.step, language)),
    moment(step && dueOf(step)),
    moment(step?.done?.receivedAt),
    count((step?.done ?? one.entry).index),
    text(one.fields.join(', ')),
    words(one.statements, language),
  ];
}

function words(kept: readonly Kept[], language: Language): Cell {
  return text(kept.map((one) => keptText(one, language)).join('\n'));
}
