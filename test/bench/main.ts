/** `npm run bench -- [NAME ...] [--reports N] [--hosts N]`: figures, and ratios against a peer measured in the same run. No test: timings are noisy. */
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** How many reports `ingest` sends, and entries `verify` verifies. */
  readonly reports: number;
  /** How many hosts `metrics` scrapes. */
  readonly hosts: number;
}

const benches: Readonly<Record<string, () => Promise<{ bench(options: BenchOptions): Promise<void> }>>> = {
  agent: () => import('./agent.ts'),
  backup: () => import('./backup.ts'),
  host: () => import('./host.ts'),
  ingest: () => import('./ingest.ts'),
  metrics: () => import('./metrics.ts'),
  tls: () => import('./tls.ts'),
  verify: () => import('./verify.ts'),
};

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { reports: { type: 'string', default: '200000' }, hosts: { type: 'string', default: '10000' } },
});
const unknown = names.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`bench: no ${unknown.join(', ')}; expected ${Object.keys(benches).join(', ')}\n`);
  process.exitCode = 3;
} else {
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    process.stdout.write(`\n${name}\n`);
    await (await benches[name]?.())?.bench({ reports: Number(values.reports), hosts: Number(values.hosts) });
  }
}
