import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RunLedger } from '../../../../agent/ledger.ts';
import { freePort } from '../../../support/process.ts';
import { postgresPrograms, startPostgres } from '../../../support/servers/postgres.ts';
import { startServer, type Server } from '../../../support/servers/server.ts';
import { tool } from '../../../support/tools.ts';
import { judged } from './judged.ts';

const programs = postgresPrograms();
const nobody = 65_534;

describe.skipIf(process.getuid?.() !== 0 || programs === undefined || !tool('psql'))(
  'two clusters of PostgreSQL',
  () => {
    const host = new LocalHost();
    let primary: Server;
    let standby: Server;
    let ports: { primary: number; standby: number };

    const sql = (port: number, statement: string): string =>
      execFileSync(
        'psql',
        ['-h', '127.0.0.1', '-p', String(port), '-U', 'test', '-XAtd', 'postgres', '-c', statement],
        {
          encoding: 'utf8',
          stdio: 'pipe',
        },
      );
    const source = (port: number, more: object = {}): object => ({
      postgresql: { host: '127.0.0.1', port, user: 'test', ...more },
    });
    const leader = (more: object = {}): object => ({
      set: 'pg',
      role: 'primary',
      source: source(ports.primary),
      ...more,
    });
    const follower = (more: object = {}): object => ({
      set: 'pg',
      role: 'replica',
      source: source(ports.standby),
      ...more,
    });

    beforeAll(async () => {
      ports = { primary: await freePort(), standby: await freePort() };
      const settings = ['max_replication_slots=4', 'wal_receiver_status_interval=1'];
      primary = await startPostgres({ port: ports.primary, settings });
      sql(ports.primary, "SELECT pg_create_physical_replication_slot('copy', true)");
      standby = await startStandby();
      await until(() => sql(ports.primary, 'SELECT state FROM pg_stat_replication').trim() === 'streaming');
    }, 60_000);
    afterAll(async () => {
      await standby[Symbol.asyncDispose]();
      await primary[Symbol.asyncDispose]();
    });

    function startStandby(): Promise<Server> {
      return startServer({
        ports: [ports.standby],
        prepare(folder) {
          const data = join(folder, 'data');
          execFileSync('chown', [String(nobody), folder]);
          const from = `host=127.0.0.1 port=${ports.primary} user=test application_name=web2`;
          execFileSync(
            join(programs ?? '', 'pg_basebackup'),
            ['-D', data, '-d', from, '-R', '-S', 'copy', '-c', 'fast', '--no-sync', '-X', 'stream'],
            { uid: nobody, gid: nobody, cwd: folder, stdio: 'pipe' },
          );
          appendFileSync(
            join(data, 'postgresql.auto.conf'),
            "wal_receiver_status_interval = '1s'\nwal_retrieve_retry_interval = '1s'\n",
          );
          const options = [
            'listen_addresses=127.0.0.1',
            `port=${ports.standby}`,
            `unix_socket_directories=${folder}`,
            'fsync=off',
          ];
          const args = ['-D', data, ...options.flatMap((option) => ['-c', option])];
          return { file: join(programs ?? '', 'postgres'), args, uid: nobody };
        },
      });
    }
    async function until(holds: () => boolean): Promise<void> {
      for (let tries = 0; tries < 200; tries += 1) {
        if (holds()) return;
        await sleep(50);
      }
      throw new Error('it never came to that');
    }

    test('pass on both sides, and give the same facts again after a write', async () => {
      const sets = [leader(), follower({ set: 'pg2' }), follower({ set: 'pg3', primary: source(ports.primary) })];
      const { facts, verdicts } = await judged(host, sets);
      expect(verdicts).toEqual(['pass connected', 'pass copied', 'pass follows', 'pass follows']);
      sql(ports.primary, 'CREATE TABLE orders AS SELECT 1 AS id');
      expect((await judged(host, sets)).facts).toEqual(facts);
    });

    test('do not call an idle pair behind, however old the last transaction is', async () => {
      sql(ports.primary, 'CHECKPOINT');
      expect((await judged(host, [follower()])).verdicts).toEqual(['pass follows']);
    });

    test('fail where somebody paused the applying; the primary first finds the copy late, then stuck', async () => {
      sql(ports.standby, 'SELECT pg_wal_replay_pause()');
      await until(() => sql(ports.standby, 'SELECT pg_get_wal_replay_pause_state()').trim() === 'paused');
      sql(ports.primary, 'INSERT INTO orders VALUES (2)');
      expect((await judged(host, [follower()])).verdicts).toEqual(['fail paused']);

      const before = new Date(Date.now() - 600_000);
      const ledger = new RunLedger(before);
      const first = await judged(host, [leader()], { at: before, ledger });
      expect(first.verdicts).toEqual(['pass connected', 'unknown halting']);
      const second = await judged(host, [leader()], { ledger });
      expect(second.verdicts).toEqual(['pass connected', 'fail stuck']);
      sql(ports.standby, 'SELECT pg_wal_replay_resume()');
      await until(
        () => sql(ports.primary, 'SELECT replay_lsn = pg_current_wal_lsn() FROM pg_stat_replication').trim() === 't',
      );
      expect((await judged(host, [leader()], { ledger })).verdicts).toEqual(['pass connected', 'pass copied']);
    }, 20_000);

    test('fail where writes wait for a copy that is not there', async () => {
      const parameters = { acknowledgement: 'required' };
      expect((await judged(host, [leader()], { parameters })).verdicts).toContain('fail asynchronous');
      const reload = (names: string): void => {
        sql(ports.primary, `ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
        sql(ports.primary, 'SELECT pg_reload_conf()');
      };
      reload('absent');
      await until(() => sql(ports.primary, 'SHOW synchronous_standby_names').trim() === 'absent');
      expect((await judged(host, [leader()], { parameters })).verdicts).toContain('fail no-acknowledgement');
      reload('web2');
      await until(() => sql(ports.primary, 'SELECT sync_state FROM pg_stat_replication').trim() === 'sync');
      expect((await judged(host, [leader()], { parameters })).verdicts).toContain('pass acknowledged');
      reload('');
    });

    test('are unknown to a role that may not read the statistics, which it sees as empty', async () => {
      sql(ports.primary, 'CREATE ROLE agent LOGIN');
      const asAgent = leader({ source: source(ports.primary, { user: 'agent' }) });
      expect((await judged(host, [asAgent])).verdicts).toEqual(['unknown host.refused']);
      sql(ports.primary, 'GRANT pg_read_all_stats TO agent');
      expect((await judged(host, [asAgent])).verdicts).toEqual(['pass connected', 'pass copied']);
    });

    test('fail where the server is not what it should be', async () => {
      expect((await judged(host, [leader({ role: 'replica' })])).verdicts).toEqual(['fail no-link']);
      expect((await judged(host, [{ ...follower(), role: 'primary' }])).verdicts).toEqual(['fail not-primary']);
      expect((await judged(host, [leader({ replicas: 2 })])).verdicts[0]).toBe('fail too-few');
    });

    test('fail where the copy is gone: too few, and a slot that keeps records for nobody', async () => {
      await standby[Symbol.asyncDispose]();
      await until(() => sql(ports.primary, 'SELECT count(*) FROM pg_stat_replication').trim() === '0');
      expect((await judged(host, [leader()])).verdicts).toEqual(['fail too-few', 'fail slot-idle']);
      expect((await judged(host, [follower()])).verdicts).toEqual(['unknown host.unreachable']);
      standby = await startStandby();
    }, 20_000);

    test('fail where the standby lost its primary', async () => {
      await until(() => sql(ports.primary, 'SELECT state FROM pg_stat_replication').trim() === 'streaming');
      sql(ports.standby, "ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=1'");
      sql(ports.standby, 'SELECT pg_reload_conf()');
      await until(() => sql(ports.standby, 'SELECT count(*) FROM pg_stat_wal_receiver').trim() === '0');
      expect((await judged(host, [follower()])).verdicts).toEqual(['fail not-receiving']);
    }, 20_000);
  },
);
