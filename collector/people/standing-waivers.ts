import type { Organisation, WaiverState } from '../../evidence/organisation.ts';
import { spanOfWaiver } from '../../evidence/waivers.ts';
import { isWithin } from '../../policies/moments.ts';
import { requirementOf } from '../../policies/people/requirement.ts';
import type { Text } from '../../policies/schema.ts';
import type { Fleet } from '../state/fleet.ts';
import type { PolicyShelf } from '../state/shelf.ts';

export interface ListedWaiver {
  readonly waiver: WaiverState;
  /** Whether it holds now, or somebody must still approve of it. */
  readonly state: 'holds' | 'awaits-approval';
  readonly until: string;
  /** Of the control that it is an exception from. */
  readonly title: Text;
}

export interface WaiversInput {
  readonly organisation: Organisation;
  readonly shelf: PolicyShelf;
  readonly fleet: Pick<Fleet, 'hosts'>;
}

/**
 * The exceptions that hold now, and those that were asked for and not approved of yet; the first to end comes first. One
 * from what no document in use asks any more is none.
 */
export function listWaivers({ organisation, shelf, fleet }: WaiversInput, at: Date): ListedWaiver[] {
  if (organisation.waivers.size === 0) return [];
  const asked = requirementsInUse({ organisation, shelf, fleet });
  return [...organisation.waivers.values()]
    .flatMap((waiver): ListedWaiver[] => {
      const title = asked.get(nameOf(waiver));
      if (title === undefined) return [];
      const span = spanOfWaiver(waiver);
      if (span !== undefined) {
        return isWithin(span, at) ? [{ waiver, state: 'holds', until: new Date(span.until).toISOString(), title }] : [];
      }
      const { approved, revoked, asked: wanted } = waiver;
      const isOpen = approved === null && revoked === null && Date.parse(wanted.until) > at.getTime();
      return isOpen ? [{ waiver, state: 'awaits-approval', until: wanted.until, title }] : [];
    })
    .sort((a, b) => Date.parse(a.until) - Date.parse(b.until));
}

/** By a waiver's id the title of the control that it is from, whether it holds or ended; none where that is asked no more. */
export function titlesOfWaivers(input: WaiversInput): Map<string, Text> {
  const asked = requirementsInUse(input);
  return new Map(
    [...input.organisation.waivers].flatMap(([id, waiver]) => {
      const title = asked.get(nameOf(waiver));
      return title === undefined ? [] : [[id, title] as const];
    }),
  );
}

function nameOf({ asked: { policy, control, requirement } }: WaiverState): string {
  return `${policy} ${control} ${requirement}`;
}

/** What hosts and the organisation are asked now, as `policy control requirement`, with the control's title. */
function requirementsInUse({ organisation, shelf, fleet }: WaiversInput): Map<string, Text> {
  const named = [...organisation.follows, ...fleet.hosts().flatMap(({ content }) => content.policies)];
  const digests = new Set(named.map(({ digest }) => digest));
  const wanted = new Set([...organisation.waivers.values()].map(({ asked }) => `${asked.policy} ${asked.control}`));
  const documents = [...digests].flatMap((digest) => shelf.get(digest) ?? []);
  return new Map(
    documents.flatMap(({ policy, controls }) =>
      controls
        .filter(({ id }) => wanted.has(`${policy} ${id}`))
        .map((control) => [`${policy} ${control.id} ${requirementOf(control)}`, control.title] as const),
    ),
  );
}
