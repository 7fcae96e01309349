/**
 * Run in namespaces of its own (network, processes, mounts): a chronyd that follows another on 192.0.2.10 by a name.
 * Both leave the machine's clock alone. Prints what the agent reads, as JSON.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { timeSyncCollector } from '../../../../agent/collect/time-sync/index.ts';
import { readChrony } from '../../../../agent/collect/time-sync/chrony.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { collecting } from '../../../support/collecting.ts';

const [folder = ''] = process.argv.slice(2);
const host = new LocalHost();
const signal = AbortSignal.timeout(25_000);

execFileSync('ip', ['link', 'set', 'lo', 'up']);
execFileSync('ip', ['address', 'add', '192.0.2.10/32', 'dev', 'lo']);
writeFileSync(join(folder, 'hosts'), '192.0.2.10 ntp.example\n');
execFileSync('mount', ['--bind', join(folder, 'hosts'), '/etc/hosts']);

function start(name: string, lines: readonly string[]): ChildProcess {
  const own = join(folder, name);
  mkdirSync(own);
  chmodSync(own, 0o750);
  const config = [...lines, `pidfile ${own}/pid`, `driftfile ${own}/drift`, `bindcmdaddress ${own}/socket`];
  writeFileSync(join(own, 'chrony.conf'), `${config.join('\n')}\n`);
  return spawn('/usr/sbin/chronyd', ['-x', '-d', '-u', 'root', '-f', join(own, 'chrony.conf')], { stdio: 'ignore' });
}

const server = start('server', ['local stratum 3', 'allow 192.0.2.0/24', 'bindaddress 192.0.2.10', 'cmdport 0']);
const client = start('client', ['server ntp.example iburst minpoll 0 maxpoll 0', 'port 0']);
const running = await timeSyncCollector.collect(collecting(host), { timeSources: ['ntp.example'] }, [{}]);
let clock = await readChrony(host, new Date(), signal);
// Of a first answer chronyd says that it may be wrong by a second.
while (clock.state === 'unreadable' || clock.value.reference !== 'network' || clock.value.distance > 0.1) {
  signal.throwIfAborted();
  await sleep(100);
  clock = await readChrony(host, new Date(), signal);
}
await sleep(300);
const again = await readChrony(host, new Date(), signal);
const ended = once(server, 'exit');
server.kill();
await ended;
const later = await readChrony(host, new Date(Date.now() + 4 * 3_600_000), signal);
client.kill();
await once(client, 'exit');
const stopped = await timeSyncCollector.collect(collecting(host), {}, [{}]);
process.stdout.write(JSON.stringify({ running, clock, again, later, stopped }));
