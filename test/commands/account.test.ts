import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pseudonyms } from '../../agent/identity.ts';
import { runWaarborg } from '../support/process.ts';
import { temporaryFolder } from '../support/tools.ts';

let folder: ReturnType<typeof temporaryFolder>;
let config: string;
let data: string;

beforeEach(() => {
  folder = temporaryFolder();
  data = join(folder.path, 'agent');
  mkdirSync(data);
  config = join(folder.path, 'agent.yaml');
  writeFileSync(config, `data: ${data}\npolicies: [cloud-provider]\n`);
});
afterEach(() => folder[Symbol.dispose]());

test('an account of the system is found by the pseudonym that a report has for it', async () => {
  const pseudonym = pseudonyms(data)('daemon');
  const found = await runWaarborg(['account', pseudonym, '--config', config]);
  expect(found).toEqual({ code: 0, stdout: `${pseudonym}\tdaemon\n`, stderr: '' });
});

test.each(['www/NAME', 'main/NAME@10.0.0.0/255.0.0.0'])(
  'it may stand as in the subject of a reason: %s',
  async (form) => {
    const subject = form.replace('NAME', pseudonyms(data)('daemon'));
    expect((await runWaarborg(['account', subject, '--config', config])).stdout).toBe(`${subject}\tdaemon\n`);
  },
);

test('a name that only a panel knows is tried from a file', async () => {
  const pseudonym = pseudonyms(data)('customer17');
  const unknown = await runWaarborg(['account', pseudonym, '--config', config]);
  expect(unknown).toMatchObject({ code: 1, stderr: '' });
  expect(unknown.stdout).toContain('stands for none');
  const names = join(folder.path, 'names');
  writeFileSync(names, 'customer16\n customer17 \n');
  const found = await runWaarborg(['account', pseudonym, '--config', config, '--names', names]);
  expect(found).toMatchObject({ code: 0, stdout: `${pseudonym}\tcustomer17\n` });
});

test('without a key no new one is made', async () => {
  const refused = await runWaarborg(['account', 'account-1a2b3c4d5e6f', '--config', config]);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain('holds no pseudonym.key');
  expect((await runWaarborg(['account', 'account-1a2b3c4d5e6f', '--config', config])).code).toBe(3);
});
