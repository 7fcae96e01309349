import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { marks, passingMarks, pseudonyms } from '../../agent/identity.ts';
import { temporaryFolder } from '../support/tools.ts';

test('a secret has the same mark in every run, under a key that only the agent may read', () => {
  using data = temporaryFolder();
  const first = marks(data.path)('hash');
  expect(marks(data.path)('hash')).toBe(first);
  expect(marks(data.path)('other')).not.toBe(first);
  expect(statSync(join(data.path, 'mark.key')).mode & 0o777).toBe(0o600);
});

test('another host gives it another mark, and so does a run that remembers nothing', () => {
  using data = temporaryFolder();
  using other = temporaryFolder();
  const own = marks(data.path)('hash');
  expect(marks(other.path)('hash')).not.toBe(own);
  expect(passingMarks()('hash')).not.toBe(passingMarks()('hash'));
});

test('marks and pseudonyms have keys of their own: who learns one does not have the other', () => {
  using data = temporaryFolder();
  marks(data.path);
  pseudonyms(data.path);
  const [mark, pseudonym] = ['mark.key', 'pseudonym.key'].map((name) => readFileSync(join(data.path, name), 'utf8'));
  expect(mark).not.toBe(pseudonym);
});

test('a damaged key is not replaced: every password would look as if it had been changed', () => {
  using data = temporaryFolder();
  writeFileSync(join(data.path, 'mark.key'), 'short');
  expect(() => marks(data.path)).toThrow('it is no key of 32 bytes');
  expect(readFileSync(join(data.path, 'mark.key'), 'utf8')).toBe('short');
});
