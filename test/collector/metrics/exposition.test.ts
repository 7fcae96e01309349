import { describe, expect, it } from 'vitest';
import { Exposition } from '../../../collector/metrics/exposition.ts';
import { sample } from '../../../collector/metrics/format.ts';
import { measuresOf } from '../../../collector/metrics/measures.ts';
import type { HostState } from '../../../collector/state/host-state.ts';
import { unreadable, read } from '../../../policies/reading.ts';
import { at, fleetOf, hostState, shelf, state } from '../web/fleets.ts';
import { scraped } from './scraped.ts';

describe('a sample', () => {
  it('has its labels in their order, escaped as the text format wants them', () => {
    const labels = { host: 'a"b\\c\nd', policy: 'p', verdict: 'pass' };
    expect(sample('waarborg_host_controls', labels, 3)).toBe(
      'waarborg_host_controls{host="a\\"b\\\\c\\nd",policy="p",verdict="pass"} 3\n',
    );
    expect(sample('waarborg_log_size_entries', {}, 7)).toBe('waarborg_log_size_entries 7\n');
  });
});

describe('figures of facts', () => {
  const no = { answer: 'no' };
  const versions = {
    SSLv2: no,
    SSLv3: no,
    'TLSv1.0': { answer: 'unknown', why: { what: 'silent' } },
    'TLSv1.1': no,
    'TLSv1.2': { answer: 'yes' },
    'TLSv1.3': no,
  };

  it('say nothing of a version of which nobody knows whether it is accepted', () => {
    const endpoints = [{ endpoint: '127.0.0.1:443', origin: 'settings', speaks: 'tls', versions }];
    const facts = read({ listening: read({ skipped: [], overLimit: 0 }), endpoints });
    const measures = measuresOf('facts/tls', facts, at);
    expect(measures.map(({ labels, value }) => [labels.version, value])).toEqual([
      ['SSLv2', 0],
      ['SSLv3', 0],
      ['TLSv1.1', 0],
      ['TLSv1.2', 1],
      ['TLSv1.3', 0],
    ]);
  });

  it('leave out copies of a wrong clock and such that lack a required path', () => {
    const set = {
      set: 'www',
      purpose: 'system',
      tool: 'restic',
      timeZone: 'UTC',
      requiredPaths: ['/etc'],
      location: { kind: 'remote', server: 'nas' },
      encrypted: 'yes',
      points: read([
        { time: '2026-11-19T02:00:00Z', paths: ['/etc'] },
        { time: '2026-11-20T02:00:00Z', paths: ['/var'] },
        { time: '2026-11-21T02:00:00Z', paths: ['/etc'] },
        { time: '2027-01-01T02:00:00Z', paths: ['/etc'] },
      ]),
    };
    const measures = measuresOf('facts/backup', read({ hostname: 'web1', sets: [set] }), at);
    const value = (family: string): number | undefined => measures.find((one) => one.family === family)?.value;
    expect(value('waarborg_backup_points')).toBe(2);
    expect(value('waarborg_backup_newest_timestamp_seconds')).toBe(Date.parse('2026-11-21T02:00:00Z') / 1000);
    expect(value('waarborg_backup_longest_gap_seconds')).toBe(2 * 86_400);
  });

  it('are none where facts could not be read, are of another form, or belong to a kind without figures', () => {
    expect(measuresOf('facts/tls', unreadable('timeout', 'check tls'), at)).toEqual([]);
    expect(measuresOf('facts/tls', read({ endpoints: 'many' }), at)).toEqual([]);
    expect(measuresOf('facts/unheard-of', read({}), at)).toEqual([]);
    expect(measuresOf('host', { v: 1 }, at)).toEqual([]);
    expect(measuresOf('facts/tls', null, at)).toEqual([]);
  });
});

describe('a host that reports anew', () => {
  const first = hostState('web1', [state('EX-tls', 'pass'), state('EX-info', 'fail')], moments(at));
  const halfAnHourOn = new Date(at.getTime() + 1_800_000);
  const second: HostState = { ...first, ...moments(halfAnHourOn) };

  /** What is scraped when a host has reported at the beginning, and then again; and what was scraped just before. */
  function scrapes(known: HostState, next: HostState, moment: Date): { before: string; after: string } {
    const fleet = fleetOf([known]);
    const exposition = new Exposition({ fleet, shelf: shelf(), seriesLimit: 100 });
    exposition.update(known, new Date(known.receivedAt));
    const before = scraped(exposition, moment);
    fleet.stage(next);
    for (const changed of fleet.settle().changed) exposition.update(changed, moment);
    return { before, after: scraped(exposition, moment) };
  }

  it('and says that all is as it was has the lines of one seen for the first time', () => {
    const { after } = scrapes(first, second, halfAnHourOn);
    expect(after).toBe(scrapes(second, second, halfAnHourOn).before);
    const seconds = halfAnHourOn.getTime() / 1000;
    expect(after).toContain(`waarborg_host_last_report_timestamp_seconds{host="web1"} ${seconds}\n`);
  });

  it('is believed again after it was out of date, though nothing else changed', () => {
    const dayOn = new Date(at.getTime() + 86_400_000);
    const { before, after } = scrapes(first, { ...first, ...moments(dayOn) }, dayOn);
    expect(before).toContain('control="EX-tls",severity="critical",verdict="stale"} 0');
    expect(after).toContain('control="EX-tls",severity="critical",verdict="pass"} 1');
  });

  it('with other verdicts has those', () => {
    const content = { ...first.content, controls: [state('EX-tls', 'fail')] };
    const { after } = scrapes(first, { ...second, content }, halfAnHourOn);
    expect(after).toContain('control="EX-tls",severity="critical",verdict="fail"} 0');
    expect(after).not.toContain('waarborg_control_compliant{host="web1",policy="example",control="EX-info"');
  });
});

function moments(moment: Date): Pick<HostState, 'issuedAt' | 'receivedAt'> {
  return { issuedAt: moment.toISOString(), receivedAt: moment.toISOString() };
}
