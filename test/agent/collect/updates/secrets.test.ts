import { expect, test } from 'vitest';
import { updatesCollector } from '../../../../agent/collect/updates/index.ts';
import { withoutSecrets } from '../../../../agent/collect/updates/command.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { updates } from '../../../../policies/checks/updates.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';

const at = new Date('2026-11-22T12:00:00Z');
const address = 'https://jan:hunter2@deb.example.org:8443/token123/debian';

test('of addresses scheme and host are left, of home folders nothing', () => {
  expect(withoutSecrets(`E: '${address}' and ${address}/, see /home/jan/.cache/x: denied\n`)).toBe(
    "E: 'https://deb.example.org:8443' and https://deb.example.org:8443 see /home/…: denied",
  );
});

/** What each manager is asked, answered with names and passwords wherever they may stand. */
const planted = { exitCode: 1, stdout: `${address} jan\n`, stderr: `E: ${address} /home/jan/hunter2 failed` };
const history = `
Start-Date: 2026-11-02  14:00:00
Commandline: apt-get upgrade --config /home/jan/hunter2
Requested-By: jan (1000)
Upgrade: openssl:amd64 (3.0.16-1, 3.0.19-1)
End-Date: 2026-11-02  14:00:09
`;

test.each(['debian', 'almalinux', 'opensuse-leap', 'sles', 'alpine'])(
  'no account, password or path of one is in any fact, obstacle or reason of %s',
  async (id) => {
    const files = {
      '/etc/os-release': `ID=${id}\nVERSION_ID=9\nVERSION_CODENAME=bookworm\n`,
      '/etc/apk/repositories': `${address}/v3.22/main\n`,
      '/lib/apk/db/installed': 'P:busybox\nV:1-r0\n',
      '/var/log/apt/history.log': history,
      '/var/log/dpkg.log': '2026-11-02 14:00:03 upgrade openssl:amd64 3.0.16-1 3.0.19-1\n',
      '/var/log/zypp/history': '2026-11-02 14:00:03|command|jan@web1|zypper|\n',
      '/var/log/dnf.rpm.log': `2026-11-02T14:00:03+0100 ERROR ${address} /home/jan\n`,
      '/proc/1/maps':
        '7f2a10000000-7f2a10050000 r-xp 00000000 fd:01 4711 /home/jan/app\n7f2a10000000-7f2a10050000 r-xp 00000000 fd:01 4711 /usr/lib/libz.so (deleted)\n',
      '/proc/1/cgroup': '0::/system.slice/jan.service\n',
    };
    const host = new RecordedHost({ files });
    const asked = new RecordedHost({ files });
    await updatesCollector.collect(collecting(asked, { at }), {}, [{}]);
    const commands = Object.fromEntries(
      [...asked.asked, 'zypper --non-interactive --no-refresh --xmlout list-updates'].map((line) => [line, planted]),
    );
    const answering = new RecordedHost({ files, commands: { ...commands, 'dnf --version': { stdout: '4.14.0\n' } } });
    for (const one of [host, answering]) {
      const facts = await updatesCollector.collect(collecting(one, { at }), {}, [{}]);
      const window = { from: '00:00', to: '04:00', timeZone: 'Europe/Amsterdam' };
      const reasons = [{}, { automatic: '1d' }, { window }].flatMap((parameters) =>
        updates.judge(read(facts), parameters, at),
      );
      expect(JSON.stringify([facts, reasons])).not.toMatch(/jan\b|hunter2|token123/);
      expect(reasons.filter(({ verdict }) => verdict === 'unknown').length).toBeGreaterThan(1);
    }
  },
);
