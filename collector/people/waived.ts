import { isAbout } from '../../evidence/waivers.ts';
import { requirementOf } from '../../policies/people/requirement.ts';
import type { HostState } from '../state/host-state.ts';
import type { PolicyShelf } from '../state/shelf.ts';
import type { OrganisationBook } from './book.ts';

const none: ReadonlySet<string> = new Set();

/**
 * The controls of a host that are waived now, as `policy control`: an approved exception from just what the host's own
 * document asks.
 */
export function waivedControls(
  { content, agent }: Pick<HostState, 'content' | 'agent'>,
  { organisation }: OrganisationBook,
  shelf: PolicyShelf,
  at: Date,
): ReadonlySet<string> {
  const waivers = organisation.inForce.of(agent, at);
  if (waivers.length === 0) return none;
  const waived = waivers.flatMap((waiver) => {
    const { policy, control } = waiver.asked;
    const definition = shelf.control(content.policies, policy, control);
    if (definition === undefined) return [];
    const asked = { policy, control, requirement: requirementOf(definition) };
    return isAbout(waiver, asked, agent) ? [`${policy} ${control}`] : [];
  });
  return new Set(waived);
}
