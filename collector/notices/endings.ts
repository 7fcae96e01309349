import { secondsBetween } from '../../policies/quantities.ts';

/** So long after its end it is still told that something ended: for a collector that was away. */
const remembered = 7 * 86_400;

/**
 * Whether something ends soon or has just ended.
 * @param ahead seconds before its end
 */
export function endingOf(until: string, at: Date, ahead: number): 'near' | 'over' | undefined {
  const left = secondsBetween(at, until);
  if (left > ahead || left <= -remembered) return undefined;
  return left > 0 ? 'near' : 'over';
}
