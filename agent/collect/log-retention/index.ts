import { z } from 'zod';
import { logRetention, LogRetentionParameters } from '../../../policies/checks/log-retention.ts';
import type { LogRetentionFacts } from '../../../policies/checks/log-retention/facts.ts';
import { read } from '../../../policies/reading.ts';
import { defineCollector, type CollectContext } from '../collector.ts';
import { readJournal } from './journal.ts';
import { readLogs, usualLogs } from './logs.ts';

const Pattern = z
  .string()
  .regex(/^\/[^\0\n]*[^/\0\n]$/, 'expected a path or pattern from the root')
  .max(1024);

/** How far back this host's logs reach, by their own records, and how long they may be kept. */
export const logRetentionCollector = defineCollector({
  kind: logRetention.name,
  settings: z.object({
    /** Logs beside the usual ones; one of the same name takes the place of the usual. */
    logs: z
      .array(
        z.strictObject({ log: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/), files: z.array(Pattern).min(1).max(64) }),
      )
      .max(64)
      .default([]),
  }),
  parameters: LogRetentionParameters,
  async collect(context, { logs }): Promise<LogRetentionFacts> {
    const own = new Set(logs.map(({ log }) => log));
    return {
      machineSince: await readMachineSince(context),
      logs: await readLogs(context, [...usualLogs.filter(({ log }) => !own.has(log)), ...logs]),
      journal: await readJournal(context),
    };
  },
});

async function readMachineSince({ host }: CollectContext): Promise<LogRetentionFacts['machineSince']> {
  const file = await host.status('/etc/machine-id');
  return file.state === 'read' ? read(file.value.modifiedAt.toISOString()) : file;
}
