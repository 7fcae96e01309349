import { expect, test } from 'vitest';
import { renderVerification } from '../../commands/terminal/verification.ts';
import { Findings } from '../../evidence/verify/findings.ts';
import { Silences } from '../../evidence/verify/silences.ts';
import { verifyBundle } from '../../evidence/verify.ts';
import { followedBy, gap, heartbeat, later } from '../support/attacks/silence.ts';
import { readerOf } from '../support/evidence.ts';

test('heartbeats and the time that clocks may be off are no silence', async () => {
  const log = await followedBy(heartbeat(120 + 1500), heartbeat(120 + 3000));
  expect(verifyBundle(readerOf(log.bundle()))).toMatchObject({ outcome: 'sound', proven: { gaps: [] } });
});

test('gaps that account for a silence are sound, and shown', async () => {
  const log = await followedBy(gap(120, 90_000), heartbeat(90_600), gap(90_700, 95_000, 95_001));
  const verification = verifyBundle(readerOf(log.bundle()));
  expect(verification).toMatchObject({ outcome: 'sound', findings: [] });
  expect(verification.proven?.gaps).toEqual([
    { from: later(120), until: later(90_000) },
    { from: later(90_700), until: later(95_000) },
  ]);
  expect(renderVerification(verification)).toContain(
    'gaps     2, in which the collector took no reports\n  1 Nov 2026, 12:02 UTC to 2 Nov 2026, 13:00 UTC\n',
  );
});

test('of many gaps the newest are printed, and the others counted', async () => {
  const log = await followedBy(...Array.from({ length: 12 }, (_, second) => gap(120 + second, 121 + second)));
  const lines = renderVerification(verifyBundle(readerOf(log.bundle()))).split('\n');
  expect(lines.filter((line) => /^ {2}1 Nov 2026, 12:02 UTC to /.test(line))).toHaveLength(10);
  expect(lines).toContain('  and 2 before them');
});

test('of what is left out of a bundle that shows a part, nothing is held against what is shown', () => {
  const findings = new Findings();
  const silences = new Silences(findings);
  silences.omit();
  expect(silences.receive(gap(100, 5000), 'entry 1')).toBe(true);
  silences.omit();
  expect(silences.receive(heartbeat(90_000), 'entry 3')).toBe(true);
  expect(findings.listed).toEqual([]);
  silences.omit();
  expect(silences.receive(gap(80_000, 95_000), 'entry 5')).toBe(false);
  expect(silences.receive(heartbeat(99_000), 'entry 6')).toBe(true);
  expect(findings.listed.map(({ where, code }) => [where, code])).toEqual([
    ['entry 5', 'gap.moments'],
    ['entry 6', 'log.silent'],
  ]);
});
