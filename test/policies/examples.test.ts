import { describe, expect, test } from 'vitest';
import { explainWithSubject } from '../../policies/explain.ts';
import { loadPolicy, shippedPolicies } from '../../policies/load.ts';
import { observe, type Observation } from '../../policies/observe.ts';
import { read } from '../../policies/reading.ts';
import type { Control } from '../../policies/schema.ts';
import { at } from './examples/example.ts';
import { examples } from './examples/index.ts';

const controls = shippedPolicies().flatMap((name) => {
  const { policy, controls: all } = loadPolicy(name);
  return all.map((control) => ({ policy, id: control.id, control }));
});

async function judged(policy: string, control: Control, how: 'kept' | 'broken'): Promise<Observation> {
  const example = examples.find(({ kind }) => kind === control.check);
  if (example === undefined) throw new Error(`no example of ${control.check}`);
  // As they travel: what JSON drops is not there.
  const facts: unknown = JSON.parse(JSON.stringify(read(await example[how](control.with))));
  return observe(policy, control, facts, at);
}

function told({ verdict, reasons }: Observation): string {
  return [verdict, ...reasons.map((reason) => `${reason.verdict}: ${explainWithSubject(reason, 'en')}`)].join('\n');
}

describe('each control of the five documents', () => {
  test.each(controls)('$id has both languages, a mapping, and facts by which it passes and fails', async (one) => {
    const { policy, control } = one;
    for (const text of [control.title, control.promise, control.remedy]) {
      expect([text.nl, text.en].every((words) => words.trim() !== '')).toBe(true);
    }
    expect(Object.values(control.maps).flat().length).toBeGreaterThan(0);
    const kept = await judged(policy, control, 'kept');
    expect(kept.verdict, told(kept)).toBe('pass');
    const broken = await judged(policy, control, 'broken');
    expect(broken.verdict, told(broken)).toBe('fail');
  });

  test('has one example of its kind, and no example is of a kind that nothing asks for', () => {
    const asked = new Set(controls.map(({ control }) => control.check));
    expect(examples.map(({ kind }) => kind).sort()).toEqual([...asked].sort());
  });
});
