import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cosignCheckpoint,
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
} from '../../evidence/checkpoint.ts';
import { emptyRoot } from '../../evidence/merkle.ts';
import { logSigner, signNote } from '../../evidence/note.ts';
import { evidenceError } from './errors.ts';
import * as golden from './golden.ts';
import { forger, log, origin, otherLog, text, witness } from './golden.ts';
import { seededKey } from './keys.ts';

const root = Buffer.from('Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=', 'base64');
const checkpoint = { origin, size: 3, root };

test('the golden checkpoint is written, signed, cosigned and opened', () => {
  expect(formatCheckpoint(checkpoint)).toBe(text);
  expect(signCheckpoint(checkpoint, log)).toBe(golden.note);
  expect(cosignCheckpoint(checkpoint, witness, golden.cosignedAt)).toBe(golden.cosignatureLine);
  expect(openCheckpoint(`${golden.note}${golden.cosignatureLine}`, [log.key], [witness.key])).toEqual({
    ...checkpoint,
    text,
    cosignatures: [{ type: 'cosignature/v1', key: witness.key, line: golden.cosignatureLine, at: golden.cosignedAt }],
  });
});

test('every checkpoint comes back from its text', () => {
  const sizes = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const roots = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(sizes, roots, (size, someRoot) => {
      const wanted = { origin, size, root: someRoot };
      expect(parseCheckpoint(formatCheckpoint(wanted))).toEqual(wanted);
    }),
  );
});

test('any changed character of the text gives another checkpoint or none', () => {
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
      fc.pre(text[at] !== character);
      const changed = text.slice(0, at) + character + text.slice(at + 1);
      let found;
      try {
        found = parseCheckpoint(changed);
      } catch (error) {
        expect(error).toMatchObject({ code: 'checkpoint.malformed' });
        return;
      }
      expect(found).not.toEqual(checkpoint);
      expect(formatCheckpoint(found)).toBe(changed);
    }),
    { numRuns: 1000 },
  );
});

describe('a text is no checkpoint with', () => {
  const [, size, encoded] = text.split('\n');
  test.each([
    ['nothing in it', ''],
    ['an extension line', `${text}extension\n`],
    ['an empty line at its end', `${text}\n`],
    ['no line end at its end', text.slice(0, -1)],
    ['two lines', `${origin}\n${size}\n`],
    ['no origin', `\n${size}\n${encoded}\n`],
    ['an origin with a space', `example.com log42\n${size}\n${encoded}\n`],
    ['an origin with a plus', `example.com/log+42\n${size}\n${encoded}\n`],
    ['a size with a leading zero', `${origin}\n03\n${encoded}\n`],
    ['a size with a sign', `${origin}\n+3\n${encoded}\n`],
    ['a negative size', `${origin}\n-3\n${encoded}\n`],
    ['a size with a space', `${origin}\n3 \n${encoded}\n`],
    ['a size in another notation', `${origin}\n3e0\n${encoded}\n`],
    ['an empty size', `${origin}\n\n${encoded}\n`],
    ['a size of 2^53', `${origin}\n9007199254740992\n${encoded}\n`],
    ['a short root', `${origin}\n${size}\n${Buffer.alloc(31).toString('base64')}\n`],
    ['a long root', `${origin}\n${size}\n${Buffer.alloc(33).toString('base64')}\n`],
    ['a root without padding', `${origin}\n${size}\n${encoded?.slice(0, -1)}\n`],
    ['a root with other unused bits', `${origin}\n${size}\n${encoded?.replace('Kk=', 'Kl=')}\n`],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
    ['size 0 and the root of something', `${origin}\n0\n${encoded}\n`],
  ])('%s', (_, malformed) => {
    expect(() => parseCheckpoint(malformed)).toThrow(evidenceError('checkpoint.malformed'));
    if (malformed.endsWith('\n') && !malformed.includes('\r')) {
      expect(() => openCheckpoint(signNote(malformed, log), [log.key])).toThrow(evidenceError('checkpoint.malformed'));
    }
  });
});

test('the empty log has a checkpoint', () => {
  const empty = { origin, size: 0, root: emptyRoot };
  expect(openCheckpoint(signCheckpoint(empty, log), [log.key])).toMatchObject(empty);
});

test('what cannot be a checkpoint is not signed', () => {
  for (const wrong of [
    { ...checkpoint, size: -1 },
    { ...checkpoint, size: 1.5 },
    { ...checkpoint, size: 2 ** 53 },
    { ...checkpoint, size: NaN },
    { ...checkpoint, size: 0 },
    { ...checkpoint, root: Buffer.alloc(31) },
  ]) {
    expect(() => signCheckpoint(wrong, log)).toThrow(evidenceError('checkpoint.malformed'));
    expect(() => cosignCheckpoint(wrong, witness, golden.cosignedAt)).toThrow(evidenceError('checkpoint.malformed'));
  }
  expect(() => signCheckpoint({ ...checkpoint, origin: 'a b' }, log)).toThrow(evidenceError('checkpoint.origin'));
});

describe('a head is only the one that the log signed', () => {
  const cosigned = `${text}\n${golden.cosignatureLine}`;

  test('a witness alone does not make one', () => {
    expect(() => openCheckpoint(cosigned, [log.key], [witness.key])).toThrow(evidenceError('note.no-known-signature'));
    expect(() => openCheckpoint(cosigned, [], [witness.key])).toThrow(evidenceError('note.no-known-signature'));
  });

  test('another key under the same name does not', () => {
    const forged = signCheckpoint({ ...checkpoint, size: 4 }, forger);
    expect(() => openCheckpoint(forged, [log.key])).toThrow(evidenceError('note.no-known-signature'));
  });

  test('a known log does not sign the head of another', () => {
    const crossed = signNote(text, otherLog);
    expect(() => openCheckpoint(crossed, [log.key, otherLog.key])).toThrow(evidenceError('checkpoint.origin'));
    expect(() => signCheckpoint(checkpoint, otherLog)).toThrow(evidenceError('checkpoint.origin'));
    expect(() => signCheckpoint(checkpoint, log, otherLog)).toThrow(evidenceError('checkpoint.origin'));
  });

  test('a cosignature over another head spoils it', () => {
    const other = cosignCheckpoint({ ...checkpoint, size: 4 }, witness, golden.cosignedAt);
    const note = `${golden.note}${other}`;
    expect(() => openCheckpoint(note, [log.key], [witness.key])).toThrow(evidenceError('note.signature'));
  });

  test('witnesses that are not asked for do not count', () => {
    expect(openCheckpoint(`${golden.note}${golden.cosignatureLine}`, [log.key]).cosignatures).toEqual([]);
  });

  test('either key does while the log changes it', () => {
    const next = logSigner(origin, seededKey(9));
    const note = signCheckpoint(checkpoint, log, next);
    for (const keys of [[log.key], [next.key], [log.key, next.key]]) {
      expect(openCheckpoint(note, keys)).toMatchObject(checkpoint);
    }
  });
});
