import { isObservation } from '../policies/observe.ts';
import { hasMembers, isList } from '../policies/shapes.ts';
import { readExactJson } from './json.ts';
import { maximumObservations, type ObservationsPart } from './report.ts';

/**
 * Reads the part `observations` in its one form, as `ObservationsPart` would: a tenth of the reports of a log bring one,
 * each with hundreds of reasons, and by the schema that takes twice as long as verifying the report's signature.
 */
export function readObservations(bytes: Uint8Array): ObservationsPart | undefined {
  return readExactJson(bytes, (json) => (isObservationsPart(json) ? json : undefined));
}

function isObservationsPart(json: unknown): json is ObservationsPart {
  return (
    hasMembers(json, ['v', 'observations']) &&
    json.v === 1 &&
    isList(json.observations, maximumObservations) &&
    json.observations.every(isObservation)
  );
}
