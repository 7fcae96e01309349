import { deed, statement, type Deed } from './people.ts';
import { hour } from './span.ts';

/** What the collector tells of a case. */
export interface ToldCase {
  readonly id: string;
  readonly of: string;
  readonly recorded: string;
  readonly steps: readonly { readonly step: string }[];
  readonly closed: string | null;
}

/** Somebody looks at most of what the collector found within half a day; one finding in six is forgotten. */
export function examinations(cases: readonly ToldCase[], at: number): Deed[] {
  return cases
    .filter(({ of, closed, steps }) => of === 'finding' && closed === null && steps.length === 0)
    .filter(({ id, recorded }) => !isForgotten(id) && at - Date.parse(recorded) > hoursUntilLook(id) * hour)
    .map(({ id }) => deed(at, 'operator', { act: 'take-step', of: id, step: 'examined', fields: [] }, [statement()]));
}

function isForgotten(id: string): boolean {
  return numberOf(id) % 6 === 0;
}

function hoursUntilLook(id: string): number {
  return 1 + (numberOf(id) % 11);
}

function numberOf(id: string): number {
  return Number.parseInt(/[0-9a-f]{4}$/.exec(id)?.[0] ?? '1', 16);
}
