import { globSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { validateCronExpression } from 'cron';
import { z } from 'zod';
import { AgentName } from '../evidence/report.ts';
import { Duration } from '../policies/quantities.ts';
import { Labels } from '../policies/schema.ts';
import { loadYaml } from '../policies/yaml.ts';
import { collectors } from './collect/index.ts';
import { SshUrl } from './host/ssh/address.ts';
import { fingerprintForm } from './host/ssh/known-hosts.ts';

const defaultData = '/var/lib/waarborg/agent';

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

/** How a host is reached that this one reads over SSH: `docs/remote.md`. */
export const SshSettings = z
  .strictObject({
    address: SshUrl,
    identityFiles: z.array(z.string().min(1)).default([]),
    knownHosts: z.string().min(1).optional(),
    hostKey: z
      .string()
      .regex(fingerprintForm, 'expected SHA256: and 43 characters, as ssh-keygen -l prints it')
      .optional(),
    jumps: z.array(SshUrl).default([]),
    sudo: z.boolean().default(false),
  })
  .refine(
    ({ knownHosts, hostKey }) => knownHosts !== undefined || hostKey !== undefined,
    'expected knownHosts or hostKey: a host whose key nobody knows is not trusted',
  )
  .refine(
    ({ knownHosts, jumps }) => knownHosts !== undefined || jumps.length === 0,
    'expected knownHosts, with the keys of the jump hosts',
  );
export type SshSettings = z.output<typeof SshSettings>;

const agentShape = {
  /** The name to report under; the host's own unless given. */
  agent: AgentName.optional(),
  labels: Labels.default({}),
  /** Names of shipped documents, or paths (relative to this file). */
  policies: z.array(z.string().min(1)).min(1),
  collector: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }).optional(),
      /** A PEM file with the authorities that may vouch for its certificate, in place of the usual ones. */
      ca: z.string().min(1).optional(),
    })
    .prefault({}),
  schedule: cronExpression.default('*/15 * * * *'),
  /** The host that this file is about, where another one reads it. */
  ssh: SshSettings.optional(),
  /** Files of hosts that this one reads: paths and patterns, relative to this file. */
  remote: z.array(z.string().min(1)).default([]),
  /** Up to this many seconds are waited at random before a scheduled run, so that a fleet does not report as one. */
  splay: Duration.default(30),
  data: z.string().default(defaultData),
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

/** What holds of several keys together. */
const Together = AgentSettings.superRefine(({ agent, ssh, remote }, context) => {
  if (ssh === undefined) return;
  const say = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message });
  if (agent === undefined) say('ssh', 'expected the key agent too: the name that this host is reported under');
  if (remote.length > 0) say('remote', 'expected no hosts behind a host that is read over SSH itself');
});

/** @throws DocumentError */
export function loadAgentSettings(file: string): AgentSettings {
  const Raw = z.record(z.string(), z.unknown());
  const settings = loadYaml(file, Together);
  const host = loadYaml(file, Raw);
  const folder = dirname(resolve(file));
  return {
    ...settings,
    data: resolve(folder, 'data' in host || settings.ssh === undefined ? settings.data : remoteData(settings.agent)),
    collector: caInFolder(settings.collector, folder),
    ...(settings.ssh === undefined ? {} : { ssh: inFolder(settings.ssh, folder) }),
    remote: settings.remote.flatMap((pattern) => filesOf(pattern, folder)),
    policies: settings.policies.map((policy) => (/[/.]/.test(policy) ? resolve(folder, policy) : policy)),
    host,
  };
}

function caInFolder({ ca, ...way }: AgentSettings['collector'], folder: string): AgentSettings['collector'] {
  return ca === undefined ? way : { ...way, ca: resolve(folder, ca) };
}

/** Below the state of the agent that reads it, where that one may write. */
function remoteData(agent = ''): string {
  return join(defaultData, 'remote', agent);
}

function inFolder(ssh: SshSettings, folder: string): SshSettings {
  return {
    ...ssh,
    identityFiles: ssh.identityFiles.map((file) => resolve(folder, file)),
    ...(ssh.knownHosts === undefined ? {} : { knownHosts: resolve(folder, ssh.knownHosts) }),
  };
}

/** A path stays one, so that a file that is missing is said to be. */
function filesOf(pattern: string, folder: string): string[] {
  const path = resolve(folder, pattern);
  return /[*?[]/.test(pattern) ? globSync(path).sort() : [path];
}

/** The part of the host's settings that one collector declared. */
export function settingsFor(collector: { readonly settings: z.ZodObject }, host: HostSettings): HostSettings {
  return Object.fromEntries(
    Object.keys(collector.settings.shape).flatMap((key) => (key in host ? [[key, host[key]]] : [])),
  );
}
