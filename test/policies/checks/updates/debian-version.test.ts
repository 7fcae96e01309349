import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareDebianVersions } from '../../../../policies/checks/updates/debian-version.ts';
import { tool } from '../../../support/tools.ts';

test.each([
  ['1.0', '1.1'],
  ['1.9', '1.10'],
  ['1.0~rc1', '1.0'],
  ['1.0', '1.0+b1'],
  ['9.9', '1:0.1'],
  ['6.1.147-1', '6.1.147-2~bpo1'],
  ['6.1.99-1', '6.1.147-1'],
  ['1.0a', '1.0+'],
  ['20260101123456789012345', '20260101123456789012346'],
])('%s is older than %s', (older, newer) => {
  expect(compareDebianVersions(older, newer)).toBeLessThan(0);
  expect(compareDebianVersions(newer, older)).toBeGreaterThan(0);
});

test('leading zeros and an absent epoch or revision change nothing', () => {
  expect(compareDebianVersions('1.02', '1.2')).toBe(0);
  expect(compareDebianVersions('0:1.2', '1.2')).toBe(0);
  expect(compareDebianVersions('1.2-0', '1.2')).toBe(0);
});

test.skipIf(!tool('dpkg'))('agrees with dpkg', () => {
  const part = fc.array(fc.constantFrom('0', '1', '09', '10', 'a', 'Z', '~', '+', '.', '-'), { maxLength: 6 });
  const version = fc
    .tuple(fc.constantFrom('', '0:', '2:'), part)
    .map(([epoch, pieces]) => `${epoch}1${pieces.join('')}`)
    .filter((text) => !text.endsWith('-'));
  for (const [a, b] of fc.sample(fc.tuple(version, version), { numRuns: 150, seed: 1 })) {
    const order = compareDebianVersions(a, b);
    const relation = order < 0 ? 'lt' : order > 0 ? 'gt' : 'eq';
    const answer = spawnSync('dpkg', ['--compare-versions', a, relation, b], { encoding: 'utf8' });
    expect({ a, b, relation, status: answer.status, stderr: answer.stderr }).toMatchObject({ status: 0, stderr: '' });
  }
});
