import type { z } from 'zod';
import {
  isFilePart,
  rosterPartName,
  statementPartName,
  type Act,
  type ActingRole,
  type ActTaken,
} from '../../evidence/act.ts';
import { maximumPartSize, unpack, type PackedPart, type PackedPolicy } from '../../evidence/exchange.ts';
import { parseExactJson } from '../../evidence/json.ts';
import { perOf } from '../../evidence/attested.ts';
import type { ActFlaw } from '../../evidence/organisation.ts';
import { commitmentOf, digestOf } from '../../evidence/report.ts';
import { clockToleranceSeconds, secondsBetween } from '../../policies/quantities.ts';
import { parsePolicy, type Policy } from '../../policies/load.ts';
import { isShownByPeople } from '../../policies/people/organisation.ts';
import { requirementOf } from '../../policies/people/requirement.ts';
import type { Control } from '../../policies/schema.ts';
import type { Sequencer } from '../log/sequencer.ts';
import { Problem } from '../problem.ts';
import type { PolicyShelf } from '../state/shelf.ts';
import type { StoredPart, Store } from '../store/store.ts';
import type { OrganisationBook } from './book.ts';
import { assertRecord } from './register-rules.ts';
import { FilePart, RosterPart, StatementPart, type ActAnswer, type ActRequest } from './exchange.ts';

export interface TakeDependencies {
  readonly sequencer: Sequencer;
  readonly store: Store;
  readonly shelf: PolicyShelf;
  readonly book: OrganisationBook;
}

/** Who acts, by the token that was shown. */
export interface Actor {
  readonly by: string;
  readonly role: ActingRole;
}

/** Waivers hold for a year at most: who wants longer has to ask again. */
const longestWaiverSeconds = 366 * 86_400;

/**
 * Takes an act into the log, with what was said and handed in with it beside the log.
 * @throws Problem
 */
export async function takeAct(
  request: ActRequest,
  { by, role }: Actor,
  { sequencer, store, shelf, book }: TakeDependencies,
): Promise<ActAnswer> {
  const parts = await Promise.all(request.parts.map(openPart));
  assertParts(parts, request.act);
  const documents = await Promise.all(request.policies.map(openPolicy));
  return sequencer.submit((append) => {
    const { act } = request;
    const flaw = book.flaw({ act, by, role });
    if (flaw !== undefined) throw new Problem(409, flaw, explanations[flaw]);
    assertFollowed(act, (digest) => documents.find((one) => one.digest === digest) ?? shelf.get(digest));
    assertControl(act, book, shelf);
    for (const policy of documents) {
      if (store.hasPolicy(policy.digest)) continue;
      append({ kind: 'policy.set', policy: policy.policy, version: policy.version, digest: policy.digest });
      store.addPolicy(policy.digest, policy.text);
      shelf.add(policy);
    }
    const entry: Omit<ActTaken, 'v' | 'receivedAt'> = {
      kind: 'act',
      by,
      role,
      act,
      body: parts.map(({ name, commitment }) => ({ name, commitment })),
    };
    const { index, receivedAt } = append(entry);
    assertMoments(act, receivedAt);
    for (const part of parts) store.addPart(part);
    book.stage({ v: 1, receivedAt, ...entry }, index);
    return { v: 1, index, receivedAt, by };
  });
}

interface OpenedPart extends StoredPart {
  readonly name: string;
}

async function openPart({ name, salt, zstd }: PackedPart): Promise<OpenedPart> {
  const saltBytes = Buffer.from(salt, 'base64');
  const bytes = await unpacked(name, zstd);
  const form = formOf(name);
  // A verifier reads them in one spelling, as all parts.
  if (form === undefined || parseExactJson<z.ZodType>(form, bytes) === undefined) {
    throw new Problem(400, 'act.part', `the part ${name} is not of a form that docs/people.md says`);
  }
  const commitment = commitmentOf({ salt: saltBytes, bytes });
  return { name, commitment, salt: saltBytes, zstd: Buffer.from(zstd, 'base64') };
}

function formOf(name: string): z.ZodType | undefined {
  if (name === statementPartName) return StatementPart;
  if (name === rosterPartName) return RosterPart;
  return isFilePart(name) ? FilePart : undefined;
}

async function unpacked(name: string, zstd: string): Promise<Buffer> {
  try {
    return await unpack(zstd, maximumPartSize);
  } catch {
    throw new Problem(400, 'act.part', `part ${name} is no zstd frame of at most ${maximumPartSize} bytes`);
  }
}

