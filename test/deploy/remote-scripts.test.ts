import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../support/sources.ts';
import { tool } from '../support/tools.ts';

const scripts = globSync('deploy/remote/*.sh', { cwd: root }).sort();

test('there are scripts that run on hosts', () => {
  expect(scripts).toEqual(['deploy/remote/apply.sh', 'deploy/remote/inspect.sh']);
});

describe.skipIf(tool('shellcheck') === undefined)('shellcheck finds nothing in', () => {
  test.each(scripts)('%s', (script) => {
    const { status, stdout } = spawnSync('shellcheck', ['--shell=sh', join(root, script)], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
  });
});

test.each(scripts)('%s is what sh reads, without what only bash has', (script) => {
  expect(spawnSync('sh', ['-n', join(root, script)]).status).toBe(0);
});
