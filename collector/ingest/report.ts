import { openEnvelopeMeanwhile, unverifiedPayload, type Envelope } from '../../evidence/envelope.ts';
import { EvidenceError } from '../../evidence/error.ts';
import type { Receipt, Submission } from '../../evidence/exchange.ts';
import { digestOf, reportPayloadType, Statement } from '../../evidence/report.ts';
import { decodeStatement } from '../../evidence/statement.ts';
import type { Guard } from '../log/guard.ts';
import type { EvidenceLog } from '../log/log.ts';
import type { Sequencer } from '../log/sequencer.ts';
import { assertCounting } from '../administration/revoke.ts';
import { assertOwnConnection, type Connection } from '../clients/door.ts';
import { Problem } from '../problem.ts';
import { changedParts, isRead, nextContent } from '../state/host-state.ts';
import type { Store, StoredAgent } from '../store/store.ts';
import { checkBody, type BodyDependencies, type CheckedBody } from './body.ts';
import type { Contradictions } from './contradictions.ts';
import { parseJson } from './json.ts';
import type { PublicKeys } from './public-keys.ts';

export interface IngestDependencies extends BodyDependencies {
  readonly log: EvidenceLog;
  readonly sequencer: Sequencer;
  readonly guard: Guard;
  readonly keys: PublicKeys;
  readonly contradictions: Contradictions;
}

/** A report of which signature and body have been checked: only its place in the chain may still keep it out. */
interface CheckedReport extends CheckedBody {
  readonly envelope: Envelope;
  readonly statement: Statement;
  /** SHA-256 of the signed bytes. */
  readonly digest: string;
  /** By which it was verified. */
  readonly publicKey: Uint8Array;
}

/**
 * Takes a report into the log: signature, body, chain, then one place in the log for ever. The same report again gets
 * the same place. The answer is given only when all of it is on disk.
 * @param connection that it came over
 * @throws Problem
 */
export async function ingestReport(
  submission: Submission,
  at: IngestDependencies,
  connection: Connection,
): Promise<Receipt> {
  assertKept(submission.checkpoint, at.guard);
  const verified = await verifySignature(submission.envelope, at);
  const { statement, digest } = verified;
  assertOwnConnection(connection, statement.agent);
  if (submission.held > at.log.head.size) at.contradictions.note(statement.agent);
  assertNotBehind(submission.held, at.log);
  const known = at.store.report(statement.agent, statement.epoch, statement.seq);
  if (known?.statement === digest) return receiptOf(known.index, submission.held, at.log);
  const body = await checkBody(submission, statement, at);
  const report = { ...body, ...verified, envelope: submission.envelope };
  const index = await at.sequencer.submit((append) => {
    const again = assertNext(report, at.store);
    if (again !== undefined) return again;
    assertNotErased(statement, at.store);
    for (const policy of report.newPolicies) {
      if (at.store.hasPolicy(policy.digest)) continue;
      append({ kind: 'policy.set', policy: policy.policy, version: policy.version, digest: policy.digest });
      at.store.addPolicy(policy.digest, policy.text);
      // On the shelf before the host is shown by it; should the transaction fail, the store still says it is new.
      at.shelf.add(policy);
    }
    const entry = append({ kind: 'report', envelope: report.envelope });
    for (const part of report.newParts) at.store.addPart(part);
    at.store.addReport({
      ...entry,
      agent: statement.agent,
      epoch: statement.epoch,
      seq: statement.seq,
      statement: digest,
      issuedAt: statement.issuedAt,
    });
    stageState(report, entry, at);
    return entry.index;
  });
  return receiptOf(index, submission.held, at.log);
}

/** Whoever shows it: what the log itself signed is true, and stops it where it was set back. Nothing else does. */
export function assertKept(checkpoint: string | undefined, guard: Guard): void {
  const broken = checkpoint === undefined ? undefined : guard.confront(checkpoint, 'an agent');
  if (broken !== undefined) throw new Problem(503, broken.code, `nothing was stored: ${broken.message}`);
}

/** Nothing is added to a log that was set back: it would grow over the place where that shows. */
export function assertNotBehind(held: number, log: EvidenceLog): void {
  if (held <= log.head.size) return;
  throw new Problem(
    409,
    'log.behind',
    `this log has ${log.head.size} entries, but the agent holds a checkpoint of ${held}: it was set back or is another log`,
  );
}

export function receiptOf(index: number, held: number, log: EvidenceLog): Receipt {
  const entry = log.entry(index);
  if (entry === undefined) throw new Problem(500, 'log.damaged', `entry ${index} is not in the store`);
  return {
    v: 1,
    entry: entry.toString('base64'),
    proof: log.prove(index),
    consistency: log.proveConsistency(held).map((hash) => hash.toString('base64')),
  };
}

