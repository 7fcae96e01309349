import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { passwordPolicyCollector } from '../../../../agent/collect/password-policy.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { PasswordPolicyFacts, Store } from '../../../../policies/checks/password-policy/facts.ts';
import { passwordPolicy } from '../../../../policies/checks/password-policy.ts';
import { read, unreadable } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { startMariadb } from '../../../support/servers/mariadb.ts';
import { postgresPrograms, startPostgres } from '../../../support/servers/postgres.ts';
import { freePort } from '../../../support/process.ts';
import { tool } from '../../../support/tools.ts';
import { unpackedFile } from '../../../support/unpacked-packages.ts';

const asked = { scope: ['database', 'cms'], minimumLength: 10, kinds: ['upper', 'digit'] };

function judge(facts: PasswordPolicyFacts, parameters: object = asked): string[] {
  const reasons = passwordPolicy.judge(read(facts), parameters, new Date(0));
  return reasons.map(({ code, subject = '' }) => `${code.replace('password-policy.', '')} ${subject}`.trim());
}

function judgeStore(kind: Store['kind'], settings: Record<string, string>, parameters: object = asked): string[] {
  const store: Store = { store: 'shop', kind, settings: read(settings) };
  return judge(
    { system: null, stores: [store] },
    { ...parameters, scope: ['mariadb', 'mysql', 'postgresql'].includes(kind) ? ['database'] : ['cms'] },
  );
}

const fine = ['length shop', 'kinds shop'];
const open = ['length-short shop', 'kinds-missing shop'];

describe('MariaDB', () => {
  const simple = {
    'plugin.simple_password_check': 'ACTIVE',
    simple_password_check_minimal_length: '10',
    simple_password_check_digits: '1',
    simple_password_check_letters_same_case: '1',
    simple_password_check_other_characters: '0',
    strict_password_validation: 'ON',
  };

  test.each([
    ['no plug-in', { strict_password_validation: 'ON' }, open],
    ['simple_password_check', simple, fine],
    ['variables of a plug-in that is not active', { ...simple, 'plugin.simple_password_check': 'DISABLED' }, open],
    [
      'a plug-in alone, as it comes',
      { ...simple, simple_password_check_minimal_length: '8' },
      ['length-short shop', 'kinds shop'],
    ],
    [
      'capitals that are not asked',
      { ...simple, simple_password_check_letters_same_case: '0' },
      ['length shop', 'kinds-missing shop', 'kinds shop'],
    ],
    ['hashes that nobody checks', { ...simple, strict_password_validation: 'OFF' }, ['hashes-taken shop', ...fine]],
  ])('%s', (_, settings, expected) => {
    expect(judgeStore('mariadb', settings)).toEqual(expected);
  });

  test('earlier passwords are refused for ever, or for some days only', () => {
    const reuse = (interval: string) => ({
      'plugin.password_reuse_check': 'ACTIVE',
      password_reuse_check_interval: interval,
      strict_password_validation: 'ON',
    });
    expect(judgeStore('mariadb', reuse('0'), { history: 5 })).toEqual(['history shop']);
    expect(judgeStore('mariadb', reuse('30'), { history: 5 })).toEqual(['history-short shop']);
  });

  test('words are refused by cracklib_password_check', () => {
    const cracklib = { 'plugin.cracklib_password_check': 'ACTIVE', strict_password_validation: 'ON' };
    expect(judgeStore('mariadb', cracklib, { dictionary: true })).toEqual(['dictionary shop']);
  });

  const plugin = unpackedFile('mariadb-server', 'simple_password_check.so');
  test.skipIf(plugin === undefined || !tool('mariadbd') || !tool('mariadb'))(
    'a real server is asked over its socket',
    async () => {
      const options = [
        `--plugin-dir=${join(plugin ?? '', '..')}`,
        '--plugin-load-add=simple_password_check',
        '--simple-password-check-minimal-length=10',
      ];
      await using checked = await startMariadb({ port: await freePort(), options });
      await using bare = await startMariadb({ port: await freePort() });
      const passwordStores = [
        { store: 'checked', source: { mariadb: { socket: join(checked.folder, 'socket') } } },
        { store: 'bare', source: { mariadb: { socket: join(bare.folder, 'socket') } } },
      ];
      const facts = await passwordPolicyCollector.collect(collecting(new LocalHost()), { passwordStores }, [asked]);
      expect(passwordPolicy.facts.parse(facts)).toEqual(facts);
      expect(judge(facts as PasswordPolicyFacts, { ...asked, scope: ['database'] })).toEqual([
        'length-short bare',
        'kinds-missing bare',
        'length checked',
        'kinds checked',
      ]);
    },
  );
});

