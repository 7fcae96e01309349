import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { compareRpmVersions } from '../../../../policies/checks/updates/rpm-version.ts';
import { tool } from '../../../support/tools.ts';

/** From older to newer. */
const ordered = [
  '1.0~rc1-1',
  '1.0-1',
  '1.0-1.el9',
  '1.0-1.el9_6',
  '1.0-2',
  '1.0^git1-1',
  '1.0a-1',
  '1.0.1-1',
  '1.5-1',
  '1.10-1',
  '1:0.1-1',
];

test('the newer of two is told, either way round', () => {
  for (const [index, older] of ordered.entries()) {
    for (const newer of ordered.slice(index + 1)) {
      expect([older, newer, Math.sign(compareRpmVersions(older, newer))]).toEqual([older, newer, -1]);
      expect([newer, older, Math.sign(compareRpmVersions(newer, older))]).toEqual([newer, older, 1]);
    }
    expect(compareRpmVersions(older, older)).toBe(0);
  }
});

test.skipIf(!tool('rpm'))('agrees with rpm', () => {
  const parts = [
    '1.0',
    '1.00',
    '1.0a',
    '1.0.a',
    '1_0',
    '1.0~',
    '1.0~~',
    '1.0^',
    '1.0^a',
    '1.0~^',
    'a',
    'aa',
    '20261122000000000000',
    '9',
    '010',
    'el9_6',
    'el9',
    '1.0+git',
    '',
  ];
  const pairs = parts.flatMap((a) => parts.map((b) => [a, b] as const)).filter(([a, b]) => a !== '' && b !== '');
  const lua = pairs.map(([a, b]) => `print(rpm.vercmp('${a}','${b}') .. ' ')`).join(' ');
  const answers = execFileSync('rpm', ['--eval', `%{lua: ${lua}}`])
    .toString()
    .trim()
    .split(/\s+/)
    .map(Number);
  expect(answers).toHaveLength(pairs.length);
  for (const [index, [a, b]] of pairs.entries()) {
    expect([a, b, Math.sign(compareRpmVersions(a, b)) + 0]).toEqual([a, b, answers[index]]);
  }
});
