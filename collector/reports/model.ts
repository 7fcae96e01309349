import type { RegisterRecord } from '../../evidence/register.ts';
import type { CaseKind } from '../../policies/checks/cases.ts';
import type { Reason } from '../../policies/reasons.ts';
import type { Control, Labels, PolicyDocument, Text } from '../../policies/schema.ts';
import type { Verdict } from '../../policies/verdict.ts';

/**
 * What an auditor's report says, whatever form it is written in. Each format (HTML, PDF, and what may come) is a
 * function of this alone. Moments are ISO 8601 in UTC; a span includes `from` and ends before `until`; lengths of time
 * are seconds. Docs: docs/reports.md.
 */
export interface ComplianceReport {
  readonly v: 1;
  readonly period: Period;
  readonly scope: Scope;
  /** Seconds after its facts were read for which a report's verdicts stand, unless the next one comes first. */
  readonly staleAfter: number;
  readonly log: ReportedLog;
  /** What a verifier made of the bundle; null where the report was made by the collector itself, from its own store. */
  readonly verification: ReportedVerification | null;
  readonly totals: Totals;
  /** By name. */
  readonly policies: readonly PolicyCompliance[];
  /** By name: every host in scope, also one that never reported. */
  readonly hosts: readonly ReportedHost[];
  /** What people wrote down; null where hosts were picked, for then the organisation itself is out of scope. */
  readonly organisation: ReportedOrganisation | null;
  /** When the collector took no reports; in order of time. */
  readonly collectorGaps: readonly CollectorGap[];
}

export interface Period {
  readonly from: string;
  readonly until: string;
}

/** What was asked for; null where nothing was, and everything is in scope. */
export interface Scope {
  readonly policies: readonly string[] | null;
  readonly hosts: readonly string[] | null;
  /** All of them a host must have had in a report of the period; empty where none was asked for. */
  readonly labels: Labels;
}

/** The log's signed head under which all entries stand that the report rests on. */
export interface ReportedLog {
  readonly origin: string;
  /** Its verification key as text. */
  readonly key: string;
  readonly size: number;
  /** In base64. */
  readonly root: string;
  /** The signed note. */
  readonly checkpoint: string;
  /** When its last entry was received; null for an empty log. */
  readonly lastReceivedAt: string | null;
}

export interface ReportedVerification {
  readonly outcome: 'sound' | 'incomplete';
  /** Whether the log's key came from who verified, or from the bundle itself. */
  readonly keyFrom: 'given' | 'bundle';
  /** How many findings there were: 0 where it is sound. */
  readonly findings: number;
}

/**
 * How a control stood on a host, or for the organisation itself.
 *
 * - a verdict: as the host reported it, or as the acts of people show it;
 * - `wrong-clock`: reported, but the report's date contradicts the log's, so that what passed cannot be relied on;
 * - `silent`: a report was due and none came;
 * - `collector-gap`: the collector took no reports, or the log had ended;
 * - `erased`: what was reported was removed on purpose, with an entry that says so;
 * - `missing`: what was reported is not there, and no entry says why; or the evidence leaves entries out, so that acts of
 *   people may be among them;
 * - `not-asked`: the host's policies did not ask this control of it, or the organisation did not follow its document;
 * - `not-enrolled`: the host was no part of the fleet, yet or any more.
 */
export type SpanState =
  Verdict | 'wrong-clock' | 'silent' | 'collector-gap' | 'erased' | 'missing' | 'not-asked' | 'not-enrolled';

/** An entry of the log, by which something can be looked up and proven. */
export interface EntryReference {
  readonly index: number;
  readonly receivedAt: string;
  /** When the agent read its facts; null for an entry that is no report. */
  readonly issuedAt: string | null;
}

