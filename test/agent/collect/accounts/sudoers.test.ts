import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCvtsudoers } from '../../../../agent/collect/accounts/cvtsudoers.ts';
import type { SudoRule, Sudoers } from '../../../../agent/collect/accounts/sudo-rules.ts';
import { readSudoersText } from '../../../../agent/collect/accounts/sudoers-text.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

/** What two readers must agree on: each rule as often as it has commands, without regard to how they are grouped. */
function spelt({ rules, hasFreeDefault }: Sudoers): unknown {
  const names = (list: SudoRule['users']) =>
    list.map(({ kind, text, negated }) => `${negated ? '!' : ''}${kind}:${kind === 'other' ? '' : text}`).sort();
  const lines = rules.flatMap(({ users, hosts, runAs, runAsGroups, commands, authenticate }) =>
    commands.map((command) =>
      JSON.stringify([names(users), names(hosts), names(runAs), names(runAsGroups), command, authenticate ?? null]),
    ),
  );
  return { lines: lines.sort(), hasFreeDefault };
}

const samples: [string, string][] = [
  ['Debian as it comes', 'Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n'],
  ['RHEL as it comes', 'Defaults !visiblepw\nroot\tALL=(ALL) \tALL\n%wheel\tALL=(ALL)\tALL\n'],
  [
    'no password, for one command',
    'backup ALL = NOPASSWD: /usr/bin/rsync --server *, PASSWD: /usr/bin/less /var/log/syslog\n',
  ],
  ['no password by default, for one', 'Defaults:jan !authenticate\njan ALL=(ALL) ALL\n'],
  ['a number', '#1005 ALL=(#0) ALL\n%#27 ALL=ALL # a comment\n'],
  ['another user', 'www-data ALL=(postgres) NOPASSWD: /usr/bin/psql\n'],
  ['groups only', 'jan ALL=(:adm) /usr/bin/tail\n'],
  ['all but one', 'ALL, !klaas ALL=(root) NOPASSWD: ALL, !/usr/bin/su\n'],
  ['a line that goes on', 'jan ALL=(ALL) \\\n  NOPASSWD: /usr/bin/id, \\\n  /usr/bin/whoami\n'],
  ['a netgroup', '+admins ALL=(ALL) ALL\n'],
  [
    'aliases',
    'User_Alias ADM = piet, %ops : DBA = kees\nRunas_Alias DB = postgres, mysql\nHost_Alias WEB = web1, web2\nCmnd_Alias SHELLS = /bin/sh, /bin/bash\nADM WEB=(DB) SHELLS\nDBA ALL=(DB) ALL, !SHELLS\n',
  ],
  ['editing a file', 'jan ALL = sudoedit /etc/hosts, /usr/bin/id ""\n'],
];

describe.skipIf(!tool('cvtsudoers'))('without cvtsudoers the same rules are found:', () => {
  test.each(samples)('%s', async (_, text) => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'sudoers');
    writeFileSync(file, text);
    const converted = spawnSync('cvtsudoers', ['-e', '-f', 'json', file], { encoding: 'utf8' });
    expect(converted.stderr).toBe('');
    const own = await readSudoersText(new LocalHost(), file);
    if (own.state === 'unreadable') throw new Error(own.obstacle.detail);
    expect(spelt(own.value)).toEqual(spelt(parseCvtsudoers(converted.stdout)));
    expect(own.value.rules.length).toBeGreaterThan(0);
  });

  test('includes, but for files with a dot', async () => {
    using folder = temporaryFolder();
    const [file, included] = [join(folder.path, 'sudoers'), join(folder.path, 'sudoers.d')];
    mkdirSync(included);
    writeFileSync(file, `root ALL=(ALL) ALL\n#includedir ${included}\n@include extra\n`);
    writeFileSync(join(included, 'ops'), '%ops ALL=(ALL) NOPASSWD: ALL\n');
    writeFileSync(join(included, 'old.bak'), 'old ALL=(ALL) ALL\n');
    writeFileSync(join(folder.path, 'extra'), 'extra ALL=(ALL) ALL\n');
    const converted = spawnSync('cvtsudoers', ['-e', '-f', 'json', file], { encoding: 'utf8' });
    const own = await readSudoersText(new LocalHost(), file);
    if (own.state === 'unreadable') throw new Error(own.obstacle.detail);
    expect(spelt(own.value)).toEqual(spelt(parseCvtsudoers(converted.stdout)));
    expect(own.value.rules.map(({ users }) => users[0]?.text)).toEqual(['root', 'ops', 'extra']);
  });
});

test.each([
  ['a digest', 'jan ALL = sha224:0GomF8mNN3wlDt1HD9XldjJ3SNgpFdbjO1+NsQ== /bin/ls\n'],
  ['two hosts in one line', 'jan web1 = /bin/a : web2 = /bin/b\n'],
  ['an option', 'jan ALL=(ALL) ROLE=sysadm_r /usr/bin/id\n'],
  ['a name in quotes', '"jan jansen" ALL=(ALL) ALL\n'],
  ['no rule at all', 'jan may do as he likes\n'],
])('what it does not know makes the whole unreadable: %s', async (_, text) => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'sudoers'), `root ALL=(ALL) ALL\n${text}`);
  const own = await readSudoersText(new LocalHost(), join(folder.path, 'sudoers'));
  expect(own.state).toBe('unreadable');
});
