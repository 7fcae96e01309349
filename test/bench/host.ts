import { cpSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { compilePolicies } from '../../deploy/build.ts';
import { temporaryFolder, tool } from '../support/tools.ts';
import { tell } from './figures.ts';
import { accounts, sites, writeHost } from './host/made-up.ts';
import { measure, measureLynis, megabytes, nodeAlone, serviceEnvironment, type Measured } from './measured.ts';

/** Kinds that are measured together, and what was promised of a run of them. */
const groups = {
  'accounts, passwords and updates': {
    kinds: ['accounts', 'cms', 'password-age', 'password-policy', 'ssh-access', 'updates'],
    seconds: 2,
  },
  'what else a host shows': {
    kinds: [
      ...['anomalies', 'audit-log', 'availability', 'brute-force', 'capacity', 'disk-encryption', 'firewall'],
      ...['http-restriction', 'isolation', 'labels', 'listening-services', 'log-forwarding', 'log-retention'],
      ...['replication', 'time-sync', 'unreachable', 'waf'],
    ],
    seconds: 3,
  },
} as const;

const promisedMemory = 120e6;

const Figures = z.strictObject({
  /** Of processor: the run itself, and the whole process. */
  own: z.number(),
  whole: z.number(),
  /** Those of the policies' kinds that were asked for. */
  kinds: z.array(z.string()),
  sites: z.number(),
});

/** The kinds that read the host itself, on a host with very many accounts and sites, beside Debian's lynis on this machine. */
export async function bench(): Promise<void> {
  using temporary = temporaryFolder();
  const folder = realpathSync(temporary.path);
  writeHost(folder);
  const run = await prepare(folder);
  tell(`${accounts} accounts, ${sites} sites; the program before it reads`, megabytes((await run(['none'])).peak));
  for (const [name, { kinds, seconds }] of Object.entries(groups)) report(name, await run(kinds), seconds);
  const everything = Object.values(groups).flatMap(({ kinds }) => [...kinds]);
  report('both', await run(everything));
  const cms = await run(['cms']);
  report(`cms alone, ${cms.sites} sites found`, cms);
  if (tool('lynis') === undefined) tell('lynis', 'is not installed');
  else tell('lynis audit system --quick: processor time', `${(await measureLynis(folder)).processor.toFixed(2)} s`);
}

function report(name: string, { kinds, own, processor, peak }: Run, promised?: number): void {
  const [seconds, memory] =
    promised === undefined ? ['', ''] : [`, promised ${promised} s`, `, promised ${megabytes(promisedMemory)}`];
  tell(
    `${name}: ${kinds.length} kinds`,
    `${processor.toFixed(2)} s of processor${seconds}; its own ${own.toFixed(2)} s`,
  );
  tell('  memory at most (PSS)', `${megabytes(peak)}${memory}`);
}

/** `processor` leaves out the start of the program, and has the commands that it started. */
interface Run extends z.output<typeof Figures>, Measured {}

/** @returns runs the kinds as the agent's service does: bundled, compiled before, with its settings of memory; the median of three */
async function prepare(folder: string): Promise<(kinds: readonly string[]) => Promise<Run>> {
  const script = await bundle(folder);
  const node = nodeAlone(folder);
  const env = { ...serviceEnvironment(), NODE_COMPILE_CACHE: join(folder, 'compiled') };
  const run = async (kinds: readonly string[]): Promise<Run> => {
    const measured = await measure([node, script, folder, kinds.join(',')], env);
    const figures = Figures.parse(JSON.parse(measured.stdout));
    const commands = Math.max(measured.processor - figures.whole, 0);
    return { ...measured, ...figures, processor: figures.own + commands };
  };
  // The first run makes what later ones begin with: the ledger, and the compiled program.
  await run(Object.values(groups).flatMap(({ kinds }) => [...kinds]));
  return async (kinds) => medianOf([await run(kinds), await run(kinds), await run(kinds)]);
}

/** By processor time, which the same run takes a tenth more or less of, as the machine is. */
function medianOf(runs: readonly [Run, Run, Run]): Run {
  const [, median] = runs.toSorted((a, b) => a.processor - b.processor) as [Run, Run, Run];
  return median;
}

async function bundle(folder: string): Promise<string> {
  const out = join(folder, 'program');
  await build({
    entryPoints: [join(import.meta.dirname, 'host/run.ts')],
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    minifySyntax: true,
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
  const policies = join(import.meta.dirname, '../../policies');
  for (const name of readdirSync(policies).filter((one) => one.endsWith('.yaml'))) {
    cpSync(join(policies, name), join(out, 'policies', name));
  }
  compilePolicies(join(out, 'policies'));
  return join(out, 'run.mjs');
}
