import { z } from 'zod';
import type { Guard } from '../../../policies/checks/brute-force/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readCommand } from '../firewall/command.ts';
import type { Process } from '../processes.ts';
import { parseJson, parseJsonDocuments } from './json.ts';
import { dayOf } from './sources.ts';

/** Of `cscli bouncers list -o json`; keys and names of bouncers stay behind. */
const Bouncers = z
  .array(
    z.object({
      type: z.string().max(128).default(''),
      revoked: z.boolean(),
      created_at: z.iso.datetime({ offset: true }),
      last_pull: z.iso.datetime({ offset: true }).nullish(),
    }),
  )
  .nullable();

/** Of `cscli metrics -o json`: what parsers made of lines. */
const Parsed = z.object({ parsed: z.number() });

/** What CrowdSec's daemon has understood, and who carries out what it decides; undefined where it does not run. */
export async function readCrowdsec(context: CollectContext, processes: readonly Process[]): Promise<Guard | undefined> {
  if (!processes.some(({ name }) => name === 'crowdsec')) return undefined;
  const [bouncers, metrics] = await Promise.all([
    readCommand(context, { file: 'cscli', args: ['bouncers', 'list', '-o', 'json'] }),
    readCommand(context, { file: 'cscli', args: ['metrics', '-o', 'json'] }),
  ]);
  return {
    program: 'CrowdSec',
    bouncers: bouncers.state === 'unreadable' ? bouncers : parseBouncers(bouncers.value),
    understood: metrics.state === 'unreadable' ? metrics : parseMetrics(metrics.value),
  };
}

type CrowdsecGuard = Guard & { program: 'CrowdSec' };

function parseBouncers(text: string): CrowdsecGuard['bouncers'] {
  const what = 'cscli bouncers list';
  const parsed = Bouncers.safeParse(parseJson(text));
  if (!parsed.success) return unreadable('unparsable', what, 'no list of bouncers');
  const pulling = (parsed.data ?? []).flatMap(({ type, revoked, created_at: created, last_pull: pulled }) => {
    // One that never came has the moment of its making as that of its last pull, within a second.
    if (revoked || pulled === null || pulled === undefined || Date.parse(pulled) - Date.parse(created) < 1000)
      return [];
    return [{ type, pulledOn: dayOf(new Date(pulled)) }];
  });
  return read(pulling.sort((a, b) => (a.type + a.pulledOn < b.type + b.pulledOn ? -1 : 1)).slice(0, 256));
}

/** Versions before 1.6 print one JSON document after another, later ones a single one with a member for each. */
function parseMetrics(text: string): Reading<string[]> {
  const documents = parseJsonDocuments(text);
  if (documents === undefined) return unreadable('unparsable', 'cscli metrics', 'no JSON');
  const names = new Set<string>();
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 2) return;
    for (const [name, inner] of Object.entries(value)) {
      const counted = Parsed.safeParse(inner);
      if (counted.success && counted.data.parsed > 0 && /^[\w.-]+\/[\w.-]+-logs$/.test(name)) names.add(name);
      visit(inner, depth + 1);
    }
  };
  for (const document of documents) visit(document, 0);
  return read([...names].sort().slice(0, 1024));
}
