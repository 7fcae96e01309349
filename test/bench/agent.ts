import { spawn } from 'node:child_process';
import { globSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { bundle } from '../../deploy/build.ts';
import { freePort } from '../support/process.ts';
import { collectorOn, enrolAgentAt } from '../support/road.ts';
import { temporaryFolder, tool } from '../support/tools.ts';
import { tell } from './figures.ts';
import { measure, measureLynis, megabytes, nodeAlone, serviceEnvironment, shareOfMemory } from './measured.ts';

const promised = { once: 120e6, idle: 60e6 } as const;

/** Seconds after which a resident process has done what it does at its start. */
const settling = 10;

const scrapes = 20;

/**
 * The agent as it is released, with every shipped policy, on this machine: one run, delivered and proven, and the agent
 * that stays. Beside it, in the same run: Debian's lynis, and its node_exporter, which answers a scrape.
 */
export async function bench(): Promise<void> {
  using temporary = temporaryFolder();
  const folder = realpathSync(temporary.path);
  const program = join(folder, 'program');
  await bundle(program);
  await using collector = await collectorOn(join(folder, 'collector'));
  const config = join(folder, 'agent.yaml');
  const policies = globSync('*.yaml', { cwd: join(program, 'policies') }).map((file) => basename(file, '.yaml'));
  const [agent, data] = ['bench.example.nl', join(folder, 'agent')];
  const rare = { schedule: '0 0 1 1 *', splay: '1s' };
  const labels = { role: 'web', data: 'confidential' };
  writeFileSync(config, stringify({ agent, data, labels, policies, collector: { url: collector.url }, ...rare }));
  (await enrolAgentAt(collector, data, agent))[Symbol.dispose]();

  const command = [nodeAlone(folder), join(program, 'waarborg.js'), 'agent'];
  // The first run leaves what later ones begin with: the ledger, and the compiled program.
  await measure([...command, '--config', config, '--once'], serviceEnvironment());
  const start = await measure([...command, '--help'], serviceEnvironment());
  tell('the agent’s start', `${start.processor.toFixed(2)} s of processor, ${megabytes(start.peak)}`);
  const run = await measure([...command, '--config', config, '--once'], serviceEnvironment());
  tell(`one run of ${policies.length} policies, delivered`, `${run.seconds.toFixed(1)} s by the clock`);
  tell('  its processor time, commands included', `${run.processor.toFixed(2)} s`);
  tell('  memory at most (PSS)', `${megabytes(run.peak)}, promised ${megabytes(promised.once)}`);
  const idle = await idleMemory([...command, '--config', config], serviceEnvironment());
  tell('the resident agent, idle (PSS)', `${megabytes(idle)}, promised ${megabytes(promised.idle)}`);
  if (tool('lynis') === undefined) tell('lynis', 'is not installed');
  else tell('lynis audit system --quick: processor time', `${(await measureLynis(folder)).processor.toFixed(2)} s`);
  if (tool('prometheus-node-exporter') === undefined) tell('node_exporter', 'is not installed');
  else await measureExporter();
}

async function idleMemory([file = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const resident = spawn(file, args, { stdio: 'ignore', env: { ...process.env, ...env } });
  try {
    await sleep(settling * 1000);
    if (resident.exitCode !== null) throw new Error(`the resident agent ended with ${resident.exitCode}`);
    return shareOfMemory(resident.pid ?? 0);
  } finally {
    resident.kill('SIGTERM');
  }
}

async function measureExporter(): Promise<void> {
  const address = `127.0.0.1:${await freePort()}`;
  const exporter = spawn('prometheus-node-exporter', [`--web.listen-address=${address}`], { stdio: 'ignore' });
  const pid = exporter.pid ?? 0;
  try {
    await sleep(settling * 1000);
    const idle = shareOfMemory(pid);
    const before = processorOf(pid);
    for (let done = 0; done < scrapes; done += 1) await (await fetch(`http://${address}/metrics`)).text();
    const each = (processorOf(pid) - before) / scrapes;
    tell('node_exporter: idle (PSS), and a scrape', `${megabytes(idle)}, ${each.toFixed(3)} s of processor`);
  } finally {
    exporter.kill('SIGTERM');
  }
}

/** Seconds of processor time that a process has used so far (proc(5): utime and stime, in hundredths). */
function processorOf(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user = NaN, system = NaN] = fields.split(' ').slice(11, 13).map(Number);
  return (user + system) / 100;
}
