import { z } from 'zod';
import { obstacleReason, obstacleReasons } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { Facts, type AuditLogFacts, type Configuration } from './audit-log/facts.ts';
import { because, reasons } from './audit-log/reasons.ts';
import { judgePath, judgeTasks } from './audit-log/rules.ts';
import { defineCheckKind } from './kind.ts';

export const AuditLogParameters = z.strictObject({
  /** Which list of the host's `auditedPaths` has to be watched. */
  paths: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected the name of a list, such as personal-data'),
  /** What has to be recorded: of r read, w write, x run, a attributes. */
  watch: z
    .string()
    .regex(/^(?=.)r?w?x?a?$/, 'expected letters of rwxa, in that order')
    .default('wa'),
  /** Whether records lost since the host started fail. */
  lost: z.enum(['fail', 'ignore']).default('fail'),
  /** Whether the rules have to be locked until the host restarts. */
  locked: z.boolean().default(false),
  /** What has to happen as the disk fills: somebody is told before, or the host stops rather than go on unrecorded. */
  diskFull: z.enum(['told', 'halt', 'ignore']).default('told'),
});
export type AuditLogParameters = z.output<typeof AuditLogParameters>;

export const auditLog = defineCheckKind({
  name: 'audit-log',
  parameters: AuditLogParameters,
  facts: Facts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters) {
    // In a container the kernel answers nothing, or for a namespace that records nothing of its own.
    if (facts.container !== null) return [because('audit-log.container', { container: facts.container })];
    if (facts.status.state === 'unreadable') return [obstacleReason(facts.status.obstacle)];
    return [
      ...judgeStatus(facts.status.value, parameters),
      ...judgeRules(facts, parameters),
      ...(parameters.diskFull === 'ignore' || facts.status.value.receiver !== 'auditd'
        ? []
        : judgeConfiguration(facts.configuration, parameters.diskFull)),
    ];
  },
});

type Status = Extract<AuditLogFacts['status'], { state: 'read' }>['value'];

function judgeStatus({ enabled, receiver, hasLost }: Status, { lost, locked }: AuditLogParameters): Reason[] {
  if (enabled === 0) return [because('audit-log.off', {})];
  if (receiver === null) return [because('audit-log.no-receiver', {})];
  return [
    receiver === 'auditd'
      ? because('audit-log.running', { receiver, lock: enabled === 2 ? '-e 2' : '-e 1' })
      : because('audit-log.other-receiver', { receiver }),
    ...(hasLost && lost === 'fail' ? [because('audit-log.lost', {})] : []),
    ...(enabled !== 2 && locked ? [because('audit-log.unlocked', {})] : []),
  ];
}

function judgeRules({ rules, paths }: AuditLogFacts, { paths: name, watch }: AuditLogParameters): Reason[] {
  if (rules.state === 'unreadable') return [obstacleReason(rules.obstacle)];
  const watched = paths?.[name] ?? [];
  if (watched.length === 0) return [because('audit-log.paths-not-set', { name })];
  return [...judgeTasks(rules.value), ...watched.map((one) => judgePath(one, rules.value, watch))];
}

/** Actions of auditd.conf(5) by which a person, or another machine, learns of it. */
const telling = ['syslog', 'email', 'exec', 'single', 'halt'];

function judgeConfiguration(read: AuditLogFacts['configuration'], wanted: 'told' | 'halt'): Reason[] {
  if (read.state === 'unreadable') return [obstacleReason(read.obstacle)];
  const configuration = read.value;
  if (configuration.writeLogs === 'no') return [because('audit-log.writes-nothing', {})];
  const diskFull = configuration.diskFull ?? 'suspend';
  if (wanted === 'halt' && !['halt', 'single'].includes(diskFull)) {
    return [because('audit-log.full-continues', { value: diskFull })];
  }
  return [judgeTelling(configuration)];
}

function judgeTelling({ spaceLeft, adminSpaceLeft, diskFull, diskError }: Configuration): Reason {
  const ends = [
    ['disk_full_action', diskFull],
    ['disk_error_action', diskError],
  ] as const;
  const ignored = ends.find(([, value]) => value === 'ignore');
  if (ignored !== undefined) return because('audit-log.full-unnoticed', { setting: ignored[0], value: 'ignore' });
  const settings = [
    ['space_left_action', spaceLeft],
    ['admin_space_left_action', adminSpaceLeft],
    ['disk_full_action', diskFull],
  ] as const;
  // An action may have a program behind it: "exec /usr/local/bin/page".
  const told = settings.find(([, value]) => value !== null && telling.includes(value.split(' ')[0] ?? ''));
  if (told !== undefined) return because('audit-log.full-told', { setting: told[0], value: told[1] ?? '-' });
  return because('audit-log.full-unnoticed', { setting: 'space_left_action', value: spaceLeft ?? '-' });
}
