import type { Span } from '../../policies/moments.ts';
import type { Observation } from '../../policies/observe.ts';
import { Labels } from '../../policies/schema.ts';
import { courseOf, gapsOf } from './course.ts';
import { controlKey } from './contents.ts';
import { Definitions, documentsOf } from './definitions.ts';
import type { ReportedEvidence } from './evidence.ts';
import { HostRecords, newRecord, type HostRecord } from './hosts.ts';
import { intervalsOf, type Interval } from './intervals.ts';
import type {
  ComplianceReport,
  ControlCompliance,
  ControlCourse,
  Course,
  Period,
  PolicyCompliance,
  ReportedHost,
  Scope,
} from './model.ts';
import { describeOrganisation, organisationCourses } from './organisation/describe.ts';
import { Replay } from './organisation/replay.ts';
import { Written } from './organisation/written.ts';
import { readLog, type LogReading } from './reading.ts';
import { coursesOf } from './subjects.ts';
import { sumTotals } from './totals.ts';
import { Waivers } from './waivers.ts';

export interface ComplianceRequest {
  readonly period: Period;
  readonly scope: Scope;
  /** Seconds. */
  readonly staleAfter: number;
  /** Hosts that must report, whether or not the log has ever heard of them. */
  readonly expected: readonly string[];
}

/** A host in scope, with its time laid out. */
interface LaidOut {
  readonly record: HostRecord;
  readonly intervals: readonly Interval[];
}

/**
 * How promises were kept over a period, from the evidence alone. It gives way to other work in between: a log of
 * months takes seconds.
 */
export async function buildCompliance(
  evidence: ReportedEvidence,
  request: ComplianceRequest,
): Promise<ComplianceReport> {
  const [from, until] = [Date.parse(request.period.from), Date.parse(request.period.until)];
  const reading = await readLog(evidence, { from, until, staleAfter: request.staleAfter * 1000 });
  const documentOf = documentsOf(evidence);
  const replay = await Replay.of({ ...reading, from, until, document: documentOf });
  const registered = replay.expectations.by(replay.organisation.records);
  const hosts = hostsInScope(reading.hosts, request, expectedIn({ from, until }, request, registered)).map(
    (record) => ({
      record,
      intervals: intervalsOf(record, {
        from,
        until,
        collectorGaps: reading.collectorGaps,
        isExpected: request.expected.includes(record.host),
        registered: registered.get(record.host) ?? [],
      }),
    }),
  );
  const definitions = new Definitions(reading.documents, replay.followedIn({ from, until }), documentOf);
  const written = new Written(evidence, reading.erased);
  const waivers = new Waivers(replay.organisation, written);
  const own = picksHosts(request.scope) ? null : replay;
  const courses = {
    ofHosts: hostCourses(hosts, reading, { scope: request.scope, waivers, definitions }),
    ofOrganisation: own === null ? new Map<string, Course>() : organisationCourses(own, request.scope, waivers),
  };
  const policies = policiesOf(courses, definitions);
  return {
    v: 1,
    period: request.period,
    scope: request.scope,
    staleAfter: request.staleAfter,
    log: evidence.log,
    verification: evidence.verification,
    totals: sumTotals(policies.map(({ totals }) => totals)),
    policies,
    hosts: hosts.map((host) => reportedHost(host, reading)),
    organisation: own && describeOrganisation(own, request.scope, written),
    collectorGaps: reading.collectorGaps,
  };
}

/** Who asks for some hosts does not ask for the organisation. */
function picksHosts({ hosts, labels }: Scope): boolean {
  return hosts !== null || Object.keys(labels).length > 0;
}

/** Hosts that must report at some time of the period: those that were asked for, and those of the register. */
function expectedIn(
  period: Span,
  { expected }: ComplianceRequest,
  registered: ReadonlyMap<string, readonly Span[]>,
): string[] {
  const due = [...registered].filter(([, spans]) =>
    spans.some(({ from, until }) => from < period.until && until > period.from),
  );
  return [...new Set([...expected, ...due.map(([host]) => host)])];
}

