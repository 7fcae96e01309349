import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { canMakeNamespaces } from '../../../support/namespaces.ts';
import { tool } from '../../../support/tools.ts';
import type { Compared } from './same-machine.ts';

/** Reads this machine both ways. @param lines of the SSH server's configuration */
async function compare(...lines: readonly string[]): Promise<Compared> {
  const script = join(import.meta.dirname, 'same-machine.ts');
  const inside = [
    'sh',
    '-c',
    'ip link set lo up && ip address add 198.51.100.1 dev lo && exec "$0" "$@"',
    process.execPath,
    script,
    ...lines,
  ];
  const apart = ['--net', '--pid', '--fork', '--mount-proc', '--kill-child', ...inside];
  const { stdout } = await promisify(execFile)('unshare', apart, { maxBuffer: 2 ** 28 });
  return JSON.parse(stdout) as Compared;
}

const canReadOverSsh = process.getuid?.() === 0 && tool('sshd') !== undefined && canMakeNamespaces();

describe.skipIf(!canReadOverSsh)('a machine that is read over SSH', () => {
  test('has byte for byte the facts that it has when it reads itself, of every kind', async () => {
    const { kinds, differing, codes } = await compare();
    expect(kinds.length).toBeGreaterThan(20);
    expect(differing).toEqual({});
    expect(codes).not.toContain('host.internal');
    expect(codes).not.toContain('host.timeout');
    expect(codes.some((code) => code.startsWith('tls.'))).toBe(true);
  }, 180_000);

  test('looks no better where its server forwards no connections', async () => {
    const { kinds, better, differing } = await compare('AllowTcpForwarding no');
    expect(kinds.length).toBeGreaterThan(20);
    expect(better).toEqual([]);
    // The site is there, and cannot be asked.
    expect(Object.keys(differing)).toContain('tls');
  }, 180_000);
});
