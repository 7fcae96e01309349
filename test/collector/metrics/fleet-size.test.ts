import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from 'node:zlib';
import { Chunk, gzipSlices, plainSlices } from '../../../collector/metrics/chunk.ts';
import { joinCrc32, powerOfBytes } from '../../../collector/metrics/crc.ts';
import { Exposition } from '../../../collector/metrics/exposition.ts';
import { families } from '../../../collector/metrics/families.ts';
import { asOpenMetrics } from '../../../collector/metrics/format.ts';
import { parseShard } from '../../../collector/metrics/shard.ts';
import { Problem } from '../../../collector/problem.ts';
import type { HostState } from '../../../collector/state/host-state.ts';
import { at, allPass, fleetOf, hostState, mixedHosts, shelf, state } from '../web/fleets.ts';
import { samplesIn, scraped } from './scraped.ts';

function expositionOf(hosts: readonly HostState[], seriesLimit = 1000, expected: string[] = []): Exposition {
  const exposition = new Exposition({ fleet: fleetOf(hosts, expected), shelf: shelf(), seriesLimit });
  for (const host of hosts) exposition.update(host, at);
  return exposition;
}

const manyHosts = Array.from({ length: 40 }, (_, number) => hostState(`host${number}`, allPass));

describe('the checksum of two parts', () => {
  it('follows from that of each, whatever their lengths', () => {
    const bytes = fc.uint8Array({ maxLength: 3000 });
    fc.assert(
      fc.property(bytes, bytes, (first, second) => {
        const whole = crc32(Buffer.concat([first, second]));
        expect(joinCrc32(crc32(first), crc32(second), powerOfBytes(second.length))).toBe(whole);
      }),
    );
  });
});

describe('a compressed scrape', () => {
  function zipped(chunks: readonly Chunk[]): Buffer {
    return Buffer.concat([...gzipSlices(chunks)]);
  }

  it('is what it would be without compression, also when asked again after a host changed', () => {
    const fleet = fleetOf(manyHosts);
    const exposition = new Exposition({ fleet, shelf: shelf(), seriesLimit: 1000 });
    for (const host of manyHosts) exposition.update(host, at);
    const first = exposition.chunks(at, 'text');
    expect(gunzipSync(zipped(first)).toString()).toBe(Buffer.concat([...plainSlices(first)]).toString());
    fleet.stage(hostState('host7', [state('EX-tls', 'fail')]));
    for (const host of fleet.settle().changed) exposition.update(host, at);
    const again = gunzipSync(zipped(exposition.chunks(at, 'text'))).toString();
    expect(again).toBe(scraped(exposition, at));
    expect(again).toContain('host="host7",policy="example",control="EX-tls",severity="critical",verdict="fail"} 0');
    expect(again).not.toContain('host="host7",policy="example",control="EX-tls",severity="critical",verdict="pass"');
  });

  it('of a fleet whose lines are kept in groups is that of a collector that starts then', () => {
    const controls = Array.from({ length: 40 }, (_, number) => state(`EX-${number}`, 'pass'));
    const hosts = Array.from({ length: 1200 }, (_, number) => hostState(`host${number}`, controls));
    const fleet = fleetOf(hosts);
    const exposition = new Exposition({ fleet, shelf: shelf(), seriesLimit: 100_000 });
    for (const host of hosts) exposition.update(host, at);
    const first = zipped(exposition.chunks(at, 'text'));
    expect(gunzipSync(first).length).toBeGreaterThan(2 ** 22);
    fleet.stage(hostState('host7', [state('EX-tls', 'pass'), ...controls]));
    fleet.stageRemoval('host8');
    const { changed, gone } = fleet.settle();
    for (const host of changed) exposition.update(host, at);
    for (const agent of gone) exposition.remove(agent);
    const again = gunzipSync(zipped(exposition.chunks(at, 'text'))).toString();
    const anew = new Exposition({ fleet, shelf: shelf(), seriesLimit: 100_000 });
    expect(samplesIn(again).sort()).toEqual(samplesIn(scraped(anew, at)).sort());
    expect(again).toContain('host="host7",policy="example",control="EX-tls"');
    const shards = [0, 1].map((number) => samplesIn(scraped(exposition, at, 'text', { number, of: 2 })));
    expect(shards.flat().sort()).toEqual(samplesIn(again).sort());
  });

  it('tells what was so when it began, though hosts report and go while it is sent', () => {
    const fleet = fleetOf(manyHosts);
    const exposition = new Exposition({ fleet, shelf: shelf(), seriesLimit: 1000 });
    for (const host of manyHosts) exposition.update(host, at);
    const before = scraped(exposition, at);
    const chunks = exposition.chunks(at, 'text');
    const later = new Date(at.getTime() + 60_000);
    fleet.stage(hostState('host7', [state('EX-tls', 'fail')], { issuedAt: later.toISOString() }));
    fleet.stageRemoval('host8');
    const { changed, gone } = fleet.settle();
    for (const host of changed) exposition.update(host, later);
    for (const agent of gone) exposition.remove(agent);
    expect(gunzipSync(zipped(chunks)).toString()).toBe(before);
    expect(scraped(exposition, at)).not.toBe(before);
  });

  it('is kept in memory of its own size, though small buffers are cut from large ones', () => {
    const chunk = new Chunk(['a line\n', 'and another one\n']);
    for (const { buffer, length } of [chunk.bytes, chunk.deflated.bytes]) expect(buffer.byteLength).toBe(length);
    expect(chunk.bytes.toString()).toBe('a line\nand another one\n');
  });

  it('of parts of any length and number is one gzip member', () => {
    const parts = fc.array(fc.string({ maxLength: 2000 }), { maxLength: 20 });
    fc.assert(
      fc.property(parts, (pieces) => {
        const chunks = pieces.map((piece) => new Chunk([piece]));
        expect(gunzipSync(zipped(chunks)).toString()).toBe(pieces.join(''));
      }),
      { numRuns: 30 },
    );
  });
});