/** A stretch of one state. The spans of a course follow each other without a gap and fill the period. */
export interface Span extends Period {
  readonly state: SpanState;
  /**
   * Of a verdict: the first report that says so, which may lie before the period; of the organisation's, the last act that
   * it rests on when it begins. Of what is no verdict: the last entry before it. Null where there is none.
   */
  readonly begun: EntryReference | null;
  /**
   * Of a verdict: the last report that says so, or the last act that it rests on. Of what is no verdict: the entry that
   * ended it, null where none did.
   */
  readonly ended: EntryReference | null;
  /** Why, as it was reported when the span begins, worst first; empty where it passes or is no verdict. */
  readonly reasons: readonly Reason[];
}

/** Seconds by state; a state that did not occur is not named. */
export type Durations = Readonly<Partial<Record<SpanState, number>>>;

/**
 * How long promises were kept. `counted` is all time but `not-asked` and `not-enrolled`; `compliant` is that of `pass`
 * and `not-applicable`. Everything else that is counted is not compliant: what failed, and what nobody can show.
 */
export interface Totals {
  readonly durations: Durations;
  readonly counted: number;
  readonly compliant: number;
  /** Of the time that was not compliant, what lay under an approved waiver. It stays not compliant. */
  readonly waived: number;
  /** compliant / counted, from 0 to 1; null where no time counts. Rounded down wherever it is shown. */
  readonly share: number | null;
}

export interface PolicyCompliance {
  readonly policy: string;
  /** Of the newest version in the period; null where its document is not known. */
  readonly title: Text | null;
  readonly source: PolicyDocument['source'] | null;
  /** The documents by which hosts were judged in the period, or that the organisation followed; the newest first. */
  readonly versions: readonly { readonly version: number; readonly digest: string }[];
  readonly totals: Totals;
  /** As the newest document has them, then those that only older ones have, by id. */
  readonly controls: readonly ControlCompliance[];
}

export interface ControlCompliance {
  readonly control: string;
  /** Clause, title, promise, remedy, severity and maps, of the newest version in the period; null where its document is not known. */
  readonly definition: Control | null;
  readonly totals: Totals;
  /** By name: the hosts of which it was asked in the period. */
  readonly hosts: readonly ControlCourse[];
  /** How the organisation itself kept it, where people show it; null where it was not asked of the organisation. */
  readonly organisation: Course | null;
}

/** One control on one host over the period. */
export interface ControlCourse extends Course {
  readonly host: string;
}

/** One control over the period. */
export interface Course {
  readonly spans: readonly Span[];
  readonly totals: Totals;
  /** When it first and last was seen failing within the period; null where it never was. */
  readonly firstFailureAt: string | null;
  readonly lastFailureAt: string | null;
  /** What the last report within the period says of it, or people show when the period ends; worst first. */
  readonly lastReasons: readonly Reason[];
  /** By beginning. They lie over the spans and change none. */
  readonly waivers: readonly Waiver[];
}

/** An approved exception: known, accepted for a while, and not compliant. */
export interface Waiver extends Period {
  readonly reason: Kept;
  readonly approvedBy: string;
}

export interface ReportedHost {
  readonly host: string;
  /** As its newest report within the period says; null where none can be read. */
  readonly labels: Labels | null;
  /** Reports whose facts were read within the period. */
  readonly reports: number;
  /** The last of them; null where there is none. */
  readonly lastReport: EntryReference | null;
  /** When nothing, or nothing that can be relied on, is known of it; in order of time. */
  readonly gaps: readonly HostGap[];
}

export interface HostGap extends Period {
  readonly state: Extract<
    SpanState,
    'wrong-clock' | 'silent' | 'collector-gap' | 'erased' | 'missing' | 'not-enrolled'
  >;
  readonly begun: EntryReference | null;
  readonly ended: EntryReference | null;
}

/** The collector says that it took no reports; `entry` is null where the log itself had ended. */
export interface CollectorGap extends Period {
  readonly entry: EntryReference | null;
}

