import { isAbsolute } from 'node:path';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { Start } from './effective.ts';

/** A process that takes SSH connections. */
export interface SshProcess {
  readonly pid: number;
  /** What the kernel calls it. */
  readonly program: string;
  /** Undefined where it is no OpenSSH, or was started in a way that its settings cannot be asked for. */
  readonly start: Start | undefined;
  readonly isRoot: boolean;
}

export interface SshProcesses {
  readonly found: readonly SshProcess[];
  /** Those in a container of their own, whose files are not this host's. */
  readonly inContainers: number;
}

/** SSH servers by the name of their process. */
const servers: readonly string[] = ['dropbear', 'lshd', 'sshd', 'tinysshd', 'tinysshd-makekey'];
const opensshPaths: readonly string[] = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'];

/**
 * The SSH servers that run on this host, from /proc/PID/status and cmdline (proc(5)), which everyone may read unless
 * /proc hides other users' processes; then the obstacle says so.
 */
export async function findSshProcesses(host: Host): Promise<Reading<SshProcesses>> {
  const names = await host.list('/proc');
  if (names.state === 'unreadable') return names;
  const pids = names.value.filter((name) => /^\d+$/.test(name));
  // With hidepid= not even the first process shows (proc(5)).
  if (!pids.includes('1'))
    return unreadable('refused', '/proc', 'processes of others are hidden (hidepid); CAP_SYS_PTRACE shows them');
  const statuses = new Map<string, Status>();
  for (const pid of pids) {
    const text = await host.readText(`/proc/${pid}/status`);
    // Processes end while they are looked at.
    if (text.state === 'read' && !hasEnded(text.value)) statuses.set(pid, parseStatus(text.value));
  }
  const candidates = [...statuses].filter(
    ([, { name, parent }]) => servers.includes(name) && !servers.includes(statuses.get(parent)?.name ?? ''),
  );
  const found: SshProcess[] = [];
  for (const [pid, { name, uid, isNested }] of candidates) {
    if (isNested) continue;
    const line = await host.readText(`/proc/${pid}/cmdline`);
    if (line.state === 'unreadable') continue;
    const start = name === 'sshd' ? startOf(line.value) : undefined;
    if (start === 'session') continue;
    found.push({ pid: Number(pid), program: name, start, isRoot: uid === '0' });
  }
  return read({ found, inContainers: candidates.filter(([, { isNested }]) => isNested).length });
}

interface Status {
  readonly name: string;
  readonly parent: string;
  readonly uid: string;
  readonly isNested: boolean;
}

/**
 * Whether nothing of a process runs any more, and it only waits for its parent to hear of that. A zombie with more threads
 * than one is alive: only the first of them has ended.
 */
function hasEnded(text: string): boolean {
  return /^State:\s*[ZX]/m.test(text) && /^Threads:\s*[01]$/m.test(text);
}

function parseStatus(text: string): Status {
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
  return {
    name: field('Name'),
    parent: field('PPid'),
    uid: field('Uid').split(/\s+/)[1] ?? '',
    // One number for each namespace of processes that it is in, from the reader's on.
    isNested: field('NSpid').trim().split(/\s+/).length > 1,
  };
}

/**
 * The program and the options of a listening sshd. Since 8.2 it shows them in its title, `sshd: PROGRAM OPTIONS
 * [listener] ...`; before that they are its command line. A title without them is of one connection.
 */
function startOf(commandLine: string): Start | 'session' | undefined {
  const words = commandLine.split('\0').filter((word) => word !== '');
  const [, listener] = /^sshd: (\S+.*?) \[listener\]/.exec(words[0] ?? '') ?? [];
  if (listener === undefined && words[0]?.startsWith('sshd: ') === true) return 'session';
  const [program = '', ...options] = listener?.split(' ') ?? words;
  if (!opensshPaths.includes(program)) return undefined;
  const kept = settingsIn(options);
  return kept === undefined ? undefined : { program, options: kept };
}

/** The options that change settings; undefined where one cannot be told for certain, as a title does not quote. */
function settingsIn(options: readonly string[]): string[] | undefined {
  const kept: string[] = [];
  for (let at = 0; at < options.length; at++) {
    const option = options[at] ?? '';
    if (/^-[46DeiqtTdr]+$/.test(option)) continue;
    if (/^-[Egu]$/.test(option)) {
      at++;
      continue;
    }
    const value = options[++at] ?? '';
    const isSetting = option === '-o' && /^[A-Za-z]+=\S+$/.test(value);
    const isFile = (option === '-f' || option === '-h' || option === '-c') && isAbsolute(value);
    const isPort = option === '-p' && /^\d{1,5}$/.test(value);
    if (!isSetting && !isFile && !isPort) return undefined;
    kept.push(option, value);
  }
  return kept;
}
