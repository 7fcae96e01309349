import { describe, expect, it } from 'vitest';
import { sample } from '../../../collector/metrics/families.ts';
import { measuresOf } from '../../../collector/metrics/measures.ts';
import { unreadable, read } from '../../../policies/reading.ts';

const at = new Date('2026-11-22T12:00:00Z');

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
