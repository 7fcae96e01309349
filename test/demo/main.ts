/**
 * `npm run demo`: a collector with fifty simulated hosts over ninety days, and then served on loopback while the fleet
 * lives on. Everything in it says that it is simulated. `-- --help` has the options.
 */
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { untilSignal } from '../../commands/signals.ts';
import { ProgressLine } from '../../commands/terminal/progress.ts';
import type { Collector } from '../../collector/collector.ts';
import { fillCollector, startDemonstration, type Demonstration } from './fill.ts';
import { hour, minute } from './span.ts';

const help = `Usage: npm run demo -- [options]

Fills a collector with simulated hosts and serves it on 127.0.0.1 until Ctrl-C.

  --fill-only         fill and end
  --data <folder>     where all of it is kept, made anew each time (waarborg-demo)
  --hosts <number>    from 8 to 250 (50)
  --days <number>     from 2 to 90 (90)
  --seed <number>     another fleet with another fate (1)
  --port <number>     where it is served (9851)
  --history <file>    also write what /metrics said every six hours, for
                      promtool tsdb create-blocks-from openmetrics
`;

/** Milliseconds between two looks at the metrics for the history. */
const historyEvery = 6 * hour;

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const Options = z.strictObject({
  help: z.boolean().default(false),
  'fill-only': z.boolean().default(false),
  data: z.string().default('waarborg-demo'),
  hosts: count(8, 250).default(50),
  days: count(2, 90).default(90),
  seed: count(0, 2 ** 31).default(1),
  port: count(0, 65_535).default(9851),
  history: z.string().optional(),
});
type Options = z.output<typeof Options>;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

function readOptions(): Options | string {
  try {
    const { values } = parseArgs({
      options: {
        ...{
          help: flag,
          'fill-only': flag,
          data: text,
          hosts: text,
          days: text,
          seed: text,
          port: text,
          history: text,
        },
      },
    });
    const parsed = Options.safeParse(values);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return `--${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'string') {
    process.stderr.write(`demo: ${options}\n\n${help}`);
    return 3;
  }
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const demonstration = await fill(options);
  if (!options['fill-only']) await serve(demonstration, options);
  return 0;
}

async function fill({ data, hosts, days, seed, history }: Options): Promise<Demonstration> {
  const progress = new ProgressLine();
  const begun = performance.now();
  process.stdout.write(`simulating ${hosts} hosts over ${days} days in ${data}; about two minutes for 50 over 90\n`);
  const demonstration = await fillCollector({
    ...{ folder: resolve(data), hosts, days, seed, until: Date.now() },
    ...(history === undefined ? {} : { historyEvery }),
    onDay: (day) => progress.say(`day ${day} of ${days}`),
  });
  progress.clear();
  if (history !== undefined) demonstration.history.write(history);
  process.stdout.write(`filled in ${Math.round((performance.now() - begun) / 1000)} s; all of it is simulated\n`);
  return demonstration;
}

/** The fleet lives on by the machine's own clock. */
async function serve({ simulation, config }: Demonstration, { port, data }: Options): Promise<void> {
  const collector = await startDemonstration({ ...config, listen: `127.0.0.1:${port}` });
  try {
    tell(collector, data);
    await untilSignal(async (signal) => {
      while (!signal.aborted) {
        await simulation.advance(Date.now(), collector, () => undefined);
        await wait(minute, undefined, { signal }).catch(() => undefined);
      }
    });
  } finally {
    await collector.close();
  }
}

function tell({ tokens, url }: Collector, data: string): void {
  const secretOf = (role: 'auditor' | 'metrics'): string =>
    tokens.create({ role, label: `npm run demo, ${role}`, validity: 30 * 86_400 }, new Date()).secret;
  process.stdout.write(
    `\nPage      ${url}/login?token=${secretOf('auditor')}` +
      `\nMetrics   curl -H 'Authorization: Bearer ${secretOf('metrics')}' ${url}/metrics` +
      `\nEvidence  npm run waarborg -- export bundle --data ${data} && npm run waarborg -- verify bundle` +
      '\nCtrl-C ends\n',
  );
}

process.exitCode = await main();
