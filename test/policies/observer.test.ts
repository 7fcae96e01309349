import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { observe, observerOf, readFacts } from '../../policies/observe.ts';
import { read } from '../../policies/reading.ts';
import { factsAt, start } from '../bench/verify/facts.ts';
import { policy } from '../bench/verify/policy.ts';

const facts = factsAt(3, 7);
const day = 86_400_000;

function moment(days: number): Date {
  return new Date(start.getTime() + Math.round(days * day));
}

describe('a control that is held against the same facts at many moments', () => {
  test.each(policy.controls.map((control) => [control.id, control] as const))(
    '%s comes out as if it were judged anew at each',
    (_, control) => {
      const reading = facts.get(control.check);
      const observer = observerOf('bench', control, readFacts(control.check, reading));
      fc.assert(
        fc.property(
          fc.array(fc.double({ min: -60, max: 400, noNaN: true }), { minLength: 1, maxLength: 6 }),
          (days) => {
            for (const at of days.map(moment)) {
              const { observation, json, span } = observer(at);
              expect(observation).toEqual(observe('bench', control, reading, at));
              expect(json).toBe(JSON.stringify(observation));
              // It holds to the last millisecond of its span, and begins to hold with the first.
              for (const edge of [span.from, span.until - 1].filter(Number.isFinite)) {
                expect(observe('bench', control, reading, new Date(edge))).toEqual(observation);
              }
            }
          },
        ),
        { numRuns: 20 },
      );
    },
  );

  test('is not judged again within its span', () => {
    const [control] = policy.controls;
    if (control === undefined) throw new Error('no control');
    let asked = 0;
    const observer = observerOf('bench', control, (parameters) => {
      const judge = readFacts(control.check, facts.get(control.check))(parameters);
      return (at) => {
        asked += 1;
        return judge(at);
      };
    });
    const { span } = observer(moment(1));
    observer(new Date(span.until - 1));
    expect(asked).toBe(1);
    observer(new Date(span.until));
    expect(asked).toBe(2);
  });

  test('whose judge reads the moment itself is judged at each', () => {
    const [control] = policy.controls;
    if (control === undefined) throw new Error('no control');
    const observer = observerOf('bench', control, () => (at) => [
      { code: 'test.moment', verdict: 'pass', values: { at: at.toISOString() } },
    ]);
    for (const at of [moment(1), moment(1.5), moment(1)]) {
      expect(observer(at).observation.reasons[0]?.values.at).toBe(at.toISOString());
    }
  });

  test('is unknown where facts, parameters or judge are at fault, at whatever moment', () => {
    const [control] = policy.controls;
    if (control === undefined) throw new Error('no control');
    for (const [faulty, of] of [
      [control, readFacts(control.check, read({ hacked: true }))],
      [{ ...control, with: { hacked: true } }, readFacts(control.check, facts.get(control.check))],
      [control, readFacts('levitation', undefined)],
      [control, () => () => { throw new Error('a fault'); }], // prettier-ignore
      [control, () => () => [{ code: 'no code', verdict: 'pass' as const, values: {} }]],
    ] as const) {
      const observer = observerOf('bench', faulty, of);
      for (const days of [1, 100]) {
        expect(observer(moment(days)).observation).toMatchObject({
          verdict: 'unknown',
          reasons: [{ verdict: 'unknown' }],
        });
      }
    }
  });
});
