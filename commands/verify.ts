import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { verifyBundleOnThreads, type Verification } from '../evidence/verify.ts';
import { folderReader } from './bundle-folder.ts';
import { UsageError } from './subcommand.ts';
import { renderVerification } from './terminal/verification.ts';
import { ProgressLine } from './terminal/progress.ts';

interface VerifyOptions {
  readonly since?: string;
  readonly key?: string;
  readonly authority: readonly string[];
  readonly witness: readonly string[];
  readonly quorum?: string;
  readonly format: 'table' | 'json';
}

const exitCodes: Readonly<Record<Verification['outcome'], number>> = {
  sound: 0,
  tampered: 1,
  incomplete: 2,
  nothing: 2,
};

export function command(): Command {
  return new Command('verify')
    .argument('<folder>', 'the bundle')
    .description(
      'Verify a bundle of evidence from its own files alone: signatures, log, bodies, and every verdict again.',
    )
    .option('--key <log key>', "the log's verification key as its operator published it; else the bundle's own is used")
    .option('--since <file>', 'a checkpoint kept from an earlier bundle: the log must continue it')
    .option(
      '--authority <file>',
      'certificates in PEM of a timestamp authority that you trust; may be given more than once',
      (file: string, before: readonly string[]) => [...before, file],
      [],
    )
    .option(
      '--witness <key>',
      'verification key of a witness that you trust; may be given more than once',
      (key: string, before: readonly string[]) => [...before, key],
      [],
    )
    .option('--quorum <number>', 'how many of these witnesses must vouch for the log as it was of late')
    .addOption(new Option('--format <form>', 'how to print the outcome').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
Exit code: 0 sound, 1 tampered, 2 incomplete or nothing to verify, 3 usage.

Example:
  waarborg verify evidence-2026-11 --key waarborg.example.nl/log+1a2b3c4d+AX... --since evidence-2026-10/checkpoint`,
    )
    .action(runVerify);
}

async function runVerify(
  folder: string,
  { since, key, authority, witness, quorum, format }: VerifyOptions,
): Promise<void> {
  const progress = new ProgressLine();
  const verification = await verifyBundleOnThreads(folderReader(folder), {
    ...(key === undefined ? {} : { logKey: key }),
    ...(since === undefined ? {} : { since: readText('--since', since, 'a checkpoint file, as a bundle holds it') }),
    authorities: authority.map((file) => readText('--authority', file, 'certificates in PEM')),
    witnesses: witness,
    ...(quorum === undefined ? {} : { quorum: quorumOf(quorum, witness) }),
    onProgress: (done, of) => progress.say(`${done} of ${of} entries verified …`),
  });
  progress.clear();
  process.stdout.write(
    format === 'json'
      ? `${JSON.stringify({ v: 1, ...verification }, undefined, 2)}\n`
      : renderVerification(verification),
  );
  process.exitCode = exitCodes[verification.outcome];
}

/** More than there are could never be met, and none would ask for nothing. */
function quorumOf(text: string, witnesses: readonly string[]): number {
  const needed = Number(text);
  if (Number.isInteger(needed) && needed >= 1 && needed <= witnesses.length) return needed;
  throw new UsageError(
    `--quorum ${text}: expected a number from 1 to the number of --witness, of which ${witnesses.length} were given`,
  );
}

function readText(option: string, file: string, expected: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`${option} ${file}: cannot be read; expected ${expected}`);
  }
}
