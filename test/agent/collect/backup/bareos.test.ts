import { describe, expect, test } from 'vitest';
import type { Command } from '../../../../agent/host/host.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { collectSet, judgeSet } from './support.ts';

/** The form of the list follows Bareos' developer guide, "API mode 2", and its tests of `llist jobs`, as of 2026. */
const config = '/etc/bareos/bconsole.conf';
const every = { every: '24h', window: '2d' };
const timeZone = 'Europe/Amsterdam';

interface Times {
  /** On the director's clock. */
  readonly start: string;
  readonly end: string;
  /** The end in UTC. */
  readonly ended: string;
}

function job(jobid: number, { start, end, ended }: Times, more: object = {}): object {
  return {
    ...{ jobid: String(jobid), job: `web1.${jobid}`, name: 'web1', purgedfiles: '0', type: 'B', level: 'F' },
    ...{ clientid: '1', client: 'web1-fd', jobstatus: 'T', schedtime: start, starttime: start, endtime: end },
    ...{ realendtime: end, duration: '0:10:00', jobtdate: String(Date.parse(ended) / 1000), volsessionid: '1' },
    ...{ jobfiles: '180', jobbytes: '4651943', joberrors: '0', jobmissingfiles: '0', poolname: 'Full' },
    ...{ priorjobid: '0', filesetid: '1', fileset: 'SelfTest', ...more },
  };
}

/** A run at three in the morning in winter. */
function night(day: number, more: object = {}): object {
  const [start, end] = [`2026-11-${day} 03:00:00`, `2026-11-${day} 03:10:00`];
  return job(day, { start, end, ended: `2026-11-${day}T02:10:00Z` }, more);
}

/** What bconsole prints around the responses. */
function printed(jobs: readonly object[], indent = 2): string {
  const response = (result: object): string => JSON.stringify({ jsonrpc: '2.0', id: null, result }, null, indent);
  return [
    ...['Connecting to Director localhost:9101', ' Encryption: TLS_CHACHA20_POLY1305_SHA256 TLSv1.3'],
    ...['1000 OK: bareos-dir Version: 23.0.3', 'Enter a period (.) to cancel a command.', '.api json'],
    ...[response({ api: 2 }), 'llist job="web1"', response({ jobs }), 'quit', ''],
  ].join('\n');
}

type Answer = NonNullable<Recording['commands']>[string];

class Console extends RecordedHost {
  readonly inputs: (string | undefined)[] = [];

  override run(command: Command, signal?: AbortSignal): ReturnType<RecordedHost['run']> {
    this.inputs.push(command.input);
    return super.run(command, signal);
  }
}

function consoleThat(answer: Answer): Console {
  return new Console({ files: { [config]: 'Password = geheim' }, commands: { [`bconsole -c ${config}`]: answer } });
}

function collect(jobs: readonly object[] | Answer, source: object = {}, zone = timeZone): Promise<BackupSet> {
  const host = consoleThat(Array.isArray(jobs) ? { stdout: printed(jobs) } : (jobs as Answer));
  return collectSet(host, { timeZone: zone, source: { bareos: { job: 'web1', ...source } } });
}

function pointsOf({ points }: BackupSet): Point[] {
  if (points.state !== 'read') throw new Error(`not read: ${JSON.stringify(points)}`);
  return points.value;
}

