import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { z } from 'zod';
import { backupCollector } from '../../agent/collect/backup/index.ts';
import { RecordedHost } from '../../agent/host/recorded.ts';
import { heapFlag } from '../../agent/memory.ts';
import { RunLedger } from '../../agent/ledger.ts';
import { runChecks, type Run } from '../../agent/run.ts';
import { parsePolicy } from '../../policies/load.ts';
import { temporaryFolder } from '../support/tools.ts';
import { policyOf } from './backup/policy.ts';
import { secondsOf, tell } from './figures.ts';

const snapshots = 10_000;
const at = new Date('2026-11-22T12:00:00Z');
const promised = { ofRestic: 0.2, ofAccounts: 1, memory: 150e6 } as const;

/** Reading and judging backups: one repository with very many copies, and very many accounts with half a year of them. */
export async function bench(): Promise<void> {
  const { run, ...restic } = await readRestic();
  const verdicts = run.observations.map(({ verdict }) => verdict);
  tell(`${snapshots} restic snapshots, from the listing to verdicts`, figure(restic, promised.ofRestic, verdicts));
  const accounts = await readAccounts();
  tell('500 accounts with 180 copies each, a whole run', figure(accounts, promised.ofAccounts, accounts.verdicts));
  tell('its memory at most', `${megabytes(accounts.peak)}, promised ${megabytes(promised.memory)}`);
  tell('its facts, and the ledger after it', `${megabytes(accounts.facts)}, ${megabytes(accounts.ledger)}`);
}

interface Taken {
  readonly seconds: number;
  /** Seconds of processor time: on a machine with other work the time that passes is more. */
  readonly processor: number;
}

function figure({ seconds, processor }: Taken, most: number, verdicts: readonly string[]): string {
  const milliseconds = (value: number): string => `${(value * 1000).toFixed(0)} ms`;
  return `${milliseconds(seconds)}, ${milliseconds(processor)} of processor, promised ${milliseconds(most)} (${verdicts.join(' ')})`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The best of three runs after one that warms up: an agent stays resident, and others share this machine. */
async function readRestic(): Promise<Taken & { run: Run }> {
  const host = recordedRestic();
  const policy = parsePolicy(
    policyOf([
      '{ every: 1h, keep: 365d }',
      '{ generations: { daily: 7, weekly: 4, monthly: 12 } }',
      '{ every: 24h, sizeDrop: 50 }',
    ]),
    'bench.yaml',
  );
  const restic = { repository: 'sftp:backup@nas.example.nl:/srv/restic', passwordFile: '/etc/restic.pass' };
  const settings = {
    backups: [{ set: 'www', paths: ['/etc', '/var/www'], timeZone: 'Europe/Amsterdam', source: { restic } }],
  };
  let best: Taken = { seconds: Infinity, processor: Infinity };
  let run: Run | undefined;
  for (let count = 0; count < 4; count++) {
    const before = process.cpuUsage();
    const seconds = await secondsOf(async () => {
      run = await runChecks({
        host,
        at,
        ledger: new RunLedger(at),
        pseudonym: (account) => account,
        mark: (secret) => secret,
        policies: [policy],
        labels: {},
        settings,
        collectors: [backupCollector],
      });
    });
    const { user, system } = process.cpuUsage(before);
    if (count > 0 && seconds < best.seconds) best = { seconds, processor: (user + system) / 1e6 };
  }
  if (run === undefined) throw new Error('nothing was run');
  return { ...best, run };
}

/** `restic snapshots --json` in the form of restic 0.17: hourly copies over more than a year. */
function recordedRestic(): RecordedHost {
  const listing = Array.from({ length: snapshots }, (_, index) => {
    const time = new Date(at.getTime() - (snapshots - index) * 3_600_000).toISOString();
    const id = createHash('sha256').update(String(index)).digest('hex');
    return {
      time,
      tree: id,
      paths: ['/etc', '/home', '/var/www'],
      hostname: 'recorded',
      username: 'root',
      program_version: 'restic 0.17.3',
      summary: { backup_start: time, backup_end: time, total_bytes_processed: 1e9 + index },
      id,
      short_id: id.slice(0, 8),
    };
  });
  const command = 'restic snapshots --json --no-lock --no-cache';
  return new RecordedHost({ commands: { [command]: { stdout: JSON.stringify(listing) } } });
}

const AccountsFigures = z.strictObject({
  seconds: z.number(),
  processor: z.number(),
  peak: z.number(),
  facts: z.number(),
  ledger: z.number(),
  verdicts: z.array(z.string()),
});

/** As the agent's service runs it: bundled, with its flags and its environment. */
async function readAccounts(): Promise<z.output<typeof AccountsFigures>> {
  using folder = temporaryFolder();
  const script = join(folder.path, 'accounts.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'backup/accounts.ts')],
    outfile: script,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    logLevel: 'warning',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const unit = readFileSync(join(import.meta.dirname, '../../deploy/systemd/waarborg-agent.service'), 'utf8');
  const environment = /^Environment=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? [];
  const runAt = async (moment: string): Promise<string> => {
    const words = [...environment, process.execPath, heapFlag, script, folder.path, moment];
    const { stdout } = await promisify(execFile)('env', words);
    return stdout;
  };
  // The first look makes the ledger that the second, of the day after, begins with.
  await runAt('2026-11-21T12:00:00Z');
  return AccountsFigures.parse(JSON.parse(await runAt('2026-11-22T12:00:00Z')));
}
