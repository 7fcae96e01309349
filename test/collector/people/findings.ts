import { parsePolicy, type Policy } from '../../../policies/load.ts';

/** A document that asks for findings to be examined: urgent ones within a day, others within two working days. */
export const findingsPolicy: Policy = parsePolicy(
  `policy: response
version: 1
title: { nl: Antwoord, en: Response }
source: { document: Test, publisher: Test, dated: 2026-01-01 }
controls:
${(['urgent', 'normal'] as const)
  .map(
    (urgency) => `  - id: R-${urgency}
    clause: "1"
    title: { nl: Onderzocht, en: Examined }
    promise: { nl: Een melding wordt onderzocht., en: A message is examined. }
    remedy: { nl: Kijk., en: Look. }
    severity: warning
    maps: {}
    check: cases
    with: { of: finding, urgency: ${urgency}, steps: [{ step: examined, within: ${urgency === 'urgent' ? '24h' : '2wd'} }] }
`,
  )
  .join('')}`,
  'response.yaml',
);
