import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readHistory } from '../../../../agent/collect/updates/apt-history.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';

const current = `
Start-Date: 2026-11-02  14:00:00
Commandline: apt-get upgrade
Upgrade: openssl:amd64 (3.0.16-1, 3.0.19-1)
End-Date: 2026-11-02  14:00:09

Start-Date: 2026-11-03  09:00:00
Commandline: apt-get install mc --comment=Upgrade: none
Install: mc:amd64 (4.8)
End-Date: 2026-11-03  09:00:02
`;
const rotated = `
Start-Date: 2026-10-02  02:10:00
Upgrade: bash:amd64 (5.1, 5.2)
`;
/** dpkg's lines of the same runs, and one that is older than all of them. */
const dpkg = `2026-01-01 00:00:01 startup archives unpack
2026-10-02 02:10:00 upgrade bash:amd64 5.1 5.2
2026-11-02 14:00:03 upgrade openssl:amd64 3.0.16-1 3.0.19-1
2026-11-03 09:00:01 install mc:amd64 <none> 4.8
`;
const amsterdam = { 'readlink -f /etc/localtime': { stdout: '/usr/share/zoneinfo/Europe/Amsterdam\n' } };

function history(files: Recording['files'], commands: Recording['commands'] = amsterdam) {
  const host = new RecordedHost({ files: { '/var/log/dpkg.log': dpkg, ...files }, commands: { ...commands } });
  return readHistory(host, AbortSignal.timeout(5000), {});
}

describe("apt's history", () => {
  test('tells when upgrades began, rotated parts included, and how far back it reaches', async () => {
    const files = {
      '/var/log/apt/history.log': current,
      '/var/log/apt/history.log.1.gz': gzipSync(rotated),
      '/var/log/apt/term.log': 'noise',
    };
    expect(await history(files)).toEqual({
      state: 'read',
      value: {
        timeZone: 'Europe/Amsterdam',
        reachesBackTo: '2026-10-02T02:10:00',
        upgrades: ['2026-10-02T02:10:00', '2026-11-02T14:00:00'],
        emergencies: [],
      },
    });
  });

  test('reaches back no further than the upgrades that are kept', async () => {
    const many = Array.from({ length: 1001 }, (_, index) => {
      const time = new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString();
      return `Start-Date: ${time.slice(0, 10)}  ${time.slice(11, 19)}\nUpgrade: a:amd64 (1, 2)\n`;
    });
    const files = { '/var/log/apt/history.log': many.join('\n'), '/var/log/dpkg.log': dpkg.split('\n', 1).join('') };
    const found = await history(files);
    expect(found).toMatchObject({ value: { reachesBackTo: '2026-01-01T00:01:00' } });
  });

  test.each([
    ['there is none', { '/var/log/apt/term.log': '' }, 'missing'],
    ['it has no entry', { '/var/log/apt/history.log': '\n' }, 'unparsable'],
    ['an entry has no start', { '/var/log/apt/history.log': `${current}\nUpgrade: a:amd64 (1, 2)\n` }, 'unparsable'],
    [
      'an entry has an impossible day',
      { '/var/log/apt/history.log': current.replace('11-02  ', '02-31  ') },
      'unparsable',
    ],
    [
      'a rotated part is damaged',
      { '/var/log/apt/history.log': current, '/var/log/apt/history.log.1.gz': gzipSync(rotated).subarray(0, 30) },
      'unparsable',
    ],
  ])('is unreadable where %s', async (_, files, code) => {
    expect(await history(files)).toMatchObject({ state: 'unreadable', obstacle: { code } });
  });

  test('tells of what dpkg upgraded past apt: the lines of one run once', async () => {
    const past = '2026-11-05 15:00:00 upgrade agent:amd64 1 2\n2026-11-05 15:05:00 upgrade agent-data:all 1 2\n';
    const files = { '/var/log/apt/history.log': rotated + current, '/var/log/dpkg.log': dpkg + past };
    expect(await history(files)).toMatchObject({
      value: { upgrades: ['2026-10-02T02:10:00', '2026-11-02T14:00:00', '2026-11-05T15:00:00'] },
    });
  });

  test('reaches back no further than the shorter of the two logs', async () => {
    const files = {
      '/var/log/apt/history.log': rotated + current,
      '/var/log/dpkg.log': dpkg.slice(dpkg.indexOf('2026-11-02')),
    };
    expect(await history(files)).toMatchObject({ value: { reachesBackTo: '2026-11-02T14:00:03' } });
  });

  test('is unreadable where dpkg keeps no log, or one of another form', async () => {
    const files = { '/var/log/apt/history.log': current };
    const host = new RecordedHost({ files, commands: amsterdam });
    expect(await readHistory(host, AbortSignal.timeout(5000), {})).toMatchObject({ obstacle: { code: 'missing' } });
    expect(await history({ ...files, '/var/log/dpkg.log': 'upgrade bash\n' })).toMatchObject({
      obstacle: { code: 'unparsable' },
    });
  });

  test('takes the name of the zone from /etc/timezone where /etc/localtime is a copy, and guesses none', async () => {
    const copy = { 'readlink -f /etc/localtime': { stdout: '/etc/localtime\n' } };
    const files = { '/var/log/apt/history.log': current };
    expect(await history({ ...files, '/etc/timezone': 'Europe/Brussels\n' }, copy)).toMatchObject({
      value: { timeZone: 'Europe/Brussels' },
    });
    expect(await history(files, copy)).toMatchObject({ obstacle: { code: 'missing' } });
  });
});
