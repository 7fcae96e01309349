import { randomBytes } from 'node:crypto';
import { filePartName, statementPartName, type Act } from '../../evidence/act.ts';
import type { AttestationState, DenialState } from '../../evidence/attested.ts';
import { packPart, type PackedPart } from '../../evidence/exchange.ts';
import { saltLength } from '../../evidence/report.ts';
import { clockToleranceSeconds, secondsBetween } from '../../policies/quantities.ts';
import { FilePart, StatementPart } from '../people/exchange.ts';
import type { EvidenceAnswer } from './exchange.ts';
import { takeAct, type TakeDependencies } from '../people/take.ts';
import { Problem } from '../problem.ts';
import type { PipelineResult } from './result.ts';

export interface PostedEvidence {
  readonly policy: string;
  readonly control: string;
  readonly result: PipelineResult;
  readonly file: { readonly name: string; readonly type: string; readonly content: Buffer };
  /** The pseudonym of the token. */
  readonly by: string;
}

/** A result is of now, or nearly: an old one that is sent again shows nothing new. */
const longestAgo = 86_400;

/**
 * Takes what a tool found into the log. What passed attests its control, from its own moment on. What failed denies it:
 * what the same one attested of the control before no longer holds, and what others attest does not hide that.
 * @throws Problem `evidence.moment`, `evidence.failed` (with `id`, the denial that stands, and `revoked`, the attestations that
 *   it took back), and those of acts
 */
export async function postEvidence(
  { policy, control, result, file, by }: PostedEvidence,
  to: TakeDependencies,
  at: Date,
): Promise<EvidenceAnswer> {
  const effective = momentOf(result, at);
  const actor = { by, role: 'pipeline' } as const;
  if (!result.passed) {
    const denied = await deny({ policy, control, result, file, by, effective }, to);
    throw new Problem(422, 'evidence.failed', `${result.summary}: what failed attests nothing`, denied);
  }
  const id = `attestation-${randomBytes(6).toString('hex')}`;
  const scope = { of: 'organisation' } as const;
  const act: Act = { act: 'attest', id, policy, control, scope, effective, until: null };
  return { id, ...(await takeAct({ v: 1, act, parts: partsOf(result, file), policies: [] }, actor, to)) };
}

/** One that stands already is not said again: a tool may run each minute. */
async function deny(
  { policy, control, result, file, by, effective }: PostedEvidence & { readonly effective: string },
  to: TakeDependencies,
): Promise<{ readonly id: string; readonly revoked: readonly string[] }> {
  const { attestations, denials } = to.book.organisation;
  const isOwn = (one: AttestationState | DenialState): boolean =>
    one.policy === policy && one.control === control && one.by === by && one.revoked === null;
  const revoked = [...attestations.values()].filter(isOwn).map(({ id }) => id);
  const standing = [...denials.values()].find(isOwn);
  if (standing !== undefined && revoked.length === 0) return { id: standing.id, revoked };
  const id = `denial-${randomBytes(6).toString('hex')}`;
  const act: Act = { act: 'deny', id, policy, control, effective };
  await takeAct({ v: 1, act, parts: partsOf(result, file), policies: [] }, { by, role: 'pipeline' }, to);
  return { id, revoked };
}

/** @throws Problem `evidence.moment` */
function momentOf({ at: own }: PipelineResult, at: Date): string {
  if (own === null) return at.toISOString();
  const ago = secondsBetween(own, at);
  if (ago <= longestAgo && ago >= -clockToleranceSeconds) return new Date(own).toISOString();
  const expected = `expected a moment of the last day, in UTC unless it says otherwise`;
  throw new Problem(400, 'evidence.moment', `it is of ${own}, and now is ${at.toISOString()}: ${expected}`);
}

function partsOf({ summary }: PipelineResult, { name, type, content }: PostedEvidence['file']): PackedPart[] {
  const statement = StatementPart.parse({ v: 1, text: summary });
  const kept = FilePart.parse({ v: 1, name, type, content: content.toString('base64') });
  return [packed(statementPartName, statement), packed(filePartName(1), kept)];
}

function packed(name: string, content: unknown): PackedPart {
  return packPart({ name, salt: randomBytes(saltLength), bytes: Buffer.from(JSON.stringify(content)) });
}
