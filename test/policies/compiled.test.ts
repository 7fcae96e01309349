import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compilePolicies } from '../../deploy/build.ts';
import { compiledFile, compiledText, readCompiled } from '../../policies/compiled.ts';
import { loadPolicy, parsePolicy, shippedPolicies } from '../../policies/load.ts';
import { quickPolicyText } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, 'quick.yaml');
  writeFileSync(file, quickPolicyText);
});
afterEach(() => folder[Symbol.dispose]());

test.each(shippedPolicies())('%s says the same from what is kept as from its YAML', (name) => {
  const shipped = loadPolicy(name);
  writeFileSync(file, shipped.text);
  compilePolicies(folder.path);
  expect(readCompiled(file, shipped.digest)).toBeDefined();
  expect(loadPolicy(file)).toEqual(parsePolicy(shipped.text, name));
});

test('a document that was changed since is read anew', () => {
  compilePolicies(folder.path);
  writeFileSync(file, quickPolicyText.replace('183d', '7d'));
  expect(loadPolicy(file).controls[0]?.with).toMatchObject({ maximumAge: '7d' });
});

test('what is kept counts, so that YAML need not be read', () => {
  const { digest, controls } = loadPolicy(file);
  const title = { nl: 'Bewaard', en: 'Kept' };
  const kept = { policy: 'quick', version: 1, title, source: { document: 'Test', publisher: 'Test' }, controls };
  writeFileSync(compiledFile(file), compiledText(digest, kept));
  expect(loadPolicy(file).title).toEqual(title);
});

test.each([
  ['no JSON', 'quick'],
  ['cut short', '{"digest":'],
  ['of another form', '[]'],
  ['of a form that documents have no longer', undefined],
])('what is kept and is %s is left aside', (_, text) => {
  const before = loadPolicy(file);
  writeFileSync(compiledFile(file), text ?? compiledText(before.digest, { policy: 'quick' }));
  expect(loadPolicy(file)).toEqual(before);
  expect(readFileSync(file, 'utf8')).toBe(quickPolicyText);
});
