import { z } from 'zod';
import { readingOf } from '../../reading.ts';

const Path = z.string().min(1).max(1024);

/** What the kernel says of its auditing (`auditctl -s`). */
const Status = z.strictObject({
  /** 2: on, and locked until the host restarts. */
  enabled: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  /** The program that takes the records; null where nobody does. */
  receiver: z.string().min(1).max(64).nullable(),
  /** Whether records were lost since the host started. */
  hasLost: z.boolean(),
});

/** A rule in the kernel that has to do with files: what it watches, or keeps from being watched. */
const Rule = z.strictObject({
  /** `task` rules are asked when a process begins: `never` there means that nothing of it is recorded. */
  list: z.enum(['exit', 'task', 'other']),
  action: z.enum(['always', 'never']),
  /** What it is about; null for all files. */
  path: Path.nullable(),
  /** Of `rwxa` (auditctl(8)) those that it heeds, in that order; null where it goes by system calls. */
  permissions: z
    .string()
    .regex(/^r?w?x?a?$/)
    .nullable(),
  /** Names of the fields that narrow it (`auid`, `success`), sorted. */
  narrowedBy: z.array(z.string().max(32)).max(64),
});
export type Rule = z.output<typeof Rule>;

/** What auditd.conf(5) says; lower case, null where it does not say. */
const Configuration = z.strictObject({
  writeLogs: z.string().max(64).nullable(),
  spaceLeft: z.string().max(64).nullable(),
  adminSpaceLeft: z.string().max(64).nullable(),
  diskFull: z.string().max(64).nullable(),
  diskError: z.string().max(64).nullable(),
});
export type Configuration = z.output<typeof Configuration>;

const Watched = z.strictObject({
  path: Path,
  /** Where it is once links are followed; unreadable where it does not exist. */
  real: readingOf(Path),
});
export type Watched = z.output<typeof Watched>;

export const Facts = z.strictObject({
  container: z.string().max(64).nullable(),
  status: readingOf(Status),
  /** In the kernel's order: the first that fits decides. */
  rules: readingOf(z.array(Rule).max(2000)),
  configuration: readingOf(Configuration),
  /** `auditedPaths` of agent.yaml by the names of its lists; null where it is not set. */
  paths: z.record(z.string(), z.array(Watched).max(256)).nullable(),
});
export type AuditLogFacts = z.output<typeof Facts>;
