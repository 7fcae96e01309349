import { dirname, resolve } from 'node:path';
import { validateCronExpression } from 'cron';
import { z } from 'zod';
import { AgentName } from '../evidence/report.ts';
import { Duration } from '../policies/quantities.ts';
import { Labels } from '../policies/schema.ts';
import { loadYaml } from '../policies/yaml.ts';
import { collectors } from './collect/index.ts';

/** How long checks may take and how much the spool may hold. */
const Limits = z.strictObject({
  /** Seconds for one check kind. */
  check: Duration.default(60),
  /** Seconds for the whole run. */
  run: Duration.default(600),
  /** Reports that wait for the collector: at one each 15 minutes, ten days. */
  spoolReports: z.int().positive().default(1000),
  spoolMegabytes: z.int().positive().default(256),
});
export type Limits = z.output<typeof Limits>;

export const defaultLimits: Limits = Limits.parse({});

const cronExpression = z
  .string()
  .regex(/^\S+( \S+){4,5}$/, 'expected a cron expression of five or six fields, such as "*/15 * * * *"')
  .refine((text) => validateCronExpression(text).valid, 'expected fields that cron knows, such as "*/15 * * * *"');

const agentShape = {
  /** The name to report under; the host's own unless given. */
  agent: AgentName.optional(),
  labels: Labels.default({}),
  /** Names of shipped documents, or paths (relative to this file). */
  policies: z.array(z.string().min(1)).min(1),
  collector: z.strictObject({ url: z.url({ protocol: /^https?$/ }) }).optional(),
  schedule: cronExpression.default('*/15 * * * *'),
  /** Up to this many seconds are waited at random before a scheduled run, so that a fleet does not report as one. */
  splay: Duration.default(30),
  data: z.string().default('/var/lib/waarborg/agent'),
  limits: Limits.default(defaultLimits),
};

/** agent.yaml: the agent's own keys and those of every check kind. */
export const AgentSettings = z.strictObject({
  ...agentShape,
  ...(Object.assign({}, ...collectors.map(({ settings }) => settings.shape)) as z.ZodRawShape),
});

export type AgentSettings = z.output<z.ZodObject<typeof agentShape>> & {
  /** What the check kinds read: each takes its own keys from it. */
  readonly host: HostSettings;
};

/** The host's description for the check kinds, as written; each collector parses its own part. */
export type HostSettings = Readonly<Record<string, unknown>>;

/** @throws DocumentError */
export function loadAgentSettings(file: string): AgentSettings {
  const Raw = z.record(z.string(), z.unknown());
  const settings = loadYaml(file, AgentSettings);
  const host = loadYaml(file, Raw);
  const folder = dirname(resolve(file));
  return {
    ...settings,
    data: resolve(folder, settings.data),
    policies: settings.policies.map((policy) => (/[/.]/.test(policy) ? resolve(folder, policy) : policy)),
    host,
  };
}

/** The part of the host's settings that one collector declared. */
export function settingsFor(collector: { readonly settings: z.ZodObject }, host: HostSettings): HostSettings {
  return Object.fromEntries(
    Object.keys(collector.settings.shape).flatMap((key) => (key in host ? [[key, host[key]]] : [])),
  );
}
