import { describe, expect, test } from 'vitest';
import { accountsCollector } from '../../../agent/collect/accounts.ts';
import { RecordedHost, type Recording } from '../../../agent/host/recorded.ts';
import { accounts } from '../../../policies/checks/accounts.ts';
import { AccountsFacts } from '../../../policies/checks/accounts/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { collecting } from '../../support/collecting.ts';

const at = new Date('2026-11-22T12:00:00Z');
const hash = '$y$j9T$abcdefghijklmnopqrstuv$0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';

/** A key of which every byte is the same. */
function keyLine(byte: number, options = ''): string {
  const parts = [Buffer.from('ssh-ed25519'), Buffer.alloc(32, byte)];
  const blob = Buffer.concat(parts.map((part) => Buffer.concat([Buffer.from([0, 0, 0, part.length]), part])));
  return `${options}ssh-ed25519 ${blob.toString('base64')} somebody@laptop\n`;
}
/** By `ssh-keygen -lf`, of the keys of 1 and 2. */
const fingerprints = {
  1: 'SHA256:RXm/ruZ0eTzRXKwi1AQEDynB0VgHQ2ac9KPSFdf/YnA',
  2: 'SHA256:baqJQcVDEweKmw1OiZxGooCG2MGxYtwsQQzzOstxmiA',
};

interface Person {
  readonly name: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly field?: string;
  readonly shell?: string;
  readonly ends?: string;
}

function files(people: readonly Person[], groups: readonly string[] = []): Record<string, string> {
  const all: Person[] = [
    { name: 'root', uid: 0, field: '*' },
    { name: 'daemon', uid: 1, shell: '/usr/sbin/nologin', field: '*' },
    ...people,
  ];
  const passwd = all.map(({ name, uid = 1000, gid = uid, shell = '/bin/bash' }) => {
    return `${name}:x:${uid}:${gid}:${name} Jansen:${name === 'root' ? '/root' : `/home/${name}`}:${shell}`;
  });
  const shadow = all.map(({ name, field = hash, ends = '' }) => `${name}:${field}:20000:0:99999:7::${ends}:`);
  return {
    '/etc/passwd': `${passwd.join('\n')}\n`,
    '/etc/shadow': `${shadow.join('\n')}\n`,
    '/etc/group': `${['root:x:0:', ...all.map(({ name, uid = 1000 }) => `${name}:x:${uid}:`), ...groups].join('\n')}\n`,
    '/proc/1/status': 'Name:\tinit\nPPid:\t0\nUid:\t0\t0\t0\t0\nNSpid:\t1\n',
  };
}

const jan = { person: 'P-17', accounts: ['jan'] };
type Roster = Readonly<Record<string, unknown>>;

async function collect(recording: Recording, roster: Roster | undefined, more: object = {}, wanted: object = {}) {
  const settings = { ...(roster === undefined ? {} : { roster }), ...more };
  const host = new RecordedHost(recording);
  return accountsCollector.collect(collecting(host, { at }), settings, [{ require: ['known'], ...wanted }]);
}

async function judged(recording: Recording, roster: Roster | undefined, wanted: object, more: object = {}) {
  const facts = AccountsFacts.parse(await collect(recording, roster, more));
  return accounts
    .judge(read(facts), wanted, at)
    .map(({ code, verdict, subject = '' }) => `${verdict} ${code.replace('accounts.', '')} ${subject}`.trim());
}

const known = { require: ['known'] };
const departed = { require: ['departed'] };
const keys = { require: ['keys'] };
const root = { require: ['root'] };