async function openPolicy({ digest, zstd }: PackedPolicy): Promise<Policy> {
  const text = await unpacked(`policy ${digest}`, zstd);
  if (digestOf(text) !== digest) throw new Problem(400, 'act.policy', `a document whose digest is not ${digest}`);
  try {
    return parsePolicy(text.toString(), digest);
  } catch (error) {
    throw new Problem(400, 'act.policy', error instanceof Error ? error.message : String(error));
  }
}

function assertParts(parts: readonly OpenedPart[], act: Act): void {
  const names = new Set(parts.map(({ name }) => name));
  if (names.size < parts.length) throw new Problem(400, 'act.part', 'two parts have one name');
  const isOfPerson = act.act === 'record' && act.record.of === 'person';
  if (names.has(rosterPartName) && !isOfPerson) {
    throw new Problem(400, 'act.part', 'accounts and keys stand with a line of the register of people only');
  }
}

const explanations: Readonly<Record<ActFlaw, string>> = {
  'act.repeated': 'something has this id already; take another',
  'act.unknown': 'nothing that this is about has been begun: look for its id in GET /api/v1/organisation',
  'act.ended': 'what this is about was ended before',
  'act.collector':
    'the collector itself opens and closes findings of hosts, and says when nothing fails any more: mend it, or have an exception approved',
  'act.sample': 'the sample of that month does not name this: waarborg people sample shows it',
  'act.own': 'nobody approves of what he asked for himself: let another do it',
};

function assertFollowed(act: Act, documentOf: (digest: string) => Policy | undefined): void {
  if (act.act !== 'follow') return;
  for (const { policy, version, digest } of act.policies) {
    const document = documentOf(digest);
    if (document?.policy === policy && document.version === version) continue;
    throw new Problem(409, 'act.policy', `no document ${policy} of version ${version} has the digest ${digest} here`);
  }
}

/** What is attested, or denied, must be a promise that the organisation is held to, and one that people show. */
function assertControl(act: Act, { organisation }: OrganisationBook, shelf: PolicyShelf): void {
  if (act.act === 'waive') assertWaivable(act, shelf);
  if (act.act !== 'attest' && act.act !== 'deny') return;
  const followed = organisation.follows.find(({ policy }) => policy === act.policy);
  const document = followed && shelf.get(followed.digest);
  const control = document?.controls.find(({ id }) => id === act.control);
  if (control !== undefined && isShownByPeople(control.check)) {
    if (act.act === 'attest') assertPlaces(act, control);
    return;
  }
  const what = `${act.policy} ${act.control}`;
  throw new Problem(409, 'act.control', `${what} is no control of a document that is followed, or hosts show it`);
}

/** A statement for another place than is asked for would count for nothing. */
function assertPlaces({ scope, control }: Extract<Act, { act: 'attest' }>, { with: parameters }: Control): void {
  const per = perOf(parameters);
  const given = scope.of === 'hosts' ? 'host' : scope.of;
  if (given === per) return;
  const wanted = { organisation: 'neither a host nor a customer', host: 'its hosts', customer: 'the customer' }[per];
  throw new Problem(409, 'act.control', `${control} is attested per ${per}: name ${wanted}`);
}

/** An exception from what no document asks would hold for nothing. */
function assertWaivable({ policy, control, requirement }: Extract<Act, { act: 'waive' }>, shelf: PolicyShelf): void {
  const documents = shelf.all().filter((document) => document.policy === policy);
  const definitions = documents.flatMap(({ controls }) => controls.filter(({ id }) => id === control));
  if (definitions.some((definition) => requirementOf(definition) === requirement)) return;
  const what = `${policy} ${control}`;
  throw new Problem(409, 'act.control', `no document that hosts or the organisation are held to asks this of ${what}`);
}

function assertMoments(act: Act, receivedAt: string): void {
  if (act.act === 'record') assertRecord(act, receivedAt);
  if (act.act === 'open-case' && secondsBetween(receivedAt, act.began) > clockToleranceSeconds) {
    throw new Problem(400, 'act.moment', `a case that begins on ${act.began}, later than now (${receivedAt})`);
  }
  if (act.act !== 'waive') return;
  const length = secondsBetween(act.from, act.until);
  if (length > 0 && length <= longestWaiverSeconds) return;
  throw new Problem(400, 'act.moment', 'expected a waiver that ends after it begins, and no more than a year later');
}
