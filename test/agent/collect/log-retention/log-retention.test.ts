import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { CollectContext } from '../../../../agent/collect/collector.ts';
import { logRetentionCollector } from '../../../../agent/collect/log-retention/index.ts';
import { readJournal } from '../../../../agent/collect/log-retention/journal.ts';
import { readLogrotate } from '../../../../agent/collect/log-retention/logrotate.ts';
import type { Command, CommandResult } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { logRetention } from '../../../../policies/checks/log-retention.ts';
import { Facts, type LogRetentionFacts } from '../../../../policies/checks/log-retention/facts.ts';
import { read, type Reading } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { recordedIn } from '../../../support/recorded.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const at = new Date('2026-11-22T09:00:00Z');
const daysAgo = (days: number): Date => new Date(at.getTime() - days * 86_400_000);
const record = (moment: Date): string => `${moment.toISOString()} web1 sshd[1]: something\n`;

/** This machine with its time zone and logrotate's configuration replaced, and its journal's folder. */
class Machine extends LocalHost {
  readonly #configuration: string;
  readonly #journal: string | undefined;

  constructor(configuration: string, journal?: string) {
    super();
    this.#configuration = configuration;
    this.#journal = journal;
  }

  override run(command: Command, signal?: AbortSignal): Promise<Reading<CommandResult>> {
    if (command.file === 'readlink') {
      return Promise.resolve(read({ exitCode: 0, stdout: '/usr/share/zoneinfo/UTC\n', stderr: '' }));
    }
    const folder = command.file === 'journalctl' ? this.#journal : undefined;
    return super.run(folder === undefined ? command : { ...command, args: [...command.args, '-D', folder] }, signal);
  }

