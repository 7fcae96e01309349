import { z } from 'zod';
import { Duration } from '../quantities.ts';
import { obstacleReason, obstacleReasons } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';
import { Facts } from './log-retention/facts.ts';
import { judgeJournalMaximum, judgeMaximum, type Maximum } from './log-retention/maximum.ts';
import { judgeJournalMinimum, judgeMinimum, type Minimum } from './log-retention/minimum.ts';
import { because, reasons } from './log-retention/reasons.ts';

const Names = z.array(z.string().min(1).max(64)).min(1).max(64).optional();

/** One of two promises: how long logs are kept at least, or after how long they are deleted. */
export const LogRetentionParameters = z.union([
  z.strictObject({
    minimum: Duration,
    /** How long there may be nothing in a log that is otherwise written to all the time. */
    maximumGap: Duration.default(7 * 86_400),
    /** What a host comes out as that is younger than the minimum: `settings` judges it by its rotation. */
    young: z.enum(['unknown', 'settings']).default('unknown'),
    /** Which logs; all that are found unless given. */
    logs: Names,
  }),
  z.strictObject({
    maximum: Duration,
    /** How much later a record may be gone: deleting happens once a day. */
    grace: Duration.default(86_400),
    logs: Names,
  }),
]);
export type LogRetentionParameters = z.output<typeof LogRetentionParameters>;

type Asked = (Minimum | Maximum) & { readonly logs?: readonly string[] | undefined };

export const logRetention = defineCheckKind({
  name: 'log-retention',
  parameters: LogRetentionParameters,
  facts: Facts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters: Asked, at) {
    if (facts.logs.state === 'unreadable') return [obstacleReason(facts.logs.obstacle)];
    const asked = (name: string): boolean => parameters.logs?.includes(name) ?? true;
    const logs = facts.logs.value.filter(({ log }) => asked(log));
    const journal = asked('journal') ? facts.journal : null;
    const found = new Set([...logs.map(({ log }) => log), ...(journal === null ? [] : ['journal'])]);
    if (found.size === 0 && parameters.logs === undefined) return [because('log-retention.none', {})];
    const missing = (parameters.logs ?? []).filter((name) => !found.has(name));
    const reasonsOf: Reason[] = missing.map((log) => because('log-retention.missing', { log }, log));
    for (const log of logs) {
      if ('minimum' in parameters) reasonsOf.push(...judgeMinimum(log, facts, parameters, at));
      else reasonsOf.push(judgeMaximum(log, parameters, at));
    }
    if (journal !== null) {
      reasonsOf.push(
        'minimum' in parameters
          ? judgeJournalMinimum(journal, facts, parameters, at)
          : judgeJournalMaximum(journal, parameters, at),
      );
    }
    return reasonsOf;
  },
});
