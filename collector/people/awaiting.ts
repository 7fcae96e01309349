import { z } from 'zod';
import type { Organisation } from '../../evidence/organisation.ts';
import type { Text } from '../../policies/schema.ts';
import type { PolicyShelf } from '../state/shelf.ts';
import type { ListedWaiver } from './standing-waivers.ts';

/** Something that counts only once others approve of it. */
export interface Awaiting {
  readonly id: string;
  readonly of: 'attestation' | 'waiver';
  /** Of the control. */
  readonly title: Text;
  /** Who asked for it, and so may not approve of it himself. */
  readonly by: string;
  readonly recorded: string;
  /** How many have approved of it, of so many that it takes. */
  readonly approvals: number;
  readonly needed: number;
}

/** What a control that is attested asks. */
const Asked = z.looseObject({ approvals: z.int().default(0) });

/** What waits for somebody's approval, the oldest first. */
export function listAwaiting(
  organisation: Pick<Organisation, 'follows' | 'attestations'>,
  waivers: readonly ListedWaiver[],
  shelf: PolicyShelf,
): Awaiting[] {
  const attested = [...organisation.attestations.values()].flatMap((one): Awaiting[] => {
    const definition = shelf.control(organisation.follows, one.policy, one.control);
    const asked = Asked.safeParse(definition?.with).data;
    const approvals = new Set(one.approvals.map(({ by }) => by).filter((by) => by !== one.by)).size;
    const isOpen = definition?.check === 'attestation' && asked !== undefined && approvals < asked.approvals;
    if (one.revoked !== null || !isOpen) return [];
    const { id, by, recorded } = one;
    return [{ id, of: 'attestation', title: definition.title, by, recorded, approvals, needed: asked.approvals }];
  });
  const asked = waivers
    .filter(({ state }) => state === 'awaits-approval')
    .map(({ waiver, title }): Awaiting => {
      const { by, recorded } = waiver;
      return { id: waiver.asked.id, of: 'waiver', title, by, recorded, approvals: 0, needed: 1 };
    });
  return [...attested, ...asked].sort((a, b) => (a.recorded < b.recorded ? -1 : 1));
}
