import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { endings } from '../../../policies/checks/cases.ts';
import { loadPolicy, shippedPolicies } from '../../../policies/load.ts';
import { stepWords } from '../../../policies/people/step-words.ts';

const Asked = z.looseObject({
  steps: z.array(z.looseObject({ step: z.string() })).default([]),
  fields: z.array(z.string()).default([]),
});

const asked = shippedPolicies()
  .flatMap((name) => loadPolicy(name).controls)
  .filter(({ check }) => check === 'cases')
  .map((control) => Asked.parse(control.with));

describe('words of cases', () => {
  const names = asked.flatMap(({ steps, fields }) => [...steps.map(({ step }) => step), ...fields]);

  test.each([...new Set([...names, ...endings])].sort())('has %s in Dutch, and in English without hyphens', (name) => {
    expect(stepWords(name, 'nl')).not.toBe(name);
    expect(stepWords(name, 'en')).not.toContain('-');
  });

  test('leaves a name as it is that no shipped document has', () => {
    expect(stepWords('lawyer-called', 'nl')).toBe('lawyer-called');
  });
});
