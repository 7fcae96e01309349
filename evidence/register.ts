import { z } from 'zod';
import { StepName } from '../policies/checks/cases.ts';
import { Moment } from '../policies/quantities.ts';
import { AgentName } from './report.ts';

/** From when a line of a register holds, and until when, where that is known. */
const time = { from: Moment, until: Moment.nullable() };

const Hosts = z.array(AgentName).max(5000);

/**
 * One line of a register: whom and what the organisation answers for. Only what a verifier judges by stands here; names,
 * addresses and accounts are parts beside the log, which can be erased.
 */
export const RegisterRecord = z.discriminatedUnion('of', [
  /** A host that must report, whether it ever did or not. */
  z.strictObject({ of: z.literal('host'), host: AgentName, ...time }),
  /** Somebody with access, by the pseudonym that is the record's id; `until` is the last day's end. */
  z.strictObject({ of: z.literal('person'), roles: z.array(StepName).max(20), ...time }),
  z.strictObject({ of: z.literal('customer'), hosts: Hosts, ...time }),
  /** Another company that handles customers' data; `told` is when customers heard of it. */
  z.strictObject({ of: z.literal('sub-processor'), service: StepName, told: Moment.nullable(), ...time }),
  /** What the organisation was certified for, such as `iso27001`. */
  z.strictObject({ of: z.literal('certificate'), standard: StepName, ...time }),
  /** Work that was announced, on these hosts or on all. */
  z.strictObject({ of: z.literal('maintenance'), hosts: Hosts.min(1).nullable(), ...time }),
]);
export type RegisterRecord = z.output<typeof RegisterRecord>;

export const registerNames = ['host', 'person', 'customer', 'sub-processor', 'certificate', 'maintenance'] as const;
export type RegisterName = RegisterRecord['of'];

/** A line as it stands, with when it was written down first and last. */
export interface KeptRecord {
  readonly id: string;
  readonly record: RegisterRecord;
  readonly recorded: string;
  readonly changed: string;
  /** How many were handed in with it as it stands. */
  readonly files: number;
}
