import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Observation } from '../../policies/observe.ts';
import { runWaarborg } from '../support/process.ts';
import { quickPolicyText } from '../support/road.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const outcomes = {
  /** Nothing tells the agent whether somebody left. */
  unknown: quickPolicyText.replace('afterDeparture: false', 'afterDeparture: true'),
  nobody: quickPolicyText.replace('    maps: {}', '    applies: { role: [mail] }\n    maps: {}'),
  backup: quickPolicyText.replace('check: password-age', 'check: backup').replace(/with: .*/, 'with: { every: 26h }'),
};

function policyFile(folder: string, text: string): string {
  const file = join(folder, 'policy.yaml');
  writeFileSync(file, text);
  return file;
}

describe('the exit code', () => {
  test.each([
    ['0 where all passes', 'db-{date}.sql', 0, '1 controls: 1 passing'],
    ['1 where something fails', 'other-{date}.sql', 1, '1 controls: 1 failing'],
  ])('is %s', async (_, pattern, code, counts) => {
    using folder = temporaryFolder();
    const policy = policyFile(folder.path, outcomes.backup);
    writeFileSync(join(folder.path, `db-${new Date().toISOString().slice(0, 10)}.sql`), 'x'.repeat(5000));
    const config = join(folder.path, 'agent.yaml');
    const source = `{ archives: { folder: ${folder.path}, pattern: "${pattern}" } }`;
    writeFileSync(config, `policies: [./policy.yaml]\nbackups: [{ set: db, source: ${source} }]\n`);
    const ended = await runWaarborg(['check', '--policy', policy, '--config', config]);
    expect(ended).toMatchObject({ code, stderr: '' });
    expect(ended.stdout).toContain(counts);
  });

  test('is 2 where something is unknown and nothing fails', async () => {
    using folder = temporaryFolder();
    const ended = await runWaarborg(['check', '--policy', policyFile(folder.path, outcomes.unknown)]);
    expect(ended).toMatchObject({ code: 2, stderr: '' });
    expect(ended.stdout).toContain('1 controls: 1 unknown');
  });
});

describe('the form', () => {
  test('json has a version, counts, and every observation with its reasons as text', async () => {
    using folder = temporaryFolder();
    const policy = policyFile(folder.path, outcomes.unknown);
    const { stdout } = await runWaarborg(['check', '--format', 'json', '--policy', policy]);
    const Reasons = z.array(z.looseObject({ text: z.string().min(1), code: z.string() })).min(1);
    const Document = z.strictObject({
      v: z.literal(1),
      host: z.string(),
      os: z.string(),
      at: z.iso.datetime(),
      policies: z.array(
        z.strictObject({ policy: z.literal('quick'), version: z.int(), digest: z.string().length(64) }),
      ),
      counts: z.record(z.string(), z.int()),
      observations: z.array(z.strictObject({ ...Observation.shape, reasons: Reasons })).length(1),
    });
    expect(Document.parse(JSON.parse(stdout)).counts).toMatchObject({ unknown: 1, fail: 0 });
  });

  test.skipIf(!tool('python3'))('junit is XML that a parser reads, with unknown as an error', async () => {
    using folder = temporaryFolder();
    const awkward = outcomes.unknown.replace('en: Passwords }', `en: 'Pass <words> & "more"' }`);
    const { stdout } = await runWaarborg(['check', '--format', 'junit', '--policy', policyFile(folder.path, awkward)]);
    const script =
      'import sys,xml.etree.ElementTree as e; s=e.fromstring(sys.stdin.buffer.read())[0]; ' +
      'print(s.get("name"), s.get("tests"), s.get("errors"), s.get("failures"), s[0].get("name"), s[0][0].tag)';
    const parsed = execFileSync('python3', ['-c', script], { input: stdout, encoding: 'utf8' });
    expect(parsed.trim()).toBe('quick 1 1 0 Q-password Pass <words> & "more" error');
  });

  test('markdown is a table with a row a control', async () => {
    using folder = temporaryFolder();
    const policy = policyFile(folder.path, outcomes.unknown);
    const { stdout } = await runWaarborg(['check', '--format', 'markdown', '--policy', policy]);
    expect(stdout).toMatch(/^\| Q-password \| Passwords \| unknown \| .+ \|$/m);
  });

  test('table has no escape codes in a pipe, nor with NO_COLOR', async () => {
    using folder = temporaryFolder();
    const args = ['check', '--policy', policyFile(folder.path, outcomes.unknown)];
    for (const env of [{}, { NO_COLOR: '1' }] as Record<string, string>[]) {
      const { stdout, stderr } = await runWaarborg(args, { env });
      expect(stdout).toContain('Q-password');
      expect(stdout + stderr).not.toContain('\x1b');
    }
  });
});

test('a control that does not hold for this host is not checked', async () => {
  using folder = temporaryFolder();
  const policy = policyFile(folder.path, outcomes.nobody);
  const { code, stdout } = await runWaarborg(['check', '--policy', policy]);
  expect(stdout).toContain('no control of it holds for this host');
  // Nothing was looked at: that is no compliance.
  expect(code).toBe(2);
});