describe('who can log in stands in the roster', () => {
  test.each<[string, Person, Record<string, string>, Roster, string[]]>([
    ['a person', { name: 'jan' }, {}, { people: [jan] }, ['pass known @jan']],
    ['nobody', { name: 'piet' }, {}, { people: [jan] }, ['fail unknown @piet']],
    [
      'a service',
      { name: 'deploy' },
      {},
      { people: [], services: [{ account: 'deploy', purpose: 'deployment' }] },
      ['pass known @deploy'],
    ],
    [
      'nobody, with a key behind a lock',
      { name: 'piet', field: `!${hash}` },
      { '/home/piet/.ssh/authorized_keys': keyLine(1) },
      { people: [] },
      ['fail unknown @piet'],
    ],
    [
      'nobody, with a key and no login shell',
      { name: 'piet', field: '*', shell: '/usr/sbin/nologin' },
      { '/home/piet/.ssh/authorized_keys2': keyLine(1) },
      { people: [] },
      ['fail unknown @piet'],
    ],
    [
      'nobody, with a key that ended',
      { name: 'piet', field: '*' },
      { '/home/piet/.ssh/authorized_keys': keyLine(1, 'expiry-time="20260101Z" ') },
      { people: [] },
      [],
    ],
    ['nobody, behind a lock', { name: 'piet', field: `!${hash}` }, {}, { people: [] }, []],
    ['nobody, and the account has ended', { name: 'piet', ends: '20700' }, {}, { people: [] }, []],
    [
      'nobody, and it ends on day 0, which is no end',
      { name: 'piet', ends: '0' },
      {},
      { people: [] },
      ['fail unknown @piet'],
    ],
    ['a person without a password', { name: 'jan', field: '' }, {}, { people: [jan] }, ['fail empty-password @jan']],
    [
      'a comment in place of a key',
      { name: 'piet', field: '*' },
      { '/home/piet/.ssh/authorized_keys': `#${keyLine(1)}` },
      { people: [] },
      [],
    ],
    [
      'a line of no form',
      { name: 'piet', field: '*' },
      { '/home/piet/.ssh/authorized_keys': 'ssh-ed25519 nonsense\n' },
      { people: [] },
      ['unknown key-unread @piet'],
    ],
  ])('%s', async (_, person, more, roster, expected) => {
    expect(await judged({ files: { ...files([person]), ...more } }, roster, known)).toEqual(expected);
  });

  test('by a group, whose members the roster gives a purpose', async () => {
    const roster = { people: [], groups: [{ group: 'customers', purpose: 'hosting' }] };
    const people = [
      { name: 'shop', uid: 2001 },
      { name: 'blog', uid: 2002, gid: 500 },
      { name: 'other', uid: 2003 },
    ];
    expect(await judged({ files: files(people, ['customers:x:500:shop']) }, roster, known)).toEqual([
      'pass known @shop',
      'pass known @blog',
      'fail unknown @other',
    ]);
  });

  test.each<[string, Roster | undefined]>([
    ['no roster', undefined],
    ['a roster of departures alone', { departures: [] }],
  ])('%s says nothing', async (_, roster) => {
    expect(await judged({ files: files([{ name: 'jan' }]) }, roster, known)).toEqual(['unknown no-roster']);
  });

  test.each<[string, Record<string, string | ReturnType<typeof unreadable>>, string]>([
    [
      'a shadow file that may not be read',
      { '/etc/shadow': unreadable('denied', '/etc/shadow') },
      'unknown host.denied',
    ],
    [
      'an account without a shadow line',
      { '/etc/shadow': `root:*:20000:0:99999:7:::\n` },
      'unknown password-elsewhere @jan',
    ],
    ['accounts of a directory', { '/etc/nsswitch.conf': 'passwd: files sss\n' }, 'unknown directory'],
    ['a line of no form in /etc/group', { '/etc/group': 'root:x:0:\nadmins\n' }, 'unknown malformed'],
    [
      'keys that may not be read',
      { '/home/jan/.ssh/authorized_keys': unreadable('denied', '/home/jan/.ssh/authorized_keys') },
      'unknown key-unread @jan',
    ],
  ])('%s is unknown', async (_, changes, expected) => {
    expect(await judged({ files: { ...files([{ name: 'jan' }]), ...changes } }, { people: [jan] }, known)).toContain(
      expected,
    );
  });

  test('hidden processes leave open which SSH servers there are', async () => {
    const { '/proc/1/status': _, ...rest } = files([{ name: 'jan' }]);
    expect(await judged({ files: { ...rest, '/proc/99/status': '' } }, { people: [jan] }, known)).toEqual([
      'unknown host.refused',
      'pass known @jan',
    ]);
  });
});

