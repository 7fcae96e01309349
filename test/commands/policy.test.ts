import { expect, test } from 'vitest';
import { shippedPolicies } from '../../policies/load.ts';
import { runWaarborg } from '../support/process.ts';

test.each(shippedPolicies())('policy show %s names its source, with a date only where that has one', async (name) => {
  const { code, stdout } = await runWaarborg(['policy', 'show', name]);
  expect(code).toBe(0);
  expect(stdout.split('\n')[1]).toMatch(/^\S.*, \S.* · version 1$/);
  expect(stdout).not.toContain('undefined');
});

test('a check of a policy whose source has no date says none', async () => {
  const { stdout } = await runWaarborg(['check', '--policy', 'psohub', '--format', 'table']);
  expect(stdout).toContain('Veiligheidsbeleid · version 1');
});
