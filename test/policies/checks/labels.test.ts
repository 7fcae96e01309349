import { describe, expect, test } from 'vitest';
import { hostNameSource, labels, LabelsParameters, type LabelsFacts } from '../../../policies/checks/labels.ts';
import { isHint, usualHints } from '../../../policies/checks/labels/hints.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const production = { environment: 'production', role: 'web' };

function judge(own: Record<string, string>, names: string[] = [], parameters: object = {}, source = 'nginx'): string[] {
  const facts: LabelsFacts = {
    labels: Object.entries(own).map(([name, value]) => ({ name, value })),
    hints: [...usualHints],
    sources: [{ source, names: read(names) }],
  };
  return labels.judge(read(facts), parameters, new Date()).map(({ code }) => code.replace('labels.', ''));
}

describe('labels', () => {
  test('pass where a host has its labels and no name tells otherwise', () => {
    expect(judge(production)).toEqual(['labelled', 'labelled', 'no-hints']);
    expect(judge({ environment: 'staging', role: 'web' }, ['test.example.nl'])).toEqual([
      'labelled',
      'labelled',
      'not-production',
    ]);
  });

  test('are unknown where one is missing, or says what nobody knows', () => {
    expect(judge({ role: 'web' })).toEqual(['labelled', 'not-set']);
    expect(judge({ environment: 'production' })).toEqual(['not-set', 'labelled', 'no-hints']);
    expect(judge({ environment: 'prodution', role: 'web' })).toEqual(['labelled', 'labelled', 'unclear']);
  });

  test('fail where a host of production serves a test, or are what the control says', () => {
    expect(judge(production, ['staging.example.nl'])).toContain('hint');
    expect(judge(production, ['staging.example.nl'], { hinted: 'unknown' })).toContain('hint-unclear');
    expect(judge(production, ['staging.example.nl'], { hinted: 'note' })).toContain('hint-noted');
    // A control may be content with fewer words.
    expect(judge(production, ['staging.example.nl'], { hints: ['test'] })).toContain('no-hints');
  });

  test('fail where the host itself is called a test, though what its customers serve is only told', () => {
    const parameters = { hinted: 'unknown', hostName: 'fail' };
    expect(judge(production, ['staging1.example.nl'], parameters, hostNameSource)).toContain('hint');
    expect(judge(production, ['staging1.example.nl'], parameters, 'agent.yaml')).toContain('hint-unclear');
    expect(judge(production, ['staging1.example.nl'], { hinted: 'unknown' }, hostNameSource)).toContain('hint-unclear');
  });

  test('are unknown where names could not be read, or a word was not looked for', () => {
    const facts = {
      labels: Object.entries(production).map(([name, value]) => ({ name, value })),
      hints: ['test'],
      sources: [{ source: 'nginx', names: unreadable('denied', 'nginx -T') }],
    };
    const codes = (parameters: object) => labels.judge(read(facts), parameters, new Date()).map(({ code }) => code);
    expect(codes({ hints: ['test'] })).toContain('host.denied');
    expect(codes({ hints: ['test', 'proef'] })).toContain('labels.not-looked-for');
  });

  test('refuse a hint that no name could hold', () => {
    expect(() => LabelsParameters.parse({ hints: ['*'] })).toThrow(/word of lower case/);
  });
});

test.each([
  ['test.example.nl', true],
  ['shop-test.example.nl', true],
  ['dev2.example.nl', true],
  ['*.acc.example.nl', true],
  ['web-acc', true],
  ['shop.test', true],
  ['TEST.example.nl', true],
  ['acc.nl', false],
  ['contest.example.nl', false],
  ['www.testament.nl', false],
  ['devries.example.nl', false],
  ['www.example.nl', false],
])('whether %s tells of test or development: %s', (name, expected) => {
  expect(isHint(name, usualHints)).toBe(expected);
});
