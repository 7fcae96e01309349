import { publicKeyFromRaw } from '../../evidence/keys.ts';
import { unverifiedPayload, openEnvelope, type Envelope } from '../../evidence/envelope.ts';
import { EvidenceError } from '../../evidence/error.ts';
import { maximumPartSize, unpack, type Receipt, type Submission } from '../../evidence/exchange.ts';
import {
  commitmentOf,
  countVerdicts,
  digestOf,
  hostPartName,
  ObservationsPart,
  observationsPartName,
  reportPayloadType,
  Statement,
} from '../../evidence/report.ts';
import { parsePolicy, type Policy } from '../../policies/load.ts';
import { verdicts } from '../../policies/verdict.ts';
import { jsonDepth } from './json-depth.ts';
import type { EvidenceLog } from '../log/log.ts';
import type { Sequencer } from '../log/sequencer.ts';
import { Problem } from '../problem.ts';
import type { Fleet } from '../state/fleet.ts';
import { changedParts, nextContent, type HostContent } from '../state/host-state.ts';
import type { PolicyShelf } from '../state/shelf.ts';
import type { StoredPart, Store } from '../store/store.ts';

export interface IngestDependencies {
  readonly log: EvidenceLog;
  readonly sequencer: Sequencer;
  readonly store: Store;
  readonly fleet: Fleet;
  readonly shelf: PolicyShelf;
  /** Documents that came with this collector: nobody needs to send them. */
  readonly shipped: ReadonlyMap<string, Policy>;
}

/** A report whose signature and body have been checked, and which only its place in the chain may still keep out. */
interface CheckedReport {
  readonly envelope: Envelope;
  readonly statement: Statement;
  /** SHA-256 of the signed bytes. */
  readonly digest: string;
  readonly newParts: readonly StoredPart[];
  readonly changed: ReadonlyMap<string, unknown>;
  readonly newPolicies: readonly Policy[];
}

/**
 * Takes a report into the log: signature, body, chain, then one place in the log for ever. The same report again gets
 * the same place. The answer is given only when all of it is on disk.
 * @throws Problem
 */
