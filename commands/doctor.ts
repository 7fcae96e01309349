import { accessSync, constants, existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { describedHost } from '../agent/described-host.ts';
import { examineAgent } from '../agent/doctor/agent.ts';
import { outcomeOf, todoOf, type Finding, type Outcome } from '../agent/doctor/findings.ts';
import { loadAgentSettings } from '../agent/settings.ts';
import { loadCollectorConfig } from '../collector/config.ts';
import { examineCollector } from '../collector/doctor.ts';
import { loadYaml } from '../policies/yaml.ts';
import { loadWitnessConfig } from '../witness/config.ts';
import { examineWitness } from '../witness/doctor.ts';
import { several, UsageError } from './subcommand.ts';
import { cleanText, paint } from './terminal/style.ts';

interface DoctorOptions {
  readonly config?: readonly string[];
  readonly format: 'table' | 'json';
}

/** One file of settings, with what was found of whom it is about. */
interface Examined {
  readonly config: string;
  readonly part: 'agent' | 'collector' | 'witness';
  readonly findings: readonly Finding[];
}

const usualConfigs = ['/etc/waarborg/agent.yaml', '/etc/waarborg/collector.yaml', '/etc/waarborg/witness.yaml'];

export function command(): Command {
  return new Command('doctor')
    .description(
      'See whether an agent, with the hosts that it reads, a collector or a witness has all that it needs, and say what to do. Changes nothing.',
    )
    .addOption(
      new Option(
        '--config <file>',
        `agent.yaml, collector.yaml or witness.yaml; may be repeated (${usualConfigs.join(', ')})`,
      ).argParser(several),
    )
    .addOption(new Option('--format <form>', 'how to print it').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
Run it as root or as the user of the service: others cannot read its folder. docs/troubleshooting.md has all that it can say.
Exit code: 0 all is well, 1 there is a problem, 2 there are warnings and no problem, 3 usage.

Example:
  waarborg doctor
  waarborg doctor --config /etc/waarborg/agent.yaml --format json`,
    )
    .action(examineAll);
}

async function examineAll({ config, format }: DoctorOptions): Promise<void> {
  const files = config ?? usualFiles();
  const at = new Date();
  const examined: Examined[] = [];
  for (const file of files) examined.push(...(await examine(file, at)));
  process.stdout.write(format === 'json' ? renderJson(examined, at) : examined.map(renderTable).join('\n'));
  process.exitCode = codeOf(examined.flatMap(({ findings }) => findings.map(outcomeOf)));
}

/**
 * Of the usual files those that are there. A service's user may read its own and not another's: that one is told of, and
 * left out.
 */
function usualFiles(): string[] {
  const there = usualConfigs.filter((file) => existsSync(file));
  if (there.length === 0) throw new UsageError(`none of ${usualConfigs.join(', ')} is there; give --config`);
  const readable = there.filter(mayRead);
  if (readable.length === 0) return there;
  for (const file of there.filter((one) => !readable.includes(one))) {
    process.stderr.write(`waarborg: ${file}: no permission to read it, so it is left out; root sees all\n`);
  }
  return readable;
}

function mayRead(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** The name of a log stands in collector.yaml alone, and those who are witnessed in witness.yaml. With an agent come the hosts that it reads over SSH. */
async function examine(config: string, at: Date): Promise<Examined[]> {
  const written = loadYaml(config, z.record(z.string(), z.unknown()));
  if ('logs' in written) {
    return [examinedAs('witness', config, await examineWitness(loadWitnessConfig(config), at))];
  }
  if ('origin' in written) {
    const settings = loadCollectorConfig(config);
    return [examinedAs('collector', config, await examineCollector(settings, at))];
  }
  const settings = loadAgentSettings(config);
  const host = describedHost(settings.ssh, process.env.SSH_AUTH_SOCK);
  const own = examinedAs('agent', config, await examineAgent({ settings, host, now: () => new Date() }));
  const others: Examined[] = [];
  for (const file of settings.remote) others.push(...(await examine(file, at)));
  return [own, ...others];
}

function examinedAs(part: Examined['part'], config: string, findings: readonly Finding[]): Examined {
  return { config, part, findings: [{ code: 'settings.read', seen: config }, ...findings] };
}

function codeOf(outcomes: readonly Outcome[]): 0 | 1 | 2 {
  if (outcomes.includes('problem')) return 1;
  return outcomes.includes('warning') ? 2 : 0;
}

/** Documented in docs/formats/output.md. */
function renderJson(examined: readonly Examined[], at: Date): string {
  const parts = examined.map(({ findings, ...rest }) => ({
    ...rest,
    findings: findings.map((finding) => ({ ...finding, outcome: outcomeOf(finding), todo: todoOf(finding) ?? null })),
  }));
  return `${JSON.stringify({ v: 1, at: at.toISOString(), examined: parts }, undefined, 2)}\n`;
}

const marks = { ok: ['✓', 'green'], warning: ['!', 'yellow'], problem: ['✗', 'red'] } as const;

function renderTable({ part, config, findings }: Examined): string {
  const lines = findings.map((finding) => {
    const outcome = outcomeOf(finding);
    const [character, colour] = marks[outcome];
    const todo = todoOf(finding);
    const word = outcome === 'ok' ? '' : `${outcome} `;
    const seen = `${paint(colour, character)} ${word}${finding.code}: ${cleanText(finding.seen)}`;
    return todo === undefined ? seen : `${seen}\n    → ${todo}`;
  });
  return `${paint('bold', `${part}, by ${config}`)}\n${lines.join('\n')}\n`;
}
