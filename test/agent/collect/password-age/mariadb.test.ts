import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { freePort } from '../../../support/process.ts';
import { startMariadb } from '../../../support/servers/mariadb.ts';
import type { Server } from '../../../support/servers/server.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { watching, type Look } from './looking.ts';

const asked = { of: ['databases'] };
const isRoot = process.getuid?.() === 0;

function main(source: object) {
  return { passwordStores: [{ store: 'main', source }] };
}

function of({ verdicts }: Look): string[] {
  return verdicts.filter((line) => line.includes(' main')).map((line) => line.replace(' main/@', ' '));
}

describe.skipIf(!isRoot || !tool('mariadbd') || !tool('mariadb') || !tool('mariadb-install-db'))('MariaDB', () => {
  let server: Server;
  let settings: object;
  const socket = (): string => join(server.folder, 'socket');
  const sql = (...statements: string[]): void =>
    void execFileSync('mariadb', ['--no-defaults', `--socket=${socket()}`, '--execute', statements.join(';')], {
      stdio: 'pipe',
    });

  beforeAll(async () => {
    server = await startMariadb({ port: await freePort(), accounts: true });
    settings = main({ mariadb: { socket: socket() } });
    sql(
      "CREATE USER fresh@localhost IDENTIFIED BY 'one'",
      "CREATE USER expired@'%' IDENTIFIED BY 'two' PASSWORD EXPIRE",
      "CREATE USER locked@localhost IDENTIFIED BY 'three' ACCOUNT LOCK",
      'CREATE USER open@localhost',
      'CREATE USER socket@localhost IDENTIFIED VIA unix_socket',
      "CREATE USER either@localhost IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('four')",
      'CREATE ROLE office',
      "CREATE USER old@localhost IDENTIFIED BY 'five'",
      `UPDATE mysql.global_priv SET Priv = JSON_SET(Priv, '$.password_last_changed', UNIX_TIMESTAMP('2020-01-01')) WHERE User = 'old'`,
      "CREATE USER silent@localhost IDENTIFIED BY 'six'",
      `UPDATE mysql.global_priv SET Priv = JSON_REMOVE(Priv, '$.password_last_changed') WHERE User = 'silent'`,
      'FLUSH PRIVILEGES',
    );
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('is judged by account, each with every way in that it has', async () => {
    using agent = watching(settings);
    const look = await agent.look(new LocalHost(), new Date(), asked);
    expect(of(look)).toEqual([
      'pass recent-by-record either@localhost',
      'unknown must-change expired@%',
      'pass recent-by-record fresh@localhost',
      'fail too-old old@localhost',
      'fail empty open@localhost',
      'unknown not-recorded silent@localhost',
      // root (by its socket), socket, locked and the server's own.
      'not-applicable no-password main',
    ]);
  });

  test('does not pass a moment that an UPDATE wrote, and passes another password', async () => {
    using agent = watching(settings);
    const host = new LocalHost();
    const begin = Date.now() - 3600_000;
    await agent.look(host, new Date(begin), asked);
    sql(
      `UPDATE mysql.global_priv SET Priv = JSON_SET(Priv, '$.password_last_changed', UNIX_TIMESTAMP()) WHERE User = 'silent'`,
      "SET PASSWORD FOR old@localhost = PASSWORD('seven')",
    );
    const look = await agent.look(host, new Date(), asked);
    expect(of(look)).toContain('unknown not-recorded silent@localhost');
    expect(of(look)).toContain('not-applicable day-moved silent@localhost');
    expect(of(look)).toContain('pass proven old@localhost');
  });

  test('tells no hash, no password and no name', async () => {
    using folder = temporaryFolder();
    const defaultsFile = join(folder.path, 'jan.cnf');
    sql(
      "CREATE OR REPLACE USER jansen@localhost IDENTIFIED BY 'planted-word'",
      'GRANT SELECT ON mysql.global_priv TO jansen@localhost',
    );
    writeFileSync(defaultsFile, `[client]\nsocket=${socket()}\nuser=jansen\npassword=planted-word\n`);
    using agent = watching(main({ mariadb: { defaultsFile } }));
    const { facts, verdicts } = await agent.look(new LocalHost(), new Date(), asked, {
      pseudonym: (name: string) => `p${name.length}`,
    });
    expect(verdicts).toContain('pass recent-by-record main/p6@localhost');
    const text = JSON.stringify([facts, verdicts]);
    expect(text).not.toMatch(/jansen|planted|jan\.cnf|\*[0-9A-F]{40}|either|silent/);
    sql('DROP USER jansen@localhost');
  });

  test.each<[string, (folder: string) => object, string]>([
    ['a wrong password', (folder) => credentials(folder, 'user=fresh\npassword=jansen\n'), 'host.refused'],
    ['an account without the right', (folder) => credentials(folder, 'user=fresh\npassword=one\n'), 'host.refused'],
    ['no file of defaults', (folder) => ({ mariadb: { defaultsFile: join(folder, 'jansen.cnf') } }), 'host.refused'],
    ['no server', (folder) => ({ mariadb: { socket: join(folder, 'jansen.sock') } }), 'host.unreachable'],
    ['the wrong kind of server', () => ({ mysql: { socket: socket() } }), 'host.unsupported'],
  ])('is unknown with %s, and says no name', async (_, source, code) => {
    using folder = temporaryFolder();
    using agent = watching(main(source(folder.path)));
    const { facts, verdicts } = await agent.look(new LocalHost(), new Date(), asked);
    expect(verdicts).toContain(`unknown ${code} main`);
    expect(JSON.stringify(facts.stores)).not.toMatch(/jansen|fresh|waarborg-test/);
  });

  function credentials(folder: string, text: string): object {
    const defaultsFile = join(folder, 'own.cnf');
    writeFileSync(defaultsFile, `[client]\nsocket=${socket()}\n${text}`);
    return { mariadb: { defaultsFile } };
  }

  test('that asks nobody for a password fails', async () => {
    await using open = await startMariadb({ port: await freePort(), accounts: true, options: ['--skip-grant-tables'] });
    using agent = watching(main({ mariadb: { socket: join(open.folder, 'socket') } }));
    expect((await agent.look(new LocalHost(), new Date(), asked)).verdicts).toContain('fail open main');
  });
});

/** Rows in the form of MySQL 8.0 (Reference Manual 8.0, 6.2.3 Grant Tables), as its client prints them. */
describe('MySQL', () => {
  const row = (values: object): string =>
    JSON.stringify({
      user: 'app',
      host: '%',
      plugin: 'caching_sha2_password',
      secret: '2441243030352401FF',
      locked: 'N',
      expired: 'N',
      changed: 1_790_000_000,
      ...values,
    });
  const verdictsOf = async (rows: string[], session = 'waarborg@localhost') => {
    const stdout = [JSON.stringify({ session }), ...rows].join('\n');
    class Answering extends RecordedHost {
      override run() {
        return Promise.resolve({ state: 'read' as const, value: { exitCode: 0, stdout, stderr: '' } });
      }
    }
    using agent = watching(main({ mysql: { socket: '/run/mysqld/mysqld.sock' } }));
    return of(await agent.look(new Answering({}), '2026-11-22', asked));
  };

  test.each<[string, object, string]>([
    ['a hash with bytes that are no text', {}, 'pass recent-by-record app@%'],
    ['expired', { expired: 'Y' }, 'unknown must-change app@%'],
    ['without a moment', { changed: null }, 'unknown not-recorded app@%'],
    ['without a password', { secret: '' }, 'fail empty app@%'],
    ['over the socket', { plugin: 'auth_socket', secret: '' }, 'not-applicable no-password main'],
    ['by LDAP', { plugin: 'authentication_ldap_simple' }, 'unknown kept-by app@%'],
    ['locked', { locked: 'Y' }, 'not-applicable no-password main'],
    [
      'whose secret is no hexadecimal',
      { plugin: 'mysql_native_password', secret: '2a5448495349534e4f5441' },
      'unknown host.unparsable main',
    ],
    ['that nothing matches', { plugin: 'mysql_native_password', secret: '2A54' }, 'not-applicable no-password main'],
  ])('an account %s', async (_, values, expected) => {
    expect(await verdictsOf([row(values)])).toEqual([expected]);
  });

  test('without its grant tables fails, and a row of another form makes it unknown', async () => {
    expect(await verdictsOf([row({})], '@')).toContain('fail open main');
    expect(await verdictsOf([row({ locked: 'perhaps' })])).toEqual(['unknown host.unparsable main']);
  });
});
