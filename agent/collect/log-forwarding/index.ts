import { z } from 'zod';
import { knownForwarders, logForwarding, LogForwardingParameters } from '../../../policies/checks/log-forwarding.ts';
import type { Destination, Forwarder, LogForwardingFacts } from '../../../policies/checks/log-forwarding/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { defineCollector, type CollectContext } from '../collector.ts';
import { readArguments, readProcesses, type Process } from '../processes.ts';
import { readListeningPrograms } from '../sockets.ts';
import { readOwn, readPeers, resolve, sortPlaces, type Places } from './places.ts';
import { readRsyslog } from './rsyslog.ts';
import { readSyslogNg } from './syslog-ng.ts';
import { placeOfUrl, type Told } from './told.ts';

const Settings = z.object({
  /** The central place, for programs whose own configuration is not read. */
  logTargets: z
    .array(z.strictObject({ host: z.string().min(1).max(253), port: z.int().min(1).max(65_535) }))
    .min(1)
    .max(64)
    .optional(),
});
type Targets = z.output<typeof Settings>['logTargets'];

/** Which programs send this host's logs elsewhere, where they are told to, and with whom they are connected. */
export const logForwardingCollector = defineCollector({
  kind: logForwarding.name,
  settings: Settings,
  parameters: LogForwardingParameters,
  async collect(context, { logTargets }): Promise<LogForwardingFacts> {
    return { forwarders: await readForwarders(context, logTargets) };
  },
});

interface Running {
  readonly program: string;
  readonly process: Process;
  readonly words: readonly string[];
}

async function readForwarders(context: CollectContext, targets: Targets): Promise<LogForwardingFacts['forwarders']> {
  const running = await findRunning(context);
  if (running.state === 'unreadable' || running.value.length === 0)
    return running.state === 'read' ? read([]) : running;
  const own = await readOwn(context.host);
  if (own.state === 'unreadable') return own;
  const peers = await readPeers(context.host, context.signal);
  const listening = await readListeningPrograms(context.host, context.signal);
  const forwarders: Forwarder[] = [];
  for (const { program, process, words } of running.value) {
    const { told, waitingSince } = await readTold(context, program, words, targets);
    // Without the right to see a process's sockets ss leaves them out in silence.
    const sockets = await context.host.list(`/proc/${process.pid}/fd`);
    const seen = sockets.state === 'unreadable' ? sockets : peers;
    const connected = seen.state === 'read' ? read(others(seen.value.get(process.pid) ?? [], own.value)) : seen;
    const destinations =
      told === null || told.state === 'unreadable'
        ? told
        : read(await locate(context, told.value, own.value, listening));
    forwarders.push({ program, destinations, peers: connected, waitingSince });
  }
  return read(forwarders.sort((a, b) => (a.program < b.program ? -1 : 1)));
}

/** The kernel keeps 15 characters of a name, which journald and its uploader share: the command line tells them apart. */
async function findRunning(context: CollectContext): Promise<Reading<Running[]>> {
  const processes = await readProcesses(context);
  if (processes.state === 'unreadable') return processes;
  const running: Running[] = [];
  for (const process of processes.value) {
    const program = knownForwarders.find((known) => known.slice(0, 15) === process.name);
    if (program === undefined) continue;
    const words = await readArguments(context.host, process.pid);
    if (words.state === 'unreadable') return words;
    const isSupervisor = processes.value.some((other) => other.parent === process.pid && other.name === process.name);
    const isOther = process.name.length === 15 && !words.value[0]?.endsWith(program);
    if (!isOther && !isSupervisor) running.push({ program, process, words: words.value });
  }
  return read(running);
}

interface Configured {
  readonly told: Reading<Told[]> | null;
  readonly waitingSince: Forwarder['waitingSince'];
}

async function readTold(
  context: CollectContext,
  program: string,
  words: readonly string[],
  targets: Targets,
): Promise<Configured> {
  const { host, signal } = context;
  const nothing = read(null);
  if (program === 'rsyslogd') {
    const settings = await readRsyslog(host, words, signal);
    if (settings.state === 'unreadable') return { told: settings, waitingSince: nothing };
    const { destinations, workDirectory } = settings.value;
    return { told: read(destinations), waitingSince: await oldestQueue(context, workDirectory) };
  }
  if (program === 'syslog-ng') return { told: await readSyslogNg(host, signal), waitingSince: nothing };
  if (program === 'systemd-journal-upload') return { told: await readUpload(context), waitingSince: nothing };
  const named = targets?.map((target): Told => ({ ...target, transport: 'http', scope: 'all' }));
  return { told: named === undefined ? null : read(named), waitingSince: nothing };
}

/** rsyslog writes its queues as `NAME.00000001` and on, where memory does not do; files go as their records do. */
async function oldestQueue({ host }: CollectContext, folder: string): Promise<Forwarder['waitingSince']> {
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names.obstacle.code === 'missing' ? read(null) : names;
  let oldest: Date | null = null;
  for (const name of names.value.filter((one) => /\.\d{8}$/.test(one))) {
    const status = await host.status(`${folder}/${name}`);
    if (status.state === 'unreadable') continue;
    if (oldest === null || status.value.modifiedAt < oldest) oldest = status.value.modifiedAt;
  }
  return read(oldest?.toISOString() ?? null);
}

/** journal-upload.conf(5) with its drop-ins: the last URL holds, and its port is 19532 unless given. */
async function readUpload({ host, signal }: CollectContext): Promise<Reading<Told[]>> {
  const args = ['cat-config', 'systemd/journal-upload.conf', '--no-pager'];
  const answer = await host.run({ file: 'systemd-analyze', args, timeout: 10 }, signal);
  if (answer.state === 'unreadable') return answer;
  const url = [...answer.value.stdout.matchAll(/^\s*URL\s*=\s*(\S+)\s*$/gm)].at(-1)?.[1];
  if (url === undefined) return unreadable('missing', 'URL of journal-upload.conf');
  const whole = /^https?:\/\//.test(url) ? url : `https://${url}`;
  const place = placeOfUrl(whole);
  if (place === undefined) return unreadable('unparsable', 'URL of journal-upload.conf', url.slice(0, 100));
  const hasPort = /^https?:\/\/[^/]*:\d+(?:\/|$)/.test(whole);
  return read([{ ...place, port: hasPort ? place.port : 19_532, transport: 'http', scope: 'all' }]);
}

async function locate(
  { host, signal }: CollectContext,
  told: readonly Told[],
  isOwn: (address: string) => boolean,
  listening: ReadonlyMap<string, string[]>,
): Promise<Destination[]> {
  const destinations = new Map<string, Destination>();
  for (const one of told) {
    const addresses = await resolve(host, one.host, isOwn, signal);
    const places = addresses.state === 'read' ? addresses.value.filter((place) => place.isOwn) : [];
    const servedBy = places.flatMap(({ address }) => listening.get(`${address} ${one.port}`) ?? []);
    const key = JSON.stringify([one.host, one.port, one.transport]);
    // Of two rules about one place the one that sends all counts.
    if (destinations.get(key)?.scope !== 'all') {
      destinations.set(key, { ...one, addresses, servedBy: [...new Set(servedBy)].sort().slice(0, 16) });
    }
  }
  return [...destinations].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, destination]) => destination);
}

function others(places: Places, isOwn: (address: string) => boolean): Places {
  return sortPlaces(places.filter(({ address }) => !isOwn(address)));
}
