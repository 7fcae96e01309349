import { z } from 'zod';
import type { Detector, Interface, Log } from '../../../policies/checks/brute-force/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { readCommand } from '../firewall/command.ts';
import { parseJson } from './json.ts';
import { readArguments, type Process } from '../processes.ts';
import { readLog } from './sources.ts';

/** What watches for intruders on this host, sorted by program. */
export async function readDetectors(context: CollectContext, processes: readonly Process[]): Promise<Detector[]> {
  const found = await Promise.all([
    readAide(context),
    readManaged(context, processes, 'OSSEC'),
    readSnort(context, processes),
    readSuricata(context, processes),
    readManaged(context, processes, 'Wazuh'),
  ]);
  return found.flatMap((detector) => detector ?? []);
}

const suricataRules = '/var/lib/suricata/rules/suricata.rules';
/** What it sees, and its figures; and its alerts in short (Suricata User Guide, 17 Output). */
const suricataLogs = ['/var/log/suricata/eve.json', '/var/log/suricata/fast.log'];

const SuricataAnswer = z.object({ return: z.literal('OK'), message: z.unknown() });
const RuleStats = z.array(z.object({ rules_loaded: z.int(), rules_failed: z.int() })).min(1);
const ReloadTime = z.array(z.object({ last_reload: z.string() })).min(1);
const Interfaces = z.object({ ifaces: z.array(z.string().max(64)).max(64) });

/** By its socket (suricatasc(1)): what it has loaded, and since when, and where it listens. */
async function readSuricata(context: CollectContext, processes: readonly Process[]): Promise<Detector | undefined> {
  if (!processes.some(({ name }) => /^suricata/i.test(name))) return undefined;
  const [stats, time, interfaces, written] = [
    await askSuricata(context, 'ruleset-stats', RuleStats),
    await askSuricata(context, 'ruleset-reload-time', ReloadTime),
    await askSuricata(context, 'iface-list', Interfaces),
    await context.host.status(suricataRules),
  ];
  return {
    program: 'Suricata',
    rules: joinRules(stats, time),
    rulesWrittenAt: written.state === 'unreadable' ? written : read(written.value.modifiedAt.toISOString()),
    interfaces:
      interfaces.state === 'unreadable' ? interfaces : read(await seeInterfaces(context, interfaces.value.ifaces)),
    log: await newestLog(context, suricataLogs),
  };
}

/** That written last; the first where none can be read. */
async function newestLog(context: CollectContext, paths: readonly string[]): Promise<Log> {
  const logs = await Promise.all(paths.map((path) => readLog(context, path)));
  const dayOf = ({ written }: Log): string => (written.state === 'read' ? written.value.on : '');
  return logs.reduce((newest, log) => (dayOf(log) > dayOf(newest) ? log : newest));
}

