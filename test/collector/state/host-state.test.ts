import { expect, test } from 'vitest';
import { nextContent, type ChangedParts, type HostContent } from '../../../collector/state/host-state.ts';
import type { Statement } from '../../../evidence/report.ts';
import type { Verdict } from '../../../policies/verdict.ts';

const digest = 'd'.repeat(64);
const host = { v: 1 as const, hostname: 'web1', os: 'Debian', agentVersion: '0', labels: {} };

interface Report {
  readonly minute: number;
  readonly verdict: Verdict;
  /** Tells apart parts of other content or salt. */
  readonly commitment: string;
  readonly epoch?: number;
}

function reportOf({ minute, verdict, commitment, epoch = 1 }: Report): { statement: Statement; read: ChangedParts } {
  const statement: Statement = {
    v: 1,
    agent: 'web1.example.nl',
    epoch,
    seq: 1,
    prev: null,
    issuedAt: `2026-03-01T12:${String(minute).padStart(2, '0')}:00Z`,
    policies: [{ policy: 'quick', version: 1, digest }],
    body: [
      { name: 'host', commitment: 'a'.repeat(64) },
      { name: 'observations', commitment: commitment.repeat(64) },
    ],
    counts: { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 },
    seen: null,
  };
  const observations = { v: 1 as const, observations: [{ policy: 'quick', control: 'Q', verdict, reasons: [] }] };
  return { statement, read: { host, observations, facts: new Map() } };
}

function next(previous: HostContent | undefined, report: Report): HostContent {
  const { statement, read } = reportOf(report);
  return nextContent(previous, statement, read);
}

function sinceOf(reports: readonly Report[]): { since: string | undefined; failingSince: string | null | undefined } {
  let content: HostContent | undefined;
  for (const report of reports) content = next(content, report);
  const [control] = content?.controls ?? [];
  return { since: control?.since.slice(14, 16), failingSince: control?.failingSince?.slice(14, 16) ?? null };
}

test('failing counts from the first report that did not pass, over changes between fail and unknown', () => {
  const reports: Report[] = [
    { minute: 0, verdict: 'pass', commitment: '0' },
    { minute: 1, verdict: 'unknown', commitment: '1' },
    { minute: 2, verdict: 'fail', commitment: '2' },
    { minute: 3, verdict: 'fail', commitment: '3' },
  ];
  expect(sinceOf(reports)).toEqual({ since: '02', failingSince: '01' });
  expect(sinceOf([...reports, { minute: 4, verdict: 'pass', commitment: '4' }])).toEqual({
    since: '04',
    failingSince: null,
  });
});

test('a host that is enrolled anew has been failing since before', () => {
  const reports: Report[] = [
    { minute: 0, verdict: 'fail', commitment: '0' },
    { minute: 5, verdict: 'fail', commitment: '1', epoch: 2 },
  ];
  expect(sinceOf(reports)).toEqual({ since: '00', failingSince: '00' });
});

test('a report in which nothing changed leaves the content as it is', () => {
  const first = next(undefined, { minute: 0, verdict: 'fail', commitment: '0' });
  expect(next(first, { minute: 1, verdict: 'fail', commitment: '0' })).toBe(first);
  expect(next(first, { minute: 1, verdict: 'fail', commitment: '0', epoch: 2 })).not.toBe(first);
});

test('no state is made of a part that changed and was not read', () => {
  const first = next(undefined, { minute: 0, verdict: 'fail', commitment: '0' });
  const { statement } = reportOf({ minute: 1, verdict: 'pass', commitment: '1' });
  const unread = { host: undefined, observations: undefined, facts: new Map() };
  expect(() => nextContent(first, statement, unread)).toThrow(RangeError);
});
