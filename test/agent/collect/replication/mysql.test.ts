import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { furnishRoot, openRoot, type DebianRoot } from '../../../support/debian-root.ts';
import { freePort } from '../../../support/process.ts';
import { RootHost } from '../../../support/root-host.ts';
import { tool } from '../../../support/tools.ts';
import { judged } from './judged.ts';

const canMake = process.getuid?.() === 0 && process.arch === 'x64' && tool('debootstrap') !== undefined;
const options = [
  '--no-defaults --user=mysql --bind-address=127.0.0.1 --mysqlx=0 --log-bin=bin --relay-log=relay',
  '--innodb-redo-log-capacity=8M --innodb-buffer-pool-size=16M --replica-net-timeout=20',
].join(' ');

/** Debian has no server of MySQL: the 8.0.36 of Ubuntu 24.04 runs in a root of that release, twice. */
describe.skipIf(!canMake)('two servers of MySQL', () => {
  let machine: DebianRoot | undefined;
  const ports = { primary: 0, replica: 0 };
  type Side = keyof typeof ports;
  const folderOf = (side: Side): string => `/tmp/${side}`;
  const source = (side: Side): object => ({ mysql: { socket: `${folderOf(side)}/socket` } });
  const follower = (more: object = {}): object => ({
    set: 'shop',
    role: 'replica',
    source: source('replica'),
    ...more,
  });
  const leader = (more: object = {}): object => ({ set: 'shop', role: 'primary', source: source('primary'), ...more });
  const withPrimary = { primary: source('primary') };

  function opened(): DebianRoot {
    if (machine === undefined) throw new Error('the test was not skipped');
    return machine;
  }

  function sql(side: Side, ...statements: string[]): string {
    const client = `mysql --no-defaults --socket=${folderOf(side)}/socket --vertical`;
    return opened().must(`${client} <<'END'\n${statements.join(';\n')};\nEND`);
  }

  async function verdicts(set: object, parameters: object = {}): Promise<string[]> {
    return (await judged(new RootHost(opened()), [set], { parameters })).verdicts;
  }

  async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 60; tries += 1) {
      if (await holds()) return;
      await sleep(100);
    }
    throw new Error('it never came to that');
  }

  const replicaSays = (text: string) => (): boolean => sql('replica', 'SHOW REPLICA STATUS').includes(text);

  async function follow(more = ''): Promise<void> {
    const from = `SOURCE_HOST='127.0.0.1', SOURCE_PORT=${ports.primary}, SOURCE_USER='copy', SOURCE_PASSWORD='word'`;
    const how = `SOURCE_AUTO_POSITION=1, SOURCE_CONNECT_RETRY=1, SOURCE_HEARTBEAT_PERIOD=0.5, GET_SOURCE_PUBLIC_KEY=1${more}`;
    sql('replica', 'STOP REPLICA', `CHANGE REPLICATION SOURCE TO ${from}, ${how}`, 'START REPLICA');
    await until(replicaSays('Replica_IO_Running: Yes'));
  }

  beforeAll(async () => {
    if (!furnishRoot('noble', 'noble-mysql', ['mysql-server-8.0'])) return;
    const made = await openRoot('noble-mysql');
    made.must(`mysqld ${options} --initialize-insecure --datadir=/tmp/data 2>&1`);
    for (const [index, side] of (['primary', 'replica'] as const).entries()) {
      ports[side] = await freePort();
      const folder = folderOf(side);
      const own = `--datadir=${folder}/data --socket=${folder}/socket --pid-file=${folder}/pid --port=${ports[side]}`;
      const gtid = `--server-id=${index + 1} --gtid-mode=ON --enforce-gtid-consistency=ON`;
      // Without the file each server makes a number of its own.
      made.must(`mkdir ${folder} && cp -a /tmp/data ${folder}/data && rm -f ${folder}/data/auto.cnf
        chown mysql ${folder} && mysqld ${options} ${own} ${gtid} --daemonize --log-error=${folder}/log`);
    }
    machine = made;
    sql('primary', "CREATE USER copy@'%' IDENTIFIED BY 'word'", "GRANT REPLICATION SLAVE ON *.* TO copy@'%'");
    sql('primary', 'CREATE DATABASE shop', 'CREATE TABLE shop.orders (id INT PRIMARY KEY)');
    await follow();
    await until(() => sql('replica', "SHOW DATABASES LIKE 'shop'").includes('shop'));
  }, 600_000);
  beforeEach(({ skip }) => skip(machine === undefined, 'this release cannot be fetched'));
  afterAll(() => machine?.[Symbol.dispose]());

  test('pass where the copy holds what the primary had, and give the same facts again', async () => {
    const host = new RootHost(opened());
    const { facts, verdicts: told } = await judged(host, [follower(withPrimary)]);
    expect(told).toEqual(['pass follows']);
    expect(facts.sets?.[0]?.state).toMatchObject({
      value: { links: [{ noticesAfter: 20, behind: { value: { measured: 'position' } } }] },
    });
    sql('primary', 'INSERT INTO shop.orders VALUES (1)');
    expect((await judged(host, [follower(withPrimary)])).facts).toEqual(facts);
  });

  test('pass on the side of the primary with as many copies as were promised', async () => {
    expect(await verdicts(leader())).toEqual(['pass connected']);
    expect(await verdicts(leader({ replicas: 2 }))).toEqual(['fail too-few']);
    expect(await verdicts({ ...leader(), role: 'replica' })).toEqual(['fail no-link']);
  });

  test('fail where each write is promised to wait for a copy and does not', async () => {
    const required = { acknowledgement: 'required' };
    expect(await verdicts(leader(), required)).toEqual(['pass connected', 'fail asynchronous']);
    sql('primary', "INSTALL PLUGIN rpl_semi_sync_source SONAME 'semisync_source.so'");
    expect(await verdicts(leader(), required)).toEqual(['pass connected', 'fail asynchronous']);
    sql('primary', 'SET GLOBAL rpl_semi_sync_source_enabled = 1');
    expect(await verdicts(leader(), required)).toEqual(['pass connected', 'fail no-acknowledgement']);
    sql('replica', "INSTALL PLUGIN rpl_semi_sync_replica SONAME 'semisync_replica.so'");
    sql('replica', 'SET GLOBAL rpl_semi_sync_replica_enabled = 1', 'STOP REPLICA IO_THREAD', 'START REPLICA IO_THREAD');
    await until(() => sql('primary', "SHOW STATUS LIKE 'Rpl_semi_sync_source_clients'").includes('Value: 1'));
    expect(await verdicts(leader(), required)).toContain('pass acknowledged');
    sql('primary', 'SET GLOBAL rpl_semi_sync_source_enabled = 0');
  });

  test('fail where the thread that receives is stopped, or the one that applies', async () => {
    sql('replica', 'STOP REPLICA IO_THREAD');
    expect(await verdicts(follower())).toEqual(['fail not-receiving']);
    sql('replica', 'START REPLICA IO_THREAD', 'STOP REPLICA SQL_THREAD');
    expect(await verdicts(follower())).toEqual(['fail not-applying']);
    sql('replica', 'START REPLICA');
    await until(replicaSays('Replica_IO_Running: Yes'));
  });

  test('fail where applying failed, with the number of the error and no word of its text', async () => {
    sql('replica', 'DROP TABLE shop.orders');
    sql('primary', 'INSERT INTO shop.orders VALUES (2)');
    await until(replicaSays('Replica_SQL_Running: No'));
    const { facts, verdicts: told } = await judged(new RootHost(opened()), [follower()]);
    expect(told).toEqual(['fail not-applying']);
    expect(JSON.stringify(facts)).toContain('"error":"1146"');
    expect(JSON.stringify(facts)).not.toContain('orders');
    sql('replica', 'SET sql_log_bin = 0', 'CREATE TABLE shop.orders (id INT PRIMARY KEY)', 'START REPLICA');
    await until(replicaSays('Replica_SQL_Running: Yes'));
  });

  test('do not pass a copy that is told to lag and lacks what the primary has', async () => {
    await follow(', SOURCE_DELAY=3600');
    sql('primary', 'INSERT INTO shop.orders VALUES (3)');
    expect(await verdicts(follower(withPrimary))).toEqual(['unknown host.timeout']);
    await follow(', SOURCE_DELAY=0');
  });

  test('fail where the copy cannot reach its primary', async () => {
    sql('replica', 'STOP REPLICA', 'CHANGE REPLICATION SOURCE TO SOURCE_PORT=1', 'START REPLICA');
    await until(replicaSays('Replica_IO_Running: Connecting'));
    expect(await verdicts(follower())).toEqual(['fail connecting']);
    // The primary notices with the next sign of life that it sends.
    await until(async () => (await verdicts(leader()))[0] === 'fail too-few');
    await follow();
  });

  test('fail a copy whose primary threw away what it still lacked', async () => {
    sql('replica', 'STOP REPLICA');
    sql('primary', 'INSERT INTO shop.orders VALUES (4)', 'FLUSH BINARY LOGS');
    sql('primary', 'PURGE BINARY LOGS BEFORE NOW() + INTERVAL 1 DAY');
    sql('replica', 'START REPLICA');
    await until(replicaSays('Replica_IO_Running: No'));
    expect(await verdicts(follower())).toEqual(['fail not-receiving']);
    const missing = /Gtid_Executed: (\S+)/i.exec(sql('primary', 'SELECT @@global.gtid_executed AS Gtid_Executed'))?.[1];
    expect(missing).toBeDefined();
    sql('replica', 'RESET MASTER', `SET GLOBAL gtid_purged = '${missing ?? ''}'`, 'START REPLICA');
    await until(replicaSays('Replica_IO_Running: Yes'));
  });

  test('of several channels judge each', async () => {
    sql('replica', "CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=1 FOR CHANNEL 'crm'");
    expect(await verdicts(follower())).toEqual(['pass follows', 'fail not-receiving']);
    sql('replica', "RESET REPLICA ALL FOR CHANNEL 'crm'");
  });

  test('are unknown to an account without the right to look, and to a primary that does not answer', async () => {
    sql('replica', 'SET sql_log_bin = 0', "CREATE USER agent@localhost IDENTIFIED BY 'word'");
    const file = `${folderOf('replica')}/agent.cnf`;
    opened().must(`printf '[client]\nsocket=${folderOf('replica')}/socket\nuser=agent\npassword=word\n' > ${file}`);
    const asAgent = follower({ source: { mysql: { defaultsFile: file } } });
    expect(await verdicts(asAgent)).toEqual(['unknown host.refused']);
    sql('replica', 'SET sql_log_bin = 0', 'GRANT SELECT ON performance_schema.* TO agent@localhost');
    expect(await verdicts(asAgent)).toEqual(['unknown host.refused']);
    sql('replica', 'SET sql_log_bin = 0', 'GRANT REPLICATION CLIENT ON *.* TO agent@localhost');
    expect(await verdicts(asAgent)).toEqual(['pass follows']);
    const gone = follower({ primary: { mysql: { socket: '/run/absent.sock' } } });
    expect(await verdicts(gone)).toEqual(['unknown host.unreachable']);
  });

  test('do not pass without numbers of transactions, where nobody can tell what the copy lacks', async () => {
    const modes = ['ON_PERMISSIVE', 'OFF_PERMISSIVE', 'OFF'].map((mode) => `SET GLOBAL gtid_mode = ${mode}`);
    sql('replica', 'STOP REPLICA', 'RESET REPLICA ALL', ...modes);
    sql('primary', ...modes, 'RESET MASTER');
    sql('replica', 'RESET MASTER');
    const from = `SOURCE_HOST='127.0.0.1', SOURCE_PORT=${ports.primary}, SOURCE_USER='copy', SOURCE_PASSWORD='word'`;
    sql('replica', `CHANGE REPLICATION SOURCE TO ${from}, GET_SOURCE_PUBLIC_KEY=1`, 'START REPLICA');
    await until(replicaSays('Replica_IO_Running: Yes'));
    expect(await verdicts(follower(withPrimary))).toEqual(['unknown host.unsupported']);
  });
});