export async function ingestReport(submission: Submission, at: IngestDependencies): Promise<Receipt> {
  const { statement, digest } = verifySignature(submission.envelope, at.store);
  assertNotBehind(submission.held, at.log);
  const known = at.store.report(statement.agent, statement.epoch, statement.seq);
  if (known?.statement === digest) return receiptOf(known.index, submission.held, at.log);
  const report = await checkBody(submission, statement, digest, at);
  const index = await at.sequencer.submit((append) => {
    const again = assertNext(report, at.store);
    if (again !== undefined) return again;
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

/** Decompressed, the parts of one submission are together at most this long. */
const maximumBody = 32 * 2 ** 20;

/** JSON within parts is nested at most this deep. */
const maximumDepth = 64;

/** Nothing is added to a log that was set back: it would grow over the place where that shows. */
function assertNotBehind(held: number, log: EvidenceLog): void {
  if (held <= log.head.size) return;
  throw new Problem(
    409,
    'log.behind',
    `this log has ${log.head.size} entries, but the agent holds a checkpoint of ${held}: it was set back or is another log`,
  );
}

function receiptOf(index: number, held: number, log: EvidenceLog): Receipt {
  const entry = log.entry(index);
  if (entry === undefined) throw new Problem(500, 'log.damaged', `entry ${index} is not in the store`);
  return {
    v: 1,
    entry: entry.toString('base64'),
    proof: log.prove(index),
    consistency: log.proveConsistency(held).map((hash) => hash.toString('base64')),
  };
}

function verifySignature(envelope: Envelope, store: Store): { statement: Statement; digest: string } {
  // Not yet verified: only used to find whose key must verify it.
  const claimed = parseStatement(unverifiedPayload(envelope));
  const agent = store.agent(claimed.agent, claimed.epoch);
  if (agent === undefined) {
    throw new Problem(403, 'agent.unknown', `no agent ${claimed.agent} of epoch ${claimed.epoch} is enrolled here`);
  }
  try {
    const bytes = openEnvelope(envelope, publicKeyFromRaw(agent.publicKey), reportPayloadType);
    return { statement: parseStatement(bytes), digest: digestOf(bytes) };
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new Problem(
      403,
      'report.signature',
      `not signed with the key that ${claimed.agent} enrolled: ${error.message}`,
    );
  }
}

function parseStatement(bytes: Uint8Array): Statement {
  const parsed = Statement.safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Problem(
    400,
    'report.statement',
    `the statement is not of version 1: ${issue?.path.join('.')} ${issue?.message}`,
  );
}

async function checkBody(
  submission: Submission,
  statement: Statement,
  digest: string,
  { store, fleet, shipped }: IngestDependencies,
): Promise<CheckedReport> {
  assertPartNames(statement);
  const sent = await unpackParts(submission, statement);
  const documents = await unpackPolicies(submission, statement);
  const missing = {
    parts: statement.body
      .filter(({ name, commitment }) => !sent.has(name) && !store.hasPart(commitment))
      .map(({ name }) => name),
    policies: statement.policies
      .filter(({ digest }) => !documents.has(digest) && !store.hasPolicy(digest) && !shipped.has(digest))
      .map(({ digest }) => digest),
  };
  if (missing.parts.length + missing.policies.length > 0) {
    throw new Problem(409, 'report.incomplete', 'parts or policies that this collector has not got', { missing });
  }
  const changed = new Map<string, unknown>();
  const previous = fleet.get(statement.agent)?.content;
  for (const name of changedParts(statement, previous)) {
    const bytes = sent.get(name)?.bytes ?? (await storedPart(statement, name, store));
    changed.set(name, parseJson(bytes));
  }
  assertCounts(statement, changed, previous);
  return {
    envelope: submission.envelope,
    statement,
    digest,
    newParts: [...sent.values()].map(({ stored }) => stored),
    changed,
    newPolicies: statement.policies.flatMap(({ digest }) => {
      const policy = documents.get(digest) ?? (store.hasPolicy(digest) ? undefined : shipped.get(digest));
      return policy === undefined ? [] : [policy];
    }),
  };
}

/** A report is about a host and has observations, and each part stands in it once. */
function assertPartNames({ body }: Statement): void {
  const names = new Set(body.map(({ name }) => name));
  if (names.size < body.length) throw new Problem(400, 'report.body', 'a part stands in the body twice');
  for (const name of [hostPartName, observationsPartName]) {
    if (!names.has(name)) throw new Problem(400, 'report.body', `a report without the part ${name}`);
  }
}

interface SentPart {
  readonly stored: StoredPart;
  readonly bytes: Uint8Array;
}

/** One after the other, each within what the ones before have left: small frames can hold much. */
async function unpackParts({ parts }: Submission, { body }: Statement): Promise<Map<string, SentPart>> {
  const sent = new Map<string, SentPart>();
  let left = maximumBody;
  for (const { name, salt, zstd } of parts) {
    const bytes = await unpackPart(name, zstd, Math.min(left, maximumPartSize));
    left -= bytes.length;
    const stored = { salt: Buffer.from(salt, 'base64'), zstd: Buffer.from(zstd, 'base64') };
    const commitment = commitmentOf({ salt: stored.salt, bytes });
    if (!body.some((part) => part.name === name && part.commitment === commitment)) {
      throw new Problem(400, 'report.commitment', `part ${name} is not the one that the statement commits to`);
    }
    sent.set(name, { stored: { ...stored, commitment }, bytes });
  }
  return sent;
}

async function unpackPart(name: string, zstd: string, maximumSize: number): Promise<Buffer> {
  try {
    return await unpack(zstd, maximumSize);
  } catch {
    throw new Problem(400, 'report.part', `part ${name} is no zstd frame of at most ${maximumSize} bytes`);
  }
}

async function unpackPolicies({ policies }: Submission, statement: Statement): Promise<Map<string, Policy>> {
  const documents = new Map<string, Policy>();
  for (const { digest, zstd } of policies) {
    if (!statement.policies.some((named) => named.digest === digest)) {
      throw new Problem(400, 'report.policy', `the statement names no document ${digest}`);
    }
    const policy = parseDocument((await unpackPart(`policy ${digest}`, zstd, maximumPartSize)).toString(), digest);
    if (policy.digest !== digest) throw new Problem(400, 'report.policy', `a document whose digest is not ${digest}`);
    documents.set(digest, policy);
  }
  return documents;
}

function parseDocument(text: string, digest: string): Policy {
  try {
    return parsePolicy(text, digest);
  } catch (error) {
    throw new Problem(400, 'report.policy', error instanceof Error ? error.message : String(error));
  }
}

async function storedPart(statement: Statement, name: string, store: Store): Promise<Uint8Array> {
  const commitment = statement.body.find((part) => part.name === name)?.commitment ?? '';
  const stored = store.part(commitment);
  if (stored === undefined) throw new Problem(500, 'store.damaged', `part ${name} is not in the store`);
  return unpack(Buffer.from(stored.zstd).toString('base64'));
}

/** What the statement counts must be what its observations say, whether they came along or are those of before. */
function assertCounts(
  statement: Statement,
  changed: ReadonlyMap<string, unknown>,
  previous: HostContent | undefined,
): void {
  const observations = changed.has(observationsPartName)
    ? parseObservations(changed.get(observationsPartName))
    : (previous?.controls ?? []);
  const counts = countVerdicts(observations);
  if (verdicts.every((verdict) => counts[verdict] === statement.counts[verdict])) return;
  throw new Problem(400, 'report.counts', 'the statement counts other verdicts than its observations have');
}

function parseObservations(part: unknown): ObservationsPart['observations'] {
  const parsed = ObservationsPart.safeParse(part);
  if (!parsed.success) throw new Problem(400, 'report.body', 'the observations are not of version 1');
  return parsed.data.observations;
}

/** @returns the index of this very report where it is already in the log */
function assertNext({ statement, digest }: CheckedReport, store: Store): number | undefined {
  const known = store.report(statement.agent, statement.epoch, statement.seq);
  if (known?.statement === digest) return known.index;
  const agent = store.agent(statement.agent, statement.epoch);
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

/** Only the newest epoch of an agent says how its host is now. */
function stageState(
  { statement, changed }: CheckedReport,
  { index, receivedAt }: { index: number; receivedAt: string },
  { fleet, store }: IngestDependencies,
): void {
  const { agent, epoch, seq, issuedAt } = statement;
  if (store.newestEpoch(agent)?.epoch !== epoch) return;
  const previous = fleet.latest(agent)?.content;
  if (changedParts(statement, previous).some((name) => !changed.has(name))) {
    throw new Problem(503, 'report.concurrent', 'another report of this agent came in between; send it again');
  }
  const content = contentAfter(previous, statement, changed);
  if (content !== previous) store.putHost(agent, content);
  fleet.stage({ agent, index, seq, issuedAt, receivedAt, content });
}

function contentAfter(...input: Parameters<typeof nextContent>): ReturnType<typeof nextContent> {
  try {
    return nextContent(...input);
  } catch (error) {
    throw new Problem(
      400,
      'report.body',
      `the body is not of version 1: ${error instanceof Error ? error.message : ''}`,
    );
  }
}

function parseJson(bytes: Uint8Array): unknown {
  if (jsonDepth(bytes) > maximumDepth) throw new Problem(400, 'report.json', `JSON deeper than ${maximumDepth} levels`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Problem(400, 'report.json', 'expected JSON in UTF-8');
  }
}
