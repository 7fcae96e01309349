import { expect, test } from 'vitest';
import { letterOf } from '../../../../../policies/checks/tls/rating/rule.ts';
import { rules, scoreRule } from '../../../../../policies/checks/tls/rating/rules.ts';
import { defaultRatingSettings } from '../../../../../policies/checks/tls/rating/settings.ts';
import { readSource } from '../../../../support/sources.ts';

test('the docs list every rule as it is, and no other', () => {
  const rows = [
    ...readSource('docs/tls/rating.md').matchAll(/^\| `([a-z0-9-]+)` +\| +([^|]+?) +\| +(2009[a-z]?|–) +\|/gm),
  ];
  const documented = rows.map(([, id, letter, revision]) => [id, letter?.replace(' (setting)', ''), revision]);
  const declared = rules.map((rule) => [rule.id, letterOf(rule, defaultRatingSettings), rule.revision]);
  expect(documented.sort()).toEqual([...declared, [scoreRule.id, 'by score', scoreRule.revision]].sort());
});

test('every rule has one id, and a source', () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const { source } of rules) expect(source).not.toBe('');
});
