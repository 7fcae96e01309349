import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { freePort } from '../../../support/process.ts';
import { startServer, type Server } from '../../../support/servers/server.ts';
import { tool } from '../../../support/tools.ts';
import { judged } from './judged.ts';

describe.skipIf(!tool('redis-server') || !tool('redis-cli'))('a pair of Redis', () => {
  const host = new LocalHost();
  let primary: Server;
  let replica: Server;
  let ports: { primary: number; replica: number };
  let passwordFile: string;

  const cli = (port: number, ...words: string[]): string =>
    execFileSync('redis-cli', ['-p', String(port), '--no-auth-warning', '-a', 'word', ...words], { encoding: 'utf8' });
  const set = (port: number, role: string, more: object = {}): object => ({
    set: 'cache',
    role,
    source: { redis: { port, passwordFile, ...more } },
  });

  function start(port: number, ...options: string[]): Promise<Server> {
    return startServer({
      ports: [port],
      prepare: (folder) => ({
        file: '/usr/bin/redis-server',
        args: [
          ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', ''],
          ...['--requirepass', 'word', '--masterauth', 'word', '--repl-diskless-sync-delay', '0', ...options],
        ],
      }),
    });
  }
  async function until(holds: () => boolean): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      if (holds()) return;
      await sleep(50);
    }
    throw new Error('it never came to that');
  }
  const isUp = (): boolean => cli(ports.replica, 'INFO', 'replication').includes('master_link_status:up');

  beforeAll(async () => {
    ports = { primary: await freePort(), replica: await freePort() };
    primary = await start(ports.primary);
    replica = await start(ports.replica, '--replicaof', '127.0.0.1', String(ports.primary));
    passwordFile = join(primary.folder, 'word');
    writeFileSync(passwordFile, 'word\n');
    await until(isUp);
  });
  afterAll(async () => {
    await replica[Symbol.asyncDispose]();
    await primary[Symbol.asyncDispose]();
  });

  test('passes on both sides, and gives the same facts again after a write', async () => {
    await until(() => cli(ports.primary, 'INFO', 'replication').includes('state=online'));
    const sets = [set(ports.primary, 'primary'), { ...set(ports.replica, 'replica'), set: 'copy' }];
    const { facts, verdicts } = await judged(host, sets);
    expect(verdicts).toEqual(['pass connected', 'pass copied', 'pass follows']);
    cli(ports.primary, 'SET', 'key', 'value');
    expect((await judged(host, sets)).facts).toEqual(facts);
    expect(JSON.stringify(facts)).not.toContain('word');
  });

  test('fails where a write waits for more copies than answer', async () => {
    cli(ports.primary, 'CONFIG', 'SET', 'min-replicas-to-write', '1');
    expect((await judged(host, [set(ports.primary, 'primary')])).verdicts).toContain('pass acknowledged');
    cli(ports.replica, 'REPLICAOF', '127.0.0.1', '1');
    await until(() => cli(ports.primary, 'INFO', 'replication').includes('min_slaves_good_slaves:0'));
    const alone = await judged(host, [set(ports.primary, 'primary')]);
    expect(alone.verdicts).toEqual(['fail too-few', 'fail no-acknowledgement']);
    expect((await judged(host, [set(ports.replica, 'replica')])).verdicts).toEqual(['fail connecting']);
    cli(ports.primary, 'CONFIG', 'SET', 'min-replicas-to-write', '0');
    cli(ports.replica, 'REPLICAOF', '127.0.0.1', String(ports.primary));
    await until(isUp);
  });

  test('fails where the server is not what it should be', async () => {
    expect((await judged(host, [set(ports.primary, 'replica')])).verdicts).toEqual(['fail no-link']);
    expect((await judged(host, [set(ports.replica, 'primary')])).verdicts).toEqual(['fail not-primary']);
  });

  test('is unknown without the password, and where nothing listens', async () => {
    const without = set(ports.primary, 'primary', { passwordFile: undefined });
    expect((await judged(host, [without])).verdicts).toEqual(['unknown host.refused']);
    writeFileSync(join(primary.folder, 'other'), 'other\n');
    const wrong = set(ports.primary, 'primary', { passwordFile: join(primary.folder, 'other') });
    expect((await judged(host, [wrong])).verdicts).toEqual(['unknown host.refused']);
    expect((await judged(host, [set(1, 'primary')])).verdicts).toEqual(['unknown host.unreachable']);
  });
});
