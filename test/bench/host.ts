import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { heapFlag } from '../../agent/memory.ts';
import { compilePolicies } from '../../deploy/build.ts';
import { temporaryFolder, tool } from '../support/tools.ts';
import { tell } from './figures.ts';
import { accounts, sites, writeHost } from './host/made-up.ts';

const promised = { processor: 2, memory: 120e6 } as const;

const Figures = z.strictObject({
  seconds: z.number(),
  /** Of processor: the run itself, and the whole process. */
  own: z.number(),
  whole: z.number(),
  peak: z.number(),
  kinds: z.array(z.string()),
  sites: z.number(),
});

/** Every kind that reads the host itself, on a host with very many accounts and sites, beside Debian's lynis on this machine. */
export async function bench(): Promise<void> {
  using temporary = temporaryFolder();
  const folder = realpathSync(temporary.path);
  writeHost(folder);
  const script = await bundle(folder);
  // The first look makes the ledger that the second begins with.
  runKinds(script, folder);
  const all = runKinds(script, folder);
  tell(`${accounts} accounts, ${sites} sites: a run of ${all.kinds.length} kinds`, `${all.seconds.toFixed(2)} s`);
  tell('its processor time, commands included', `${all.processor.toFixed(2)} s, promised ${promised.processor} s`);
  tell('of that the agent’s own', `${all.own.toFixed(2)} s`);
  tell('its memory at most', `${(all.peak / 1e6).toFixed(0)} MB, promised ${promised.memory / 1e6} MB`);
  tell('the program before it reads anything', `${(runKinds(script, folder, 'none').peak / 1e6).toFixed(0)} MB`);
  const cms = runKinds(script, folder, 'cms');
  tell(
    `cms alone, ${cms.sites} sites found`,
    `${cms.own.toFixed(2)} s of processor, ${(cms.peak / 1e6).toFixed(0)} MB`,
  );
  if (tool('lynis') === undefined) {
    tell('lynis', 'is not installed');
    return;
  }
  const log = join(folder, 'lynis');
  const args = [
    'audit',
    'system',
    '--quick',
    '--quiet',
    '--no-colors',
    '--logfile',
    `${log}.log`,
    '--report-file',
    `${log}.dat`,
  ];
  const lynis = timed('lynis', args);
  tell('lynis audit system --quick: processor time', `${lynis.processor.toFixed(2)} s`);
}

/** As the agent's service runs it: bundled, and with its flags. */
async function bundle(folder: string): Promise<string> {
  const script = join(folder, 'run.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'host/run.ts')],
    outfile: script,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    logLevel: 'warning',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const policies = join(import.meta.dirname, '../../policies');
  for (const name of readdirSync(policies).filter((one) => one.endsWith('.yaml'))) {
    cpSync(join(policies, name), join(folder, 'policies', name));
  }
  compilePolicies(join(folder, 'policies'));
  return script;
}

interface Run extends z.output<typeof Figures> {
  /** Seconds of processor time of the run and of the commands that it started; starting the program is left out. */
  readonly processor: number;
}

function runKinds(script: string, folder: string, ...only: readonly string[]): Run {
  const unit = readFileSync(join(import.meta.dirname, '../../deploy/systemd/waarborg-agent.service'), 'utf8');
  const environment = /^Environment=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? [];
  const { stdout, processor } = timed('env', [...environment, process.execPath, heapFlag, script, folder, ...only]);
  const figures = Figures.parse(JSON.parse(stdout));
  return { ...figures, processor: figures.own + Math.max(processor - figures.whole, 0) };
}

/** Runs a program and tells the processor time of it and of all that it started, as the shell's `time` has it. */
function timed(file: string, args: readonly string[]): { stdout: string; processor: number } {
  const script = 'TIMEFORMAT="%U %S"; time "$@" 2>/dev/null';
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', file, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  const [user = NaN, system = NaN] = stderr.trim().split(' ').map(Number);
  return { stdout, processor: user + system };
}