describe('who left', () => {
  const left = { ...jan, until: '2026-11-20' };

  test.each<[string, Person, Roster, string[]]>([
    ['can still log in', { name: 'jan' }, { people: [left] }, ['fail departed-login @jan']],
    ['cannot', { name: 'jan', field: '!' }, { people: [left] }, ['pass departed-closed @jan', 'pass nobody-departed']],
    ['leaves today', { name: 'jan' }, { people: [{ ...jan, until: '2026-11-22' }] }, ['pass nobody-departed']],
    [
      'has handed the account over',
      { name: 'jan' },
      { people: [left, { person: 'P-18', accounts: ['jan'] }] },
      ['pass nobody-departed'],
    ],
  ])('%s', async (_, person, roster, expected) => {
    expect(await judged({ files: files([person]) }, roster, departed)).toEqual(expected);
  });

  test('has a key with root', async () => {
    const at = { '/root/.ssh/authorized_keys': `\n${keyLine(1)}${keyLine(2)}` };
    const roster = {
      people: [
        { ...left, keys: [fingerprints[1]] },
        { person: 'P-1', keys: [fingerprints[2]] },
      ],
    };
    expect(await judged({ files: { ...files([]), ...at } }, roster, departed)).toEqual(['fail departed-key @root']);
    const stayed = {
      people: [
        { ...jan, keys: [fingerprints[1]] },
        { person: 'P-1', keys: [fingerprints[2]] },
      ],
    };
    expect(await judged({ files: { ...files([]), ...at } }, stayed, departed)).toEqual(['pass nobody-departed']);
  });

  test('may be whose key nobody lists, but for that of a person’s own account', async () => {
    const people = [{ name: 'jan' }, { name: 'deploy', uid: 1001 }];
    const at = { '/home/jan/.ssh/authorized_keys': keyLine(1), '/home/deploy/.ssh/authorized_keys': keyLine(2) };
    const roster = { people: [jan], services: [{ account: 'deploy', purpose: 'deployment' }] };
    expect(await judged({ files: { ...files(people), ...at } }, roster, departed)).toEqual([
      'unknown key-unattributed @deploy',
    ]);
  });
});

describe('every key is somebody’s', () => {
  const own = { '/home/jan/.ssh/authorized_keys': keyLine(1) };

  test.each<[string, Record<string, string>, Roster, string[]]>([
    ['whose it is', own, { people: [{ ...jan, keys: [fingerprints[1]] }] }, ['pass key-known @jan']],
    ['nobody’s', own, { people: [jan] }, ['fail key-unknown @jan']],
    [
      'of somebody who left',
      own,
      { people: [jan, { person: 'P-9', until: '2026-01-01', keys: [fingerprints[1]] }] },
      ['fail key-unknown @jan'],
    ],
    ['none at all', {}, { people: [jan] }, ['pass no-keys']],
    [
      'an authority that nobody knows',
      { '/home/jan/.ssh/authorized_keys': keyLine(1, 'cert-authority ') },
      { people: [{ ...jan, keys: [fingerprints[1]] }] },
      ['fail key-unknown @jan'],
    ],
    [
      'an authority of the roster',
      { '/home/jan/.ssh/authorized_keys': keyLine(1, 'cert-authority ') },
      { people: [jan], authorities: [fingerprints[1]] },
      ['pass key-known @jan'],
    ],
  ])('%s', async (_, more, roster, expected) => {
    expect(await judged({ files: { ...files([{ name: 'jan' }]), ...more } }, roster, keys)).toEqual(expected);
  });
});

