import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/sources.ts';

it('a reader who stops reading is no error', () => {
  const waarborg = `"${process.execPath}" "${join(root, 'waarborg.js')}"`;
  const { stdout, stderr } = spawnSync('sh', ['-c', `${waarborg} policy schema | head -n 1`], { encoding: 'utf8' });
  expect(stdout).toBe('{\n');
  expect(stderr).toBe('');
});
