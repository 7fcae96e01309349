import { parsePolicy } from '../../../policies/load.ts';

/** What each kind of check is asked, by the controls of one document: 40 of them. */
const asked: readonly (readonly [check: string, parameters: readonly string[]])[] = [
  [
    'password-age',
    [
      ...[30, 60, 90, 120, 183, 365].map((days) => `{ maximumAge: ${days}d, afterDeparture: false }`),
      '{}',
      '{ accounts: with-shell }',
    ],
  ],
  [
    'updates',
    [
      ...[1, 3, 7, 14, 30, 60].map((days) => `{ maximumSecurityPending: ${days}d }`),
      '{ maximumListAge: 1d }',
      '{ rebootPending: ignore }',
    ],
  ],
  [
    'backup',
    [
      ...['12h', '24h', '2d', '7d'].map((every) => `{ every: ${every}, window: 14d }`),
      '{ every: 24h, keep: 28d }',
      '{ keepAtMost: 60d }',
      '{ generations: { daily: 7, weekly: 4 } }',
      '{ offsite: true }',
      '{ encrypted: true }',
      '{ purpose: mail, every: 24h }',
    ],
  ],
  [
    'certificate',
    [
      '{}',
      ...[90, 365, 398].map((days) => `{ maximumValidity: ${days}d }`),
      ...[7, 14, 30].map((days) => `{ renewBefore: ${days}d }`),
      '{ minimumRsaBits: 3072 }',
    ],
  ],
  [
    'tls',
    [
      ...['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'].map((version) => `{ minimumVersion: ${version} }`),
      '{}',
      '{ requireEncryption: true }',
    ],
  ],
];

const controls = asked.flatMap(([check, parameters]) =>
  parameters.map(
    (given, index) => `  - id: B-${check}-${index}
    clause: "1"
    title: { nl: Meting, en: Measurement }
    promise: { nl: Het is zo., en: It is so. }
    remedy: { nl: Zorg ervoor., en: See to it. }
    severity: warning
    maps: {}
    check: ${check}
    with: ${given}
`,
  ),
);

export const policy = parsePolicy(
  `policy: bench
version: 1
title: { nl: Meting, en: Bench }
source: { document: Bench, publisher: Bench, dated: 2026-01-01 }
controls:
${controls.join('')}`,
  'bench.yaml',
);
