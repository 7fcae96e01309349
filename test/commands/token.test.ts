import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runWaarborg } from '../support/process.ts';
import { temporaryFolder } from '../support/tools.ts';

test('the list tells whose a token is that acts, and never its secret', async () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'collector'));
  const token = (...words: string[]) => runWaarborg(['token', ...words, '--data', folder.path]);
  const secrets: string[] = [];
  for (const words of [
    ['--role', 'operator', '--label', 'desk', '--person', 'person-a'],
    ['--role', 'approver', '--label', 'board'],
    ['--role', 'metrics', '--label', 'prometheus'],
  ]) {
    secrets.push((await token('create', ...words)).stdout.trim());
  }
  const { code, stdout } = await token('list');
  expect(code).toBe(0);
  const rows = stdout.trim().split('\n');
  expect(rows[0]).toMatch(/^id +role +person +state +until +for$/);
  expect(rows.find((row) => row.includes('desk'))).toMatch(/ operator +person-a +valid /);
  const board = rows.find((row) => row.includes('board')) ?? '';
  expect(board).toMatch(new RegExp(` approver +person-${board.split(' ')[0] ?? ''} +valid `));
  expect(rows.find((row) => row.includes('prometheus'))).toMatch(/ metrics +valid /);
  for (const secret of secrets) {
    expect(secret).toMatch(/^wbg_/);
    expect(stdout).not.toContain(secret);
  }
}, 30_000);

test.each([
  ['Person A', 'expected a pseudonym'],
  ['', 'expected a pseudonym'],
])('a pseudonym that is none is refused: "%s"', async (person, said) => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'collector'));
  const { code, stderr } = await runWaarborg([
    'token',
    'create',
    '--role',
    'operator',
    '--person',
    person,
    '--data',
    folder.path,
  ]);
  expect(code).toBe(3);
  expect(stderr).toContain(said);
});

test('a token for a customer or a pipeline says for what, and is refused without', async () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'collector'));
  const token = (...words: string[]) => runWaarborg(['token', ...words, '--data', folder.path]);
  const made = [
    ['--role', 'reporter', '--customer', 'customer-acme'],
    ['--role', 'pipeline', '--policy', 'cloud-provider', '--control', 'CP-a', 'CP-b'],
  ];
  for (const words of made) expect((await token('create', ...words)).code).toBe(0);
  const { stdout } = await token('list');
  expect(stdout).toMatch(/ reporter +valid +\S+ +customer-acme$/m);
  expect(stdout).toMatch(/ pipeline +person-\w+ +valid +\S+ +cloud-provider CP-a, cloud-provider CP-b$/m);
  const refused = [
    ['--role', 'reporter'],
    ['--role', 'auditor', '--customer', 'customer-acme'],
    ['--role', 'reporter', '--customer', 'Acme B.V.'],
    ['--role', 'pipeline'],
    ['--role', 'pipeline', '--policy', 'cloud-provider'],
    ['--role', 'operator', '--policy', 'cloud-provider', '--control', 'CP-a'],
    ['--role', 'pipeline', '--policy', 'p', '--control', 'c', '--public-key', join(folder.path, 'none.pem')],
  ];
  for (const words of refused) expect([words, (await token('create', ...words)).code]).toEqual([words, 3]);
}, 60_000);