/** By name. A host whose labels nobody can tell may have those that were asked for, so it stays in. */
function hostsInScope(records: HostRecords, { scope }: ComplianceRequest, expected: readonly string[]): HostRecord[] {
  const never = expected.filter((host) => records.get(host) === undefined);
  return [...records.all(), ...never.map(newRecord)]
    .filter(({ host }) => scope.hosts?.includes(host) ?? true)
    .filter((record) => mayHaveLabels(record, scope))
    .sort((a, b) => (a.host < b.host ? -1 : 1));
}

/** A host takes part for all of the period where it had the labels in any report of it. */
function mayHaveLabels({ labels, hadLabels }: HostRecord, scope: Scope): boolean {
  const had = [...[...hadLabels].map((json) => Labels.parse(JSON.parse(json))), ...(labels === null ? [] : [labels])];
  const wanted = Object.entries(scope.labels);
  return had.length === 0 || had.some((one) => wanted.every(([name, value]) => one[name] === value));
}

interface CoursesInput {
  readonly scope: Scope;
  readonly waivers: Waivers;
  readonly definitions: Definitions;
}

/** Every course of a control and host, by `controlKey`. */
function hostCourses(
  hosts: readonly LaidOut[],
  { erased }: LogReading,
  { scope, waivers, definitions }: CoursesInput,
): Map<string, ControlCourse[]> {
  const courses = new Map<string, ControlCourse[]>();
  for (const { record, intervals } of hosts) {
    for (const { policy, control } of controlsOf(record)) {
      if (scope.policies?.includes(policy) === false) continue;
      const key = controlKey({ policy, control });
      const place = { policy, control, host: record.host };
      const course = courseOf({
        host: record.host,
        key,
        intervals,
        isErased: (commitment) => erased.has(commitment),
        waivers: waivers.of(place, () => definitions.versions(policy, control)),
      });
      const isAsked = course.spans.some(({ state }) => state !== 'not-asked' && state !== 'not-enrolled');
      if (isAsked) courses.set(key, [...(courses.get(key) ?? []), course]);
    }
  }
  return courses;
}

/** The controls of which a host's reports in the period say anything, or its last one before it. */
function controlsOf({ chains }: HostRecord): Iterable<Pick<Observation, 'policy' | 'control'>> {
  const found = new Map<string, Observation>();
  for (const { stretches } of chains.values()) {
    for (const { content } of stretches) for (const [key, one] of content.controls ?? []) found.set(key, one);
  }
  return found.values();
}

/** By `controlKey`. */
interface Courses {
  readonly ofHosts: ReadonlyMap<string, ControlCourse[]>;
  readonly ofOrganisation: ReadonlyMap<string, Course>;
}

function policiesOf({ ofHosts, ofOrganisation }: Courses, definitions: Definitions): PolicyCompliance[] {
  const keys = [...new Set([...ofHosts.keys(), ...ofOrganisation.keys()])];
  const byPolicy = Map.groupBy(keys, (key) => key.slice(0, key.indexOf('\n')));
  return [...byPolicy]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([policy, ofPolicy]) => {
      const controls = ofPolicy
        .map((key): ControlCompliance => {
          const control = key.slice(policy.length + 1);
          const courses = { hosts: ofHosts.get(key) ?? [], organisation: ofOrganisation.get(key) ?? null };
          const totals = sumTotals(coursesOf(courses).map((course) => course.totals));
          return { control, definition: definitions.control(policy, control), totals, ...courses };
        })
        .sort((a, b) => definitions.compare(policy, a.control, b.control));
      const totals = sumTotals(controls.map((control) => control.totals));
      return { policy, ...definitions.policy(policy), totals, controls };
    });
}

function reportedHost({ record, intervals }: LaidOut, { erased }: LogReading): ReportedHost {
  const { host, labels, reports, lastReport } = record;
  return { host, labels, reports, lastReport, gaps: gapsOf(intervals, (commitment) => erased.has(commitment)) };
}
