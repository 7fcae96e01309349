/**
 * Run in a root with Suricata, in a network namespace of its own: lets it watch one end of a cable, and prints what comes out
 * of it in one situation after the other, as JSON.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { bruteForceCollector } from '../../../../agent/collect/brute-force/index.ts';
import type { Command, Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { bruteForce } from '../../../../policies/checks/brute-force.ts';
import type { BruteForceFacts } from '../../../../policies/checks/brute-force/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';

/** Whoever runs the agent without the rights of root. */
class OrdinaryUser extends LocalHost {
  override run({ file, args, ...command }: Command, signal?: AbortSignal): ReturnType<Host['run']> {
    const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', file, ...args];
    return super.run({ ...command, file: 'setpriv', args: asNobody }, signal);
  }
}

const rules = '/var/lib/suricata/rules/suricata.rules';
const pidFile = '/run/suricata.pid';
const days = 86_400_000;
const parameters = { intrusionDetection: true };
const told: Record<string, string[]> = {};
const facts: Record<string, unknown> = {};

async function look(situation: string, after = 0, host: Host = new LocalHost()): Promise<void> {
  const at = new Date(Date.now() + after);
  const found = (await bruteForceCollector.collect(collecting(host, { at }), {}, [parameters])) as BruteForceFacts;
  told[situation] = bruteForce.judge(read(found), parameters, at).map(({ code }) => code.replace('brute-force.', ''));
  facts[situation] = found.detectors;
}

function tool(file: string, ...args: string[]): string {
  return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function writeRules(...lines: string[]): void {
  writeFileSync(rules, lines.map((line) => `${line}\n`).join(''));
}

function plug(): void {
  tool('ip', 'link', 'add', 'eth9', 'type', 'veth', 'peer', 'name', 'eth10');
  for (const name of ['eth9', 'eth10']) tool('ip', 'link', 'set', name, 'up');
}

/** @param isAsked whether it opens its socket */
async function start(args: readonly string[], isAsked = true): Promise<void> {
  tool('suricata', '-c', '/etc/suricata/suricata.yaml', '-D', '--pidfile', pidFile, ...args);
  for (let tries = 0; isAsked && tries < 100; tries += 1) {
    try {
      tool('suricatasc', '-c', 'uptime');
      return;
    } catch {
      await sleep(100);
    }
  }
}

async function stop(): Promise<void> {
  const pid = Number(readFileSync(pidFile, 'utf8'));
  process.kill(pid);
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(50);
  }
}

const sound = [
  'alert icmp any any -> any any (msg:"echo"; sid:1000001; rev:1;)',
  'alert tcp any any -> any 80 (msg:"word"; content:"word"; sid:1000002; rev:1;)',
];
mkdirSync('/var/lib/suricata/rules', { recursive: true });
tool('mount', '-t', 'sysfs', 'sysfs', '/sys');
plug();
writeRules(...sound);
await look('absent');
await start(['-i', 'eth9']);
await look('works');
await look('works again');
await look('eight days on', 8 * days);
await look('fifteen days on', 15 * days);
await look('as an ordinary user', 0, new OrdinaryUser());
await sleep(50);
writeRules(...sound, ...sound.map((rule) => rule.replace('sid:1', 'sid:2')));
await look('rules that were written just now');
await look('rules that were never loaded', 1.5 * days);
tool('suricatasc', '-c', 'reload-rules');
await look('rules that were loaded', 1.5 * days);
const later = new Date(Date.now() + 2 * days);
utimesSync(rules, later, later);
await look('rules of tomorrow');
writeRules('garbage');
tool('suricatasc', '-c', 'reload-rules');
await look('rules that it cannot read');
writeRules(...sound);
tool('suricatasc', '-c', 'reload-rules');
for (const name of ['eve.json', 'fast.log']) rmSync(`/var/log/suricata/${name}`, { force: true });
await look('no log');
tool('ip', 'link', 'set', 'eth9', 'down');
await look('interface down');
tool('ip', 'link', 'delete', 'eth9');
await look('interface gone');
await stop();
await look('stopped');
plug();
await start(['-i', 'eth9', '--set', 'unix-command.enabled=no'], false);
await look('no socket');
await stop();
await start(['-q', '0']);
await look('queue');
await stop();
process.stdout.write(JSON.stringify({ told, facts }));
