import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generated } from '../../dashboards/generate.ts';
import { root } from '../support/sources.ts';

test.each(Object.entries(generated))('%s is what its source makes', (path, make) => {
  expect(readFileSync(join(root, 'dashboards', path), 'utf8')).toBe(make());
});
