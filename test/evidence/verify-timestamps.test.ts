import { join } from 'node:path';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyBundle } from '../../evidence/verify.ts';
import { authority, timestamp } from '../support/attacks/timestamps.ts';
import { FixtureLog, readerOf, twoHosts, writeBundle, type Bundle, type Fixture } from '../support/evidence.ts';
import { runWaarborg } from '../support/process.ts';
import { TimestampAuthority } from '../support/timestamp-authority.ts';
import { temporaryFolder, tool } from '../support/tools.ts';
import { evidenceError } from './errors.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

/** Entries 0 to 8 at 12:00 to 12:08, a token over them at 12:09, a report that saw it at 12:10, a token at 12:11. */
async function stamped(): Promise<Fixture> {
  const fixture = await twoHosts();
  timestamp(fixture.log);
  await fixture.log.report(fixture.web, { seen: fixture.log.head() });
  timestamp(fixture.log);
  return fixture;
}

describe.skipIf(!tool('openssl'))('a log with time stamps', () => {
  let bundle: Bundle;
  let authorities: string[];
  beforeAll(async () => {
    bundle = (await stamped()).log.bundle();
    authorities = [authority().root];
  });

  test('shows by when its entries existed, and how far their dates can be trusted', () => {
    const { outcome, timestamped, bounded } = verifyBundle(readerOf(bundle), { authorities });
    expect({ outcome, timestamped, bounded }).toEqual({
      outcome: 'sound',
      timestamped: {
        words: [{ authority: 'Test TSA Root', tokens: 2, size: 11, at: '2026-11-01T12:11:00.000Z' }],
        unverified: [],
      },
      // The first entry waited nine minutes for its token.
      bounded: { covered: 11, within: 540 },
    });
  });

  test('shows nothing by an authority that was not given, and is sound without', () => {
    const unverified = [{ authority: 'test', tokens: 2 }];
    const none = { outcome: 'sound', timestamped: { words: [], unverified }, bounded: { covered: 0, within: null } };
    expect(verifyBundle(readerOf(bundle))).toMatchObject(none);
    const other = new TimestampAuthority(join(folder.path, 'other'));
    expect(verifyBundle(readerOf(bundle), { authorities: [other.root] })).toMatchObject(none);
  });

  test('that waited a day for its first token says so: till then it could have been written anew', async () => {
    const { log } = await twoHosts();
    const late = new Date('2026-11-02T12:00:00Z');
    timestamp(log, { at: late, receivedAt: late });
    const { bounded } = verifyBundle(readerOf(log.bundle()), { authorities });
    expect(bounded).toEqual({ covered: 9, within: 86_400 });
  });

  test('is as old as the earliest token says, whichever comes first in the log', async () => {
    const { log } = await twoHosts();
    timestamp(log, { size: 4, at: new Date('2026-11-01T12:10:00Z') });
    timestamp(log, { size: 9, at: new Date('2026-11-01T12:09:30Z') });
    const { outcome, bounded } = verifyBundle(readerOf(log.bundle()), { authorities });
    expect({ outcome, bounded }).toEqual({ outcome: 'sound', bounded: { covered: 9, within: 570 } });
  });

  test.each([
    [-300, 'sound'],
    [-301, 'tampered'],
  ])('whose clock is off by %d seconds is %s', (seconds, expected) => {
    const log = new FixtureLog();
    log.enrol('web1');
    timestamp(log, { at: new Date(Date.parse('2026-11-01T12:00:00Z') + seconds * 1000) });
    expect(verifyBundle(readerOf(log.bundle()), { authorities }).outcome).toBe(expected);
  });

  test.each([
    [9, false],
    [10, true],
  ])('makes younger what its agent made having seen %d entries: %s', async (size, isYounger) => {
    const { log, web } = await twoHosts();
    timestamp(log);
    await log.report(web, { at: new Date('2026-10-20T00:00:00Z'), seen: log.head(size) });
    const { findings } = verifyBundle(readerOf(log.bundle()), { authorities });
    expect(findings.some(({ code }) => code === 'report.bounds')).toBe(isYounger);
  });

  test('back-dated whole does not verify with tokens of today', async () => {
    const { log } = await stamped();
    const month = 30 * 86_400_000;
    const backDated = log.entries.map((entry) =>
      Buffer.from(
        entry
          .toString()
          .replace(
            /"receivedAt":"([^"]+)"/,
            (_, at: string) => `"receivedAt":"${new Date(Date.parse(at) - month).toISOString()}"`,
          ),
      ),
    );
    // Signed again by whoever holds the log's key; the tokens that the true history got are over other roots.
    const kept = verifyBundle(readerOf(log.rewritten(backDated).bundle()), { authorities });
    expect(kept.findings.map(({ code }) => code)).toContain('anchor.head');
    // With new tokens over the false roots, the tokens themselves are younger than the dates.
    const renewed = log.rewritten(backDated.slice(0, 9));
    timestamp(renewed, { at: new Date('2026-11-01T12:20:00Z'), receivedAt: new Date('2026-10-02T12:09:00Z') });
    const { findings } = verifyBundle(readerOf(renewed.bundle()), { authorities });
    expect(findings.map(({ code }) => code)).toContain('entry.bounds');
  });

  test('refuses certificates that are none', () => {
    const malformed = evidenceError('authority.malformed');
    expect(() => verifyBundle(readerOf(bundle), { authorities: ['none'] })).toThrow(malformed);
  });

  test('is told to a person in words', async () => {
    const path = join(folder.path, 'bundle');
    mkdirSync(path);
    writeBundle(path, bundle);
    const file = join(folder.path, 'authority.pem');
    writeFileSync(file, authority().root);
    const given = await runWaarborg(['verify', path, '--authority', file]);
    expect(given.code).toBe(0);
    const words = given.stdout.replace(/\s+/g, ' ');
    expect(words).toContain(
      '11 of 12 entries are shown by the time stamps of Test TSA Root to have existed before 1 Nov 2026, 12:11 UTC.',
    );
    expect(words).toContain(
      'Each of the first 11 entries was shown to exist at most 9 minutes after its date of receipt',
    );
    const without = await runWaarborg(['verify', path]);
    expect(without.code).toBe(0);
    expect(without.stdout.replace(/\s+/g, ' ')).toContain(
      'Not verified, as no certificate that was given (--authority) vouches for it: 2 time stamps of test.',
    );
    const none = await runWaarborg(['verify', path, '--authority', join(path, 'none.pem')]);
    expect(none).toMatchObject({ code: 3, stdout: '' });
    expect(none.stderr).toMatch(/--authority .*none\.pem: cannot be read; expected certificates in PEM\n$/);
  });
});
