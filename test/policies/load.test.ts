import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkKinds } from '../../policies/checks/index.ts';
import { loadPolicies, loadPolicy, parsePolicy, shippedPolicies } from '../../policies/load.ts';
import { policyJsonSchema } from '../../policies/schema.ts';
import { DocumentError } from '../../policies/yaml.ts';
import { temporaryFolder } from '../support/tools.ts';

const text = (control: string): string => `policy: example
version: 1
title: { nl: Voorbeeld, en: Example }
source: { document: Policy, publisher: Example, dated: 2026-01-01 }
controls:
  - id: EX-1
    clause: '1'
    title: { nl: Titel, en: Title }
    promise: { nl: Belofte, en: Promise }
    remedy: { nl: Middel, en: Remedy }
    severity: critical
    maps: {}
${control}`;

const good = text('    check: tls\n    with: { minimumVersion: TLSv1.2 }\n');

function problemOf(document: string): string {
  try {
    parsePolicy(document, 'example.yaml');
  } catch (error) {
    if (error instanceof DocumentError) return error.message;
    throw error;
  }
  throw new Error('the document was accepted');
}

describe('a policy document', () => {
  it('is named by the SHA-256 of its very bytes, and keeps what a control asks as it was written', () => {
    const policy = parsePolicy(good, 'example.yaml');
    expect(policy.digest).toBe(createHash('sha256').update(good).digest('hex'));
    expect(policy.controls[0]?.with).toEqual({ minimumVersion: 'TLSv1.2' });
    expect(parsePolicy(`${good}\n`, 'example.yaml').digest).not.toBe(policy.digest);
  });

  it.each([
    ['a control without a check', text(''), 'example.yaml:6:5: controls.0.check: is missing; expected string'],
    [
      'an unknown check kind',
      text('    check: telnet\n'),
      'example.yaml:13:12: controls.0.check: unknown check kind telnet; expected one of ',
    ],
    [
      'an unknown parameter',
      text('    check: tls\n    with: { minimumVersion: TLSv1.2, strict: true }\n'),
      'example.yaml:14:38: controls.0.with: unknown key: "strict"',
    ],
    [
      'a version that is none',
      text('    check: tls\n    with: { minimumVersion: TLSv9 }\n'),
      'example.yaml:14:29: controls.0.with.minimumVersion: ',
    ],
    [
      'a negative threshold',
      text('    check: updates\n    with: { maximumListAge: -1 }\n'),
      'example.yaml:14:29: controls.0.with.maximumListAge: ',
    ],
    [
      'a duration without its unit',
      text('    check: backup\n    with: { every: "24" }\n'),
      'example.yaml:14:20: controls.0.with.every: expected a duration such as 90s, 15m, 26h, 7d or 2w',
    ],
    ['an unknown key', `${good}owner: me\n`, 'example.yaml:15:1: unknown key: "owner"'],
    [
      'a source dated on no day',
      good.replace('2026-01-01', '2026-02-30'),
      'example.yaml:4:56: source.dated: expected a date such as 2021-04-01',
    ],
    ['a wrong severity', good.replace('critical', 'urgent'), 'example.yaml:11:15: controls.0.severity: '],
    ['a text in one language only', good.replace('nl: Titel, ', ''), 'example.yaml:8:12: controls.0.title.nl: '],
    [
      'no controls',
      good.slice(0, good.indexOf('  - id')).replace('controls:', 'controls: []'),
      'example.yaml:5:11: controls: ',
    ],
    ['broken YAML', 'policy: [example\nversion: 1\n', 'example.yaml:2:1: not valid YAML: Flow sequence'],
    ['a key that stands there twice', `${good}version: 2\n`, 'example.yaml:15:1: not valid YAML: '],
    ['an empty text', '', 'example.yaml'],
  ])('with %s is refused, with the place and what was expected', (_what, document, expected) => {
    const problem = problemOf(document);
    expect(problem.split('\n')[0]).toContain(expected);
  });

  it('tells every problem, one a line', () => {
    const document = good.replace('critical', 'urgent').replace('version: 1', 'version: first');
    expect(problemOf(document).split('\n')).toHaveLength(2);
  });

  it('is dated as exactly as its source: a day, a month, a year or not at all', () => {
    for (const dated of ['dated: 2026-01-31', "dated: '2026-01'", "dated: '2026'", '']) {
      expect(() => parsePolicy(good.replace('dated: 2026-01-01', dated), 'example.yaml')).not.toThrow();
    }
  });

  it('with an id twice is refused at the second', () => {
    const twice = `${good}${good.slice(good.indexOf('  - id'))}`;
    expect(problemOf(twice)).toMatch(/^example\.yaml:15:9: controls\.1\.id: EX-1 stands here a second time/);
  });

  it('does not expand a bomb of aliases', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (let index = 1; index < 9; index++) {
      const name = 'abcdefghi'[index] ?? '';
      const before = 'abcdefghi'[index - 1] ?? '';
      bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`);
    }
    expect(problemOf(`${bomb.join('\n')}\n`)).toContain('not usable YAML');
  });

  it('is read from a path, and a wrong path is told as such', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'own.yaml');
    writeFileSync(file, good);
    expect(loadPolicy(file).policy).toBe('example');
    mkdirSync(join(folder.path, 'folder.yaml'));
    expect(() => loadPolicy(join(folder.path, 'folder.yaml'))).toThrow(/is a directory/);
    expect(() => loadPolicy(join(folder.path, 'none.yaml'))).toThrow(/no such file/);
    expect(() => loadPolicy('no-such-policy')).toThrow(/no such file/);
  });
});

describe('the documents of one host', () => {
  it('come in the order in which they were asked for', () => {
    expect(loadPolicies(['cloud-provider', 'antum']).map(({ policy }) => policy)).toEqual(['cloud-provider', 'antum']);
  });

  it('cannot be two of one name', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'own.yaml');
    writeFileSync(file, good);
    writeFileSync(join(folder.path, 'other.yaml'), good.replace('version: 1', 'version: 2'));
    const twice = [file, join(folder.path, 'other.yaml')];
    expect(() => loadPolicies(twice)).toThrow(
      /other\.yaml: policy: example is also the name of the document .*own\.yaml/,
    );
    expect(() => loadPolicies(['antum', 'antum'])).toThrow(DocumentError);
  });
});

describe('the shipped documents', () => {
  it('are sound, and no control stands in two of them', () => {
    const policies = shippedPolicies().map(loadPolicy);
    expect(policies.map(({ policy }) => policy)).toEqual(['alona', 'antum', 'cloud-provider', 'psohub', 'voxio']);
    const ids = policies.flatMap(({ controls }) => controls.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    for (const { policy } of policies) expect(shippedPolicies()).toContain(policy);
  });

  it('use every check kind, and map every control to a standard', () => {
    const controls = shippedPolicies().flatMap((name) => loadPolicy(name).controls);
    expect([...new Set(controls.map(({ check }) => check))].sort()).toEqual(checkKinds.map(({ name }) => name).sort());
    for (const { maps } of controls) expect(Object.keys(maps).length).toBeGreaterThan(0);
  });
});

describe('the JSON Schema', () => {
  it('names every check kind and its parameters', () => {
    const schema = JSON.stringify(policyJsonSchema());
    for (const { name } of checkKinds) expect(schema).toContain(`"const":"${name}"`);
    expect(schema).toContain('minimumVersion');
  });
});