describe('the runs of a job of Bareos', () => {
  test('pass, and are of when they began', async () => {
    const jobs = [night(22, { level: 'I' }), night(21, { level: 'D' }), night(20)];
    const set = await collect(jobs);
    expect(pointsOf(set).map(({ time, endedAt, kind, size }) => [time, endedAt, kind, size])).toEqual([
      ['2026-11-20T02:00:00.000Z', '2026-11-20T02:10:00.000Z', 'full', 4_651_943],
      ['2026-11-21T02:00:00.000Z', '2026-11-21T02:10:00.000Z', 'differential', 4_651_943],
      ['2026-11-22T02:00:00.000Z', '2026-11-22T02:10:00.000Z', 'incremental', 4_651_943],
    ]);
    expect(judgeSet(set, every)[0]).toBe('pass');
    expect(judgeSet(set, { offsite: true })[0]).toBe('unknown');
    expect(judgeSet(set, every, new Date('2026-11-24T12:00:00Z'))).toContain('backup.too-old');
    expect(judgeSet(await collect([night(20), night(22)]), every)).toContain('backup.gap');
    expect((await collect({ stdout: printed(jobs, 0) })).points).toEqual(set.points);
  });

  test('are asked for by standard input, and nothing else is', async () => {
    const host = consoleThat({ stdout: printed([night(22)]) });
    await collectSet(host, { timeZone, source: { bareos: { job: 'web1' } } });
    expect(host.asked).toEqual([`bconsole -c ${config}`]);
    expect(host.inputs).toEqual(['.api json\nllist job="web1"\nquit\n']);
    for (const name of ['web1"\nquit', 'a;b', '-x', '']) {
      await expect(collect([], { job: name })).rejects.toThrow('expected the name of a job');
    }
  });

  test.each([
    ['E', 'failed'],
    ['f', 'failed'],
    ['A', 'failed'],
    ['I', 'unfinished'],
    ['R', 'unfinished'],
    ['i', 'unfinished'],
  ])('that ended with status %s do not count: %s', async (jobstatus, flaw) => {
    const set = await collect([night(20), night(22, { jobstatus })]);
    expect(pointsOf(set).map((point) => point.flaw)).toEqual([undefined, flaw]);
    expect(judgeSet(set, every)).toContain('backup.too-old');
  });

  test('with warnings count where the settings accept that', async () => {
    const jobs = [night(20), night(21, { jobstatus: 'W' }), night(22, { joberrors: '3' })];
    expect(pointsOf(await collect(jobs)).map(({ flaw }) => flaw)).toEqual([undefined, 'failed', 'failed']);
    const accepted = await collect(jobs, { acceptWarnings: true });
    expect(judgeSet(accepted, every)[0]).toBe('pass');
  });

  test('that rest on a full one that is gone, or of another set of files, do not count', async () => {
    const later = [night(21, { level: 'D' }), night(22, { level: 'I' })];
    expect(judgeSet(await collect(later), every)).toContain('backup.none-counts');
    const other = await collect([night(20, { fileset: 'Other' }), ...later]);
    expect(pointsOf(other).map(({ flaw }) => flaw)).toEqual([undefined, 'broken-chain', 'broken-chain']);
    const failed = await collect([night(20, { jobstatus: 'f' }), ...later]);
    expect(judgeSet(failed, every)).toContain('backup.none-counts');
  });

  test('that wait for their turn have no moment; restores and other jobs are no copies', async () => {
    const waiting = night(22, { jobstatus: 'C', starttime: null, endtime: null });
    const zeros = night(22, { jobstatus: 'C', starttime: '0000-00-00 00:00:00', endtime: '' });
    const set = await collect([waiting, zeros, night(21, { type: 'R' }), night(21, { name: 'other' })]);
    expect(judgeSet(set, every)).toEqual(['fail', 'backup.none']);
  });

  test('with keys in capitals, as older versions had some, are the same', async () => {
    const capitals = Object.fromEntries(
      Object.entries(night(22)).map(([key, value]) => [key.toUpperCase(), String(value)]),
    );
    expect((await collect([capitals])).points).toEqual((await collect([night(22)])).points);
  });

  test('when clocks go back, a run in the hour that comes twice looks no younger than it is', async () => {
    const jobs = [
      job(1, { start: '2026-10-24 02:30:00', end: '2026-10-24 02:40:00', ended: '2026-10-24T00:40:00Z' }),
      job(2, { start: '2026-10-25 02:30:00', end: '2026-10-25 02:40:00', ended: '2026-10-25T01:40:00Z' }),
      job(3, { start: '2026-10-26 02:30:00', end: '2026-10-26 02:40:00', ended: '2026-10-26T01:40:00Z' }),
    ];
    const set = await collect(jobs);
    expect(pointsOf(set).map(({ time }) => time.slice(8, 16))).toEqual(['24T00:30', '25T00:30', '26T01:30']);
    const when = new Date('2026-10-26T12:00:00Z');
    expect(judgeSet(set, { every: '24h', window: '2d' }, when)[0]).toBe('pass');
    expect(judgeSet(await collect(jobs.toSpliced(1, 1)), { every: '24h', window: '2d' }, when)).toContain('backup.gap');
  });

  test('when clocks go forward too', async () => {
    const jobs = [
      job(1, { start: '2026-03-28 03:30:00', end: '2026-03-28 03:40:00', ended: '2026-03-28T02:40:00Z' }),
      job(2, { start: '2026-03-29 03:30:00', end: '2026-03-29 03:40:00', ended: '2026-03-29T01:40:00Z' }),
    ];
    const when = new Date('2026-03-29T12:00:00Z');
    expect(judgeSet(await collect(jobs), { every: '24h', grace: '10m', window: '1d' }, when)[0]).toBe('pass');
  });

  test('on a clock of another zone than the settings name are unknown', async () => {
    const set = await collect([night(22)], {}, 'UTC');
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unsupported' } });
    expect(judgeSet(set, every)[0]).toBe('unknown');
  });

  test('from the future are unknown', async () => {
    expect(judgeSet(await collect([night(23)]), every)).toEqual(['unknown', 'backup.future']);
  });

  const error = { jsonrpc: '2.0', id: null, error: { code: 1, message: 'failed', data: { messages: {} } } };

  test.each([
    ['an error', { stdout: JSON.stringify(error, null, 2) }, 'command-failed'],
    ['no director', { exitCode: 1, stdout: 'Connecting to Director x:9101\nFailed to connect' }, 'command-failed'],
    ['no answer', { stdout: '1000 OK: bareos-dir\n' }, 'unparsable'],
    [
      'only the first',
      { stdout: '{\n  "jsonrpc": "2.0",\n  "id": null,\n  "result": {\n    "api": 2\n  }\n}\n' },
      'unparsable',
    ],
    ['an answer that breaks off', { stdout: printed([night(22)]).slice(0, -40) }, 'unparsable'],
    ['another form', { stdout: printed([night(22, { jobtdate: 'now' })]) }, 'unparsable'],
    ['a day that does not exist', { stdout: printed([night(22, { starttime: '2026-02-31 03:00:00' })]) }, 'unparsable'],
    ['an unknown level', { stdout: printed([night(22, { level: 'B' })]) }, 'unsupported'],
  ])('with %s are unknown', async (_, answer, code) => {
    const set = await collect(answer);
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
    expect(judgeSet(set, every)[0]).toBe('unknown');
    expect(JSON.stringify(set)).not.toContain('geheim');
  });

  test('without its configuration, nothing is run', async () => {
    const set = await collect([night(22)], { config: '/etc/none.conf' });
    expect(set.points).toEqual(unreadable('missing', '/etc/none.conf'));
  });
});