describe('shards', () => {
  it("are the whole together, each series in one of them, and what is no host's in the first", () => {
    const exposition = expositionOf(manyHosts, 1000, ['absent.example.nl']);
    const parts = [0, 1, 2].map((number) => samplesIn(scraped(exposition, at, 'text', { number, of: 3 })));
    expect(parts.flat().sort()).toEqual(samplesIn(scraped(exposition, at)).sort());
    for (const part of parts) {
      expect(part.some((line) => line.startsWith('waarborg_host_info'))).toBe(true);
      const isFirst = part === parts[0];
      expect(part.some((line) => line.startsWith('waarborg_hosts{'))).toBe(isFirst);
      expect(part.some((line) => line.startsWith('waarborg_policy_controls'))).toBe(isFirst);
    }
    expect(parts.flat()).toContain('waarborg_host_last_report_timestamp_seconds{host="absent.example.nl"} 0');
  });

  it('have all series of a host in one', () => {
    const exposition = expositionOf(manyHosts);
    const shardsOf = (host: string): number[] =>
      [0, 1, 2, 3].filter((number) => scraped(exposition, at, 'text', { number, of: 4 }).includes(`host="${host}"`));
    for (const { agent } of manyHosts) expect(shardsOf(agent)).toHaveLength(1);
  });

  it.each(['', '1', '1/0', '4/4', '-1/4', '0/65', '0/4 ', '1/4/2', ['0/2', '1/2']])('are none as %j', (text) => {
    expect(() => parseShard(text)).toThrow(Problem);
  });

  it('are the whole where none is asked for', () => {
    expect([parseShard(undefined), parseShard('3/4')]).toEqual([
      { number: 0, of: 1 },
      { number: 3, of: 4 },
    ]);
  });
});

