import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collectors } from '../../agent/collect/index.ts';
import { readSource, root } from '../support/sources.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const analyze = tool('systemd-analyze');
const folder = join(root, 'deploy/systemd');
const dropIns = readdirSync(join(folder, 'drop-ins')).map((name) => name.replace('.conf', ''));

const Assessment = z.array(z.object({ name: z.string(), set: z.boolean().nullable() }));

/** What systemd says of a unit with drop-ins, in tenths of its exposure level at most; the level runs from 0 to 10. */
function securityOf(unit: string, threshold: number, ...names: readonly string[]) {
  using machine = temporaryFolder();
  const units = join(machine.path, 'etc/systemd/system');
  mkdirSync(join(units, `${unit}.d`), { recursive: true });
  cpSync(join(folder, unit), join(units, unit));
  for (const name of names) cpSync(join(folder, 'drop-ins', `${name}.conf`), join(units, `${unit}.d`, `${name}.conf`));
  const offline = ['security', '--offline=yes', `--root=${machine.path}`, '--no-pager', '--json=pretty'];
  const { status, stdout, stderr } = spawnSync(analyze ?? '', [...offline, `--threshold=${threshold}`, unit], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe.skipIf(analyze === undefined)('the systemd units', () => {
  it.each([
    ['waarborg-agent.service', 25],
    ['waarborg-agent-resident.service', 25],
    ['waarborg-collector.service', 15],
    ['waarborg-witness.service', 15],
  ])('%s exposes no more than it must', (unit, threshold) => {
    const { status, stdout, stderr } = securityOf(unit, threshold);
    expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
    expect(securityOf(unit, 1).status, 'a threshold that nothing meets').not.toBe(0);
  });

  it.each(['waarborg-collector.service', 'waarborg-witness.service'])('%s has no privilege at all', (unit) => {
    expect(readSource(`deploy/systemd/${unit}`)).toMatch(/^CapabilityBoundingSet=$/m);
    expect(readSource(`deploy/systemd/${unit}`)).not.toMatch(/^AmbientCapabilities=/m);
  });

  it('the resident agent is held in as the one that a timer starts', () => {
    const hardening = (unit: string): string[] =>
      readSource(`deploy/systemd/${unit}`)
        .split('[Service]')[1]
        ?.split('\n')
        .filter((line) =>
          /^(Ambient|Cap|No|Protect|Private|Restrict|Lock|System|Remove|UMask|User|State|Env)/.test(line),
        ) ?? [];
    expect(hardening('waarborg-agent.service').length).toBeGreaterThan(20);
    expect(hardening('waarborg-agent-resident.service')).toEqual(hardening('waarborg-agent.service'));
  });

  it.each(dropIns)('the drop-in %s is understood, and adds rights to those of the unit', (name) => {
    const { status, stdout, stderr } = securityOf('waarborg-agent.service', 60, name);
    expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toBe(securityOf('waarborg-agent.service', 60).stdout);
  });

  it('together the drop-ins take away none of what the others give', () => {
    const rightsOf = (told: string): Record<string, boolean | null> =>
      Object.fromEntries(Assessment.parse(JSON.parse(told)).map(({ name, set }) => [name, set]));
    const alone = rightsOf(securityOf('waarborg-agent.service', 100).stdout);
    const together = rightsOf(securityOf('waarborg-agent.service', 100, ...dropIns).stdout);
    for (const right of ['CAP_NET_ADMIN', 'CAP_SYS_PTRACE', 'CAP_AUDIT_*', 'CAP_SYS_ADMIN', 'CAP_SET(UID|GID|PCAP)']) {
      const name = `CapabilityBoundingSet=~${right}`;
      expect({ name, isWithheld: alone[name] }).toEqual({ name, isWithheld: true });
      expect({ name, isWithheld: together[name] }).toEqual({ name, isWithheld: false });
    }
  });

  it('each drop-in stands in the docs, and no other', () => {
    const page = readSource('docs/hardening.md');
    const documented = [...page.matchAll(/^\| `([a-z-]+)\.conf` /gm)].map(([, name]) => name);
    expect(documented.sort()).toEqual(dropIns.sort());
  });

  it('each check kind stands in the docs with what it needs, by names of drop-ins that there are', () => {
    const [, table = ''] = readSource('docs/hardening.md').split('## What each check needs');
    const rows = [...table.matchAll(/^\| `([a-z-]+)` \| (.*) \|$/gm)];
    expect(rows.map(([, kind]) => kind).sort()).toEqual(collectors.map(({ kind }) => kind).sort());
    const named = rows.flatMap(([, , needs = '']) => [...needs.matchAll(/`([a-z-]+)\.conf`/g)].map(([, name]) => name));
    expect([...new Set(named)].filter((name) => !dropIns.includes(name ?? ''))).toEqual([]);
  });
});