describe('MySQL', () => {
  const medium = {
    'validate_password.policy': 'MEDIUM',
    'validate_password.length': '10',
    'validate_password.mixed_case_count': '1',
    'validate_password.number_count': '1',
    'validate_password.special_char_count': '1',
  };

  test.each([
    ['no validate_password', {}, open],
    ['MEDIUM', medium, fine],
    ['2, which is STRONG', { ...medium, 'validate_password.policy': '2' }, fine],
    [
      'LOW asks for the length alone',
      { ...medium, 'validate_password.policy': 'LOW' },
      ['length shop', 'kinds-missing shop'],
    ],
  ])('%s', (_, settings, expected) => {
    expect(judgeStore('mysql', settings)).toEqual(expected);
  });
});

describe('PostgreSQL', () => {
  const credcheck = {
    'library.credcheck': 'on',
    'credcheck.password_min_length': '10',
    'credcheck.password_min_upper': '1',
    'credcheck.password_min_digit': '1',
    'credcheck.encrypted_password_allowed': 'off',
  };

  test.each([
    ['nothing', {}, open],
    ['passwordcheck, which takes every hash', { 'library.passwordcheck': 'on' }, ['hashes-taken shop', ...open]],
    ['credcheck', credcheck, fine],
    [
      'credcheck that takes hashes',
      { ...credcheck, 'credcheck.encrypted_password_allowed': 'on' },
      ['hashes-taken shop', ...fine],
    ],
    ['settings of a library that is not loaded', { ...credcheck, 'library.credcheck': 'off' }, open],
  ])('%s', (_, settings, expected) => {
    expect(judgeStore('postgresql', settings)).toEqual(expected);
  });

  test.skipIf(postgresPrograms() === undefined || !tool('psql'))(
    'a real server tells which libraries it has loaded',
    async () => {
      const port = await freePort();
      await using server = await startPostgres({ port, settings: ['shared_preload_libraries=passwordcheck'] });
      const passwordStores = [{ store: 'shop', source: { postgresql: { host: server.folder, port, user: 'test' } } }];
      const facts = await passwordPolicyCollector.collect(collecting(new LocalHost()), { passwordStores }, [asked]);
      expect(facts).toMatchObject({ stores: [{ settings: { value: { 'library.passwordcheck': 'on' } } }] });
      expect(judge(facts as PasswordPolicyFacts, { ...asked, scope: ['database'] })).toEqual([
        'hashes-taken shop',
        ...open,
      ]);
    },
  );

  test.skipIf(postgresPrograms() === undefined || !tool('psql'))(
    'a role that may not see the libraries learns that, and not that there are none',
    async () => {
      const port = await freePort();
      await using server = await startPostgres({ port, settings: ['shared_preload_libraries=passwordcheck'] });
      const asOwner = ['--host', server.folder, '--port', String(port), '--username', 'test', '--dbname', 'postgres'];
      execFileSync('psql', [...asOwner, '--quiet', '--command', 'CREATE ROLE humble LOGIN']);
      const passwordStores = [{ store: 'shop', source: { postgresql: { host: server.folder, port, user: 'humble' } } }];
      const facts = await passwordPolicyCollector.collect(collecting(new LocalHost()), { passwordStores }, [asked]);
      expect(judge(facts as PasswordPolicyFacts, { ...asked, scope: ['database'] })).toEqual(['host.refused shop']);
      execFileSync('psql', [...asOwner, '--quiet', '--command', 'GRANT pg_read_all_settings TO humble']);
      const then = await passwordPolicyCollector.collect(collecting(new LocalHost()), { passwordStores }, [asked]);
      expect(then).toMatchObject({ stores: [{ settings: { value: { 'library.passwordcheck': 'on' } } }] });
    },
  );
});

