import { expect, test } from 'vitest';
import { parseHsts } from '../../../../policies/checks/https/hsts.ts';

function parsed(...headers: readonly string[]): string {
  const found = parseHsts(headers);
  if (found.state !== 'policy') return found.state;
  const { maxAge, includeSubDomains, preload } = found;
  return [maxAge, includeSubDomains ? 'sub' : '', preload ? 'preload' : ''].filter((word) => word !== '').join(' ');
}

test.each([
  ['max-age=31536000', '31536000'],
  ['max-age=31536000; includeSubDomains; preload', '31536000 sub preload'],
  ['MAX-AGE=60;INCLUDESUBDOMAINS', '60 sub'],
  ['includeSubDomains; max-age="15768000"', '15768000 sub'],
  ['  max-age = 60 ;; ', '60'],
  ['max-age=0', '0'],
  ['max-age=60; report="a;b"; future=1', '60'],
  ['max-age=99999999999999999999', '9007199254740991'],
])('%s', (header, expected) => {
  expect(parsed(header)).toBe(expected);
});

test.each([
  '',
  'includeSubDomains',
  'max-age',
  'max-age=',
  'max-age=-1',
  'max-age=1e9',
  'max-age=60.5',
  'max-age=60 seconds',
  'max-age=60; max-age=60',
  'max-age=60; includeSubDomains=yes',
  'max-age=60, includeSubDomains',
  'max-age="60',
])('%s is passed over by browsers', (header) => {
  expect(parsed(header)).toBe('invalid');
});

test('only the first header counts', () => {
  expect(parsed('max-age=0', 'max-age=31536000')).toBe('0');
  expect(parsed('nonsense', 'max-age=31536000')).toBe('invalid');
  expect(parsed()).toBe('absent');
});
