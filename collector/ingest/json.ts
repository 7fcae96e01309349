import { Problem } from '../problem.ts';
import { jsonDepth } from './json-depth.ts';

/** JSON that others sent is nested at most this deep. */
const maximumDepth = 64;

/** @throws Problem `report.json` */
export function parseJson(bytes: Uint8Array): unknown {
  if (jsonDepth(bytes) > maximumDepth) throw new Problem(400, 'report.json', `JSON deeper than ${maximumDepth} levels`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Problem(400, 'report.json', 'expected JSON in UTF-8');
  }
}
