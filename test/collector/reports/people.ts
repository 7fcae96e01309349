import { parsePolicy, type Policy } from '../../../policies/load.ts';
import { approver, day, MadeUpLog } from './evidence.ts';

/** What people do in the tests of reports: one control that is attested, and one that has a deadline. */

export const peoplePolicy: Policy = parsePolicy(
  `policy: people
version: 1
title: { nl: Beleid voor mensen, en: Policy for people }
source: { document: Beveiligingsbeleid, publisher: Voorbeeld B.V., dated: 2026-01-01 }
controls:
  - id: P-review
    clause: "Toegang 4"
    title: { nl: Rechten worden nagezien, en: Rights are reviewed }
    promise: { nl: Wie waarbij mag wordt telkens nagezien., en: Who may do what is reviewed time and again. }
    remedy: { nl: Zie de rechten na en verklaar dat., en: Review the rights and attest it. }
    severity: warning
    maps: { iso27001-2022: [A.5.18] }
    check: attestation
    with: { valid: 5d, approvals: 1, remind: 1d }
  - id: P-leak
    clause: "Incidenten 2"
    title: { nl: Klanten horen van een datalek, en: Customers hear of a data leak }
    promise: { nl: De klant hoort het binnen een dag., en: The customer hears of it within a day. }
    remedy: { nl: Meld het aan de klant., en: Tell the customer. }
    severity: critical
    maps: { gdpr: ["33"] }
    check: cases
    with: { of: data-leak, steps: [{ step: customer-told, within: 24h }], remember: 48h }
`,
  'people.yaml',
);

/**
 * Followed from the second day on. A review that ends on the sixth, one that is taken back on the tenth, and a leak that
 * customers hear of 27 hours after it became known.
 */
export function peopleLog(): MadeUpLog {
  const scope = { of: 'organisation' } as const;
  const review = { act: 'attest', policy: 'people', control: 'P-review', scope } as const;
  return new MadeUpLog()
    .follow(day(2), peoplePolicy)
    .act(
      day(2),
      { ...review, id: 'attestation-1', effective: day(1), until: null },
      { text: 'Reviewed by Example', files: ['review.pdf'] },
    )
    .act(day(3), { act: 'approve', of: 'attestation-1' }, { by: approver })
    .act(
      day(4, 10),
      {
        ...{ act: 'open-case', id: 'case-1', of: 'data-leak', urgency: 'urgent' },
        ...{ began: day(4, 9), about: null, fields: ['nature'] },
      },
      { text: 'A laptop was lost' },
    )
    .act(day(6, 12), { act: 'take-step', of: 'case-1', step: 'customer-told', fields: [] }, { text: 'By telephone' })
    .act(day(6, 12), { act: 'take-step', of: 'case-1', step: 'contained', fields: [] })
    .act(day(6, 13), { act: 'close-case', of: 'case-1', fields: [] })
    .act(day(8), { ...review, id: 'attestation-2', effective: day(8), until: day(12) })
    .act(day(8, 12), { act: 'approve', of: 'attestation-2' }, { by: approver })
    .act(day(10), { act: 'revoke', of: 'attestation-2' })
    .heartbeat(day(11));
}