describe('nobody becomes root but by the roster', () => {
  const granted = { people: [{ ...jan, root: true }] };
  const ungranted = { people: [jan] };
  const sudo = (text: string) => ({ '/usr/bin/sudo': '', '/etc/sudoers': text });
  const su = (text: string) => ({ '/usr/bin/su': '', '/etc/pam.d/su': text });

  test.each<[string, string[], Record<string, string>, Roster, string[]]>([
    ['nobody does', [], {}, ungranted, ['pass no-root']],
    ['by a group that starts containers', ['docker:x:120:jan'], {}, ungranted, ['fail root-not-granted @jan']],
    ['by a group, as the roster allows', ['docker:x:120:jan'], {}, granted, ['pass root-granted @jan']],
    ['by a group that reads hashes', ['shadow:x:42:jan'], {}, ungranted, ['fail root-not-granted @jan']],
    [
      'by sudo, through a group',
      ['sudo:x:27:jan'],
      sudo('%sudo ALL=(ALL:ALL) ALL\n'),
      ungranted,
      ['fail root-not-granted @jan'],
    ],
    [
      'by sudo, as the roster allows',
      ['sudo:x:27:jan'],
      sudo('%sudo ALL=(ALL:ALL) ALL\n'),
      granted,
      ['pass root-granted @jan'],
    ],
    ['by sudo as another user, which is not root', [], sudo('jan ALL=(postgres) ALL\n'), ungranted, ['pass no-root']],
    [
      'by sudo for one command',
      [],
      sudo('jan ALL = /usr/bin/systemctl restart nginx\n'),
      ungranted,
      ['pass commands-granted @jan'],
    ],
    [
      'by sudo for one command, unknown to the roster',
      [],
      sudo('jan ALL = /usr/bin/systemctl restart nginx\n'),
      { people: [] },
      ['fail commands-not-granted @jan'],
    ],
    [
      'by sudo for an editor, which starts shells',
      [],
      sudo('jan ALL = NOPASSWD: /usr/bin/vim.basic /etc/hosts\n'),
      ungranted,
      ['fail root-not-granted @jan'],
    ],
    [
      'by sudo for a script of his own',
      [],
      sudo('jan ALL = /home/jan/bin/deploy\n'),
      ungranted,
      ['fail root-not-granted @jan'],
    ],
    ['by sudo for all but su', [], sudo('jan ALL = ALL, !/usr/bin/su\n'), ungranted, ['fail root-not-granted @jan']],
    [
      'by sudo for whatever lies in a folder',
      [],
      sudo('jan ALL = /usr/bin/\n'),
      ungranted,
      ['fail root-not-granted @jan'],
    ],
    ['by sudo on another host', [], sudo('jan elsewhere = ALL\n'), ungranted, ['pass no-root']],
    ['by sudo for everyone', [], sudo('ALL ALL=(ALL) NOPASSWD: /usr/bin/apt\n'), granted, ['fail root-for-everyone']],
    ['by sudo for a netgroup', [], sudo('+admins ALL=(ALL) ALL\n'), granted, ['unknown root-for-others']],
    [
      'by sudo, with a rule that nobody understands',
      [],
      sudo('jan ALL=(ALL) ALL\nwhat is this\n'),
      granted,
      ['unknown host.unsupported'],
    ],
    ['by sudo, of which the rules are gone', [], { '/usr/bin/sudo': '' }, granted, ['unknown host.missing']],
    [
      'by sudo from a directory',
      [],
      { ...sudo('root ALL=(ALL) ALL\n'), '/etc/nsswitch.conf': 'sudoers: files sss\n' },
      granted,
      ['unknown directory'],
    ],
    ['by doas', [], { '/etc/doas.conf': 'permit nopass jan as root\n' }, ungranted, ['fail root-not-granted @jan']],
    ['by doas as another user', [], { '/etc/doas.conf': 'permit jan as www-data\n' }, ungranted, ['pass no-root']],
    ['by doas, denied again', [], { '/etc/doas.conf': 'permit :jan\ndeny :jan\n' }, ungranted, ['pass no-root']],
    [
      'by doas, denied and permitted again',
      [],
      { '/etc/doas.conf': 'deny jan\npermit jan\n' },
      ungranted,
      ['fail root-not-granted @jan'],
    ],
    ['by doas of no form', [], { '/etc/doas.conf': 'allow jan\n' }, granted, ['unknown host.unparsable']],
    [
      'by polkit, as an administrator',
      ['sudo:x:27:jan'],
      {
        '/usr/share/polkit-1/rules.d/50-default.rules':
          'polkit.addAdminRule(function(action, subject) { return ["unix-group:sudo"]; });',
      },
      ungranted,
      ['fail root-not-granted @jan'],
    ],
    [
      'by a rule of polkit that is commented',
      ['sudo:x:27:jan'],
      {
        '/usr/share/polkit-1/rules.d/50-default.rules':
          '// polkit.addAdminRule(function() { return ["unix-group:sudo"]; });',
      },
      ungranted,
      ['pass no-root'],
    ],
    [
      'by a rule of polkit of the host’s own',
      [],
      { '/etc/polkit-1/rules.d/10-jan.rules': 'polkit.addRule(function(a, s) { return polkit.Result.YES; });' },
      granted,
      ['unknown polkit-rule'],
    ],
    [
      'by su, for a group without a password',
      ['wheel:x:10:jan'],
      su('auth sufficient pam_rootok.so\nauth sufficient pam_wheel.so trust\nauth required pam_unix.so\n'),
      ungranted,
      ['fail root-not-granted @jan'],
    ],
  ])('%s', async (_, groups, more, roster, expected) => {
    expect(await judged({ files: { ...files([{ name: 'jan' }], groups), ...more } }, roster, root)).toEqual(expected);
  });

  test('by the number of root', async () => {
    const twice = [{ name: 'toor', uid: 0 }];
    expect(await judged({ files: files(twice) }, { people: [] }, root)).toEqual(['fail root-not-granted @toor']);
    expect(await judged({ files: files(twice) }, undefined, { require: ['unique'] }, { sites: [] })).toEqual([
      'fail uid-shared',
      'pass sites-unique',
    ]);
  });

  test('who left grants nothing', async () => {
    const roster = { people: [{ ...jan, root: true, until: '2026-01-01' }] };
    const found = await judged({ files: files([{ name: 'jan' }], ['docker:x:120:jan']) }, roster, root);
    expect(found).toEqual(['fail root-not-granted @jan']);
  });

  test('that cvtsudoers leaves out what it does not understand makes sudo unknown', async () => {
    const recording = {
      files: { ...files([{ name: 'jan' }]), '/usr/bin/sudo': '', '/etc/sudoers': 'root ALL=(ALL) ALL\n' },
      commands: {
        'cvtsudoers -e -f json /etc/sudoers': {
          stdout: '{"User_Specs":[]}',
          stderr: 'sudoers:2:4: syntax error\njan\n',
        },
      },
    };
    expect(await judged(recording, granted, root)).toEqual(['unknown host.command-failed']);
    expect(JSON.stringify(await collect(recording, { people: [] }))).not.toMatch(/syntax error/);
  });

  test.each([
    [
      'open to whoever knows the password',
      'auth sufficient pam_rootok.so\n@include common-auth\n',
      ['pass no-root', 'not-applicable su-open'],
    ],
    [
      'for a group',
      'auth sufficient pam_rootok.so\nauth required pam_wheel.so\n@include common-auth\n',
      ['pass no-root'],
    ],
  ])('su is %s', async (_, rules, expected) => {
    const more = { ...su(rules), '/etc/pam.d/common-auth': 'auth required pam_unix.so\n' };
    const withPassword = files([{ name: 'jan' }]);
    withPassword['/etc/shadow'] = (withPassword['/etc/shadow'] ?? '').replace('root:*', `root:${hash}`);
    expect(await judged({ files: { ...withPassword, ...more } }, granted, root)).toEqual(expected);
  });
});

