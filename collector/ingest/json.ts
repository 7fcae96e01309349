import { parseJson as parseWithinLimits } from '../../evidence/json.ts';
import { Problem } from '../problem.ts';

/**
 * JSON that others sent, within the limits that a verifier holds it to.
 * @throws Problem `report.json`
 */
export function parseJson(bytes: Uint8Array): unknown {
  const value = parseWithinLimits(bytes);
  if (value !== undefined) return value;
  throw new Problem(400, 'report.json', 'expected JSON in UTF-8, nested at most 64 deep and of at most 2^21 values');
}
