import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { program } from '../support/process.ts';
import { temporaryFolder } from '../support/tools.ts';
import { secondsOf, tell } from './figures.ts';
import type { BenchOptions } from './main.ts';
import { bareSeconds, cores } from './verify/bare.ts';
import { buildBundle, type Built } from './verify/build.ts';

const hosts = 200;

/**
 * `waarborg verify` of a bundle: 200 hosts with 40 controls each, of whose reports a tenth have facts that the one before
 * had not. Beside it, in the same run: as many bare Ed25519 verifications of messages as long as the statements, on one
 * thread and on all cores. Nobody who verifies every signature can be faster than the latter.
 */
export async function bench({ reports: entries }: BenchOptions): Promise<void> {
  using folder = temporaryFolder();
  const built: { bundle?: Built } = {};
  const building = await secondsOf(() => {
    built.bundle = buildBundle(folder.path, entries, hosts);
  });
  const { bundle } = built;
  if (bundle === undefined) return;
  tell(`a bundle of ${bundle.entries} entries, ${bundle.parts} parts`, `built in ${building.toFixed(0)} s`);
  const { seconds, peak } = await verify(folder.path, bundle);
  const one = await bareSeconds(entries, bundle.statementLength, 1);
  const all = await bareSeconds(entries, bundle.statementLength, cores);
  tell(
    'waarborg verify, whole process',
    `${(entries / seconds).toFixed(0)} entries/s, ${seconds.toFixed(1)} s, peak ${(peak / 2 ** 20).toFixed(0)} MiB`,
  );
  tell(
    'bare Ed25519 verifications, one thread',
    `${(entries / one).toFixed(0)}/s, waarborg takes ${(seconds / one).toFixed(2)} times as long`,
  );
  tell(
    `bare Ed25519 verifications, ${cores} threads`,
    `${(entries / all).toFixed(0)}/s, waarborg takes ${(seconds / all).toFixed(2)} times as long`,
  );
}

/** @returns peak: bytes of resident memory */
async function verify(folder: string, { logKey }: Built): Promise<{ seconds: number; peak: number }> {
  let peak = 0;
  let isRunning = true;
  const seconds = await secondsOf(async () => {
    const args = [program, 'verify', folder, '--key', logKey, '--format', 'json'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const watching = (async () => {
      while (isRunning) {
        peak = Math.max(peak, peakOf(child.pid));
        await sleep(100);
      }
    })();
    await once(child, 'close');
    isRunning = false;
    await watching;
    const { outcome } = JSON.parse(text) as { outcome: string };
    if (outcome !== 'sound') throw new Error(`the bundle came out ${outcome}`);
  });
  return { seconds, peak };
}

/** The most memory that a process has had resident so far; 0 where it has ended. */
function peakOf(pid: number | undefined): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
