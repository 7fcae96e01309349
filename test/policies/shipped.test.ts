import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { needShipped, shippedFile, shippedNames, shippedText } from '../../policies/shipped.ts';
import { root } from '../support/sources.ts';

it('a file that comes along is given with its very bytes', () => {
  expect(shippedFile('collector/web/icon.svg')).toEqual(readFileSync(join(root, 'collector/web/icon.svg')));
  expect(shippedText('policies/antum.yaml')).toMatch(/^policy: antum$/m);
});

it('a file that does not come along is told from one that is empty, and named where it is needed', () => {
  expect(shippedFile('policies/none.yaml')).toBeUndefined();
  expect(() => needShipped('collector/web/none.css')).toThrow(/lacks collector\/web\/none\.css/);
});

it('names are those of the folder itself, sorted', () => {
  const names = shippedNames('policies');
  expect(names).toEqual(expect.arrayContaining(['alona.yaml', 'voxio.yaml']));
  expect(names).toEqual([...names].sort());
  expect(names.filter((name) => name.includes('/'))).toEqual([]);
});
