import type { Language } from '../../policies/schema.ts';
import { colours, thresholds, verdictColours } from './colours.ts';
import { collectorPages, toHost, toPolicy } from './places.ts';
import type { Column } from './table.ts';
import { verdictWords, words } from './words.ts';

/** Columns that several tables have. */
export const columns = {
  verdict: {
    of: 'verdict',
    title: words.verdict,
    mapped: Object.fromEntries(
      Object.entries(verdictWords).map(([verdict, text]) => [
        verdict,
        { text, color: verdictColours[verdict as keyof typeof verdictColours] },
      ]),
    ),
    width: 130,
  },
  severity: {
    of: 'severity',
    title: words.severity,
    mapped: {
      critical: { text: { en: 'critical', nl: 'kritiek' }, color: colours.bad },
      warning: { text: { en: 'warning', nl: 'waarschuwing' }, color: colours.attention },
      info: { text: { en: 'info', nl: 'info' }, color: colours.neutral },
    },
    width: 125,
  },
  /** 1 | 0 of the organisation's controls. */
  kept: {
    of: 'A',
    title: { en: 'Kept', nl: 'Nagekomen' },
    mapped: {
      '0': { text: { en: 'no', nl: 'nee' }, color: colours.bad },
      '1': { text: { en: 'yes', nl: 'ja' }, color: colours.good },
    },
    width: 110,
  },
  clause: { of: 'clause', title: words.clause, width: 230 },
  title: { of: 'title', title: words.title },
  endpoint: { of: 'endpoint', title: words.endpoint },
  /** Milliseconds since 1970 of the first query: when something ends, and since when something is so. */
  ends: { of: 'A', title: { en: 'Ends', nl: 'Loopt af' }, unit: 'dateTimeAsIso', width: 165 },
  since: { of: 'A', title: words.since, unit: 'dateTimeFromNow', width: 120 },
  /** Seconds of the second query, until that end. */
  left: {
    of: 'B',
    title: { en: 'Left', nl: 'Resteert' },
    unit: 's',
    decimals: 1,
    steps: thresholds.remaining,
    width: 120,
  },
} as const satisfies Record<string, Column>;

/** A host by its name, which leads to it. */
export function hostColumn(language: Language): Column {
  return { of: 'host', title: words.host, links: [toHost(language), collectorPages.host] };
}

/** A policy by its name, which leads to it. */
export function policyColumn(language: Language): Column {
  return { of: 'policy', title: words.policy, links: [toPolicy(language)] };
}
