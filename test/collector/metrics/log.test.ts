import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EvidenceLog, type NewEntry } from '../../../collector/log/log.ts';
import { reservedBytes, freeBytes, sizeBytes } from '../../../collector/log/room.ts';
import { maximumQueue, Sequencer } from '../../../collector/log/sequencer.ts';
import { renderGrace, renderLog, type LogFigures } from '../../../collector/metrics/log.ts';
import { evidenceDatabase } from '../../../collector/store/store.ts';
import { draftReport, enrolHand, send } from '../ingest/submissions.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';

const at = new Date('2026-03-01T12:00:00Z');
const heartbeat: NewEntry = { kind: 'heartbeat' };
const policy: NewEntry = { kind: 'policy.set', policy: 'quick', version: 1, digest: 'a'.repeat(64) };

const figures: LogFigures = {
  evidence: { head: { size: 7, checkpoint: '', receivedAt: at.toISOString() }, appended: new Map([['report', 3]]) },
  sequencer: { isHalted: false, waiting: 5 },
  scrubber: { mismatches: 0, completedAt: undefined },
  anchors: [
    { anchor: 'w1', size: 6, receivedAt: at.toISOString() },
    { anchor: 'w2', size: 0, receivedAt: undefined },
  ],
  contradicted: new Map([['web1', at]]),
  store: { size: 4096, free: 123 },
};

function linesOf(more: Partial<LogFigures> = {}): string[] {
  return [...renderLog({ ...figures, ...more }).values()].join('').split('\n');
}

describe('the metrics of the log', () => {
  it('tell moments, limits, and every kind of entry from the beginning', () => {
    const lines = linesOf();
    expect(lines).toContain(`waarborg_log_anchored_timestamp_seconds{anchor="w1"} ${at.getTime() / 1000}`);
    expect(lines).toContain('waarborg_log_anchored_timestamp_seconds{anchor="w2"} 0');
    expect(lines).toContain('waarborg_log_appended_entries_total{kind="report"} 3');
    expect(lines).toContain('waarborg_log_appended_entries_total{kind="agent.revoke"} 0');
    expect(lines).toContain(`waarborg_log_contradicted_timestamp_seconds{host="web1"} ${at.getTime() / 1000}`);
    expect(lines).toContain('waarborg_ingest_queue_reports 5');
    expect(lines).toContain(`waarborg_ingest_queue_limit_reports ${maximumQueue}`);
    expect(lines).toContain('waarborg_store_free_bytes 123');
    expect(lines).toContain(`waarborg_store_reserve_bytes ${reservedBytes}`);
    expect(lines).toContain('waarborg_log_behind 0');
    expect(lines).toContain('waarborg_log_scrub_completed_timestamp_seconds 0');
  });

  it('say so when the log takes nothing any more', () => {
    expect(linesOf({ sequencer: { isHalted: true, waiting: 0 } })).toContain('waarborg_log_behind 1');
  });

  it('are silent about the disk of a database that has none', () => {
    const lines = linesOf({ store: { size: undefined, free: undefined } });
    expect(lines.filter((line) => /store_(free|size)/.test(line))).toEqual([]);
  });

  it('tell the grace of each severity', () => {
    const [lines] = [...renderGrace({ critical: 1, warning: 2, info: 3 }).values()];
    expect(lines?.match(/severity="\w+"} \d/g)).toEqual([
      'severity="critical"} 1',
      'severity="warning"} 2',
      'severity="info"} 3',
    ]);
  });
});

describe('what was appended', () => {
  it('counts what is on disk, and nothing that was taken back', () => {
    using folder = temporaryFolder();
    const database = evidenceDatabase(folder.path);
    const log = new EvidenceLog(database, 'test.example/log', generateKeyPairSync('ed25519').privateKey, at);
    log.transact(at, (append, savepoint) => {
      append(heartbeat);
      const failing = (): void => {
        append(policy);
        throw new RangeError('not this one');
      };
      expect(() => savepoint(failing)).toThrow(RangeError);
      append(heartbeat);
    });
    expect(() =>
      log.transact(at, (append) => {
        append(policy);
        throw new RangeError('nor all of this');
      }),
    ).toThrow(RangeError);
    expect([...log.appended]).toEqual([['heartbeat', 2]]);
    expect(log.head.size).toBe(2);
    expect(sizeBytes(database)).toBeGreaterThan(0);
    expect(freeBytes(database)).toBeGreaterThan(reservedBytes);
    database.close();
  });

  it('is preceded by what waits', async () => {
    using folder = temporaryFolder();
    const database = evidenceDatabase(folder.path);
    const log = new EvidenceLog(database, 'test.example/log', generateKeyPairSync('ed25519').privateKey, at);
    const ignore = (): void => undefined;
    const sequencer = new Sequencer(log, () => at, { onCommit: ignore, onUndone: ignore, onFatal: ignore });
    const written = sequencer.submit((append) => append(heartbeat));
    expect(sequencer.waiting).toBe(1);
    await written;
    expect(sequencer.waiting).toBe(0);
    database.close();
  });
});

describe('an agent that holds more of the log than there is', () => {
  it('is named once its signature was verified, and by nobody else', async () => {
    using folder = temporaryFolder();
    await using collector = await collectorOn(join(folder.path, 'collector'));
    const hand = await enrolHand(collector, 'web1.example.nl');
    const { submission } = draftReport(hand);
    const { secret } = collector.tokens.create({ role: 'metrics', label: '', validity: 600 }, new Date());
    const told = async (): Promise<string[]> => {
      const response = await fetch(`${collector.url}/metrics`, { headers: { authorization: `Bearer ${secret}` } });
      return (await response.text()).split('\n').filter((line) => /^waarborg_log_contradicted.*\{/.test(line));
    };
    const forged = draftReport(hand, { signer: generateKeyPairSync('ed25519').privateKey }).submission;
    expect((await send(collector, { submission: { ...forged, held: 1000 } })).status).toBe(403);
    expect((await send(collector, { submission: { ...submission, held: 1 } })).status).toBe(200);
    expect(await told()).toEqual([]);
    expect((await send(collector, { submission: { ...submission, held: 1000 } })).status).toBe(409);
    const [line = ''] = await told();
    expect(line).toMatch(/^waarborg_log_contradicted_timestamp_seconds\{host="web1.example.nl"\} \d/);
    expect(Math.abs(Number(line.split(' ')[1]) - Date.now() / 1000)).toBeLessThan(60);
  });
});
