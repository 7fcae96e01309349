import { read, unreadable, type Reading } from '../../policies/reading.ts';
import type { Host } from '../host/host.ts';
import type { CollectContext } from './collector.ts';

/** A process of the host itself, as proc(5) tells. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** At most 15 characters of its program's name. */
  readonly name: string;
  /** The effective capabilities as a bit mask (capabilities(7)). */
  readonly capabilities: bigint;
}

/**
 * The processes in the agent's own PID namespace, sorted by number, read once a run. Those of containers are left out:
 * a daemon in there does nothing for the host.
 * @returns the obstacle where processes of others are hidden (hidepid, proc(5)): then nobody can say that one is absent
 */
export function readProcesses(context: CollectContext): Promise<Reading<Process[]>> {
  return context.once('processes', () => listProcesses(context.host));
}

/** `hidepid` asks for the right to trace (proc(5)). */
const hidden = unreadable('refused', '/proc', 'processes of others are hidden (hidepid); CAP_SYS_PTRACE shows them');

async function listProcesses(host: Host): Promise<Reading<Process[]>> {
  const names = await host.list('/proc');
  if (names.state === 'unreadable') return names;
  const pids = names.value.filter((name) => /^\d+$/.test(name)).map(Number);
  if (!pids.includes(1)) return hidden;
  const processes: Process[] = [];
  for (const pid of pids.sort((a, b) => a - b)) {
    const path = `/proc/${pid}/status`;
    const status = await host.readText(path);
    if (status.state === 'unreadable') {
      // It ended in the meantime; the kernel then says ENOENT, or ESRCH where the file was open already.
      if (status.obstacle.code === 'missing' || status.obstacle.detail === 'ESRCH') continue;
      return status.obstacle.code === 'denied' ? hidden : status;
    }
    const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status.value)?.[1]?.trim() ?? '';
    // One number for each namespace from the agent's own downwards.
    if (field('NSpid').split(/\s+/).length > 1) continue;
    const capabilities = BigInt(`0x${/^[0-9a-f]+$/.exec(field('CapEff'))?.[0] ?? '0'}`);
    processes.push({ pid, parent: Number(field('PPid')), name: field('Name'), capabilities });
  }
  return read(processes);
}

/** A process's command line, word by word; empty for a thread of the kernel. */
export async function readArguments(host: Host, pid: number): Promise<Reading<string[]>> {
  const line = await host.readText(`/proc/${pid}/cmdline`);
  return line.state === 'unreadable' ? line : read(line.value.replace(/\0+$/, '').split('\0'));
}

/**
 * What kind of container the agent is in, as its manager wrote down; null on a machine of its own. systemd and LXC tell
 * by /run/systemd/container, podman by /run/.containerenv, Docker by /.dockerenv (systemd's Container Interface).
 */
export async function readContainer(host: Host): Promise<string | null> {
  const told = await host.readText('/run/systemd/container');
  if (told.state === 'read' && told.value.trim() !== '') return told.value.trim().slice(0, 64);
  const marks = { podman: '/run/.containerenv', docker: '/.dockerenv' };
  for (const [manager, mark] of Object.entries(marks)) {
    if ((await host.status(mark)).state === 'read') return manager;
  }
  return null;
}