/** What people wrote into the log, as it stood when the period ended. Who a pseudonym is stands elsewhere. */
export interface ReportedOrganisation {
  /** Documents that were followed and are not in the evidence: nobody can tell what they ask. */
  readonly missing: readonly { readonly policy: string; readonly version: number; readonly digest: string }[];
  /** Those that stood at some time of the period, or ended in it; in the order of the log. */
  readonly attestations: readonly ReportedAttestation[];
  /** Those that were open at some time of the period; in the order of the log. */
  readonly cases: readonly ReportedCase[];
  /** Lines of registers that held at some time of the period, as they stood when it ended; in the order of the log. */
  readonly registers: readonly ReportedLine[];
  /** Those of which the term ended in the period or after it, or of which anything was written down in it; by month. */
  readonly samples: readonly ReportedSample[];
}

/** A line of a register: whom or what the organisation answers for. */
export interface ReportedLine {
  readonly id: string;
  readonly record: RegisterRecord;
  /** How many were handed in with it as it stands. */
  readonly files: number;
  /** Who wrote it down as it stands, and where. */
  readonly by: string;
  readonly entry: EntryReference;
}

/** Somebody's statement that a control is kept. */
export interface ReportedAttestation {
  readonly id: string;
  readonly policy: string;
  readonly control: string;
  readonly entry: EntryReference;
  readonly by: string;
  /** The hosts, or the one customer, that it speaks for; empty where that is the organisation. */
  readonly places: readonly string[];
  /** From when on it is true. */
  readonly from: string;
  /** When it ends by its own word or the policy's; null where the document that says so is not known. */
  readonly until: string | null;
  readonly approvals: readonly { readonly by: string; readonly at: string }[];
  /** When it was taken back. */
  readonly revoked: string | null;
  readonly statement: Kept | null;
  /** Names. */
  readonly files: readonly Kept[];
}

/** Words that lie beside the log, or the name of a file: they can be erased, which an entry then says; or are not for this reader. */
export type Kept =
  { readonly state: 'kept'; readonly text: string } | { readonly state: 'erased' | 'missing' | 'withheld' };

/** Something that has a deadline. */
export interface ReportedCase {
  readonly id: string;
  readonly of: CaseKind;
  readonly urgency: 'urgent' | 'normal' | null;
  readonly entry: EntryReference;
  readonly by: string;
  /** Of a finding: the control, and the hosts that were seen failing it. */
  readonly about: { readonly policy: string; readonly control: string; readonly hosts: readonly string[] } | null;
  /** From when its terms count. */
  readonly began: string;
  readonly closed: EntryReference | null;
  /** What it says something about, sorted. */
  readonly fields: readonly string[];
  /** What was done, in the order of the log, and then what is still to be done, by when it is due. */
  readonly steps: readonly ReportedStep[];
  /** What was said when it was opened, at each step, and when it was closed, in that order. */
  readonly statements: readonly Kept[];
}

export interface ReportedStep {
  readonly step: string;
  /** Null where it was not done when the period ended. */
  readonly done: EntryReference | null;
  /** By which moment each control that asks it wants it done. */
  readonly due: readonly { readonly policy: string; readonly control: string; readonly until: string }[];
}

/** What was drawn to be looked at in a month, and all that it takes to draw it again (docs/checks/spot-checks.md). */
export interface ReportedSample {
  readonly month: string;
  readonly first: Pick<EntryReference, 'index' | 'receivedAt'>;
  /** Of the tree up to that entry, in base64. */
  readonly root: string;
  /** How many could be drawn; null where a document that says so is not there. */
  readonly population: number | null;
  /** The report that sealed it, and the seed in hex; null where none did in the period or before it. */
  readonly sealed: { readonly index: number; readonly receivedAt: string; readonly seed: string } | null;
  /** By when they were to be looked at; null where nothing was drawn. */
  readonly due: string | null;
  /** Those that were to be looked at, in the order in which they were drawn. */
  readonly lots: readonly ReportedLot[];
}

export interface ReportedLot {
  readonly host: string;
  readonly policy: string;
  readonly control: string;
  /** In the order of the log. */
  readonly checks: readonly ReportedCheck[];
}

export interface ReportedCheck {
  readonly found: 'confirmed' | 'deviates';
  readonly entry: EntryReference;
  readonly by: string;
  readonly statement: Kept | null;
  /** Names. */
  readonly files: readonly Kept[];
}
