/**
 * Run in namespaces of its own (network, processes, mounts): an rsyslogd that sends to a listener in a second network,
 * and to this host itself. Prints what the agent reads, as JSON.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { logForwardingCollector } from '../../../../agent/collect/log-forwarding/index.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { Facts, type LogForwardingFacts } from '../../../../policies/checks/log-forwarding/facts.ts';
import { collecting } from '../../../support/collecting.ts';

const [folder = ''] = process.argv.slice(2);
const deadline = AbortSignal.timeout(25_000);
const ip = (...words: string[]): void => void execFileSync('ip', words, { stdio: 'pipe' });

const listen = `require('node:net').createServer((s) => s.resume()).listen(6514, '0.0.0.0', () => console.log('listens'))`;
const central = spawn('unshare', ['--net', process.execPath, '-e', listen], { stdio: ['ignore', 'pipe', 'ignore'] });
await once(central.stdout, 'data');
ip('link', 'set', 'lo', 'up');
ip('link', 'add', 'here', 'type', 'veth', 'peer', 'name', 'there', 'netns', String(central.pid));
ip('address', 'add', '192.0.2.20/24', 'dev', 'here');
ip('link', 'set', 'here', 'up');
for (const words of [
  ['address', 'add', '192.0.2.10/24', 'dev', 'there'],
  ['link', 'set', 'there', 'up'],
]) {
  execFileSync('nsenter', ['--net', '--target', String(central.pid), 'ip', ...words]);
}

mkdirSync(join(folder, 'queue'));
const configuration = join(folder, 'rsyslog.conf');
writeFileSync(
  configuration,
  `global(workDirectory="${folder}/queue")
module(load="immark" interval="1")
module(load="imuxsock" SysSock.Name="${folder}/log")
include(file="${folder}/d/*.conf")
`,
);
mkdirSync(join(folder, 'd'));
writeFileSync(
  join(folder, 'd/central.conf'),
  `*.* action(type="omfwd" target="192.0.2.10" port="6514" protocol="tcp" queue.type="LinkedList" queue.filename="central")
auth.* @@127.0.0.1:6515
`,
);
const rsyslog = spawn('rsyslogd', ['-n', '-f', configuration, '-i', join(folder, 'pid')], { stdio: 'ignore' });

async function readFacts(): Promise<LogForwardingFacts> {
  return Facts.parse(await logForwardingCollector.collect(collecting(new LocalHost()), {}, [{}]));
}

async function until(isSo: (facts: LogForwardingFacts) => boolean): Promise<LogForwardingFacts> {
  for (;;) {
    const facts = await readFacts();
    if (isSo(facts)) return facts;
    deadline.throwIfAborted();
    // A record makes rsyslog connect; it gets one from its own socket.
    execFileSync('logger', ['--socket', join(folder, 'log'), 'hello'], { stdio: 'ignore' });
    await sleep(200);
  }
}

const peers = ({ forwarders }: LogForwardingFacts): number => {
  const [first] = forwarders.state === 'read' ? forwarders.value : [];
  return first?.peers.state === 'read' ? first.peers.value.length : 0;
};
const connected = await until((facts) => peers(facts) > 0);
const again = await readFacts();
const gone = once(central, 'exit');
central.kill('SIGKILL');
await gone;
const lost = await until((facts) => peers(facts) === 0);
const ended = once(rsyslog, 'exit');
rsyslog.kill('SIGKILL');
await ended;
const stopped = await readFacts();
process.stdout.write(JSON.stringify({ connected, again, lost, stopped }));