function joinRules(
  stats: Reading<z.output<typeof RuleStats>>,
  time: Reading<z.output<typeof ReloadTime>>,
): (Detector & { program: 'Suricata' })['rules'] {
  if (stats.state === 'unreadable') return stats;
  if (time.state === 'unreadable') return time;
  // One entry a tenant.
  const moments = time.value.map(({ last_reload: text }) => Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')));
  const loadedAt = Math.min(...moments);
  if (Number.isNaN(loadedAt)) return unreadable('unparsable', 'suricatasc -c ruleset-reload-time', 'no moment');
  return read({
    loaded: stats.value.reduce((sum, { rules_loaded: count }) => sum + count, 0),
    failed: stats.value.reduce((sum, { rules_failed: count }) => sum + count, 0),
    loadedAt: new Date(loadedAt).toISOString(),
  });
}

async function askSuricata<T extends z.ZodType>(
  context: CollectContext,
  question: string,
  form: T,
): Promise<Reading<z.output<T>>> {
  const told = await readCommand(context, { file: 'suricatasc', args: ['-c', question] });
  if (told.state === 'unreadable') return told;
  const what = `suricatasc -c ${question}`;
  const answer = SuricataAnswer.safeParse(parseJson(told.value));
  if (!answer.success) return unreadable('unparsable', what, 'no answer of its form');
  const message = form.safeParse(answer.data.message);
  return message.success ? read(message.data) : unreadable('unparsable', what, 'no message of its form');
}

/** Snort tells nobody how it does; by its arguments it can be seen where it listens (snort(8), -i). */
async function readSnort(context: CollectContext, processes: readonly Process[]): Promise<Detector | undefined> {
  const own = processes.find(({ name }) => /^snort3?$/.test(name));
  if (own === undefined) return undefined;
  const words = await readArguments(context.host, own.pid);
  const list = words.state === 'read' ? words.value : [];
  const names = list.flatMap((word, index) => (word === '-i' ? (list[index + 1]?.split(':') ?? []) : []));
  return { program: 'Snort', interfaces: await seeInterfaces(context, names.slice(0, 64)) };
}

function seeInterfaces({ host }: CollectContext, names: readonly string[]): Promise<Interface[]> {
  return Promise.all(
    [...new Set(names)]
      .sort()
      .map(async (name) => ({ name: name.slice(0, 64), state: await seeInterface(host, name) })),
  );
}

/** By the kernel (Linux, networking/operstates); what has no cable, such as lo, says `unknown` and is up. */
async function seeInterface(host: Host, name: string): Promise<Interface['state']> {
  // As Suricata calls a queue of netfilter.
  if (/^NFQ#\d+$/.test(name)) return 'queue';
  if (!/^[^/\s]{1,15}$/.test(name) || /^\.\.?$/.test(name)) return 'absent';
  const state = await host.readText(`/sys/class/net/${name}/operstate`);
  if (state.state === 'unreadable') return 'absent';
  return ['up', 'unknown'].includes(state.value.trim()) ? 'up' : 'down';
}

const daemons = { Wazuh: 'wazuh-agentd', OSSEC: 'ossec-agentd' } as const;

/** An agent writes how it is connected to its manager (Wazuh, statistics files); OSSEC before Wazuh wrote nothing. */
async function readManaged(
  { host }: CollectContext,
  processes: readonly Process[],
  program: 'Wazuh' | 'OSSEC',
): Promise<Detector | undefined> {
  const daemon = daemons[program];
  if (!processes.some(({ name }) => name === daemon)) return undefined;
  const path = `/var/ossec/var/run/${daemon}.state`;
  const text = await host.readText(path);
  if (text.state === 'unreadable') return { program, connection: text };
  const value = (key: string): string | undefined =>
    new RegExp(`^${key}='([^']*)'`, 'm').exec(text.value)?.[1]?.slice(0, 64);
  const status = value('status');
  if (status === undefined) return { program, connection: unreadable('unparsable', path, 'no status') };
  // Version 5 has no answers of the manager in it, and tells of its own messages.
  const day = /^\d{4}-\d\d-\d\d/.exec(value('last_ack') ?? value('last_keepalive') ?? '')?.[0];
  return { program, connection: read({ status, answeredOn: day ?? null }) };
}

const aideDatabase = '/var/lib/aide/aide.db';
const aideReport = '/var/log/aide/aide.log';

/** What AIDE compares with and what it last said (aide(1)), where Debian's package keeps them. */
async function readAide({ host }: CollectContext): Promise<Detector | undefined> {
  const installed = await Promise.all(
    ['/usr/bin/aide', '/usr/sbin/aide', '/etc/aide'].map((path) => host.status(path)),
  );
  if (installed.every(({ state }) => state === 'unreadable')) return undefined;
  const [database, report] = await Promise.all([
    host.status(aideDatabase),
    host.readText(aideReport, { maximumSize: 16 * 2 ** 20 }),
  ]);
  return {
    program: 'AIDE',
    databaseAt: database.state === 'unreadable' ? database : read(database.value.modifiedAt.toISOString()),
    lastRun: report.state === 'unreadable' ? report : read(parseAideReport(report.value)),
  };
}

/** @param text reports of AIDE, one behind the other; the last counts */
export function parseAideReport(text: string): {
  endedAt: string | null;
  found: 'nothing' | 'differences' | 'unclear';
} {
  const last = text.slice(Math.max(0, text.lastIndexOf('Start timestamp:')));
  const [, day, time, zone = ''] = /^End timestamp: (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d{4})/m.exec(last) ?? [];
  const moment = new Date(`${day ?? ''}T${time ?? ''}${zone.slice(0, 3)}:${zone.slice(3)}`);
  const found = /AIDE found NO differences/i.test(last)
    ? 'nothing'
    : /AIDE found differences/i.test(last)
      ? 'differences'
      : 'unclear';
  return { endedAt: Number.isNaN(moment.getTime()) ? null : moment.toISOString(), found };
}
