import { z } from 'zod';
import { auditLog, AuditLogParameters } from '../../../policies/checks/audit-log.ts';
import type { AuditLogFacts, Configuration, Watched } from '../../../policies/checks/audit-log/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { defineCollector, type CollectContext } from '../collector.ts';
import { readContainer } from '../processes.ts';
import { parseRules } from './rules.ts';

const Path = z
  .string()
  .regex(/^\/[^\0\n]*$/, 'expected a path from the root')
  .max(1024);

/** What the kernel records, who takes it, and where the paths lie that have to be watched. */
export const auditLogCollector = defineCollector({
  kind: auditLog.name,
  settings: z.object({
    /** Paths that have to be watched, by the names of the lists that controls ask for. */
    auditedPaths: z
      .record(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/), z.array(Path).min(1).max(256))
      .refine((lists) => Object.keys(lists).length <= 32, 'expected at most 32 lists')
      .optional(),
  }),
  parameters: AuditLogParameters,
  async collect(context, { auditedPaths }): Promise<AuditLogFacts> {
    const container = await readContainer(context.host);
    const rules = await askKernel(context, '-l');
    return {
      container,
      status: await readStatus(context),
      rules: rules.state === 'read' ? parseRules(rules.value) : rules,
      configuration: await readConfiguration(context.host),
      paths: auditedPaths === undefined ? null : await locate(context.host, auditedPaths),
    };
  },
});

/** auditctl asks the kernel by a socket that only CAP_AUDIT_CONTROL opens, and answers root alone. */
async function askKernel({ host, signal }: CollectContext, option: '-s' | '-l'): Promise<Reading<string>> {
  const what = `auditctl ${option}`;
  const answer = await host.run({ file: 'auditctl', args: [option], timeout: 10 }, signal);
  if (answer.state === 'unreadable') return answer;
  const { exitCode, stdout, stderr } = answer.value;
  if (exitCode === 0 && stdout.trim() !== '') return read(stdout);
  const said = stderr.trim() || stdout.trim() || `exit code ${exitCode}`;
  const isDenied = /must be root|not permitted/i.test(said);
  return unreadable('command-failed', what, isDenied ? `it needs root and CAP_AUDIT_CONTROL (${said})` : said);
}

async function readStatus(context: CollectContext): Promise<AuditLogFacts['status']> {
  const text = await askKernel(context, '-s');
  if (text.state === 'unreadable') return text;
  const figure = (name: string): number =>
    Number(new RegExp(`^${name} (\\d+)\\b`, 'm').exec(text.value)?.[1] ?? Number.NaN);
  const [enabled, pid, lost] = [figure('enabled'), figure('pid'), figure('lost')];
  if ((enabled !== 0 && enabled !== 1 && enabled !== 2) || Number.isNaN(pid) || Number.isNaN(lost)) {
    return unreadable('unparsable', 'auditctl -s', text.value.slice(0, 120));
  }
  const receiver = pid === 0 ? read(null) : await nameOf(context.host, pid);
  if (receiver.state === 'unreadable') return receiver;
  return read({ enabled, receiver: receiver.value, hasLost: lost > 0 });
}

async function nameOf(host: Host, pid: number): Promise<Reading<string>> {
  const name = await host.readText(`/proc/${pid}/comm`);
  return name.state === 'read' ? read(name.value.trim().slice(0, 64) || '?') : name;
}

/** auditd.conf(5): `name = value` a line, either case. auditd cannot be asked what it read. */
async function readConfiguration(host: Host): Promise<Reading<Configuration>> {
  const text = await host.readText('/etc/audit/auditd.conf');
  if (text.state === 'unreadable') return text;
  const value = (name: string): string | null =>
    new RegExp(`^\\s*${name}\\s*=\\s*(.*?)\\s*$`, 'im').exec(text.value)?.[1]?.toLowerCase().slice(0, 64) ?? null;
  return read({
    writeLogs: value('write_logs'),
    spaceLeft: value('space_left_action'),
    adminSpaceLeft: value('admin_space_left_action'),
    diskFull: value('disk_full_action'),
    diskError: value('disk_error_action'),
  });
}

/** Follows links, because the kernel's rules are about what lies behind them. */
async function locate(host: Host, lists: Readonly<Record<string, string[]>>): Promise<Record<string, Watched[]>> {
  const found = new Map<string, Reading<string>>();
  for (const path of new Set(Object.values(lists).flat())) found.set(path, await host.realPath(path));
  const entries = Object.entries(lists).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([name, paths]) => [
      name,
      [...new Set(paths)].sort().map((path) => ({ path, real: found.get(path) ?? unreadable('missing', path) })),
    ]),
  );
}
