import { z } from 'zod';
import { isAhead, isAsOld } from '../moments.ts';
import { Duration, Moment } from '../quantities.ts';
import { reasonsFrom, type Catalogue, type Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';

const Parameters = z.strictObject({
  /** How long an attestation stands after the moment from which it is true. */
  valid: Duration,
  /** How many others must approve of it before it counts. */
  approvals: z.int().min(0).max(3).default(0),
  /** Whether a file must lie with it. */
  evidence: z.enum(['required', 'optional']).default('optional'),
  /** From when on before its end it is told that it ends. */
  remind: Duration.prefault('14d'),
  /** Whether one speaks for the organisation, or each host, or each customer of the register, needs its own. */
  per: z.enum(['organisation', 'host', 'customer']).default('organisation'),
});
type Parameters = z.output<typeof Parameters>;

/** What a control says of whom an attestation speaks for; the organisation where it says nothing. */
export const AttestedPer = z.object({ per: Parameters.shape.per });

/** Of more approvals than so many nothing more follows. */
export const maximumApprovals = 10;

const Id = z.string().min(1).max(64);

/** The name of a host, or the id of a customer in the register. */
const Place = z.string().min(1).max(255);

/** A place that an attestation is asked for, and the times at which it is: one of them is enough. */
const AskedPlace = z.strictObject({
  place: Place,
  spans: z.array(z.strictObject({ from: Moment, until: Moment.nullable() })).max(101),
});
export type AskedPlace = z.output<typeof AskedPlace>;

/** A person's statement that a control is kept. Who it is stands in what can be erased; here is only by which pseudonym. */
const Attestation = z.strictObject({
  id: Id,
  by: Id,
  /** The hosts, or the one customer, that it speaks for; empty where that is the organisation. */
  places: z.array(Place).max(200),
  /** From when on it is true, apart from when it was written down. */
  effective: Moment,
  /** When it was written down. */
  recorded: Moment,
  /** Until when at most, by its own word. */
  until: Moment.nullable(),
  files: z.int().min(0),
  /** By others than whoever made it, each once, in the order in which they came. */
  approvals: z.array(z.strictObject({ by: Id, at: Moment })).max(maximumApprovals),
  revoked: Moment.nullable(),
});
export type Attestation = z.output<typeof Attestation>;

/** A tool's word that the control is not kept. Nobody took it back, and the tool has not attested the control since. */
const Denial = z.strictObject({
  id: Id,
  by: Id,
  /** When it was found. */
  effective: Moment,
  recorded: Moment,
});
export type Denial = z.output<typeof Denial>;

export const AttestationFacts = z.strictObject({
  /** Those for the control, in the order in which they were written down. */
  attestations: z.array(Attestation).max(10_000),
  /** Those that stand, of the control, in the same order. */
  denials: z.array(Denial).max(10_000),
  /** Where each needs its own: which there are, sorted; null where one speaks for the organisation. */
  asked: z.array(AskedPlace).max(100_000).nullable(),
});
export type AttestationFacts = z.output<typeof AttestationFacts>;

export const attestationReasons = {
  'attestation.no-places': {
    verdict: 'unknown',
    en: 'it is to be attested for each of its {per}s, and there are none: neither enrolled nor in the register',
    nl: 'dit moet per {per} verklaard worden, en die zijn er niet: niet aangemeld en niet in het register',
  },
  'attestation.none': {
    verdict: 'unknown',
    en: 'nobody has attested this yet',
    nl: 'niemand heeft dit tot nu toe verklaard',
  },
  'attestation.awaits-approval': {
    verdict: 'unknown',
    en: 'attested on {recorded|day} and approved by {approvals} of the {needed} others that it takes',
    nl: 'verklaard op {recorded|day} en goedgekeurd door {approvals} van de {needed} anderen die daarvoor nodig zijn',
  },
  'attestation.not-yet': {
    verdict: 'unknown',
    en: 'attested on {recorded|day} for the time from {effective|moment} on, which has not come',
    nl: 'verklaard op {recorded|day} voor de tijd vanaf {effective|moment}, die nog niet is aangebroken',
  },
  'attestation.denied': {
    verdict: 'fail',
    en: 'a tool found on {effective|moment} that this is not kept, and has not shown since that it is',
    nl: 'een hulpmiddel vond op {effective|moment} dat dit niet wordt nagekomen, en heeft sindsdien niet laten zien dat dat wel zo is',
  },
  'attestation.no-evidence': {
    verdict: 'fail',
    en: 'attested on {recorded|day} without the file that is to show it',
    nl: 'verklaard op {recorded|day} zonder het bestand dat het moet laten zien',
  },
  'attestation.revoked': {
    verdict: 'fail',
    en: 'the attestation of {effective|day} was revoked on {revoked|moment}',
    nl: 'de verklaring van {effective|day} is ingetrokken op {revoked|moment}',
  },
  'attestation.expired': {
    verdict: 'fail',
    en: 'the last attestation, of {effective|day}, stood until {until|moment}; attest it anew',
    nl: 'de laatste verklaring, van {effective|day}, gold tot {until|moment}; leg een nieuwe verklaring af',
  },
  'attestation.ends-soon': {
    verdict: 'not-applicable',
    en: 'the attestation ends on {until|moment}',
    nl: 'de verklaring loopt af op {until|moment}',
  },
  'attestation.stands': {
    verdict: 'pass',
    en: 'attested on {recorded|day}, as of {effective|day}; it stands until {until|moment}',
    nl: 'verklaard op {recorded|day}, per {effective|day}; dit geldt tot {until|moment}',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(attestationReasons);

/** What people do and no host can show: that somebody attested it, with what the policy asks, and not too long ago. */
export const attestation = defineCheckKind({
  name: 'attestation',
  source: 'log',
  parameters: Parameters,
  facts: AttestationFacts,
  reasons: attestationReasons,
  judge({ attestations, denials, asked }, parameters, at) {
    // One who finds it broken is not outvoted by others who do not.
    const denied = denials.map(({ id, effective }) => because('attestation.denied', { effective }, id));
    return [...denied, ...judgeAttested({ attestations, asked }, parameters, at)];
  },
});

function judgeAttested(
  { attestations, asked }: Omit<AttestationFacts, 'denials'>,
  parameters: Parameters,
  at: Date,
): Reason[] {
  if (parameters.per === 'organisation') {
    return judgeTogether(
      attestations.filter(({ places }) => places.length === 0),
      parameters,
      at,
    );
  }
  const places = (asked ?? []).filter((one) => isAsked(one, at));
  if (places.length === 0) return [because('attestation.no-places', { per: parameters.per })];
  return places.flatMap(({ place }) => {
    const about = attestations.filter(({ places: named }) => named.includes(place));
    return judgeTogether(about, parameters, at).map((reason) => ({ ...reason, subject: place }));
  });
}

function isAsked({ spans }: AskedPlace, at: Date): boolean {
  return spans.some(({ from, until }) => isAsOld(from, 0, at) && (until === null || !isAsOld(until, 0, at)));
}

/** Of those that speak for the same, one that stands is enough. */
function judgeTogether(attestations: readonly Attestation[], parameters: Parameters, at: Date): Reason[] {
  const judged = attestations.map((one) => judgeOne(one, parameters, at));
  const standing = judged
    .filter(({ state }) => state === 'stands')
    .sort(byEnd)
    .at(-1);
  if (standing !== undefined) return [standing.reason, ...reminderOf(standing, parameters, at)];
  // What once stood and ended is worse than what is still to come.
  const ended = judged
    .filter(({ state }) => state === 'ended')
    .sort(byEnd)
    .at(-1);
  const others = judged.filter(({ state }) => state === 'waits').slice(-1);
  if (ended === undefined && others.length === 0) return [because('attestation.none', {})];
  return [...(ended === undefined ? [] : [ended.reason]), ...others.map(({ reason }) => reason)];
}

/** What a control of this kind says of how long attestations stand. */
export const Validity = z.object({ valid: Parameters.shape.valid });
type Validity = z.output<typeof Validity>;

/** When an attestation ends that nobody takes back: by its own word, and no later than by the policy's. */
export function endOfAttestation(
  { effective, until }: Pick<Attestation, 'effective' | 'until'>,
  { valid }: Validity,
): string {
  return earlier(until, new Date(Date.parse(effective) + valid * 1000).toISOString());
}

interface JudgedAttestation {
  readonly state: 'stands' | 'ended' | 'waits';
  readonly reason: Reason;
  /** When it ends, or ended. */
  readonly until: string;
  readonly subject: string;
}

function judgeOne(one: Attestation, { valid, approvals: needed, evidence }: Parameters, at: Date): JudgedAttestation {
  const { id: subject, effective, recorded, revoked } = one;
  const until = endOfAttestation(one, { valid });
  const judged = { until, subject };
  const approvals = countApprovals(one);
  if (revoked !== null) {
    return {
      ...judged,
      state: 'ended',
      until: revoked,
      reason: because('attestation.revoked', { effective, revoked }, subject),
    };
  }
  if (evidence === 'required' && one.files === 0) {
    return { ...judged, state: 'ended', reason: because('attestation.no-evidence', { recorded }, subject) };
  }
  if (approvals < needed) {
    const reason = because('attestation.awaits-approval', { recorded, approvals, needed }, subject);
    return { ...judged, state: 'waits', reason };
  }
  if (isAhead(effective, 0, at)) {
    return { ...judged, state: 'waits', reason: because('attestation.not-yet', { recorded, effective }, subject) };
  }
  if (isAsOld(until, 0, at)) {
    return { ...judged, state: 'ended', reason: because('attestation.expired', { effective, until }, subject) };
  }
  return { ...judged, state: 'stands', reason: because('attestation.stands', { recorded, effective, until }, subject) };
}

/** Each person counts once, and nobody for what is his own. */
function countApprovals({ by, approvals }: Attestation): number {
  return new Set(approvals.map((approval) => approval.by).filter((other) => other !== by)).size;
}

function reminderOf({ until, subject }: JudgedAttestation, { remind }: Parameters, at: Date): Reason[] {
  return isAsOld(until, -remind, at) ? [because('attestation.ends-soon', { until }, subject)] : [];
}

function byEnd(a: JudgedAttestation, b: JudgedAttestation): number {
  return Date.parse(a.until) - Date.parse(b.until);
}

function earlier(a: string | null, b: string): string {
  return a !== null && Date.parse(a) < Date.parse(b) ? a : b;
}
