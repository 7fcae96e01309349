import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { catalogue, type Code } from '../../agent/doctor/findings.ts';
import { dropIns, needs, type DropInName } from '../../agent/doctor/rights.ts';
import { agentVersion } from '../../agent/version.ts';
import { runWaarborg } from '../support/process.ts';
import { collectorOn, enrolAgentAt, origin, writeQuickPolicy } from '../support/road.ts';
import { readSource } from '../support/sources.ts';
import { temporaryFolder } from '../support/tools.ts';

const Told = z.strictObject({
  v: z.literal(1),
  at: z.iso.datetime(),
  examined: z.array(
    z.strictObject({
      config: z.string(),
      part: z.enum(['agent', 'collector']),
      findings: z.array(
        z.strictObject({
          code: z.string(),
          seen: z.string().min(1),
          outcome: z.enum(['ok', 'warning', 'problem']),
          todo: z.string().nullable(),
        }),
      ),
    }),
  ),
});

test('agent and collector are told of side by side, and the worst counts', { timeout: 60_000 }, async () => {
  using folder = temporaryFolder();
  const [agent, collector] = ['agent.yaml', 'collector.yaml'].map((file) => join(folder.path, file));
  writeQuickPolicy(folder.path);
  writeFileSync(agent ?? '', 'policies: [./quick.yaml]\ndata: agent\n');
  const data = join(folder.path, 'collector');
  await using running = await collectorOn(data);
  (await enrolAgentAt(running, join(folder.path, 'agent'), 'web1.example.nl'))[Symbol.dispose]();
  writeFileSync(collector ?? '', `origin: ${origin}\ndata: collector\nlisten: ${new URL(running.url).host}\n`);
  const words = ['doctor', '--config', agent ?? '', '--config', collector ?? ''];
  const { code, stdout } = await runWaarborg([...words, '--format', 'json']);
  const told = Told.parse(JSON.parse(stdout));
  expect(told.examined.map(({ part, config }) => [part, config])).toEqual([
    ['agent', agent],
    ['collector', collector],
  ]);
  const all = told.examined.flatMap(({ findings }) => findings);
  // What systemd knows of units is the machine's own.
  expect(all.filter(({ outcome, code }) => outcome !== 'ok' && !code.startsWith('rights.'))).toEqual([]);
  const codes = all.map((finding) => finding.code);
  expect(codes.filter((one) => one === 'settings.read' || one === 'http.ready')).toHaveLength(4);
  expect(code).toBe(all.some(({ outcome }) => outcome === 'warning') ? 2 : 0);
  await running.close();
  const after = await runWaarborg(words);
  expect(after.code).toBe(1);
  expect(after.stdout).toMatch(
    /^✗ problem tcp\.failed: port \d+ of 127\.0\.0\.1 does not answer: .*ECONNREFUSED.*\n {4}→ start the collector/m,
  );
  expect(after.stdout).toMatch(/^! warning collector\.stopped: /m);
});

test.skipIf(process.getuid?.() !== 0)(
  'whoever may not read the folder is told so, and not that all is well',
  async () => {
    using folder = temporaryFolder();
    const config = join(folder.path, 'agent.yaml');
    writeFileSync(config, `policies: [cloud-provider]\ndata: agent\n`);
    mkdirSync(join(folder.path, 'agent'), { mode: 0o700 });
    chmodSync(folder.path, 0o755);
    const { code, stdout } = await runWaarborg(['doctor', '--config', config, '--format', 'json'], { uid: 64_321 });
    expect(code).toBe(1);
    const { examined } = Told.parse(JSON.parse(stdout));
    expect(examined[0]?.findings.map((finding) => finding.code)).toContain('folder.unread');
  },
);

test('what is no file of settings is one line and exit code 3', async () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'empty'));
  const { code, stderr } = await runWaarborg(['doctor', '--config', join(folder.path, 'none.yaml')]);
  expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 3, lines: 1 });
});

test('docs/troubleshooting.md has each code that asks for something, with what it asks for', () => {
  const rows = [...readSource('docs/troubleshooting.md').matchAll(/^\| `([a-z.-]+)` \| (warning|problem) \|/gm)];
  const documented = rows.map(([, code = '', outcome = '']) => [code, outcome]);
  const declared = Object.entries(catalogue).flatMap(([code, { outcome }]) =>
    outcome === 'ok' ? [] : [[code, outcome]],
  );
  expect(documented.sort()).toEqual(declared.sort());
});

test('each code is brought about by a test', () => {
  const tests = [
    'test/agent/doctor/agent.test.ts',
    'test/agent/doctor/remote.test.ts',
    'test/collector/doctor.test.ts',
    'test/witness/doctor.test.ts',
    'test/commands/doctor.test.ts',
  ]
    .map(readSource)
    .join('');
  const codes = Object.keys(catalogue) as Code[];
  expect(codes.filter((code) => !tests.includes(`'${code}'`))).toEqual([]);
});

test('the rights that checks want are those of docs/hardening.md', () => {
  const page = readSource('docs/hardening.md');
  const table = page.slice(page.indexOf('## What each check needs'), page.indexOf('## Why the units'));
  const documented = [...table.matchAll(/^\| `([a-z-]+)` \| (.*) \|$/gm)].map(([, kind = '', words = '']) => {
    return [kind, [...words.matchAll(/`([a-z-]+)\.conf`/g)].map(([, name]) => name ?? '').sort()] as const;
  });
  expect(documented.length).toBeGreaterThan(20);
  const declared = documented.map(([kind]) => [kind, (needs[kind] ?? []).map(({ dropIn }) => dropIn).sort()] as const);
  expect(declared).toEqual(documented);
  expect(Object.keys(needs).filter((kind) => !documented.some(([name]) => name === kind))).toEqual([]);
});

test.each(Object.keys(dropIns) as DropInName[])('the drop-in %s gives what doctor says it gives', (name) => {
  const text = readSource(`deploy/systemd/drop-ins/${name}.conf`);
  const valueOf = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? '';
  const declared: { capabilities: readonly string[]; isRoot?: true } = dropIns[name];
  expect(valueOf('AmbientCapabilities').split(' ').filter(Boolean).sort()).toEqual([...declared.capabilities].sort());
  expect(valueOf('User') === 'root').toBe(declared.isRoot === true);
  expect(valueOf('SupplementaryGroups')).toBe('');
});

test('the version that a collector tells is that of the program', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  const answer: unknown = await (await fetch(new URL('/readyz', collector.url))).json();
  expect(answer).toMatchObject({ version: agentVersion });
});
