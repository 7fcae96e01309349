import { z } from 'zod';
import { AccountName, Fingerprint, Purpose } from '../../agent/collect/roster.ts';
import { Act, ActorId } from '../../evidence/act.ts';
import { PackedPart, PackedPolicy } from '../../evidence/exchange.ts';
import { RegisterRecord } from '../../evidence/register.ts';
import { AgentName } from '../../evidence/report.ts';
import { Case } from '../../policies/checks/cases.ts';
import { Lot, Month, SpotCheck } from '../../policies/checks/spot-checks.ts';
import { Observation } from '../../policies/observe.ts';

/** `POST /api/v1/acts`: something that the token's holder did. Parts are what he says of it, and files. */
export const ActRequest = z.strictObject({
  v: z.literal(1),
  act: Act,
  parts: z.array(PackedPart).max(50),
  /** The texts of documents that are to be followed, where the collector does not have them. */
  policies: z.array(PackedPolicy).max(50).default([]),
});
export type ActRequest = z.output<typeof ActRequest>;

export const ActAnswer = z.strictObject({
  v: z.literal(1),
  /** Where it stands in the log. */
  index: z.int().nonnegative(),
  receivedAt: z.string(),
  by: ActorId,
});
export type ActAnswer = z.output<typeof ActAnswer>;

const Named = z.strictObject({ policy: z.string(), version: z.int(), digest: z.string() });

/** `GET /api/v1/organisation`: what people show now, and what it rests on. */
export const OrganisationAnswer = z.strictObject({
  v: z.literal(1),
  /** When it was judged. */
  at: z.string(),
  /** The documents that the organisation is held to. */
  follows: z.array(Named),
  /** Of those of their controls that people show. */
  observations: z.array(Observation),
  attestations: z.array(z.looseObject({ id: z.string(), policy: z.string(), control: z.string() })),
  waivers: z.array(z.looseObject({ asked: z.looseObject({ id: z.string() }), by: z.string() })),
  cases: z.array(Case),
  /** Cases that the collector opened itself and that are open: the control, and the hosts that were seen failing it. */
  findings: z.array(
    z.strictObject({ id: z.string(), policy: z.string(), control: z.string(), hosts: z.array(z.string()) }),
  ),
  /** The lines of all registers, without what lies beside the log. */
  records: z.array(
    z.looseObject({ id: z.string(), record: RegisterRecord, recorded: z.string(), changed: z.string() }),
  ),
  /** What is to be looked at of each month, the newest first, with all that it takes to draw it again. */
  samples: z.array(
    z.strictObject({
      month: Month,
      first: z.strictObject({ index: z.int(), receivedAt: z.string() }),
      root: z.string(),
      population: z.int().nullable(),
      sealed: z.strictObject({ index: z.int(), receivedAt: z.string(), seed: z.string() }).nullable(),
      sample: z.array(Lot),
      asked: z.int(),
      due: z.string().nullable(),
      checks: z.array(SpotCheck),
    }),
  ),
});
export type OrganisationAnswer = z.output<typeof OrganisationAnswer>;

/** An act of the past, with what was said and handed in; a part that was erased is null. */
export const PastAct = z.strictObject({
  index: z.int().nonnegative(),
  receivedAt: z.string(),
  by: ActorId,
  role: z.string(),
  act: Act,
  parts: z.record(z.string(), z.unknown()),
  /** A c2sp.org/tlog-proof that the log holds it. */
  proof: z.string(),
});
export type PastAct = z.output<typeof PastAct>;

/** `GET /api/v1/acts/:id`: all that was done about one attestation, exception or case. */
export const HistoryAnswer = z.strictObject({ v: z.literal(1), id: z.string(), acts: z.array(PastAct) });
export type HistoryAnswer = z.output<typeof HistoryAnswer>;

/** What a person says with an act, as the part `statement`. */
export const StatementPart = z.strictObject({ v: z.literal(1), text: z.string().min(1).max(20_000) });

/** What a roster says of somebody, with a line of the register of people, as the part `roster`. */
export const RosterPart = z.strictObject({
  v: z.literal(1),
  accounts: z.array(AccountName).max(1000),
  keys: z.array(Fingerprint).max(100),
  purpose: Purpose.nullable(),
  /** Whether this person may become root. */
  root: z.boolean(),
  /** Null for all. */
  hosts: z.array(AgentName).max(5000).nullable(),
  /** Accounts of others whose passwords this person knows; null for all. */
  knows: z.array(AccountName).max(1000).nullable(),
});
export type RosterPart = z.output<typeof RosterPart>;

/** A file that is handed in with an act, as the parts `file/1` and so on. */
export const FilePart = z.strictObject({
  v: z.literal(1),
  name: z.string().regex(/^[^/\\\p{Cc}]{1,200}$/u, 'expected a file name without a path'),
  type: z.string().regex(/^[a-z0-9][a-z0-9.+-]{0,63}\/[a-z0-9][a-z0-9.+-]{0,126}$/, 'expected a media type'),
  content: z.base64(),
});

/** Kinds of files that an auditor can open without running anything. */
export const fileTypes: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  json: 'application/json',
  xml: 'application/xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  eml: 'message/rfc822',
};
