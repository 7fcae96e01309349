import { stepWords } from '../../../policies/people/step-words.ts';
import type { Language } from '../../../policies/schema.ts';
import { caseName } from '../../people/words.ts';
import type { ComplianceReport, Kept, ReportedAttestation, ReportedCase, ReportedStep } from '../model.ts';
import { hasOrganisation } from './kept.ts';
import { sampleView, type SampleView } from './samples.ts';
import { peopleTexts } from './people-texts.ts';
import { registerView, type RegisterView } from './registers.ts';
import { texts } from './texts.ts';
import { cellMoment, keptText, moment, number } from './words.ts';

/** The chapters on what people wrote down. */
export interface PeopleView {
  /** A line for each document that is followed and not there. */
  readonly missing: readonly string[];
  readonly attestations: readonly AttestationRow[];
  readonly moreAttestations: number;
  readonly cases: readonly CaseView[];
  readonly moreCases: number;
  readonly registers: RegisterView;
  /** The newest; what a report for reading has room for. */
  readonly samples: readonly SampleView[];
}

/** What a report for reading has room for; other formats hold all. */
const [maximumAttestations, maximumCases, maximumSamples, maximumWords] = [500, 200, 24, 2000];

/** Hosts of a finding that are named. */
const maximumHosts = 20;

export interface AttestationRow {
  readonly control: string;
  readonly from: string;
  readonly until: string;
  readonly by: string;
  readonly proof: string;
  /** What was said, the names of files, and who approved of it. */
  readonly lines: readonly string[];
}

export interface CaseView {
  readonly name: string;
  readonly began: string;
  /** When it was closed, or that it was not. */
  readonly closed: string;
  readonly proof: string;
  readonly steps: readonly StepRow[];
  /** What was said, and what it says something about. */
  readonly lines: readonly string[];
}

export interface StepRow {
  readonly step: string;
  /** The soonest, where several controls ask it. */
  readonly due: string;
  readonly done: string;
  readonly isLate: boolean;
  readonly proof: string;
}

/** Undefined where the organisation itself is out of scope, or never followed a document. */
export function peopleView(report: ComplianceReport, language: Language): PeopleView | undefined {
  const { organisation, period } = report;
  if (organisation === null) return undefined;
  const { missing, attestations, cases, samples } = organisation;
  const isTold =
    hasOrganisation(report) ||
    missing.length + attestations.length + cases.length + organisation.registers.length + samples.length > 0;
  if (!isTold) return undefined;
  const lines = missing.map(({ policy, version }) => {
    return peopleTexts[language].missingDocument(`${policy}, ${texts[language].version(String(version))}`);
  });
  return {
    missing: lines,
    attestations: attestations.slice(0, maximumAttestations).map((one) => attestationRow(one, language)),
    moreAttestations: Math.max(attestations.length - maximumAttestations, 0),
    cases: cases.slice(0, maximumCases).map((one) => caseView(one, period.until, language)),
    moreCases: Math.max(cases.length - maximumCases, 0),
    registers: registerView(organisation.registers, language),
    samples: samples.slice(-maximumSamples).map((one) => sampleView(one, period.until, language)),
  };
}

function attestationRow(one: ReportedAttestation, language: Language): AttestationRow {
  const t = peopleTexts[language];
  const { control, from, until, revoked, by, entry, places, statement, files, approvals } = one;
  const names = files.map((file) => keptText(file, language)).join(', ');
  return {
    control,
    from: cellMoment(from, language),
    until: until === null ? t.noEnd : cellMoment(until, language),
    by,
    proof: texts[language].entry(String(entry.index)),
    lines: [
      ...(places.length === 0 ? [] : [t.about(places.join(', '))]),
      ...(statement === null ? [] : [saidText(statement, language)]),
      ...(files.length === 0 ? [] : [`${t.files}: ${names}`]),
      ...approvals.map((approval) => t.approved(approval.by, moment(approval.at, language))),
      ...(revoked === null ? [] : [t.revoked(moment(revoked, language))]),
    ],
  };
}

function caseView(one: ReportedCase, end: string, language: Language): CaseView {
  const t = peopleTexts[language];
  const { id, about, began, closed, entry, fields, statements, steps } = one;
  return {
    name: `${id}: ${caseName(one, language)}`,
    began: t.began(cellMoment(began, language)),
    closed: closed === null ? t.open : t.closed(cellMoment(closed.receivedAt, language)),
    proof: texts[language].entry(String(entry.index)),
    steps: steps.map((step) => stepRow(step, end, language)),
    lines: [
      ...(about === null ? [] : [`${about.policy} ${about.control}: ${hostsText(about.hosts, language)}`]),
      ...statements.map((said) => saidText(said, language)),
      ...(fields.length === 0 ? [] : [`${t.fields}: ${fields.map((field) => stepWords(field, language)).join(', ')}`]),
    ],
  };
}

function hostsText(hosts: readonly string[], language: Language): string {
  const rest = hosts.length - maximumHosts;
  const named = hosts.slice(0, maximumHosts).join(', ');
  return rest > 0 ? `${named}, ${texts[language].more(rest)}` : named;
}

function stepRow(step: ReportedStep, end: string, language: Language): StepRow {
  const t = peopleTexts[language];
  const due = dueOf(step);
  return {
    step: stepWords(step.step, language),
    due: due === undefined ? t.noTerm : cellMoment(due, language),
    done: step.done === null ? t.notDone : cellMoment(step.done.receivedAt, language),
    isLate: due !== undefined && Date.parse(step.done?.receivedAt ?? end) >= Date.parse(due),
    proof: step.done === null ? '' : texts[language].entry(String(step.done.index)),
  };
}

function saidText(said: Kept, language: Language): string {
  const text = keptText(said, language);
  const rest = text.length - maximumWords;
  return rest > 0 ? `${text.slice(0, maximumWords)}… ${peopleTexts[language].moreWords(number(rest, language))}` : text;
}

/** The soonest moment by which any control wants it done; undefined where none does. */
export function dueOf({ due }: ReportedStep): string | undefined {
  return due.map(({ until }) => until).sort((a, b) => Date.parse(a) - Date.parse(b))[0];
}