describe('more series than the limit', () => {
  const hosts = [hostState('good', allPass), hostState('bad', [state('EX-tls', 'fail'), state('EX-info', 'pass')])];

  it('leave only what is not compliant, and a gauge says so', () => {
    const text = scraped(expositionOf(hosts, 4), at);
    expect(samplesIn(text)).toContain('waarborg_control_series 5');
    const controls = samplesIn(text).filter((line) => line.startsWith('waarborg_control_compliant'));
    expect(controls).toEqual([
      'waarborg_control_compliant{host="bad",policy="example",control="EX-tls",severity="critical",verdict="fail"} 0',
    ]);
    expect(samplesIn(text)).toContain('waarborg_control_series_reduced 1');
    expect(samplesIn(text)).toContain('waarborg_control_series_limit 4');
    // Totals count all the same.
    expect(samplesIn(text)).toContain('waarborg_policy_controls{policy="example",verdict="pass"} 4');
  });

  it('are none where they are just as many', () => {
    const text = scraped(expositionOf(hosts, 5), at);
    expect(samplesIn(text).filter((line) => line.startsWith('waarborg_control_compliant'))).toHaveLength(5);
    expect(samplesIn(text)).toContain('waarborg_control_series_reduced 0');
  });

  it('keep a host that was good and fell silent', () => {
    const later = new Date(at.getTime() + 7_200_000);
    const text = scraped(expositionOf([hostState('good', allPass)], 1), later);
    expect(samplesIn(text).filter((line) => line.startsWith('waarborg_control_compliant'))).toHaveLength(3);
    expect(text).toContain('verdict="stale"} 0');
  });
});

describe('totals', () => {
  it('count hosts by the worth of their last report', () => {
    const lines = samplesIn(scraped(expositionOf(mixedHosts(), 100, ['absent.example.nl']), at));
    expect(lines.filter((line) => line.startsWith('waarborg_hosts'))).toEqual([
      'waarborg_hosts{state="fresh"} 2',
      'waarborg_hosts{state="stale"} 1',
      'waarborg_hosts{state="clock-ahead"} 1',
      'waarborg_hosts{state="never-seen"} 1',
    ]);
  });

  it('are, after hosts changed, went silent and were retired, those of a collector that starts then', () => {
    const hosts = mixedHosts();
    const fleet = fleetOf(hosts);
    const exposition = new Exposition({ fleet, shelf: shelf(), seriesLimit: 100 });
    for (const host of hosts) exposition.update(host, at);
    fleet.stage(hostState('broken', [state('EX-tls', 'pass'), state('EX-info', 'unknown')]));
    fleet.stageRemoval('good');
    const { changed, gone } = fleet.settle();
    for (const host of changed) exposition.update(host, at);
    for (const agent of gone) exposition.remove(agent);
    const later = new Date(at.getTime() + 7_200_000);
    const text = scraped(exposition, later);
    const anew = new Exposition({ fleet, shelf: shelf(), seriesLimit: 100 });
    expect(text).toBe(scraped(anew, later));
    expect(text).not.toContain('host="good"');
    expect(text).toContain('host="silent"');
  });
});

describe('OpenMetrics', () => {
  const text = scraped(expositionOf(mixedHosts()), at, 'openmetrics');

  it('names a family of metadata without its ending, and gives units', () => {
    expect(text).toContain('# TYPE waarborg_host info\n');
    expect(text).toContain(
      '# TYPE waarborg_host_last_report_timestamp_seconds gauge\n# UNIT waarborg_host_last_report',
    );
    expect(text).toContain('waarborg_host_info{host="good"');
  });

  it('has the same samples as the text format', () => {
    expect(samplesIn(text)).toEqual(samplesIn(scraped(expositionOf(mixedHosts()), at)));
  });

  it('names counters that come from prom-client without their ending', () => {
    const counter =
      '# HELP a_total Help.\n# TYPE a_total counter\na_total{b="c"} 1\n\n# HELP d_total D.\n# TYPE d_total gauge\nd_total 1\n';
    expect(asOpenMetrics(counter)).toBe(
      '# HELP a Help.\n# TYPE a counter\na_total{b="c"} 1\n# HELP d_total D.\n# TYPE d_total gauge\nd_total 1\n',
    );
  });
});

describe('a declaration', () => {
  it.each(Object.entries(families))('%s ends as its unit and type say', (name, { unit, labels, help }) => {
    const base = name.replace(/_total$/, '');
    for (const word of ['seconds', 'bytes', 'ratio', 'bits']) {
      // The unit of a key's length is told by its help: docs/decisions/0003-key-length-metric.md.
      if (name === 'waarborg_certificate_key_length') continue;
      expect(base.endsWith(`_${word}`)).toBe(unit === word);
    }
    expect(help).toMatch(/^[A-Z"][^\n\\]*\.$/);
    expect(new Set(labels).size).toBe(labels.length);
    for (const label of labels)
      expect(label).not.toMatch(/^(type|env|owner|region|zone|cluster|customer|account|person)$/);
  });
});
