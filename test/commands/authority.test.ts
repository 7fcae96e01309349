import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { authorityFile } from '../../collector/clients/authority.ts';
import { origin } from '../support/road.ts';
import { runWaarborg } from '../support/process.ts';
import { temporaryFolder } from '../support/tools.ts';

const fingerprint = '(?:[0-9A-F]{2}:){31}[0-9A-F]{2}';
const moment = '20[0-9-]{8}T[0-9:.]{12}Z';
const signs = new RegExp(`^signs {3}(${fingerprint}) {2}until ${moment}$`, 'm');
const counts = new RegExp(`^counts {2}(${fingerprint}) {2}until ${moment}$`, 'm');

test('an authority is made, shown and changed by commands, each of which says which one signs', async () => {
  using folder = temporaryFolder();
  const config = join(folder.path, 'collector.yaml');
  writeFileSync(config, `origin: ${origin}\ndata: data\n`);
  const run = async (...words: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> =>
    runWaarborg([...words, '--config', config]);
  const none = await run('authority', 'show');
  expect(none).toMatchObject({ code: 3, stdout: '' });
  expect(none.stderr).toMatch(
    /^waarborg: .*client-authority\.json is not there; waarborg authority create makes it\n$/,
  );
  const made = await run('authority', 'create');
  const first = signs.exec(made.stdout)?.[1];
  expect({ code: made.code, first }).toEqual({ code: 0, first: expect.any(String) as string });
  expect(statSync(authorityFile(join(folder.path, 'data'))).mode & 0o777).toBe(0o600);
  expect(await run('authority', 'create')).toMatchObject({ code: 3 });
  expect((await run('authority', 'show')).stdout).toBe(made.stdout);
  const rotated = await run('rotate', 'authority');
  expect(counts.exec(rotated.stdout)?.[1]).toBe(first);
  expect(signs.exec(rotated.stdout)?.[1]).not.toBe(first);
  const finished = await run('rotate', 'authority', '--finish');
  expect(counts.exec(finished.stdout)).toBeNull();
  expect(signs.exec(finished.stdout)?.[1]).toBe(signs.exec(rotated.stdout)?.[1]);
  expect(await run('rotate', 'authority', '--finish')).toMatchObject({ code: 3 });
}, 60_000);