describe('the roster itself', () => {
  test.each([
    ['reviewed lately', { reviewed: '2026-10-01' }, 'pass reviewed'],
    ['reviewed long ago', { reviewed: '2026-06-01' }, 'fail review-due'],
    ['never reviewed', {}, 'unknown review-unknown'],
    ['reviewed in the future', { reviewed: '2027-01-01' }, 'unknown future'],
  ])('%s', async (_, more, expected) => {
    const roster = { people: [], ...more };
    expect(await judged({ files: files([]) }, roster, { reviewedWithin: '92d' })).toEqual([expected]);
  });
});

describe('last logins', () => {
  function lastlog(uid: number, moment: string): Uint8Array {
    const bytes = Buffer.alloc(292 * (uid + 1));
    bytes.writeUInt32LE(Date.parse(moment) / 1000, 292 * uid);
    return bytes;
  }

  test.each([
    ['lately', lastlog(1000, '2026-11-01T09:00:00Z'), 'pass used @jan'],
    ['long ago', lastlog(1000, '2026-01-01T09:00:00Z'), 'fail unused @jan'],
    ['never, as far as is known', lastlog(1001, '2026-11-01T09:00:00Z'), 'unknown never-used @jan'],
    ['in the future', lastlog(1000, '2027-11-01T09:00:00Z'), 'unknown future @jan'],
  ])('%s', async (_, bytes, expected) => {
    const recording = { files: { ...files([{ name: 'jan' }]), '/var/log/lastlog': bytes } };
    expect(await judged(recording, undefined, { usedWithin: '92d' })).toEqual([expected]);
  });

  test('are unknown without lastlog', async () => {
    expect(await judged({ files: files([{ name: 'jan' }]) }, undefined, { usedWithin: '92d' })).toEqual([
      'unknown host.missing',
    ]);
  });
});

