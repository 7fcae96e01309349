import { randomBytes } from 'node:crypto';
import { setPriority } from 'node:os';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { backupContext } from '../agent/restore/context.ts';
import { addRestoreTest, restoreFolder } from '../agent/restore/record.ts';
import { restoreSample, type Outcome, type RestoreInput } from '../agent/restore/restore.ts';
import { Settings, type BackupSettings } from '../agent/collect/backup/settings.ts';
import { LocalHost } from '../agent/host/local.ts';
import { lockFolder } from '../agent/lock.ts';
import { loadAgentSettings } from '../agent/settings.ts';
import type { RestoreTest } from '../policies/checks/backup/facts.ts';
import { Duration, isFuture, Moment } from '../policies/quantities.ts';
import { untilSignal } from './signals.ts';
import { UsageError } from './subcommand.ts';
import { ProgressLine } from './terminal/progress.ts';

interface RestoreTestOptions {
  readonly config: string;
  readonly files?: string;
  readonly full?: true;
  readonly point: string;
  readonly seed?: string;
  readonly within: string;
  readonly attest?: true;
  readonly on?: string;
  readonly by?: string;
}

export function command(): Command {
  return new Command('restore-test')
    .description('Restore a sample of a backup set into a temporary folder, compare it, and record what came of it.')
    .argument('<set>', 'its name in agent.yaml')
    .requiredOption('--config <file>', 'agent.yaml')
    .option('--files <number>', 'how many files are drawn, 1 to 1000 (20)')
    .addOption(new Option('--full', 'restore the whole copy').conflicts(['files', 'seed']))
    .option('--point <which>', 'newest, oldest, or the moment of a copy, such as 2026-11-22T03:00:00Z', 'newest')
    .option('--seed <text>', 'draw the same files again (at random)')
    .option('--within <duration>', 'how long it may take', '1h')
    .addOption(
      new Option('--attest', 'record a test that was made elsewhere and went well').conflicts([
        'files',
        'full',
        'seed',
      ]),
    )
    .option('--on <date>', 'with --attest: the day (UTC) of that test, such as 2026-11-20')
    .option('--by <reference>', 'with --attest: the role or ticket that vouches for it; no name of a person')
    .addHelpText(
      'after',
      `
The next report of the agent carries the record. Nothing is written to the repository or to what was copied.
Exit code: 0 the same came out, 1 something else or nothing, 2 it could not be tried and nothing was recorded, 3 usage.

Example:
  waarborg restore-test www --config /etc/waarborg/agent.yaml --files 50
  waarborg restore-test www --config /etc/waarborg/agent.yaml --attest --on 2026-11-20 --by CHG-2041`,
    )
    .action(restoreTest);
}

async function restoreTest(set: string, options: RestoreTestOptions): Promise<void> {
  const settings = loadAgentSettings(options.config);
  const declared = declaredSet(set, settings.host.backups ?? []);
  const at = new Date();
  if (options.attest === true) {
    const test = attestationOf(options, at);
    using _ = lockFolder(restoreFolder(settings.data));
    addRestoreTest(settings.data, set, declared.source, test);
    process.stdout.write(`recorded: a restore test of ${set} on ${test.at.slice(0, 10)}, attested\n`);
    return;
  }
  if (settings.ssh !== undefined) {
    throw new UsageError('--config: a restore test runs on the host itself; one that was made there can be attested');
  }
  const asked = askedOf(options);
  using _ = lockFolder(restoreFolder(settings.data));
  // Children inherit it: a test must not slow what this host is for.
  setPriority(19);
  const progress = new ProgressLine();
  await untilSignal(async (stop) => {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(asked.timeout * 1000)]);
    const context = backupContext(new LocalHost(), at, signal);
    const outcome = await restoreSample({ ...asked, context, declared, onProgress: (text) => progress.say(text) });
    progress.clear();
    if (outcome.state === 'tested') addRestoreTest(settings.data, set, declared.source, outcome.test);
    report(set, outcome);
  });
}

function declaredSet(name: string, backups: unknown): BackupSettings {
  const sets = Settings.parse({ backups }).backups;
  const declared = sets.find(({ set }) => set === name);
  if (declared !== undefined) return declared;
  const known = sets.length === 0 ? 'it declares none' : `it declares ${sets.map(({ set }) => set).join(', ')}`;
  throw new UsageError(`${name}: no such backup set in the configuration; ${known}`);
}

const Reference = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,99}$/);

function attestationOf({ on, by }: RestoreTestOptions, now: Date): RestoreTest {
  if (on === undefined || by === undefined) throw new UsageError('--attest: expected --on DATE and --by REFERENCE too');
  const at = new Date(`${on}T00:00:00.000Z`);
  const isDay = !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === on;
  if (!isDay || at > now) throw new UsageError(`--on ${on}: expected a day that has begun, such as 2026-11-20`);
  if (!Reference.safeParse(by).success) {
    throw new UsageError(`--by ${by}: expected a role or ticket without blanks, such as CHG-2041`);
  }
  return { at: at.toISOString(), how: 'attested', result: 'same', files: 0, bytes: 0, reference: by };
}

type Asked = Pick<RestoreInput, 'files' | 'point' | 'seed' | 'timeout'>;

function askedOf({ files = '20', full, point, seed, within, on, by }: RestoreTestOptions): Asked {
  if (on !== undefined || by !== undefined) throw new UsageError('--on and --by: expected only with --attest');
  const count = z.coerce.number().int().min(1).max(1000).safeParse(files);
  if (!count.success) throw new UsageError(`--files ${files}: expected a number from 1 to 1000`);
  const timeout = Duration.safeParse(within);
  if (!timeout.success) throw new UsageError(`--within ${within}: expected a duration such as 1h`);
  const drawnBy = seed ?? randomBytes(8).toString('hex');
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(drawnBy)) {
    throw new UsageError(`--seed ${drawnBy}: expected up to 64 letters, digits, dots and hyphens`);
  }
  return {
    files: full === true ? 'all' : count.data,
    point: pointOf(point),
    seed: drawnBy,
    timeout: timeout.data,
  };
}

function pointOf(which: string): RestoreInput['point'] {
  if (which === 'newest' || which === 'oldest') return which;
  const moment = Moment.safeParse(which);
  if (moment.success && !isFuture(moment.data, new Date())) return new Date(moment.data);
  throw new UsageError(`--point ${which}: expected newest, oldest, or a moment such as 2026-11-22T03:00:00Z`);
}

/** Problems shown of one test. */
const shown = 20;

function report(set: string, outcome: Outcome): void {
  if (outcome.state === 'untried') {
    process.stderr.write(`waarborg: ${set}: not tested: ${outcome.why}\n`);
    process.exitCode = 2;
    return;
  }
  const { test, details } = outcome;
  const seed = test.seed === undefined ? '' : `, seed ${test.seed}`;
  process.stdout.write(
    `${set}: ${test.result}: ${test.files} files, ${test.bytes} bytes of the copy of ${test.point ?? ''}${seed}; ` +
      `${details.withSource} held against their source\n`,
  );
  for (const problem of details.problems.slice(0, shown)) process.stdout.write(`  ${problem}\n`);
  const left = details.problems.length - shown;
  if (left > 0) process.stdout.write(`  and ${left} more\n`);
  process.exitCode = test.result === 'same' ? 0 : 1;
}
