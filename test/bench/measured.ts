import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Measured {
  readonly stdout: string;
  /** Seconds by the clock. */
  readonly seconds: number;
  /** Seconds of processor time, of the program and of all that it started and waited for. */
  readonly processor: number;
  /** Bytes that the program itself held at most: its share of memory (PSS), asked a hundred times a second. */
  readonly peak: number;
}

/** Runs a program to its end, as the shell's `time` sees it. */
export async function measure(command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Measured> {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" 2>/dev/null';
  const shell = spawn('bash', ['-c', script, 'bash', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const watching = new AbortController();
  const peak = watchPeak(() => childOf(shell.pid), watching.signal);
  const [stdout, told] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
  watching.abort();
  const [seconds = NaN, user = NaN, system = NaN] = told.trim().split(' ').map(Number);
  return { stdout, seconds, processor: user + system, peak: await peak };
}

/** Bytes of memory that are a process's own, and its share of what it has together with others; 0 where it has ended. */
export function shareOfMemory(pid: number): number {
  try {
    const [, kilobytes] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/**
 * A Node.js of its own file: it shares no page with the one that measures, as on a host where nothing else is Node.js.
 * @param folder to copy it into
 */
export function nodeAlone(folder: string): string {
  const file = join(folder, 'node');
  copyFileSync(process.execPath, file);
  return file;
}

/** The memory settings that the agent's service is started with. */
export function serviceEnvironment(): NodeJS.ProcessEnv {
  const unit = readFileSync(join(import.meta.dirname, '../../deploy/systemd/waarborg-agent.service'), 'utf8');
  const words = (/^Environment=(.*)$/m.exec(unit)?.[1] ?? '').matchAll(/"([^"]*)"|(\S+)/g);
  const pairs = [...words].map(([, quoted, bare = '']) => (quoted ?? bare).split(/=(.*)/s));
  return Object.fromEntries(pairs.map(([name = '', value]) => [name, value]));
}

/** Processor time of Debian's lynis, beside ours. */
export async function measureLynis(folder: string): Promise<Measured> {
  const log = join(folder, 'lynis');
  const files = ['--logfile', `${log}.log`, '--report-file', `${log}.dat`];
  return measure(['lynis', 'audit', 'system', '--quick', '--quiet', '--no-colors', ...files]);
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

async function watchPeak(find: () => number | undefined, signal: AbortSignal): Promise<number> {
  let peak = 0;
  while (!signal.aborted) {
    const pid = find();
    if (pid !== undefined) peak = Math.max(peak, shareOfMemory(pid));
    await sleep(10);
  }
  return peak;
}

/** The one program that a shell has started. */
function childOf(pid: number | undefined): number | undefined {
  try {
    const [child = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    return child === '' ? undefined : Number(child);
  } catch {
    return undefined;
  }
}
