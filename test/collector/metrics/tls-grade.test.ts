import { expect, test } from 'vitest';
import { tlsMeasures } from '../../../collector/metrics/kinds/tls.ts';
import { read } from '../../../policies/reading.ts';
import { at, server, silent, type Change } from '../../policies/checks/tls/rating/facts.ts';

function gradesOf(change: Change, hasGrounds = true): unknown[] {
  const { grounds, ...rest } = server(change);
  const endpoint = { endpoint: '192.0.2.1:443', origin: 'settings', speaks: 'tls', ...rest };
  const facts = {
    listening: read({ skipped: [], overLimit: 0 }),
    endpoints: [hasGrounds ? { ...endpoint, grounds } : endpoint],
  };
  return tlsMeasures.measure(facts, at).filter(({ family }) => family === 'waarborg_tls_grade_info');
}

test('a letter that is decided is a sample', () => {
  const labels = { endpoint: 'www.example.nl (192.0.2.1:443)', grade: 'A+' };
  expect(gradesOf({})).toEqual([{ family: 'waarborg_tls_grade_info', labels, value: 1 }]);
});

test('a letter that is open, or that nobody read, is none', () => {
  expect(gradesOf({ weaknesses: { robot: silent } })).toEqual([]);
  expect(gradesOf({}, false)).toEqual([]);
});
