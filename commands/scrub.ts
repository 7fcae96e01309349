import type { DatabaseSync } from 'node:sqlite';
import { Command } from 'commander';
import { readIfThere } from '../agent/durable.ts';
import { Handovers } from '../collector/log/handovers.ts';
import { verificationKeyOf } from '../collector/log/keys.ts';
import { isMismatch, scrub, type KeptHead, type Mismatch, type ScrubProgress } from '../collector/log/scrub.ts';
import { evidenceForReading, hasEvidence } from '../collector/store/store.ts';
import { parseLogKey } from '../evidence/vkey.ts';
import { addCollectorDataOptions, collectorData, collectorGuard, type CollectorDataOptions } from './data-options.ts';
import { UsageError } from './subcommand.ts';
import { ProgressLine } from './terminal/progress.ts';

/** A damaged disk can make a line of every row. */
const maximumLines = 50;

export function command(): Command {
  return addCollectorDataOptions(new Command('scrub'))
    .description(
      'Read everything that a collector stores and hold it against what was signed. Mends nothing; works while the collector runs.',
    )
    .addHelpText(
      'after',
      `
Exit code: 0 all is as it was signed, 1 something is not, 3 usage.

Example:
  waarborg scrub --config /etc/waarborg/collector.yaml`,
    )
    .action(runScrub);
}

function runScrub(options: CollectorDataOptions): void {
  const data = collectorData(options);
  if (!hasEvidence(data)) throw new UsageError(`no collector has run on ${data} yet; give its --config or --data`);
  // Before the head is read, which may grow meanwhile.
  const kept = keptHeads(collectorGuard(options));
  const database = evidenceForReading(data);
  const progress = new ProgressLine();
  const mismatches: Mismatch[] = [];
  let last: ScrubProgress | undefined;
  let steps = 0;
  try {
    progress.say('checking the database file …');
    mismatches.push(...fileMismatches(database));
    const origin = String(database.prepare('SELECT origin FROM head').get()?.origin);
    const former = new Handovers(database).list().map(({ logKey }) => logKey);
    const keys = [verificationKeyOf(data, origin, database), ...former].map(parseLogKey);
    for (const step of scrub(database, keys, kept)) {
      if (isMismatch(step)) {
        mismatches.push(step);
        continue;
      }
      last = step;
      if (steps++ % 100 === 0) progress.say(`${last.entries} of ${last.of} entries, ${last.parts} parts …`);
    }
  } finally {
    progress.clear();
    database.close();
  }
  process.stdout.write(render(mismatches, last));
  process.exitCode = mismatches.length === 0 ? 0 : 1;
}

function keptHeads(guard: string): KeptHead[] {
  const note = readIfThere(guard);
  return note === undefined ? [] : [{ note, holder: `the guard ${guard}` }];
}

/** What SQLite itself finds wrong with its file. */
function fileMismatches(database: DatabaseSync): Mismatch[] {
  const where = 'the database file';
  try {
    const rows = database.prepare('PRAGMA integrity_check').all();
    const messages = rows.map((row) => String(row.integrity_check)).filter((message) => message !== 'ok');
    return messages.map((message) => ({ where, message }));
  } catch (error) {
    // Too broken even to be checked.
    return [{ where, message: error instanceof Error ? error.message : String(error) }];
  }
}

function render(mismatches: readonly Mismatch[], last: ScrubProgress | undefined): string {
  const read =
    last === undefined ? 'nothing' : `${last.entries} entries, ${last.parts} parts, ${last.policies} policy documents`;
  const lines = mismatches.slice(0, maximumLines).map(({ where, message }) => `✗ ${where}: ${message}`);
  const rest = mismatches.length - lines.length;
  const more = rest > 0 ? [`  and ${rest} more`] : [];
  const outcome =
    mismatches.length === 0
      ? `${read} were read: all is as it was signed`
      : `${read} were read, and ${mismatches.length} found wrong; docs/recovery.md tells what to do`;
  return `${[...lines, ...more, outcome].join('\n')}\n`;
}
