import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import type { Command } from '../../../../agent/host/host.ts';
import { parseServer } from '../../../../agent/collect/password-age/wordpress-settings.ts';
import { freePort } from '../../../support/process.ts';
import { startMariadb } from '../../../support/servers/mariadb.ts';
import type { Server } from '../../../support/servers/server.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { watching, type Look } from './looking.ts';

const asked = { of: ['sites'] };
const owner = 12_345;
const isPossible = process.getuid?.() === 0 && ['mariadbd', 'mariadb', 'mariadb-install-db', 'setpriv'].every(tool);

function of(look: Look, site: string): string[] {
  return look.verdicts.filter((line) => line.includes(` ${site}`)).map((line) => line.replace(` ${site}/@`, ' '));
}

/** Notes how the clients were called. */
class WatchedHost extends LocalHost {
  readonly commands: Command[] = [];

  override run(command: Command, signal?: AbortSignal) {
    this.commands.push(command);
    return super.run(command, signal);
  }
}

describe.skipIf(!isPossible)('the administrators of sites', () => {
  let server: Server;
  const folder = temporaryFolder();
  const socket = (): string => join(server.folder, 'socket');
  const sql = (...statements: string[]): void =>
    void execFileSync('mariadb', ['--no-defaults', `--socket=${socket()}`, '--execute', statements.join(';')], {
      stdio: 'pipe',
    });
  /** A file of a site, which belongs to somebody else than the agent. */
  const place = (path: string, text: string): string => {
    const file = join(folder.path, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chownSync(file, owner, owner);
    return join(folder.path, path.split('/')[0] ?? '');
  };
  const typo3Settings = (values: Record<string, string> = {}): string => {
    const connection = {
      driver: 'mysqli',
      dbname: 'typo3',
      user: 'site',
      password: 'planted-word',
      unix_socket: socket(),
      ...values,
    };
    const lines = Object.entries(connection).map(([key, value]) => `'${key}' => '${value}',`);
    return `<?php\nreturn ['BE' => ['installToolPassword' => '$argon2i$v=19$m=65536,t=16,p=1$aaa$bbb'],\n'DB' => ['Connections' => ['Default' => [${lines.join(' ')}]]]];\n`;
  };
  const wordpressSettings = (extra = ''): string =>
    `<?php\ndefine('DB_NAME', 'wordpress');\ndefine("DB_USER", 'site');\ndefine('DB_PASSWORD', 'planted-word');\ndefine('DB_HOST', 'localhost:${socket()}');\n$table_prefix = 'wp_';\n${extra}require_once ABSPATH . 'wp-settings.php';\n`;
  const settings = (source: object) => ({ passwordStores: [{ store: 'www', source }] });
  const through = () => ({
    passwordStores: [
      { store: 'main', source: { mariadb: { socket: socket() } } },
      { store: 'www', source: { typo3: { through: 'main', schema: 'typo3' } } },
      { store: 'blog', source: { wordpress: { through: 'main', schema: 'wordpress' } } },
      { store: 'lost', source: { wordpress: { through: 'main', schema: 'wordpress', prefix: 'other_' } } },
    ],
  });

  beforeAll(async () => {
    chmodSync(folder.path, 0o755);
    server = await startMariadb({ port: await freePort(), accounts: true });
    sql(
      'CREATE DATABASE typo3',
      'CREATE DATABASE wordpress',
      "CREATE USER site@localhost IDENTIFIED BY 'planted-word'",
      'GRANT SELECT ON typo3.* TO site@localhost',
      'GRANT SELECT ON wordpress.* TO site@localhost',
      // As ext_tables.sql of TYPO3 12 and the extension be_secure_pw have them.
      `CREATE TABLE typo3.be_users (uid INT, username VARCHAR(50), password VARCHAR(255), admin SMALLINT, disable SMALLINT,
        deleted SMALLINT, starttime INT UNSIGNED, endtime INT UNSIGNED, tx_besecurepw_lastpwchange INT)`,
      `INSERT INTO typo3.be_users VALUES
        (1, 'jansen', '$argon2i$v=19$m=65536,t=16,p=1$c2FsdA$aaaa', 1, 0, 0, 0, 0, UNIX_TIMESTAMP('2026-05-01')),
        (2, 'forced', '$argon2i$v=19$m=65536,t=16,p=1$c2FsdA$bbbb', 1, 0, 0, 0, 0, 0),
        (3, 'editor', '$argon2i$v=19$m=65536,t=16,p=1$c2FsdA$cccc', 0, 0, 0, 0, 0, 0),
        (4, 'off', '$argon2i$v=19$m=65536,t=16,p=1$c2FsdA$dddd', 1, 1, 0, 0, 0, 0),
        (5, 'gone', '$argon2i$v=19$m=65536,t=16,p=1$c2FsdA$eeee', 1, 0, 1, 0, 0, 0),
        (6, 'ended', '$argon2i$v=19$m=65536,t=16,p=1$c2FsdA$ffff', 1, 0, 0, 0, UNIX_TIMESTAMP('2026-05-01'), 0),
        (7, 'later', '$argon2i$v=19$m=65536,t=16,p=1$c2FsdA$gggg', 1, 0, 0, UNIX_TIMESTAMP('2027-05-01'), 0, 0),
        (8, '_cli_', '$argon2i$v=19$m=65536,t=16,p=1$c2FsdA$hhhh', 1, 0, 0, 0, 0, 0)`,
      // As wp-admin/includes/schema.php of WordPress 6 has them.
      'CREATE TABLE wordpress.wp_users (ID BIGINT UNSIGNED, user_login VARCHAR(60), user_pass VARCHAR(255))',
      'CREATE TABLE wordpress.wp_usermeta (user_id BIGINT UNSIGNED, meta_key VARCHAR(255), meta_value LONGTEXT)',
      `INSERT INTO wordpress.wp_users VALUES (1, 'piet', '$P$BabcdefghijklmnopqrstuvwxyzABCD'),
        (2, 'customer', '$P$Babcdefghijklmnopqrstuvwxyz1234'), (3, 'direct', '$wp$2y$10$abcdefghijklmnopqrstuv')`,
      `INSERT INTO wordpress.wp_usermeta VALUES (1, 'wp_capabilities', 'a:1:{s:13:"administrator";b:1;}'),
        (2, 'wp_capabilities', 'a:1:{s:8:"customer";b:1;}'), (3, 'wp_2_capabilities', 'a:1:{s:14:"manage_options";b:1;}')`,
    );
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test('of TYPO3 count by the record of be_secure_pw where it is, and of the install tool by the agent’s memory', async () => {
    const site = place('typo3/config/system/settings.php', typo3Settings());
    using agent = watching(settings({ typo3: { folder: site } }));
    expect(of(await agent.look(new LocalHost(), '2026-06-01', asked), 'www')).toEqual([
      'unknown not-recorded (install tool)',
      'not-applicable expired ended',
      'unknown must-change forced',
      'pass recent-by-record jansen',
      'not-applicable not-begun later',
    ]);
  });

  test('of TYPO3 are unknown without that record, and pass by another hash alone', async () => {
    sql('ALTER TABLE typo3.be_users DROP COLUMN tx_besecurepw_lastpwchange');
    using agent = watching(through());
    const host = new LocalHost();
    expect(of(await agent.look(host, '2026-06-01', asked), 'www')).toContain('unknown not-recorded jansen');
    sql("UPDATE typo3.be_users SET password = '$argon2i$v=19$m=65536,t=16,p=1$c2FsdA$zzzz' WHERE uid = 1");
    expect(of(await agent.look(host, '2026-06-02', asked), 'www')).toContain('pass proven jansen');
  });

  test('of TYPO3 are not changed by a login that makes a hash of another algorithm, nor by becoming administrators', async () => {
    using agent = watching(through());
    const host = new LocalHost();
    await agent.look(host, '2026-01-01', asked);
    sql("UPDATE typo3.be_users SET password = '$argon2id$v=19$m=65536,t=16,p=1$c2FsdA$yyyy' WHERE uid = 2");
    sql('UPDATE typo3.be_users SET admin = 1 WHERE uid = 3', 'UPDATE typo3.be_users SET disable = 0 WHERE uid = 4');
    const soon = of(await agent.look(host, '2026-01-02', asked), 'www');
    for (const name of ['forced', 'editor', 'off']) expect(soon).toContain(`unknown not-recorded ${name}`);
    const later = of(await agent.look(host, '2026-12-01', asked), 'www');
    for (const name of ['forced', 'editor', 'off']) expect(later).toContain(`fail unchanged-too-long ${name}`);
  });

  test('of WordPress are those who may do all, and one who becomes one is not new', async () => {
    const site = place('wordpress/wp-config.php', wordpressSettings());
    using agent = watching(settings({ wordpress: { folder: site } }));
    const host = new LocalHost();
    expect(of(await agent.look(host, '2026-06-01', asked), 'www')).toEqual([
      'unknown not-recorded direct',
      'unknown not-recorded piet',
    ]);
    sql(
      `UPDATE wordpress.wp_usermeta SET meta_value = 'a:1:{s:13:"administrator";b:1;}' WHERE user_id = 2`,
      // What a login makes of a hash since WordPress 6.8, and what a change of the password does.
      "UPDATE wordpress.wp_users SET user_pass = '$wp$2y$10$bbbbbbbbbbbbbbbbbbbbbb' WHERE ID = 1",
      "UPDATE wordpress.wp_users SET user_pass = '$wp$2y$10$cccccccccccccccccccccc' WHERE ID = 3",
    );
    const found = of(await agent.look(host, '2026-06-02', asked), 'www');
    expect(found).toEqual(
      ['unknown not-recorded customer', 'unknown not-recorded piet', 'pass proven direct'].sort(byVerdict),
    );
  });

  test('of a network of WordPress count although no site gives them a role', async () => {
    sql(
      'CREATE TABLE wordpress.wp_sitemeta (meta_key VARCHAR(255), meta_value LONGTEXT)',
      `INSERT INTO wordpress.wp_sitemeta VALUES ('site_admins', 'a:1:{i:0;s:6:"hidden";}')`,
      "INSERT INTO wordpress.wp_users VALUES (9, 'hidden', '$P$Bzzz')",
    );
    using agent = watching(through());
    expect(of(await agent.look(new LocalHost(), '2026-06-01', asked), 'blog')).toContain('unknown not-recorded hidden');
  });

  test('are asked for in one call through a store, and one site that cannot be read hides no other', async () => {
    const host = new WatchedHost();
    using agent = watching(through());
    const look = await agent.look(host, '2026-06-01', asked);
    expect(of(look, 'lost')).toEqual(['unknown host.refused lost']);
    expect(of(look, 'blog').length).toBeGreaterThan(0);
    expect(host.commands.filter(({ file }) => file === 'mariadb')).toHaveLength(2);
  });

  test('are asked for with the rights of the settings’ owner, and the password is on no command line', async () => {
    const site = place('rights/typo3conf/LocalConfiguration.php', typo3Settings());
    const host = new WatchedHost();
    using agent = watching(settings({ typo3: { folder: site } }));
    await agent.look(host, '2026-06-01', asked);
    const [{ file, args, env } = { file: '', args: [], env: {} }] = host.commands;
    expect(file).toBe('setpriv');
    expect(args.slice(0, 2)).toEqual(['--reuid', String(owner)]);
    expect(args).toContain('--local-infile=0');
    expect(args.join(' ')).not.toContain('planted-word');
    expect(env).toEqual({ MYSQL_PWD: 'planted-word' });
  });

  test('of a site that names root over the socket are not read with root’s rights', async () => {
    const site = place('greedy/config/system/settings.php', typo3Settings({ user: 'root', password: '' }));
    using agent = watching(settings({ typo3: { folder: site } }));
    expect(of(await agent.look(new LocalHost(), '2026-06-01', asked), 'www')).toEqual(['unknown host.refused www']);
  });

  test.each<[string, () => object, string]>([
    ['a folder without settings', () => ({ typo3: { folder: place('none/index.php', '') } }), 'host.missing'],
    [
      'code that sets the database',
      () => {
        place('coded/config/system/additional.php', "<?php $GLOBALS['TYPO3_CONF_VARS']['DB']['x'] = getenv('X');");
        return { typo3: { folder: place('coded/config/system/settings.php', typo3Settings()) } };
      },
      'host.unsupported',
    ],
    [
      'another driver',
      () => ({ typo3: { folder: place('pg/config/system/settings.php', typo3Settings({ driver: 'pdo_pgsql' })) } }),
      'host.unsupported',
    ],
    [
      'a name that would be more than a name in a statement',
      () => ({ typo3: { folder: place('quote/config/system/settings.php', typo3Settings({ dbname: 'a`.b; DROP' })) } }),
      'host.unsupported',
    ],
    [
      'a password from the environment',
      () => ({
        wordpress: { folder: place('env/wp-config.php', wordpressSettings().replace("'planted-word'", "getenv('X')")) },
      }),
      'host.unsupported',
    ],
    [
      'a prefix with a quote',
      () => ({ wordpress: { folder: place('prefix/wp-config.php', wordpressSettings().replace("'wp_'", '"a`b"')) } }),
      'host.unsupported',
    ],
    [
      'a wrong password',
      () => ({
        wordpress: { folder: place('wrong/wp-config.php', wordpressSettings().replace('planted-word', 'no')) },
      }),
      'host.refused',
    ],
    [
      'what is no PHP',
      () => ({ wordpress: { folder: place('text/wp-config.php', "<?php define('jansen") } }),
      'host.unparsable',
    ],
    ['a store that there is not', () => ({ wordpress: { through: 'main', schema: 'x' } }), 'host.missing'],
  ])('are unknown with %s, and no name is told', async (_, source, code) => {
    using agent = watching(settings(source()));
    const { facts, verdicts } = await agent.look(new LocalHost(), '2026-06-01', asked);
    expect(verdicts).toContain(`unknown ${code} www`);
    expect(JSON.stringify(facts.stores)).not.toMatch(/jansen|planted|waarborg-test|getenv/);
  });

  test('leave no name, hash or password in facts and reasons', async () => {
    using agent = watching(through());
    const { facts, verdicts } = await agent.look(new LocalHost(), '2026-06-01', asked, {
      pseudonym: (name: string) => `p${name.length}`,
    });
    expect(verdicts).toContain('unknown not-recorded www/p6');
    expect(JSON.stringify([facts, verdicts])).not.toMatch(/jansen|piet|hidden|argon|\$P\$|planted/);
  });
});

function byVerdict(a: string, b: string): number {
  const name = (line: string): string => line.split(' ').at(-1) ?? '';
  return name(a) < name(b) ? -1 : 1;
}

test.each([
  ['localhost', { host: 'localhost', port: null, socket: null }],
  ['db.example.nl:3307', { host: 'db.example.nl', port: 3307, socket: null }],
  ['localhost:/run/mysqld/own.sock', { host: 'localhost', port: null, socket: '/run/mysqld/own.sock' }],
  [':/run/own.sock', { host: '', port: null, socket: '/run/own.sock' }],
  ['[::1]:3306', { host: '::1', port: 3306, socket: null }],
])('DB_HOST %s', (text, expected) => {
  expect(parseServer(text)).toEqual(expected);
});
