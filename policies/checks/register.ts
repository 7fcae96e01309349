import { z } from 'zod';
import { isAhead, isAsOld } from '../moments.ts';
import { clockToleranceSeconds, Duration, Moment } from '../quantities.ts';
import { reasonsFrom, type Catalogue, type Reason } from '../reasons.ts';
import { StepName } from './cases.ts';
import { defineCheckKind } from './kind.ts';

const Certificates = z.strictObject({
  of: z.literal('certificate'),
  /** For each of these one must stand, such as `iso27001`. */
  standards: z.array(StepName).min(1).max(20),
  /** Whether a file must lie with it. */
  evidence: z.enum(['required', 'optional']).default('optional'),
  /** From when on before its end it is told that it ends. */
  remind: Duration.prefault('60d'),
});
type Certificates = z.output<typeof Certificates>;

const SubProcessors = z.strictObject({
  of: z.literal('sub-processor'),
  /** How long before one begins customers are to be told; by its beginning unless given. */
  ahead: Duration.optional(),
  /** How long after customers were told too late that makes the control fail. */
  remember: Duration.prefault('31d'),
});
type SubProcessors = z.output<typeof SubProcessors>;

const Parameters = z.discriminatedUnion('of', [Certificates, SubProcessors]);

const Id = z.string().min(1).max(64);

const lineShape = {
  id: Id,
  from: Moment,
  until: Moment.nullable(),
  /** When the line was written down as it stands. */
  recorded: Moment,
};

/** What the organisation was certified for. */
const CertificateLine = z.strictObject({ ...lineShape, standard: StepName, files: z.int().min(0) });
export type CertificateLine = z.output<typeof CertificateLine>;

/** Another company that handles customers' data, and when customers were told of it. */
const SubProcessorLine = z.strictObject({ ...lineShape, service: StepName, told: Moment.nullable() });
export type SubProcessorLine = z.output<typeof SubProcessorLine>;

export const RegisterFacts = z.strictObject({
  /** In the order in which they were first written down. */
  certificates: z.array(CertificateLine).max(10_000),
  subProcessors: z.array(SubProcessorLine).max(10_000),
});
export type RegisterFacts = z.output<typeof RegisterFacts>;

