/** A policy of backup controls, as text, with those parameters. */
export function policyOf(parameters: readonly string[]): string {
  const controls = parameters.map(
    (asked, index) => `  - id: B-${index}
    clause: "1"
    title: { nl: Back-ups, en: Backups }
    promise: { nl: Ze worden gemaakt., en: They are made. }
    remedy: { nl: Maak ze., en: Make them. }
    severity: critical
    maps: {}
    check: backup
    with: ${asked}
`,
  );
  return `policy: bench
version: 1
title: { nl: Meting, en: Measurement }
source: { document: Test, publisher: Test, dated: 2026-01-01 }
controls:
${controls.join('')}`;
}
