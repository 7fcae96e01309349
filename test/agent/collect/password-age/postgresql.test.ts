import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { freePort } from '../../../support/process.ts';
import { postgresPrograms, startPostgres } from '../../../support/servers/postgres.ts';
import type { Server } from '../../../support/servers/server.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { watching, type Look } from './looking.ts';

const asked = { of: ['databases'] };
const isPossible = process.getuid?.() === 0 && postgresPrograms() !== undefined && tool('psql') !== undefined;

function of({ verdicts }: Look): string[] {
  return verdicts.filter((line) => line.includes(' pg')).map((line) => line.replace(' pg/@', ' '));
}

describe.skipIf(!isPossible)('PostgreSQL', () => {
  let server: Server;
  let port: number;
  const credentials = temporaryFolder();
  const passwordFile = join(credentials.path, 'pgpass');
  const sql = (...statements: string[]): void =>
    void execFileSync(
      'psql',
      ['--no-psqlrc', `--host=${server.folder}`, `--port=${port}`, '--username=test', '--dbname=postgres'].concat(
        statements.flatMap((statement) => ['--command', statement]),
      ),
      { stdio: 'pipe', env: { ...process.env, PGPASSFILE: passwordFile } },
    );
  const rules = (text: string): void => {
    writeFileSync(join(server.folder, 'data', 'pg_hba.conf'), text);
    sql('SELECT pg_reload_conf()');
  };
  const settings = (values: object = {}) => ({
    passwordStores: [
      { store: 'pg', source: { postgresql: { host: server.folder, port, user: 'waarborg', passwordFile, ...values } } },
    ],
  });

  beforeAll(async () => {
    port = await freePort();
    server = await startPostgres({ port });
    writeFileSync(passwordFile, '*:*:*:test:admin-word\n*:*:*:waarborg:agent-word\n*:*:*:jansen:planted-word\n');
    chmodSync(passwordFile, 0o600);
    sql(
      "ALTER ROLE test PASSWORD 'admin-word'",
      "CREATE ROLE waarborg LOGIN PASSWORD 'agent-word'",
      'GRANT SELECT ON pg_catalog.pg_authid, pg_catalog.pg_hba_file_rules TO waarborg',
      'GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO waarborg',
      "CREATE ROLE jansen LOGIN PASSWORD 'planted-word'",
      "CREATE ROLE ended LOGIN PASSWORD 'x' VALID UNTIL '2020-01-01'",
      "CREATE ROLE endless LOGIN PASSWORD 'x' VALID UNTIL 'infinity'",
      "CREATE ROLE office PASSWORD 'x'",
      'CREATE ROLE peer LOGIN',
    );
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    credentials[Symbol.dispose]();
  });

  test('that trusts whoever connects fails', async () => {
    using agent = watching(settings());
    expect(of(await agent.look(new LocalHost(), new Date(), asked))).toContain('fail open pg');
  });

  test('records no change, so that its passwords are unknown until the agent has seen one come', async () => {
    rules('local all all scram-sha-256\n');
    using agent = watching(settings());
    const host = new LocalHost();
    const first = await agent.look(host, '2026-06-01', asked);
    expect(of(first)).toEqual([
      'not-applicable expired ended',
      'unknown not-recorded endless',
      'unknown not-recorded jansen',
      'unknown not-recorded test',
      'unknown not-recorded waarborg',
      'not-applicable no-password pg',
    ]);
    sql("ALTER ROLE endless PASSWORD 'y'", "ALTER ROLE test VALID UNTIL '2099-01-01'", 'ALTER ROLE office LOGIN');
    const second = await agent.look(host, '2026-06-02', asked);
    expect(of(second)).toContain('pass proven endless');
    expect(of(second)).toContain('unknown not-recorded test');
    // It has had that password since before it could log in.
    expect(of(second)).toContain('unknown not-recorded office');
    expect(of(await agent.look(host, '2026-12-31', asked))).toContain('fail unchanged-too-long test');
    sql('ALTER ROLE office NOLOGIN', "ALTER ROLE test VALID UNTIL 'infinity'");
  });

  test('that asks others for passwords, or whose rules are faulty, is unknown', async () => {
    rules('local all all scram-sha-256\nhost all all 192.0.2.0/24 ldap ldapserver=192.0.2.1 ldapprefix="x"\n');
    using agent = watching(settings());
    expect(of(await agent.look(new LocalHost(), new Date(), asked))).toContain('unknown kept-by pg');
    rules('local all all scram-sha-256\nhost all nonsense\n');
    expect(of(await agent.look(new LocalHost(), new Date(), asked))).toContain('unknown host.unparsable pg');
    rules('local all all scram-sha-256\n');
  });

  test('tells no hash, no password and no name', async () => {
    using agent = watching(settings());
    const { facts, verdicts } = await agent.look(new LocalHost(), new Date(), asked, {
      pseudonym: (name: string) => `p${name.length}`,
    });
    expect(verdicts).toContain('unknown not-recorded pg/p6');
    expect(JSON.stringify([facts, verdicts])).not.toMatch(/jansen|planted|SCRAM|endless|waarborg-test/);
  });

  test.each<[string, object, string]>([
    ['a role without the right', { user: 'jansen' }, 'host.refused'],
    ['a role that there is not', { user: 'jansen2' }, 'host.refused'],
    ['no password', { passwordFile: '/nonexistent/jansen' }, 'host.refused'],
    ['no server', { host: '/nonexistent/jansen' }, 'host.unreachable'],
  ])('is unknown with %s, and says no name', async (_, values, code) => {
    using agent = watching(settings(values));
    const { facts, verdicts } = await agent.look(new LocalHost(), new Date(), asked);
    expect(verdicts).toContain(`unknown ${code} pg`);
    expect(JSON.stringify(facts.stores)).not.toMatch(/jansen|waarborg-test/);
  });

  test('without the right to its rules is unknown, and its accounts are judged all the same', async () => {
    sql('REVOKE SELECT ON pg_catalog.pg_hba_file_rules FROM waarborg');
    using agent = watching(settings());
    const found = of(await agent.look(new LocalHost(), new Date(), asked));
    expect(found).toContain('unknown host.refused pg');
    expect(found).toContain('unknown not-recorded jansen');
  });
});
