import { join } from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { freePort } from '../../../support/process.ts';
import { startMariadb } from '../../../support/servers/mariadb.ts';
import type { Server } from '../../../support/servers/server.ts';
import { tool } from '../../../support/tools.ts';
import { judged } from './judged.ts';

const provider = '/usr/lib/galera/libgalera_smm.so';
const isMissing = process.getuid?.() !== 0 || !tool('mariadbd') || !tool('mariadb-install-db') || !existsSync(provider);

describe.skipIf(isMissing)('two nodes of Galera', () => {
  const host = new LocalHost();
  const nodes: Server[] = [];
  let groupPorts: number[];

  async function startNode(index: number): Promise<void> {
    const own = groupPorts[index] ?? 0;
    const others = index === 0 ? '' : `127.0.0.1:${groupPorts[0] ?? 0}`;
    const transfer = await freePort();
    const options = [
      '--innodb=ON',
      '--default-storage-engine=InnoDB',
      '--innodb-flush-log-at-trx-commit=0',
      '--binlog-format=ROW',
      '--innodb-autoinc-lock-mode=2',
      '--wsrep-on=1',
      `--wsrep-provider=${provider}`,
      `--wsrep-cluster-address=gcomm://${others}`,
      `--wsrep-node-address=127.0.0.1:${own}`,
      '--wsrep-sst-method=skip',
      `--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:${own};ist.recv_addr=127.0.0.1:${transfer}`,
    ];
    nodes[index] = await startMariadb({ port: await freePort(), accounts: true, options });
  }
  const member = (index: number, size: number): object => ({
    set: 'cluster',
    role: 'member',
    size,
    source: { mariadb: { socket: join(nodes[index]?.folder ?? '', 'socket') } },
  });
  async function becomes(verdict: string, index: number, size: number): Promise<string> {
    let last = '';
    for (let tries = 0; tries < 100; tries += 1) {
      [last = ''] = (await judged(host, [member(index, size)])).verdicts;
      if (last === verdict) break;
      await sleep(100);
    }
    return last;
  }

  beforeAll(async () => {
    groupPorts = [await freePort(), await freePort()];
    await startNode(0);
    await startNode(1);
  }, 60_000);
  afterAll(async () => {
    for (const node of nodes) await node[Symbol.asyncDispose]();
  });

  test('are judged by what each says of itself: one that waits for its data is none, though the other counts it', async () => {
    expect(await becomes('pass member', 0, 2)).toBe('pass member');
    expect((await judged(host, [member(0, 3)])).verdicts).toEqual(['fail small-cluster']);
    expect(await becomes('fail not-primary-part', 1, 2)).toBe('fail not-primary-part');
  }, 20_000);

  test('fail where the other went without a word, and nobody has the majority', async () => {
    process.kill(Number(readFileSync(join(nodes[1]?.folder ?? '', 'pid'), 'utf8')), 'SIGKILL');
    expect(await becomes('fail not-primary-part', 0, 2)).toBe('fail not-primary-part');
  }, 20_000);
});