export const registerReasons = {
  'register.none': {
    verdict: 'unknown',
    en: 'the register holds nothing of this; write it down with "waarborg people record"',
    nl: 'in het register staat hier niets over; leg het vast met "waarborg people record"',
  },
  'register.not-yet': {
    verdict: 'unknown',
    en: 'the certificate holds from {from|moment} on, which has not come',
    nl: 'het certificaat geldt vanaf {from|moment}, en dat moment is nog niet aangebroken',
  },
  'register.no-end': {
    verdict: 'unknown',
    en: 'the register does not say until when the certificate holds',
    nl: 'in het register staat niet tot wanneer het certificaat geldt',
  },
  'register.no-evidence': {
    verdict: 'fail',
    en: 'written down on {recorded|day} without the file that is to show it',
    nl: 'opgeschreven op {recorded|day} zonder het bestand dat het moet laten zien',
  },
  'register.expired': {
    verdict: 'fail',
    en: 'the last certificate held until {until|moment}',
    nl: 'het laatste certificaat gold tot {until|moment}',
  },
  'register.ends-soon': {
    verdict: 'not-applicable',
    en: 'the certificate ends on {until|moment}',
    nl: 'het certificaat loopt af op {until|moment}',
  },
  'register.stands': {
    verdict: 'pass',
    en: 'certified from {from|day}, until {until|moment}',
    nl: 'gecertificeerd vanaf {from|day}, tot {until|moment}',
  },
  'register.not-told': {
    verdict: 'fail',
    en: '{service} begins on {from|day}; customers were to be told by {due|moment}, and nobody wrote down that they were',
    nl: '{service} begint op {from|day}; klanten moesten dat voor {due|moment} weten, en niemand schreef op dat dat zo is',
  },
  'register.told-late': {
    verdict: 'fail',
    en: 'customers were told of {service} on {told|moment}; expected by {due|moment}',
    nl: 'klanten hoorden van {service} op {told|moment}; dat moest voor {due|moment}',
  },
  'register.told-ahead': {
    verdict: 'unknown',
    en: 'written down on {recorded|moment} that customers were told of {service} on {told|moment}, which lay ahead then',
    nl: 'opgeschreven op {recorded|moment} dat klanten van {service} hoorden op {told|moment}, wat toen nog moest komen',
  },
  'register.to-tell': {
    verdict: 'not-applicable',
    en: 'customers are to be told of {service} by {due|moment}',
    nl: 'klanten moeten voor {due|moment} van {service} weten',
  },
  'register.was-late': {
    verdict: 'not-applicable',
    en: 'customers were told of {service} too late, on {told|moment} where {due|moment} was due; that is some time ago',
    nl: 'klanten hoorden te laat van {service}, op {told|moment} waar {due|moment} gold; dat is een tijd geleden',
  },
  'register.ended': {
    verdict: 'not-applicable',
    en: '{service} ended on {until|moment}',
    nl: '{service} eindigde op {until|moment}',
  },
  'register.told': {
    verdict: 'pass',
    en: 'customers were told of {service} on {told|day}, in time for its beginning on {from|day}',
    nl: 'klanten hoorden van {service} op {told|day}, op tijd voor het begin op {from|day}',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(registerReasons);

/** What the registers of the organisation must show: certificates that stand, sub-processors that customers know of. */
export const register = defineCheckKind({
  name: 'register',
  source: 'log',
  parameters: Parameters,
  facts: RegisterFacts,
  reasons: registerReasons,
  judge({ certificates, subProcessors }, parameters, at) {
    if (parameters.of === 'certificate') {
      return parameters.standards.flatMap((standard) => judgeStandard(standard, certificates, parameters, at));
    }
    const reasons = subProcessors.map((line) => judgeSubProcessor(line, parameters, at));
    return reasons.length > 0 ? reasons : [because('register.none', {})];
  },
});

/** One that stands is enough; else what is worst of those that there are. */
function judgeStandard(
  standard: string,
  certificates: readonly CertificateLine[],
  parameters: Certificates,
  at: Date,
): Reason[] {
  const judged = certificates
    .filter((line) => line.standard === standard)
    .map((line) => ({ line, reason: judgeCertificate(line, parameters, at) }))
    .sort((a, b) => endOf(a.line) - endOf(b.line));
  const standing = judged.findLast(({ reason }) => reason.verdict === 'pass');
  if (standing === undefined) {
    const told = judged.findLast(({ reason }) => reason.verdict === 'fail') ?? judged.at(-1);
    return [told?.reason ?? because('register.none', {}, standard)];
  }
  const { until } = standing.line;
  const ends = until !== null && isAsOld(until, -parameters.remind, at);
  return [standing.reason, ...(ends ? [because('register.ends-soon', { until }, standard)] : [])];
}

function judgeCertificate(line: CertificateLine, { evidence }: Certificates, at: Date): Reason {
  const { standard, from, until, recorded, files } = line;
  if (until === null) return because('register.no-end', {}, standard);
  if (isAsOld(until, 0, at)) return because('register.expired', { until }, standard);
  if (evidence === 'required' && files === 0) return because('register.no-evidence', { recorded }, standard);
  if (isAhead(from, 0, at)) return because('register.not-yet', { from }, standard);
  return because('register.stands', { from, until }, standard);
}

function endOf({ until }: CertificateLine): number {
  return until === null ? -Infinity : Date.parse(until);
}

function judgeSubProcessor(line: SubProcessorLine, { ahead, remember }: SubProcessors, at: Date): Reason {
  const { id, service, from, until, told, recorded } = line;
  if (until !== null && isAsOld(until, 0, at)) return because('register.ended', { service, until }, id);
  const due = new Date(Date.parse(from) - (ahead ?? 0) * 1000).toISOString();
  if (told === null) {
    const isDue = isAsOld(due, 0, at);
    return isDue
      ? because('register.not-told', { service, from, due }, id)
      : because('register.to-tell', { service, due }, id);
  }
  const isClaimedAhead = Date.parse(told) > Date.parse(recorded) + clockToleranceSeconds * 1000;
  if (isClaimedAhead) return because('register.told-ahead', { service, told, recorded }, id);
  if (Date.parse(told) <= Date.parse(due)) return because('register.told', { service, told, from }, id);
  if (isAsOld(told, remember, at)) return because('register.was-late', { service, told, due }, id);
  return because('register.told-late', { service, told, due }, id);
}
