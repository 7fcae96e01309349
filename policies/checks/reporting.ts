import { z } from 'zod';
import { isAsOld, isOlder } from '../moments.ts';
import { clockToleranceSeconds, Duration, isFuture, Moment, secondsBetween } from '../quantities.ts';
import { reasonsFrom, type Catalogue, type Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';

/** Seconds that a control leaves a host for a report, at least. */
export const shortestWithin = 3600;

const Parameters = z.strictObject({
  /** How long a host may go without a report. */
  within: Duration.refine((seconds) => seconds >= shortestWithin, 'expected an hour or more'),
});
type Parameters = z.output<typeof Parameters>;

/** From when until when a line of the register expects a host. */
const Expected = z.strictObject({ from: Moment, until: Moment.nullable() });

/** A host that the log knows of, or that the register expects. */
const KnownHost = z.strictObject({
  host: z.string().min(1).max(255),
  /** By the register's lines, in their order. */
  expected: z.array(Expected).max(100),
  /** Since when it is enrolled, under whatever key; null where it never was, or was retired. */
  enrolled: Moment.nullable(),
  /** The last report that counts: when its facts were read, by the host's clock, and when it came, by the log's. */
  last: z.strictObject({ issued: Moment, received: Moment }).nullable(),
});
export type KnownHost = z.output<typeof KnownHost>;

export const ReportingFacts = z.strictObject({
  /** Sorted by name. */
  hosts: z.array(KnownHost).max(100_000),
});
export type ReportingFacts = z.output<typeof ReportingFacts>;

export const reportingReasons = {
  'reporting.none': {
    verdict: 'unknown',
    en: 'no host is enrolled, and the register expects none',
    nl: 'er is geen host aangemeld, en het register verwacht er geen',
  },
  'reporting.never': {
    verdict: 'fail',
    en: 'is to report since {since|moment}, and nothing has come; expected within {within|duration}',
    nl: 'hoort te rapporteren sinds {since|moment}, en er is niets gekomen; dat moest binnen {within|duration}',
  },
  'reporting.silent': {
    verdict: 'fail',
    en: 'last reported on {last|moment}; expected once in {within|duration}',
    nl: 'rapporteerde het laatst op {last|moment}; dat moet eens per {within|duration}',
  },
  'reporting.wrong-clock': {
    verdict: 'unknown',
    en: 'dates its last report {issued|moment}, which the log received on {received|moment}: one of the clocks is wrong',
    nl: 'dateert zijn laatste rapport {issued|moment}, dat het log kreeg op {received|moment}: een van de klokken loopt verkeerd',
  },
  'reporting.awaited': {
    verdict: 'not-applicable',
    en: 'is to report since {since|moment}, within {within|duration}',
    nl: 'hoort te rapporteren sinds {since|moment}, binnen {within|duration}',
  },
  'reporting.heard': {
    verdict: 'pass',
    en: 'reported within {within|duration}',
    nl: 'rapporteerde binnen {within|duration}',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(reportingReasons);

/** That the measures themselves are watched: every host that is to report does, and lately. */
export const reporting = defineCheckKind({
  name: 'reporting',
  source: 'log',
  parameters: Parameters,
  facts: ReportingFacts,
  reasons: reportingReasons,
  judge({ hosts }, parameters, at) {
    const reasons = hosts.flatMap((host) => judgeHost(host, parameters, at) ?? []);
    return reasons.length > 0 ? reasons : [because('reporting.none', {})];
  },
});

/** @returns undefined where nothing asks the host to report at this moment */
function judgeHost(known: KnownHost, { within }: Parameters, at: Date): Reason | undefined {
  const { host, last } = known;
  const since = askedSince(known, at);
  if (since === undefined) return undefined;
  if (last === null) {
    const code = isOlder(since, within, at) ? 'reporting.never' : 'reporting.awaited';
    return because(code, { since, within }, host);
  }
  const { issued, received } = last;
  // Against the arrival too, because time alone must not heal it.
  const isAheadOfLog = secondsBetween(received, issued) > clockToleranceSeconds;
  if (isAheadOfLog || isFuture(issued, at)) return because('reporting.wrong-clock', { issued, received }, host);
  // A report that was long under way is as old as its facts, not as its arrival.
  if (isOlder(issued, within, at)) return because('reporting.silent', { last: issued, within }, host);
  return because('reporting.heard', { within }, host);
}

/** Since when a host is to report; undefined where it is not, at this moment. */
export function askedSince(
  { enrolled, expected }: Pick<KnownHost, 'enrolled' | 'expected'>,
  at: Date,
): string | undefined {
  const holding = expected.filter(
    ({ from, until }) => isAsOld(from, 0, at) && (until === null || !isAsOld(until, 0, at)),
  );
  const beginnings = [...holding.map(({ from }) => from), ...(enrolled === null ? [] : [enrolled])];
  return beginnings.sort((a, b) => Date.parse(a) - Date.parse(b))[0];
}
