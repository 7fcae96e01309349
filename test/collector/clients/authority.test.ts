import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  authorityFile,
  createAuthority,
  finishRotation,
  readAuthority,
  requireAuthority,
  rotateAuthority,
} from '../../../collector/clients/authority.ts';
import { temporaryFolder } from '../../support/tools.ts';

const origin = 'test.example/log';
const at = new Date('2026-11-22T12:00:00.000Z');

interface Kept {
  key: string;
  certificate: string;
}

function keptIn(data: string): Kept {
  return JSON.parse(readFileSync(authorityFile(data), 'utf8')) as Kept;
}

test('an authority is made once, is read back, and only its owner may read it', () => {
  using folder = temporaryFolder();
  expect(readAuthority(folder.path)).toBeUndefined();
  expect(() => requireAuthority(folder.path)).toThrow(/waarborg authority create/);
  const made = createAuthority(folder.path, origin, at);
  expect(statSync(authorityFile(folder.path)).mode & 0o777).toBe(0o600);
  expect(requireAuthority(folder.path).certificate.fingerprint256).toBe(made.certificate.fingerprint256);
  expect(() => createAuthority(folder.path, origin, at)).toThrow(/there already/);
  expect(keptIn(folder.path).certificate).toBe(made.certificate.toString());
});

test('its change takes two steps, in their order', () => {
  using folder = temporaryFolder();
  expect(() => rotateAuthority(folder.path, origin, at)).toThrow(/authority create/);
  const first = createAuthority(folder.path, origin, at);
  expect(() => finishRotation(folder.path)).toThrow(/nothing to finish/);
  const firstKey = keptIn(folder.path).key;
  const second = rotateAuthority(folder.path, origin, at);
  expect(second.previous?.fingerprint256).toBe(first.certificate.fingerprint256);
  expect(second.certificate.subject).not.toBe(first.certificate.subject);
  // What it signed still counts; nothing more is ever signed with it.
  expect(readFileSync(authorityFile(folder.path), 'utf8')).not.toContain(JSON.stringify(firstKey).slice(1, -1));
  expect(() => rotateAuthority(folder.path, origin, at)).toThrow(/--finish/);
  const alone = finishRotation(folder.path);
  expect(alone.previous).toBeUndefined();
  expect(requireAuthority(folder.path).certificate.fingerprint256).toBe(second.certificate.fingerprint256);
});

describe('an authority is not used', () => {
  test.each([0o640, 0o604, 0o660, 0o610])('when others have a right to its file, as with mode %o', (mode) => {
    using folder = temporaryFolder();
    createAuthority(folder.path, origin, at);
    chmodSync(authorityFile(folder.path), mode);
    expect(() => readAuthority(folder.path)).toThrow(/expected 0600/);
  });

  const damages: Record<string, (kept: Kept, other: Kept) => unknown> = {
    'is no JSON': () => 'x',
    'has no certificate': ({ key }) => ({ v: 1, key }),
    'is of another version': (kept) => ({ ...kept, v: 2 }),
    'has the key of another authority': (kept, { key }) => ({ ...kept, key }),
    'has a key that is none': (kept) => ({ ...kept, key: 'x' }),
    'has a former certificate that is none': (kept) => ({ ...kept, previous: 'x' }),
  };
  test.each(Object.entries(damages))('when its file %s', (_, damage) => {
    using folder = temporaryFolder();
    using elsewhere = temporaryFolder();
    createAuthority(folder.path, origin, at);
    createAuthority(elsewhere.path, origin, at);
    writeFileSync(authorityFile(folder.path), JSON.stringify(damage(keptIn(folder.path), keptIn(elsewhere.path))));
    expect(() => readAuthority(folder.path)).toThrow(/is damaged/);
    expect(() => createAuthority(folder.path, origin, at)).toThrow(/is damaged/);
  });
});