describe('sites', () => {
  const config = (user: string, server = 'localhost') =>
    `<?php\ndefine('DB_NAME', 'shop');\ndefine('DB_USER', '${user}');\ndefine('DB_PASSWORD', 'very secret');\ndefine('DB_HOST', '${server}');\n$table_prefix = 'wp_';\n`;
  const sites = [
    { site: 'a.example.nl', folder: '/srv/a/web' },
    { site: 'b.example.nl', folder: '/srv/b/web' },
  ];

  test.each([
    ['with one database user', config('shop'), config('shop'), ['fail site-owner-shared', 'fail site-database-shared']],
    ['with one user at two servers', config('shop'), config('shop', 'db2'), ['fail site-owner-shared']],
    [
      'with settings that say nothing',
      config('shop'),
      '<?php\n',
      ['unknown host.unsupported b.example.nl', 'fail site-owner-shared'],
    ],
  ])('%s', async (_, a, b, expected) => {
    const more = { '/srv/a/web/wp-config.php': a, '/srv/b/web/wp-config.php': b };
    const found = await judged({ files: { ...files([]), ...more } }, undefined, { require: ['unique'] }, { sites });
    expect(found).toEqual(['pass uids-unique', ...expected]);
    expect(JSON.stringify(await collect({ files: { ...files([]), ...more } }, undefined, { sites }))).not.toMatch(
      /secret/,
    );
  });

  test('that nobody named are unknown', async () => {
    expect(await judged({ files: files([]) }, undefined, { require: ['unique'] })).toEqual([
      'pass uids-unique',
      'unknown no-sites',
    ]);
  });
});

describe('the facts', () => {
  const people = [{ name: 'jan' }, { name: 'piet', uid: 1001, field: `!${hash}` }];
  const everything = {
    files: {
      ...files(people, ['sudo:x:27:jan,piet', 'docker:x:120:jan', 'janitors:x:130:piet']),
      '/usr/bin/sudo': '',
      '/etc/sudoers': 'jan ALL=(ALL) ALL\n%piet ALL = /home/piet/bin/run, /usr/bin/id\n@includedir /etc/sudoers.d\n',
      '/etc/sudoers.d/jan': 'jan ALL=(ALL) NOPASSWD: ALL\n',
      '/etc/doas.conf': 'permit jan cmd /home/jan/x\npermit :piet\n',
      '/usr/bin/su': '',
      '/etc/pam.d/su':
        'auth sufficient pam_wheel.so trust group=jan\nauth required pam_listfile.so file=/home/jan/list\n',
      '/etc/polkit-1/rules.d/50-jan.rules':
        'polkit.addRule(function() { return polkit.Result.YES; });\npolkit.addAdminRule(function() { return ["unix-user:jan"]; });',
      '/home/jan/.ssh/authorized_keys': keyLine(1, 'command="/home/jan/run" '),
      '/home/piet/.ssh/authorized_keys': unreadable('denied', '/home/piet/.ssh/authorized_keys'),
      '/srv/a/wp-config.php': `<?php define('DB_NAME', 'd'); define('DB_USER', 'jan'); define('DB_PASSWORD', 'very secret'); define('DB_HOST', 'h'); $table_prefix = 'wp_';`,
    },
  } as const;
  const roster = {
    people: [{ person: 'Jan Jansen', accounts: ['jan'], keys: [fingerprints[1]] }],
    services: [{ account: 'piet', purpose: 'backups' }],
    groups: [
      { group: 'jan', purpose: 'testing' },
      { group: 'janitors', purpose: 'cleaning' },
    ],
    authorities: [fingerprints[2]],
  };
  const sites = [{ site: 'a.example.nl', folder: '/srv/a' }];

  test('hold no name, password, hash or key, nor do the reasons', async () => {
    const facts = AccountsFacts.parse(await collect(everything, roster, { sites }));
    const wanted = { require: ['known', 'departed', 'keys', 'root', 'unique'] };
    const reasons = accounts.judge(read(facts), wanted, at);
    expect(reasons.length).toBeGreaterThan(8);
    // In tests a pseudonym is the name behind an at sign.
    const text = JSON.stringify([facts, reasons]).replaceAll(/@[^"\\,]*/g, '@');
    expect(text).toContain('janitors');
    expect(text.replaceAll('janitors', '')).not.toMatch(/jan|piet|secret|\$y\$|AAAAC3|SHA256/i);
  });

  test('of an unchanged host are the same to the byte', async () => {
    const [first, second] = [
      await collect(everything, roster, { sites }),
      await collect(everything, roster, { sites }),
    ];
    expect(JSON.stringify(first)).toBe(JSON.stringify(second));
  });

  test('of 500 accounts take no program for each of them', async () => {
    const many = Array.from({ length: 500 }, (_, index) => ({ name: `user${index}`, uid: 1000 + index }));
    const host = new RecordedHost({ files: files(many) });
    await accountsCollector.collect(collecting(host, { at }), {}, [{ require: ['known', 'root'] }]);
    expect(host.asked.length).toBeLessThan(10);
  });
});