  override readText(path: string, options?: { maximumSize?: number }): Promise<Reading<string>> {
    return super.readText(path === '/etc/logrotate.conf' ? this.#configuration : path, options);
  }
}

async function collect(context: CollectContext, files: string): Promise<LogRetentionFacts> {
  const settings = {
    logs: ['web', 'syslog', 'auth', 'mail', 'database'].map((log) => ({
      log,
      files: [log === 'web' ? files : '/nowhere/x'],
    })),
  };
  return Facts.parse(await logRetentionCollector.collect(context, settings, [{ minimum: '30d' }]));
}

function judged(facts: LogRetentionFacts, parameters: object): string[] {
  const machineSince = read(daysAgo(400).toISOString());
  const reasons = logRetention.judge(read({ ...facts, machineSince, journal: null }), parameters, at);
  return reasons.map(({ code }) => code.replace('log-retention.', ''));
}

describe.skipIf(!tool('logrotate'))('with the real logrotate', () => {
  test('every piece that it makes is found, however it is packed and wherever it is put', async () => {
    using folder = temporaryFolder();
    const log = join(folder.path, 'log');
    mkdirSync(log);
    const configuration = join(folder.path, 'logrotate.conf');
    mkdirSync(join(folder.path, 'd'));
    writeFileSync(configuration, `weekly\nrotate 1\ninclude ${join(folder.path, 'd')}\n`);
    writeFileSync(
      join(folder.path, 'd/web'),
      `${log}/*.log {\n  daily\n  rotate 30\n  maxage 31\n  compress\n  delaycompress\n  olddir old\n  createolddir 755 root root\n  postrotate\n    true }\n  endscript\n}\n`,
    );
    // An entry that logrotate passes over must not hold.
    writeFileSync(join(folder.path, 'd/web.dpkg-old'), `${log}/*.log {\n rotate 500\n}\n`);
    const written = [30.5, 20, 10, 2];
    for (const days of written) {
      writeFileSync(join(log, 'access.log'), record(daysAgo(days)));
      if (days !== 2) execFileSync('logrotate', ['-f', '-s', join(folder.path, 'state'), configuration]);
    }
    expect(readdirSync(join(log, 'old')).sort()).toEqual(['access.log.1', 'access.log.2.gz', 'access.log.3.gz']);

    const context = collecting(new Machine(configuration), { at });
    const facts = await collect(context, `${log}/*.log`);
    expect(facts.logs).toEqual(
      read([
        {
          log: 'web',
          file: join(log, 'access.log'),
          firsts: read(written.map((days) => daysAgo(days).toISOString())),
          pieces: 4,
          rotation: read({ rotate: 30, every: 86_400, maxage: 31, earlierBySize: false, laterBySize: false }),
        },
      ]),
    );
    expect(judged(facts, { minimum: '30d' })).toContain('long-enough');
    expect(judged(facts, { maximum: '31d' })).toEqual(['deleted-in-time']);

    // logrotate's own reading of the same files.
    const debug = execFileSync('sh', ['-c', `logrotate -d -s ${folder.path}/state ${configuration} 2>&1`]).toString();
    expect(debug).toContain('after 1 days (30 rotations)');
  });
});

test.each(['partly', 'hidden'])(
  'a journal that is %s shown to who may not see it all is unknown',
  async (situation) => {
    const host = new RecordedHost(recordedIn('journal')(situation));
    const journal = await readJournal(collecting(host));
    expect(journal).toMatchObject({ oldest: { obstacle: { code: 'denied' } } });
  },
);

describe('pieces', () => {
  test.each([
    ['gzip', 'gz', (text: string) => gzipSync(text)],
    ['zstd', 'zst', (text: string) => zstdCompressSync(text)],
  ])('packed with %s are read from their beginning alone', async (_what, ending, pack) => {
    using folder = temporaryFolder();
    // What does not repeat cannot be packed, so that the beginning is less than the whole.
    const noise = Array.from({ length: 30_000 }, (_, index) => `${Math.sin(index)}`).join('\n');
    const path = join(folder.path, `access.log.1.${ending}`);
    writeFileSync(path, pack(record(daysAgo(40)) + noise));
    utimesSync(path, at, at);
    const facts = await collect(collecting(new Machine('/nowhere'), { at }), `${folder.path}/access.log`);
    expect(judged(facts, { maximum: '31d' })).toEqual(['too-old']);
  });

  test.skipIf(!tool('xz') || !tool('bzip2'))('packed with xz and bzip2 are read', async () => {
    using folder = temporaryFolder();
    for (const [name, packer] of [
      ['a', 'xz'],
      ['b', 'bzip2'],
    ] as const) {
      const path = join(folder.path, `${name}.log.1`);
      writeFileSync(path, record(daysAgo(40)));
      execFileSync(packer, [path]);
    }
    const facts = await collect(collecting(new Machine('/nowhere'), { at }), `${folder.path}/*.log`);
    expect(judged(facts, { maximum: '31d' })).toEqual(['too-old', 'too-old']);
  });

  test.each<[string, string | Uint8Array, string]>([
    ['end too early', gzipSync(record(at)).subarray(0, 20), 'host.unparsable'],
    ['are damaged', Buffer.from('1f8b0800deadbeefdead', 'hex'), 'host.unparsable'],
    ['have no moment', gzipSync('something\nelse\n'), 'host.unparsable'],
    ['hold nothing', gzipSync(''), 'empty'],
  ])('that %s are unknown, never passed over', async (_what, content, code) => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'access.log.2.gz'), content);
    const facts = await collect(collecting(new Machine('/nowhere'), { at }), `${folder.path}/access.log`);
    expect(judged(facts, { minimum: '30d' })).toEqual([code]);
  });

  test('are found below a pattern of folders, also where only rotated ones are left', async () => {
    using folder = temporaryFolder();
    for (const site of ['a', 'b', 'c']) mkdirSync(join(folder.path, site, 'logs'), { recursive: true });
    writeFileSync(join(folder.path, 'a/logs/access.log'), record(daysAgo(1)));
    writeFileSync(join(folder.path, 'b/logs/access.log.7.gz'), gzipSync(record(daysAgo(40))));
    const facts = await collect(collecting(new Machine('/nowhere'), { at }), `${folder.path}/*/logs/access.log`);
    expect(judged(facts, { maximum: '31d' })).toEqual(['no-deletion', 'too-old']);
  });

  test('without a year are not brought nearer by a file time that was touched', async () => {
    using folder = temporaryFolder();
    const files = {
      'x.log': 'Nov 20 06:00:00 a b\n',
      'x.log.1': 'Nov 10 06:00:00 a b\n',
      'x.log.2': 'Nov 15 06:00:00 a b\n',
    };
    for (const [index, [name, text]] of Object.entries(files).entries()) {
      writeFileSync(join(folder.path, name), text);
      const written = new Date(at.getTime() - index * 1000);
      utimesSync(join(folder.path, name), written, written);
    }
    // The third piece is older than the second, so its 15 November is of the year before.
    const facts = await collect(collecting(new Machine('/nowhere'), { at }), `${folder.path}/x.log`);
    expect(judged(facts, { maximum: '31d' })).toEqual(['too-old']);
  });
});

