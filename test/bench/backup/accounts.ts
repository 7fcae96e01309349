/** In a process of its own, so that its memory is all that it took: 500 accounts with half a year of nightly copies. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { remember } from '../../../agent/collect/backup/memory.ts';
import type { Collector } from '../../../agent/collect/collector.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { openLedger } from '../../../agent/ledger.ts';
import { runChecks, type Run } from '../../../agent/run.ts';
import type { AccountPoints, BackupSet, Facts } from '../../../policies/checks/backup/facts.ts';
import { Parameters } from '../../../policies/checks/backup/parameters.ts';
import { parsePolicy } from '../../../policies/load.ts';
import { policyOf } from './policy.ts';

const day = 86_400_000;
const accounts = 500;
const copies = 180;

function setAt(at: Date): BackupSet {
  const night = Math.floor(at.getTime() / day) * day + 2.5 * 3_600_000;
  const value = Array.from({ length: accounts }, (_, account): AccountPoints => ({
    account: `account-${account.toString(16).padStart(12, '0')}`,
    points: Array.from({ length: copies }, (_, index) => ({
      time: new Date(night - (copies - 1 - index) * day + account * 4000).toISOString(),
      size: 10_000_000 + account * 1000 + index,
    })),
  }));
  return {
    set: 'users',
    purpose: 'users',
    tool: 'archives',
    timeZone: 'Europe/Amsterdam',
    requiredPaths: [],
    location: { kind: 'remote', server: 'backup.example.nl' },
    encrypted: 'no',
    points: { state: 'per-account', value },
  };
}

const collector: Collector = {
  kind: 'backup',
  settings: (await import('../../../agent/collect/backup/settings.ts')).Settings,
  collect: (context, _, wanted): Promise<Facts> =>
    Promise.resolve({
      hostname: 'web1',
      sets: [
        remember(
          context,
          setAt(context.at),
          {},
          wanted.map((asked) => Parameters.parse(asked)),
        ),
      ],
    }),
};

const policy = parsePolicy(
  policyOf([
    '{ purpose: users, every: 24h, grace: 2h, perAccount: true, offsite: true }',
    '{ purpose: users, every: 24h, keep: 179d, perAccount: true }',
    '{ purpose: users, generations: { daily: 7, weekly: 4, monthly: 5 }, sizeDrop: 50 }',
  ]),
  'bench.yaml',
);

/** One run as the agent makes it, from opening its ledger to saving it. */
async function run(folder: string, at: Date): Promise<Run> {
  const ledger = openLedger(join(folder, 'ledger.json'), at);
  const found = await runChecks({
    host: new RecordedHost({}),
    at,
    ledger,
    pseudonym: (account) => account,
    mark: (secret) => secret,
    policies: [policy],
    labels: {},
    settings: {},
    collectors: [collector],
  });
  ledger.save(join(folder, 'ledger.json'));
  return found;
}

// The first look makes the ledger, in a process of its own; the second, of the day after, is measured.
const [folder = '', moment = ''] = process.argv.slice(2);
const begun = performance.now();
const before = process.cpuUsage();
const { observations, facts } = await run(folder, new Date(moment));
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  JSON.stringify({
    seconds,
    processor: (user + system) / 1e6,
    peak: process.resourceUsage().maxRSS * 1024,
    facts: Buffer.byteLength(facts.get('backup') ?? ''),
    ledger: statSync(join(folder, 'ledger.json')).size,
    verdicts: observations.map(({ verdict }) => verdict),
  }),
);
