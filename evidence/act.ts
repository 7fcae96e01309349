import { z } from 'zod';
import { CaseKind, StepName } from '../policies/checks/cases.ts';
import { Moment } from '../policies/quantities.ts';
import { RegisterRecord } from './register.ts';
import { AgentName, Digest, PartCommitment } from './report.ts';

/** What an act begins is known by this from then on: `attestation-3f9c2a71`. */
export const ActId = z.string().regex(/^[a-z][a-z0-9-]{2,63}$/, 'expected an id such as attestation-3f9c2a71');

/** Who acts, by a pseudonym: the log cannot forget, so who that is stands elsewhere. */
export const ActorId = z.string().regex(/^[a-z][a-z0-9-]{1,62}$/, 'expected a pseudonym such as person-7c1e');

/** In what part somebody acts. */
export const ActingRole = z.enum(['operator', 'approver', 'pipeline', 'collector']);
export type ActingRole = z.output<typeof ActingRole>;

const ControlName = { policy: z.string().max(64), control: z.string().max(64) };

const places = [
  z.strictObject({ of: z.literal('organisation') }),
  z.strictObject({ of: z.literal('hosts'), hosts: z.array(AgentName).min(1).max(200) }),
] as const;

/** What a waiver is about. */
const Scope = z.discriminatedUnion('of', places);
export type ActScope = z.output<typeof Scope>;

/** What an attestation is about: a customer is one in the register. */
const AttestedScope = z.discriminatedUnion('of', [
  ...places,
  z.strictObject({ of: z.literal('customer'), customer: ActId }),
]);

const Fields = z.array(StepName).max(100);

/**
 * What somebody did. Only what a verifier judges by stands here, and nothing about a person; words, names and files are
 * parts beside the log, to which the entry commits.
 */
export const Act = z.discriminatedUnion('act', [
  /** Somebody states that a control is kept. */
  z.strictObject({
    act: z.literal('attest'),
    id: ActId,
    ...ControlName,
    scope: AttestedScope,
    effective: Moment,
    until: Moment.nullable(),
  }),
  /**
   * A tool found that a control is not kept: that takes back what the same one attested of it, and outweighs what others
   * attest, until it attests the control anew or somebody takes this back.
   */
  z.strictObject({ act: z.literal('deny'), id: ActId, ...ControlName, effective: Moment }),
  /** Asks for an exception, which counts once another approves of it. */
  z.strictObject({
    act: z.literal('waive'),
    id: ActId,
    ...ControlName,
    /** What the control asked when the exception was wanted, by `requirementOf`: it ends when that changes. */
    requirement: Digest,
    scope: Scope,
    from: Moment,
    until: Moment,
  }),
  /** Approves of an attestation or a waiver of somebody else. */
  z.strictObject({ act: z.literal('approve'), of: ActId }),
  /** Takes an attestation, a denial or a waiver back. */
  z.strictObject({ act: z.literal('revoke'), of: ActId }),
  /** Something that has a deadline. */
  z.strictObject({
    act: z.literal('open-case'),
    id: ActId,
    of: CaseKind,
    urgency: z.enum(['urgent', 'normal']).nullable(),
    /** When its terms begin. */
    began: Moment,
    /** The control of whose failing it is a finding. */
    about: z.strictObject({ ...ControlName, hosts: z.array(AgentName).max(200) }).nullable(),
    fields: Fields,
  }),
  /** A thing that was done in a case, or that was written into it. */
  z.strictObject({ act: z.literal('take-step'), of: ActId, step: StepName, fields: Fields }),
  z.strictObject({ act: z.literal('close-case'), of: ActId, fields: Fields }),
  /** The documents that the organisation itself is held to from now on: those of their controls that people show. */
  z.strictObject({
    act: z.literal('follow'),
    policies: z
      .array(z.strictObject({ policy: z.string().max(64), version: z.int().positive(), digest: Digest }))
      .max(50),
  }),
  /** Writes a line of a register; under an id that it has already, in the place of what stood there. */
  z.strictObject({ act: z.literal('record'), id: ActId, record: RegisterRecord }),
  /** Takes a line out that should not have been there. What has merely ended gets an `until`. */
  z.strictObject({ act: z.literal('strike'), of: ActId }),
  /** What somebody found who looked at a control of a host that the month's sample names. */
  z.strictObject({
    act: z.literal('spot-check'),
    month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'expected a month such as 2026-11'),
    host: AgentName,
    ...ControlName,
    found: z.enum(['confirmed', 'deviates']),
  }),
]);
export type Act = z.output<typeof Act>;

/** An act as an entry of the log. */
export const ActTaken = z.strictObject({
  v: z.literal(1),
  kind: z.literal('act'),
  receivedAt: Moment,
  by: ActorId,
  role: ActingRole,
  act: Act,
  /** What was said and handed in with it, each part once; `file/1` and so on are files. */
  body: z.array(PartCommitment).max(50),
});
export type ActTaken = z.output<typeof ActTaken>;

/** The part that holds what a person said. */
export const statementPartName = 'statement';

/** The part that holds the accounts and keys of somebody in the register of people. */
export const rosterPartName = 'roster';

export function filePartName(number: number): string {
  return `file/${number}`;
}

export function isFilePart(name: string): boolean {
  return name.startsWith('file/');
}
