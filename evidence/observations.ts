import type { Observation } from '../policies/observe.ts';
import { verdicts, type Verdict } from '../policies/verdict.ts';
import type { Reason } from '../policies/reasons.ts';
import { isSpelling, parseForSchema } from './json.ts';
import { maximumObservations, type ObservationsPart } from './report.ts';

/**
 * Reads the part `observations` in its one form, as `ObservationsPart` would: a tenth of the reports of a log bring one,
 * each with hundreds of reasons, and by the schema that takes as long as verifying the report's signature twice. A test
 * holds this reader against the schema.
 */
export function readObservations(bytes: Uint8Array): ObservationsPart | undefined {
  const json = parseForSchema(bytes);
  return isObservationsPart(json) && isSpelling(bytes, json) ? json : undefined;
}

function isObservationsPart(json: unknown): json is ObservationsPart {
  return (
    hasMembers(json, ['v', 'observations']) &&
    json.v === 1 &&
    isList(json.observations, maximumObservations) &&
    json.observations.every(isObservation)
  );
}

function isObservation(json: unknown): json is Observation {
  return (
    hasMembers(json, ['policy', 'control', 'verdict', 'reasons']) &&
    isText(json.policy, 64) &&
    isText(json.control, 64) &&
    isVerdict(json.verdict) &&
    isList(json.reasons, 201) &&
    json.reasons.every(isReason)
  );
}

const code = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;

function isReason(json: unknown): json is Reason {
  const isOfHost = hasMembers(json, ['code', 'verdict', 'values']);
  if (!isOfHost && !(hasMembers(json, ['code', 'verdict', 'subject', 'values']) && isText(json.subject, 1024))) {
    return false;
  }
  return typeof json.code === 'string' && code.test(json.code) && isVerdict(json.verdict) && isValues(json.values);
}

function isValues(json: unknown): boolean {
  if (!isObject(json)) return false;
  return Object.entries(json).every(
    // A schema's copy would lose this member, and so would not be spelt as it was read.
    ([name, value]) => name !== '__proto__' && (isText(value, 4096) || (typeof value === 'number' && isFinite(value))),
  );
}

/** Just these members, in this order. */
function hasMembers<Name extends string>(json: unknown, names: readonly Name[]): json is Record<Name, unknown> {
  if (!isObject(json)) return false;
  const found = Object.keys(json);
  return found.length === names.length && names.every((name, index) => found[index] === name);
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isList(json: unknown, longest: number): json is unknown[] {
  return Array.isArray(json) && json.length <= longest;
}

function isText(json: unknown, longest: number): json is string {
  return typeof json === 'string' && json.length <= longest;
}

function isVerdict(json: unknown): json is Verdict {
  return verdicts.includes(json as Verdict);
}