describe('logrotate’s configuration', () => {
  const rotations = async (files: Recording['files'], path = '/var/log/x.log') => {
    const logs = await readLogrotate(new RecordedHost({ files: files ?? {} }));
    if (logs.state === 'unreadable') return logs.obstacle.code;
    return logs.value.find(({ patterns }) => patterns.some((one) => one.test(path)))?.rotation;
  };

  test('outside of braces holds for what comes after it', async () => {
    const text =
      '"/var/log/a.log" {\n}\nweekly\nrotate 4\n/var/log/*.log\n/var/log/y\n{\n rotate 30 # days\n daily\n maxsize 1G\n}\n';
    expect(await rotations({ '/etc/logrotate.conf': text })).toEqual({
      rotate: 30,
      every: 86_400,
      maxage: null,
      earlierBySize: true,
      laterBySize: false,
    });
    expect(await rotations({ '/etc/logrotate.conf': text }, '/var/log/a.log')).toMatchObject({
      rotate: 0,
      every: null,
    });
  });

  test('gives the first of two entries for a log, and the last of two intervals', async () => {
    const text = '/var/log/x.log {\n daily\n size 1M\n rotate 3\n}\n/var/log/x.log { rotate 99 }\n';
    expect(await rotations({ '/etc/logrotate.conf': text })).toMatchObject({ rotate: 3, every: null });
  });

  test('that cannot be read as a whole is unreadable', async () => {
    expect(await rotations({ '/etc/logrotate.conf': 'include /etc/logrotate.d\n' })).toBe('missing');
  });
});

const remote = '/lib/systemd/systemd-journal-remote';

describe.skipIf(!tool('journalctl') || !tool('systemd-analyze') || !existsSync(remote))(
  'with the real journalctl',
  () => {
    test('the first record of the oldest file is found', async () => {
      using folder = temporaryFolder();
      const entry = (moment: Date): string =>
        `__REALTIME_TIMESTAMP=${moment.getTime() * 1000}\n__MONOTONIC_TIMESTAMP=1\n_BOOT_ID=${'0'.repeat(31)}1\nMESSAGE=x\n\n`;
      const journal = join(folder.path, 'system.journal');
      execFileSync(remote, ['-o', journal, '-'], { input: entry(daysAgo(12)) + entry(daysAgo(3)), stdio: 'pipe' });
      const found = await readJournal(collecting(new Machine('/nowhere', folder.path), { at }));
      expect(found).toMatchObject({ oldest: read(daysAgo(12).toISOString()), isVolatile: false });
      expect(found?.maximumRetention.state).toBe('read');
    });
  },
);

describe('the journal', () => {
  const header = (path: string): string =>
    `File path: ${path}\nFile ID: 0\nHead realtime timestamp: Sat 2026-11-21 23:46:06 UTC (643f5b0e2f800)\n`;
  const journal = (configuration: string, path = '/var/log/journal/0/system.journal') =>
    readJournal(
      collecting(
        new RecordedHost({
          commands: {
            'journalctl --header --no-pager': { stdout: header(path) },
            'systemd-analyze cat-config systemd/journald.conf --no-pager': { stdout: configuration },
          },
        }),
      ),
    );

  test('is kept as long as the last setting says', async () => {
    const text = '#MaxRetentionSec=\n[Journal]\nMaxRetentionSec=1year\n# drop-in\nMaxRetentionSec=4week 2d\n';
    expect((await journal(text))?.maximumRetention).toEqual(read(30 * 86_400));
    expect((await journal('MaxRetentionSec=0\n'))?.maximumRetention).toEqual(read(null));
    expect((await journal('MaxRetentionSec=a while\n'))?.maximumRetention).toMatchObject({ state: 'unreadable' });
  });

  test('in memory is told as such', async () => {
    expect(await journal('', '/run/log/journal/0/system.journal')).toMatchObject({ isVolatile: true });
  });
});