async function verifySignature(
  envelope: Envelope,
  { store, keys }: Pick<IngestDependencies, 'store' | 'keys'>,
): Promise<Pick<CheckedReport, 'statement' | 'digest' | 'publicKey'>> {
  const payload = unverifiedPayload(envelope);
  // Until the signature holds, only used to find whose key must verify it.
  const claimed = parseStatement(payload);
  const agent = store.agent(claimed.agent, claimed.epoch);
  if (agent === undefined) {
    throw new Problem(403, 'agent.unknown', `no agent ${claimed.agent} of epoch ${claimed.epoch} is enrolled here`);
  }
  assertCounting(claimed.agent, agent);
  try {
    await openEnvelopeMeanwhile(envelope, keys.of(agent.publicKey), reportPayloadType);
    // It was opened from the same text: what is parsed already are the very bytes that the key signed.
    return { statement: claimed, digest: digestOf(payload), publicKey: agent.publicKey };
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new Problem(
      403,
      'report.signature',
      `not signed with the key that ${claimed.agent} enrolled: ${error.message}`,
    );
  }
}

/** Only what a verifier will take for a statement may get into the log, so that no agent can spoil the evidence of others. */
function parseStatement(bytes: Uint8Array): Statement {
  const statement = decodeStatement(bytes);
  if (statement !== undefined) return statement;
  const [issue] = Statement.safeParse(parseJson(bytes)).error?.issues ?? [];
  const why = issue === undefined ? 'it has another spelling' : `${issue.path.join('.')} ${issue.message}`;
  throw new Problem(400, 'report.statement', `the statement is not of version 1: ${why}`);
}

/**
 * A signature was verified a moment ago: since then its key may have been revoked, or given up for another.
 * @throws Problem
 */
export function assertStillKey(
  { agent }: { readonly agent: string },
  publicKey: Uint8Array,
  stored: StoredAgent | undefined,
): void {
  if (stored === undefined) throw new Problem(403, 'agent.unknown', `no agent ${agent} is enrolled here`);
  assertCounting(agent, stored);
  if (Buffer.compare(stored.publicKey, publicKey) === 0) return;
  throw new Problem(403, 'agent.key-changed', `${agent} changed its key while this was under way`);
}

/** @returns the index of this very report where it is already in the log */
function assertNext({ statement, digest, publicKey }: CheckedReport, store: Store): number | undefined {
  const known = store.report(statement.agent, statement.epoch, statement.seq);
  if (known?.statement === digest) return known.index;
  const agent = store.agent(statement.agent, statement.epoch);
  assertStillKey(statement, publicKey, agent);
  const expected = (agent?.seq ?? 0) + 1;
  if (statement.seq < expected) {
    throw new Problem(
      409,
      'report.replayed',
      `number ${statement.seq} is taken by another report, next is ${expected}: the agent's data folder was set back or copied; enrol this host anew`,
    );
  }
  if (statement.seq > expected) {
    throw new Problem(409, 'report.gap', `number ${statement.seq} came where ${expected} was expected`, { expected });
  }
  if (statement.prev !== (agent?.statement ?? null)) {
    throw new Problem(409, 'report.chain', `report ${statement.seq} does not follow the one before it`);
  }
  return undefined;
}

/** What was erased stays erased: a report cannot bring it back, nor rest on it. An agent never commits to it again. */
function assertNotErased({ body }: Statement, store: Store): void {
  const erased = body.find(({ commitment }) => store.isErased(commitment));
  if (erased === undefined) return;
  throw new Problem(409, 'report.erased', `the part ${erased.name} was erased here; a new one needs a new salt`);
}

/** Only the newest epoch of an agent says how its host is now. */
function stageState(
  { statement, changed }: CheckedReport,
  { index, receivedAt }: { index: number; receivedAt: string },
  { fleet, store }: IngestDependencies,
): void {
  const { agent, epoch, seq, issuedAt } = statement;
  if (store.newestEpoch(agent)?.epoch !== epoch) return;
  const previous = fleet.latest(agent)?.content;
  if (!changedParts(statement, previous).every((name) => isRead(name, changed))) {
    throw new Problem(503, 'report.concurrent', 'another report of this agent came in between; send it again');
  }
  const content = nextContent(previous, statement, changed);
  if (content !== previous) store.putHost(agent, content);
  fleet.stage({ agent, index, seq, issuedAt, receivedAt, content });
}
