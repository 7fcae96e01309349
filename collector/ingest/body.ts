import { maximumPartSize, unpack, type Submission } from '../../evidence/exchange.ts';
import {
  commitmentOf,
  countVerdicts,
  digestOf,
  hostPartName,
  observationsPartName,
  type Statement,
} from '../../evidence/report.ts';
import { parsePolicy, type Policy } from '../../policies/load.ts';
import { selectControls } from '../../policies/select.ts';
import { verdicts } from '../../policies/verdict.ts';
import { Problem } from '../problem.ts';
import type { Fleet } from '../state/fleet.ts';
import type { ChangedParts, HostContent } from '../state/host-state.ts';
import type { FindPolicy, PolicyShelf } from '../state/shelf.ts';
import type { StoredPart, Store } from '../store/store.ts';
import { readChangedParts } from './changed-parts.ts';

/** A report's body, of which every part is what the statement commits to. */
export interface CheckedBody {
  readonly newParts: readonly StoredPart[];
  readonly changed: ChangedParts;
  readonly newPolicies: readonly Policy[];
}

/** Decompressed, the parts of one submission are together at most this long. */
const maximumBody = 32 * 2 ** 20;

export interface BodyDependencies {
  readonly store: Store;
  readonly fleet: Fleet;
  readonly shelf: PolicyShelf;
  /** Documents that came with this collector: nobody needs to send them. */
  readonly shipped: FindPolicy;
}

/**
 * Unpacks and checks what came along, and reads the rest from the store.
 * @throws Problem
 */
export async function checkBody(
  submission: Submission,
  statement: Statement,
  { store, fleet, shelf, shipped }: BodyDependencies,
): Promise<CheckedBody> {
  assertPartNames(statement);
  const sent = await unpackParts(submission, statement);
  const documents = await unpackPolicies(submission, statement, shelf);
  const missing = {
    parts: statement.body
      .filter(({ name, commitment }) => !sent.has(name) && !store.hasPart(commitment))
      .map(({ name }) => name),
    policies: statement.policies
      .filter(({ digest }) => !documents.has(digest) && !store.hasPolicy(digest) && shipped(digest) === undefined)
      .map(({ digest }) => digest),
  };
  if (missing.parts.length + missing.policies.length > 0) {
    throw new Problem(409, 'report.incomplete', 'parts or policies that this collector has not got', { missing });
  }
  const previous = fleet.get(statement.agent)?.content;
  const changed = await readChangedParts(
    statement,
    previous,
    async (name) => sent.get(name)?.bytes ?? (await storedPart(statement, name, store)),
  );
  const documentOf = (digest: string): Policy | undefined =>
    documents.get(digest) ?? shelf.get(digest) ?? shipped(digest);
  assertPolicyNames(statement, documentOf);
  assertObservations(statement, changed, previous, documentOf);
  return {
    newParts: [...sent.values()].map(({ stored }) => stored),
    changed,
    newPolicies: statement.policies.flatMap(({ digest }) => {
      const policy = documents.get(digest) ?? (store.hasPolicy(digest) ? undefined : shipped(digest));
      return policy === undefined ? [] : [policy];
    }),
  };
}

/** A report is about a host and has observations. */
function assertPartNames({ body }: Statement): void {
  const names = new Set(body.map(({ name }) => name));
  for (const name of [hostPartName, observationsPartName]) {
    if (!names.has(name)) throw new Problem(400, 'report.body', `a report without the part ${name}`);
  }
}

/** A document is named as it names itself: by its name and version people find it again. */
function assertPolicyNames({ policies }: Statement, documentOf: (digest: string) => Policy | undefined): void {
  for (const { policy, version, digest } of policies) {
    const document = documentOf(digest);
    if (document === undefined || (document.policy === policy && document.version === version)) continue;
    const own = `${document.policy} version ${document.version}`;
    throw new Problem(400, 'report.policy', `the document ${digest} is ${own}, not ${policy} version ${version}`);
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

async function unpackPolicies(
  { policies }: Submission,
  statement: Statement,
  shelf: PolicyShelf,
): Promise<Map<string, Policy>> {
  const documents = new Map<string, Policy>();
  for (const { digest, zstd } of policies) {
    if (!statement.policies.some((named) => named.digest === digest)) {
      throw new Problem(400, 'report.policy', `the statement names no document ${digest}`);
    }
    const text = await unpackPart(`policy ${digest}`, zstd, maximumPartSize);
    // A new fleet brings one document many times.
    const known = digestOf(text) === digest ? shelf.get(digest) : undefined;
    const policy = known ?? parseDocument(text.toString(), digest);
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

/** Contents whose observations are those of their own policies and host: while nothing changes, that need not be seen again. */
const fitting = new WeakSet<HostContent>();

/**
 * The observations must be of exactly the controls that the documents have for a host of these labels, so that none
 * can be left out, and must be what the statement counts; whether they came along or are those of before.
 */
function assertObservations(
  statement: Statement,
  changed: ChangedParts,
  previous: HostContent | undefined,
  documentOf: (digest: string) => Policy | undefined,
): void {
  const observations = changed.observations?.observations ?? previous?.controls ?? [];
  const counts = countVerdicts(observations);
  if (verdicts.some((verdict) => counts[verdict] !== statement.counts[verdict])) {
    throw new Problem(400, 'report.counts', 'the statement counts other verdicts than its observations have');
  }
  const isUnchanged =
    changed.observations === undefined &&
    changed.host === undefined &&
    isSamePolicies(statement.policies, previous?.policies ?? []);
  if (isUnchanged && previous !== undefined && fitting.has(previous)) return;
  const { labels } = changed.host ?? previous?.host ?? { labels: {} };
  const expected = statement.policies.flatMap(({ policy, digest }) =>
    selectControls(documentOf(digest) ?? { controls: [] }, labels).map(({ id }) => `${policy} ${id}`),
  );
  const found = observations.map(({ policy, control }) => `${policy} ${control}`);
  const different = new Set(expected).symmetricDifference(new Set(found));
  if (different.size === 0 && found.length === expected.length) {
    if (isUnchanged && previous !== undefined) fitting.add(previous);
    return;
  }
  const [first = 'one'] = different;
  throw new Problem(400, 'report.controls', `the observations are not those of its policies for this host: ${first}`);
}

function isSamePolicies(some: Statement['policies'], others: Statement['policies']): boolean {
  return (
    some.length === others.length &&
    some.every(({ policy, digest }, index) => others[index]?.policy === policy && others[index].digest === digest)
  );
}
