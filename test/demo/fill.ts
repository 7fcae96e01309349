import { mkdirSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { startCollector, type Collector } from '../../collector/collector.ts';
import { CollectorConfig } from '../../collector/config.ts';
import { neverSeen, simulatedFleet } from './fleet.ts';
import { History } from './history.ts';
import { demonstrationPolicies } from './policies.ts';
import { Simulation } from './simulation.ts';
import { day, hour, type Span } from './span.ts';

export interface DemonstrationChoices {
  readonly folder: string;
  readonly hosts: number;
  readonly days: number;
  readonly seed: number;
  /** The end of the days; milliseconds since 1970. */
  readonly until: number;
  /** Milliseconds between two looks at the metrics that are kept as history; none where it is left out. */
  readonly historyEvery?: number;
  readonly onDay?: (day: number) => void;
}

/** A fleet that was simulated, and lives on. */
export interface Demonstration {
  readonly simulation: Simulation;
  /** The collector's settings, but for where it listens. */
  readonly config: object;
  readonly history: History;
}

/** Says of a folder that all in it is simulated, and may go. */
const marker = 'SIMULATED';

export class DemonstrationError extends Error {
  readonly code = 'demo.folder';
}

/**
 * Fills a new collector, as if so many hosts had reported to it for so many days: signed reports through its real
 * ingest, by a clock that is moved on. The same choices give the same facts and verdicts; keys and salts are new.
 * @throws DemonstrationError where the folder holds anything else
 */
export async function fillCollector(choices: DemonstrationChoices): Promise<Demonstration> {
  const { folder, until, days } = choices;
  begin(folder);
  const span: Span = { from: until - days * day, until };
  const simulation = new Simulation({
    fleet: simulatedFleet({ hosts: choices.hosts, seed: choices.seed, span }),
    policies: demonstrationPolicies(),
    span,
    agents: join(folder, 'agents'),
  });
  const config = {
    origin: 'simulated.example/demonstration-log',
    data: join(folder, 'collector'),
    hosts: [neverSeen],
    // Two reports may be missed, as of a real fleet.
    staleAfter: `${Math.ceil((2.5 * simulation.period) / hour)}h`,
  };
  const clock = { at: span.from };
  const collector = await startDemonstration(config, () => new Date(clock.at));
  const history = new History();
  try {
    await run(simulation, { ...choices, span, clock, collector, history });
  } finally {
    await collector.close();
  }
  return { simulation, config, history };
}

/** @param now left out: the machine's own clock */
export function startDemonstration(settings: object, now?: () => Date): Promise<Collector> {
  return startCollector({
    config: CollectorConfig.parse({ listen: '127.0.0.1:0', ...settings }),
    log: quiet(),
    onFatal(error) {
      throw error;
    },
    // The moved clock is the only one: none is there to compare it with.
    ...(now === undefined ? {} : { now, elapsed: () => now().getTime() / 1000 }),
  });
}

interface Course extends DemonstrationChoices {
  readonly span: Span;
  readonly clock: { at: number };
  readonly collector: Collector;
  readonly history: History;
}

async function run(
  simulation: Simulation,
  { span, clock, collector, history, historyEvery, onDay }: Course,
): Promise<void> {
  const label = { role: 'metrics', label: 'history', validity: 400 * 86_400 } as const;
  const scraper = collector.tokens.create(label, new Date(span.from)).secret;
  let lastDay = 0;
  let nextLook = span.from + (historyEvery ?? Infinity);
  await simulation.advance(span.until, collector, async (at) => {
    clock.at = at;
    if (at >= nextLook) {
      history.take(await metricsOf(collector, scraper), at);
      nextLook += historyEvery ?? Infinity;
    }
    const today = Math.floor((at - span.from) / day);
    if (today > lastDay) onDay?.(today);
    lastDay = today;
  });
}

async function metricsOf({ url }: Collector, token: string): Promise<string> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  return response.text();
}

function begin(folder: string): void {
  const isOther = existsSync(folder) && !existsSync(join(folder, marker));
  if (isOther) throw new DemonstrationError(`${folder} is there and was not made by npm run demo; give another --data`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, marker), 'Everything in this folder is simulated; npm run demo makes it anew.\n');
}

function quiet(): Logger {
  return pino({ name: 'waarborg-demo', level: process.env.WAARBORG_LOG ?? 'error' }, pino.destination(2));
}
