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
const amsterdam = { 'readlink -f /etc/localtime': { stdout: '/usr/share/zoneinfo/Europe/Amsterdam\n' } };

function history(files: Recording['files'], commands: Recording['commands'] = amsterdam) {
  return readHistory(new RecordedHost({ files: { ...files }, commands: { ...commands } }), AbortSignal.timeout(5000));
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
      },
    });
  });

  test('reaches back no further than the upgrades that are kept', async () => {
    const many = Array.from({ length: 1001 }, (_, index) => {
      const time = new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString();
      return `Start-Date: ${time.slice(0, 10)}  ${time.slice(11, 19)}\nUpgrade: a:amd64 (1, 2)\n`;
    });
    const found = await history({ '/var/log/apt/history.log': many.join('\n') });
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

  test('takes the name of the zone from /etc/timezone where /etc/localtime is a copy, and guesses none', async () => {
    const copy = { 'readlink -f /etc/localtime': { stdout: '/etc/localtime\n' } };
    const files = { '/var/log/apt/history.log': current };
    expect(await history({ ...files, '/etc/timezone': 'Europe/Brussels\n' }, copy)).toMatchObject({
      value: { timeZone: 'Europe/Brussels' },
    });
    expect(await history(files, copy)).toMatchObject({ obstacle: { code: 'missing' } });
  });
});
