import { expect, test } from 'vitest';
import { shippedPolicies } from '../../policies/load.ts';
import { promises } from '../policies/promises.ts';
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

test('policy coverage lists each promise once, with every way in which it is shown', async () => {
  const { code, stdout } = await runWaarborg(['policy', 'coverage', '--format', 'json']);
  expect(code).toBe(0);
  const { v, policies } = JSON.parse(stdout) as {
    v: number;
    policies: { policy: string; promises: { promise: string; ways: { control: string; shownBy: string }[] }[] }[];
  };
  expect(v).toBe(1);
  for (const { policy, promises: covered } of policies) {
    const expected = promises[policy] ?? [];
    expect(covered.map(({ promise }) => promise).sort()).toEqual(expected.toSorted());
  }
  const review = policies.flatMap((one) => one.promises).find(({ promise }) => promise === 'CP-access-review');
  expect(review?.ways.map(({ control, shownBy }) => [control, shownBy])).toEqual([
    ['CP-access-review', 'hosts'],
    ['CP-access-review.signed', 'people'],
  ]);
});

test('policy coverage reads as a line a promise', async () => {
  const { stdout } = await runWaarborg(['policy', 'coverage', 'voxio', '--lang', 'nl']);
  expect(stdout).toMatch(/^VX-rights-review +\S.* accounts \(hosts\), attestation \(people\)$/m);
});