describe('TYPO3', () => {
  const folder = '/srv/www/shop';
  const core = '\\TYPO3\\CMS\\Core\\PasswordPolicy\\Validator\\CorePasswordValidator::class';
  const validator = (options: string) =>
    `'SYS' => ['passwordPolicies' => ['default' => ['validators' => [${core} => ['options' => [${options}]]]]]]`;
  /** As the core of version 12 has them, in a file with much else. */
  const defaults = `<?php
return [
    'SYS' => [
        'systemMaintainers' => [],
        'exceptionalErrors' => E_ALL & ~(E_STRICT | E_NOTICE),
        'passwordPolicies' => [
            'default' => [
                'validators' => [
                    ${core} => [
                        'options' => [
                            'minimumLength' => 8,
                            'upperCaseCharacterRequired' => true,
                            'lowerCaseCharacterRequired' => true,
                            'digitCharacterRequired' => true,
                            'specialCharacterRequired' => true,
                        ],
                        'excludeActions' => [],
                    ],
                ],
            ],
        ],
    ],
    'BE' => ['passwordPolicy' => 'default'],
];
`;
  const settings = (body: string) => `<?php\nreturn [\n    ${body},\n];\n`;

  async function codes(files: Readonly<Record<string, string>>, source: object = { folder }): Promise<string[]> {
    const paths = Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
    const passwordStores = [{ store: 'shop', source: { typo3: source } }];
    const facts = await passwordPolicyCollector.collect(
      collecting(new RecordedHost({ files: paths })),
      { passwordStores },
      [asked],
    );
    expect(JSON.stringify(facts)).not.toContain(folder);
    return judge(facts as PasswordPolicyFacts, { ...asked, scope: ['cms'] });
  }

  const composer = 'vendor/typo3/cms-core/Configuration/DefaultConfiguration.php';
  const own = 'config/system/settings.php';

  test.each<[string, Record<string, string>, string[]]>([
    [
      'the core’s own policy',
      { [composer]: defaults, [own]: settings("'BE' => []") },
      ['length-short shop', 'kinds shop'],
    ],
    ['a longer one', { [composer]: defaults, [own]: settings(validator("'minimumLength' => 12")) }, fine],
    [
      'a capital left out',
      {
        [composer]: defaults,
        [own]: settings(validator("'minimumLength' => 12, 'upperCaseCharacterRequired' => false")),
      },
      ['length shop', 'kinds-missing shop', 'kinds shop'],
    ],
    [
      'a comment',
      { [composer]: defaults, [own]: settings(`/* ${validator("'minimumLength' => 12")}, */ 'BE' => []`) },
      ['length-short shop', 'kinds shop'],
    ],
    ['the policy taken away', { [composer]: defaults, [own]: settings("'BE' => ['passwordPolicy' => '']") }, open],
    [
      'another policy, of the site itself',
      { [composer]: defaults, [own]: settings("'BE' => ['passwordPolicy' => 'own']") },
      open,
    ],
    [
      'set by an expression',
      { [composer]: defaults, [own]: settings(validator("'minimumLength' => getenv('LENGTH')")) },
      ['host.unsupported shop'],
    ],
    [
      'code that sets a policy',
      {
        [composer]: defaults,
        [own]: settings("'BE' => []"),
        'config/system/additional.php': "<?php $GLOBALS['TYPO3_CONF_VARS']['BE']['passwordPolicy'] = '';",
      },
      ['host.unsupported shop'],
    ],
    [
      'code that does something else',
      {
        [composer]: defaults,
        [own]: settings(validator("'minimumLength' => 12")),
        'config/system/additional.php': "<?php $GLOBALS['TYPO3_CONF_VARS']['MAIL'] = [];",
      },
      fine,
    ],
    [
      'version 11, which asks nothing',
      {
        'typo3/sysext/core/Configuration/DefaultConfiguration.php': "<?php return ['BE' => []];",
        'typo3conf/LocalConfiguration.php': settings("'BE' => []"),
      },
      open,
    ],
    [
      'version 11 with an extension',
      {
        'typo3/sysext/core/Configuration/DefaultConfiguration.php': "<?php return ['BE' => []];",
        'typo3conf/LocalConfiguration.php': settings("'EXTENSIONS' => ['be_secure_pw' => ['passwordLength' => '12']]"),
      },
      ['by-plugin shop'],
    ],
    [
      'a validator of somebody else',
      {
        [composer]: defaults,
        [own]: settings("'SYS' => ['passwordPolicies' => ['default' => ['validators' => ['Vendor\\\\Own' => []]]]]"),
      },
      ['by-plugin shop'],
    ],
    ['no core', { [own]: settings("'BE' => []") }, ['host.missing shop']],
    ['no settings', { [composer]: defaults }, ['host.missing shop']],
    ['settings that are no PHP', { [composer]: defaults, [own]: '<?php return [;' }, ['host.unparsable shop']],
  ])('%s', async (_, files, expected) => {
    expect(await codes(files)).toEqual(expected);
  });

  test('a site of which only the database is known', async () => {
    expect(await codes({}, { through: 'main', schema: 'shop' })).toEqual(['host.unsupported shop']);
  });
});

describe('what there is', () => {
  test('WordPress itself asks nothing', () => {
    expect(judgeStore('wordpress', {})).toEqual(['by-plugin shop']);
  });

  test('a store that cannot be read is unknown', () => {
    const settings = unreadable('refused', 'MariaDB (shop)', 'the account of the agent has too few rights');
    const facts: PasswordPolicyFacts = { system: null, stores: [{ store: 'shop', kind: 'mariadb', settings }] };
    expect(judge(facts, { ...asked, scope: ['database'] })).toEqual(['host.refused shop']);
  });

  test('nothing told is unknown; an empty list is told', () => {
    expect(judge({ system: null, stores: null })).toEqual(['no-stores']);
    expect(judge({ system: null, stores: [] })).toEqual(['no-database', 'no-site']);
  });

  test('only what controls ask for is read', async () => {
    const host = new RecordedHost({});
    const passwordStores = [{ store: 'shop', source: { mariadb: { socket: '/run/mysqld/mysqld.sock' } } }];
    const facts = await passwordPolicyCollector.collect(collecting(host), { passwordStores }, [
      { ...asked, scope: ['cms'] },
    ]);
    expect(facts).toEqual({ system: null, stores: [] });
    expect(host.asked).toEqual([]);
  });
});
