import type { z } from 'zod';
import { parseExactJson } from '../../evidence/json.ts';
import {
  HostPart,
  hostPartName,
  ObservationsPart,
  observationsPartName,
  type Statement,
} from '../../evidence/report.ts';
import { Problem } from '../problem.ts';
import { changedParts, type ChangedParts, type HostContent } from '../state/host-state.ts';
import { parseJson } from './json.ts';

/**
 * Reads the parts of a body that are not what `previous` was made from, each of them once.
 * @param bytesOf a part's content
 * @throws Problem `report.json`, `report.body`
 */
export async function readChangedParts(
  statement: Statement,
  previous: HostContent | undefined,
  bytesOf: (name: string) => Promise<Uint8Array>,
): Promise<ChangedParts> {
  let host: HostPart | undefined;
  let observations: ObservationsPart | undefined;
  const facts = new Map<string, unknown>();
  for (const name of changedParts(statement, previous)) {
    const bytes = await bytesOf(name);
    if (name === hostPartName) host = readExact(HostPart, name, bytes);
    else if (name === observationsPartName) observations = readExact(ObservationsPart, name, bytes);
    else facts.set(name, parseJson(bytes));
  }
  return { host, observations, facts };
}

/** A verifier refuses these parts in another spelling, so the log does not take them. */
function readExact<Schema extends z.ZodType>(schema: Schema, name: string, bytes: Uint8Array): z.output<Schema> {
  const content = parseExactJson(schema, bytes);
  if (content !== undefined) return content;
  parseJson(bytes);
  throw new Problem(400, 'report.body', `the part ${name} is not of version 1, or in another spelling`);
}
