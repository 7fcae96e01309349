import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { freePort } from '../../../support/process.ts';
import { startMariadb } from '../../../support/servers/mariadb.ts';
import type { Server } from '../../../support/servers/server.ts';
import { tool } from '../../../support/tools.ts';
import { judged } from './judged.ts';

const isMissing = process.getuid?.() !== 0 || !tool('mariadbd') || !tool('mariadb') || !tool('mariadb-install-db');

describe.skipIf(isMissing)('two servers of MariaDB', () => {
  const host = new LocalHost();
  let primary: Server;
  let replica: Server;
  let port: number;
  const socketOf = ({ folder }: Server): string => join(folder, 'socket');
  const sql = (server: Server, ...statements: string[]): string =>
    execFileSync('mariadb', ['--no-defaults', `--socket=${socketOf(server)}`, '-e', statements.join(';')], {
      encoding: 'utf8',
    });
  const follower = (more: object = {}): object => ({
    set: 'shop',
    role: 'replica',
    source: { mariadb: { socket: socketOf(replica) } },
    ...more,
  });
  const leader = (more: object = {}): object => ({
    set: 'shop',
    role: 'primary',
    source: { mariadb: { socket: socketOf(primary) } },
    ...more,
  });
  const withPrimary = (): object => ({ primary: { mariadb: { socket: socketOf(primary) } } });

  beforeAll(async () => {
    port = await freePort();
    const options = (id: number): string[] => [`--server-id=${id}`, '--log-bin=bin', '--log-slave-updates'];
    primary = await startMariadb({ port, accounts: true, options: options(1) });
    replica = await startMariadb({ port: await freePort(), accounts: true, options: options(2) });
    sql(primary, "CREATE USER copy@'%' IDENTIFIED BY 'word'", "GRANT REPLICATION SLAVE ON *.* TO copy@'%'");
    sql(primary, 'CREATE DATABASE shop', 'CREATE TABLE shop.orders (id INT)');
    await follow();
  }, 60_000);
  afterAll(async () => {
    await replica[Symbol.asyncDispose]();
    await primary[Symbol.asyncDispose]();
  });

  async function follow(): Promise<void> {
    const from = `MASTER_HOST='127.0.0.1', MASTER_PORT=${port}, MASTER_USER='copy', MASTER_PASSWORD='word'`;
    sql(
      replica,
      'STOP SLAVE',
      `CHANGE MASTER TO ${from}, MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1`,
      'START SLAVE',
    );
    await until(() => sql(replica, 'SHOW SLAVE STATUS\\G').includes('Slave_IO_Running: Yes'));
    await until(() => sql(replica, "SHOW TABLES FROM shop LIKE 'orders'").includes('orders'));
  }
  async function until(holds: () => boolean): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      try {
        if (holds()) return;
      } catch {
        // Not there yet.
      }
      await sleep(50);
    }
    throw new Error('it never came to that');
  }

  test('pass where the copy holds what the primary had, and give the same facts again', async () => {
    const { facts, verdicts } = await judged(host, [follower(withPrimary())]);
    expect(verdicts).toEqual(['pass follows']);
    expect(facts.sets?.[0]?.state).toMatchObject({
      value: { links: [{ behind: { value: { measured: 'position' } } }] },
    });
    sql(primary, 'INSERT INTO shop.orders VALUES (1)');
    expect((await judged(host, [follower(withPrimary())])).facts).toEqual(facts);
  });

  test('pass on the side of the primary with as many copies as were promised', async () => {
    expect((await judged(host, [leader()])).verdicts).toEqual(['pass connected']);
    expect((await judged(host, [leader({ replicas: 2 })])).verdicts).toEqual(['fail too-few']);
  });

  test('fail where each write is promised to wait for a copy and does not', async () => {
    const parameters = { acknowledgement: 'required' };
    expect((await judged(host, [leader()], { parameters })).verdicts).toEqual(['pass connected', 'fail asynchronous']);
    sql(primary, 'SET GLOBAL rpl_semi_sync_master_enabled = 1');
    const alone = await judged(host, [leader()], { parameters });
    expect(alone.verdicts).toEqual(['pass connected', 'fail no-acknowledgement']);
    sql(replica, 'SET GLOBAL rpl_semi_sync_slave_enabled = 1', 'STOP SLAVE IO_THREAD', 'START SLAVE IO_THREAD');
    await until(() => sql(primary, "SHOW STATUS LIKE 'Rpl_semi_sync_master_clients'").includes('\t1'));
    const answered = await judged(host, [leader()], { parameters });
    expect(answered.verdicts).toContain('pass acknowledged');
    sql(primary, 'SET GLOBAL rpl_semi_sync_master_enabled = 0');
  });

  test('fail where the thread that receives is stopped, or the one that applies', async () => {
    sql(replica, 'STOP SLAVE IO_THREAD');
    expect((await judged(host, [follower()])).verdicts).toEqual(['fail not-receiving']);
    sql(replica, 'START SLAVE IO_THREAD', 'STOP SLAVE SQL_THREAD');
    expect((await judged(host, [follower()])).verdicts).toEqual(['fail not-applying']);
    sql(replica, 'START SLAVE');
    await until(() => sql(replica, 'SHOW SLAVE STATUS\\G').includes('Slave_IO_Running: Yes'));
  });

  test('fail where applying failed, with the number of the error and no word of its text', async () => {
    sql(replica, 'DROP TABLE shop.orders');
    sql(primary, 'INSERT INTO shop.orders VALUES (2)');
    await until(() => sql(replica, 'SHOW SLAVE STATUS\\G').includes('Slave_SQL_Running: No'));
    const { facts, verdicts } = await judged(host, [follower()]);
    expect(verdicts).toEqual(['fail not-applying']);
    expect(JSON.stringify(facts)).toContain('"error":"1146"');
    expect(JSON.stringify(facts)).not.toContain('orders');
    sql(replica, 'CREATE TABLE shop.orders (id INT)', 'START SLAVE');
    await until(() => sql(replica, 'SHOW SLAVE STATUS\\G').includes('Slave_SQL_Running: Yes'));
  });

  test('do not pass a copy that says it is up to date and lacks what the primary has', async () => {
    sql(replica, 'STOP SLAVE', 'CHANGE MASTER TO MASTER_DELAY=3600', 'START SLAVE');
    await until(() => sql(replica, 'SHOW SLAVE STATUS\\G').includes('Slave_IO_Running: Yes'));
    sql(primary, 'INSERT INTO shop.orders VALUES (3)');
    expect((await judged(host, [follower()])).verdicts).toEqual(['pass follows']);
    expect((await judged(host, [follower(withPrimary())])).verdicts).toEqual(['unknown host.timeout']);
    sql(replica, 'STOP SLAVE', 'CHANGE MASTER TO MASTER_DELAY=0');
    await follow();
  });

  test('fail where the copy cannot reach its primary, though it said 0 seconds before', async () => {
    sql(replica, 'STOP SLAVE', 'CHANGE MASTER TO MASTER_PORT=1', 'START SLAVE');
    await until(() => sql(replica, 'SHOW SLAVE STATUS\\G').includes('Slave_IO_Running: Connecting'));
    expect((await judged(host, [follower()])).verdicts).toEqual(['fail connecting']);
    expect((await judged(host, [leader()])).verdicts[0]).toBe('fail too-few');
    await follow();
  });

  test('go by the heartbeat where there is one: an old one fails, one of tomorrow is unknown', async () => {
    sql(replica, 'CREATE TABLE shop.heartbeat (ts VARCHAR(26), server_id INT)');
    const beat = (moment: Date): void =>
      void sql(
        replica,
        'DELETE FROM shop.heartbeat',
        `INSERT INTO shop.heartbeat VALUES ('${moment.toISOString().slice(0, 23)}000', 1)`,
      );
    const beating = [follower({ heartbeat: 'shop.heartbeat' })];
    expect((await judged(host, beating)).verdicts).toEqual(['unknown host.unparsable']);
    beat(new Date());
    expect((await judged(host, beating)).verdicts).toEqual(['pass follows']);
    beat(new Date(Date.now() - 100_000));
    expect((await judged(host, beating)).verdicts).toEqual(['fail lagging']);
    beat(new Date(Date.now() + 86_400_000));
    expect((await judged(host, beating)).verdicts).toEqual(['unknown host.unparsable']);
    expect((await judged(host, [follower({ heartbeat: 'shop.absent' })])).verdicts).toEqual(['unknown host.missing']);
  });

  test('are unknown to an account without the right to look, and to a primary that does not answer', async () => {
    sql(replica, "CREATE USER agent@localhost IDENTIFIED BY 'word'");
    const defaultsFile = join(replica.folder, 'agent.cnf');
    writeFileSync(defaultsFile, `[client]\nsocket=${socketOf(replica)}\nuser=agent\npassword=word\n`);
    const asAgent = follower({ source: { mariadb: { defaultsFile } } });
    expect((await judged(host, [asAgent])).verdicts).toEqual(['unknown host.refused']);
    sql(replica, 'GRANT SLAVE MONITOR ON *.* TO agent@localhost');
    expect((await judged(host, [asAgent])).verdicts).toEqual(['pass follows']);
    const gone = follower({ primary: { mariadb: { socket: '/run/absent.sock' } } });
    expect((await judged(host, [gone])).verdicts).toEqual(['unknown host.unreachable']);
  });

  test('fail where the server follows nobody, or is in no cluster', async () => {
    expect((await judged(host, [{ ...leader(), role: 'replica' }])).verdicts).toEqual(['fail no-link']);
    expect((await judged(host, [leader({ role: 'member', size: 3 })])).verdicts).toEqual(['fail no-cluster']);
  });
});
