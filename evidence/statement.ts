import { isMoment } from '../policies/quantities.ts';
import { hasMembers, isCount, isList, isText } from '../policies/shapes.ts';
import { readExactJson } from './json.ts';
import { isAgentName, isDigest, isPartName, maximumParts, maximumPolicies, type Statement } from './report.ts';

/**
 * The statement that an agent's bytes make, as the schema `Statement` would read it; undefined where they are not the one
 * spelling of one. Whoever verifies a log reads one of each report, and by the schema that takes a third as long as
 * verifying its signature. A test holds the two together.
 */
export function decodeStatement(bytes: Uint8Array): Statement | undefined {
  return readExactJson(bytes, (json) => (isStatement(json) ? json : undefined));
}

function isStatement(json: unknown): json is Statement {
  return (
    hasMembers(json, ['v', 'agent', 'epoch', 'seq', 'prev', 'issuedAt', 'policies', 'body', 'counts', 'seen']) &&
    json.v === 1 &&
    isAgentName(json.agent) &&
    isCount(json.epoch, 1) &&
    isCount(json.seq, 1) &&
    (json.prev === null || isDigest(json.prev)) &&
    isMoment(json.issuedAt) &&
    isList(json.policies, maximumPolicies) &&
    json.policies.every(isPolicy) &&
    areUnique(json.policies.map(({ policy }) => policy)) &&
    isList(json.body, maximumParts) &&
    json.body.every(isCommitment) &&
    areUnique(json.body.map(({ name }) => name)) &&
    isCounts(json.counts) &&
    (json.seen === null || isHead(json.seen))
  );
}

function isPolicy(json: unknown): json is Statement['policies'][number] {
  return (
    hasMembers(json, ['policy', 'version', 'digest']) &&
    isText(json.policy, 64) &&
    isCount(json.version, 1) &&
    isDigest(json.digest)
  );
}

function isCommitment(json: unknown): json is Statement['body'][number] {
  return hasMembers(json, ['name', 'commitment']) && isPartName(json.name) && isDigest(json.commitment);
}

function isCounts(json: unknown): json is Statement['counts'] {
  return (
    hasMembers(json, ['pass', 'fail', 'unknown', 'not-applicable']) &&
    Object.values(json).every((count) => isCount(count, 0))
  );
}

function isHead(json: unknown): json is NonNullable<Statement['seen']> {
  return (
    hasMembers(json, ['origin', 'size', 'root']) &&
    isText(json.origin, 255) &&
    isCount(json.size, 0) &&
    isText(json.root, 64)
  );
}

function areUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
