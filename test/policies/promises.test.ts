import { describe, expect, test } from 'vitest';
import { loadPolicy, shippedPolicies } from '../../policies/load.ts';
import { promises } from './promises.ts';

function promisesIn(document: string): string[] {
  return [...new Set(loadPolicy(document).controls.map(({ id }) => id.replace(/\..*$/, '')))];
}

describe('the promises of the sources', () => {
  test('are a hundred and nine, in five documents', () => {
    expect(Object.keys(promises).sort()).toEqual(shippedPolicies());
    expect(Object.values(promises).flat()).toHaveLength(109);
  });

  test.each(Object.keys(promises))('of %s are shown, each by controls named after it, and no other', (document) => {
    expect(promisesIn(document).sort()).toEqual(promises[document]?.toSorted());
  });
});
