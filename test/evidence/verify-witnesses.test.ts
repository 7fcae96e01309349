import { describe, expect, test } from 'vitest';
import { openCosignature } from '../../evidence/note.ts';
import { verifyBundle } from '../../evidence/verify.ts';
import { cosign, otherWitness, otherWitnessVkey, witness, witnessVkey } from '../support/attacks/witnesses.ts';
import { readerOf, twoHosts } from '../support/evidence.ts';
import { evidenceError } from './errors.ts';
import * as golden from './golden.ts';

describe('what witnesses vouch for', () => {
  test('is told of each whose key was given, with the newest head and when it was signed', async () => {
    const { log, web } = await twoHosts();
    cosign(log);
    cosign(log, { by: otherWitness });
    await log.report(web, { seen: log.head() });
    cosign(log, { at: new Date('2026-11-01T12:12:07.000Z') });
    const witnesses = [witnessVkey, otherWitnessVkey];
    const { outcome, witnessed, bounded } = verifyBundle(readerOf(log.bundle()), { witnesses, quorum: 2 });
    expect({ outcome, witnessed }).toEqual({
      outcome: 'sound',
      witnessed: {
        words: [
          { witness: witness.key.name, key: witnessVkey, cosignatures: 2, size: 12, at: '2026-11-01T12:12:07.000Z' },
          {
            witness: otherWitness.key.name,
            key: otherWitnessVkey,
            cosignatures: 1,
            size: 10,
            at: '2026-11-01T12:10:00.000Z',
          },
        ],
        unverified: [],
        quorum: { needed: 2, size: 10 },
      },
    });
    expect(bounded).toMatchObject({ covered: 12 });
  });

  test('is counted and proves nothing where the key was not given, and the rest is sound without', async () => {
    const { log } = await twoHosts();
    cosign(log);
    cosign(log);
    const { outcome, witnessed, bounded } = verifyBundle(readerOf(log.bundle()), { witnesses: [otherWitnessVkey] });
    expect({ outcome, witnessed }).toEqual({
      outcome: 'sound',
      witnessed: {
        words: [{ witness: otherWitness.key.name, key: otherWitnessVkey, cosignatures: 0, size: 0, at: null }],
        unverified: [{ witness: witness.key.name, cosignatures: 2 }],
        quorum: null,
      },
    });
    expect(bounded).toEqual({ covered: 0, within: null });
  });

  test('stays the furthest head where an older one is signed again', async () => {
    const { log } = await twoHosts();
    cosign(log);
    cosign(log, { head: log.head(4) });
    const { witnessed } = verifyBundle(readerOf(log.bundle()), { witnesses: [witnessVkey] });
    expect(witnessed?.words).toMatchObject([{ cosignatures: 2, size: 9, at: '2026-11-01T12:09:00.000Z' }]);
  });

  test('is not told of a bundle that was tampered with', async () => {
    const { log } = await twoHosts();
    cosign(log, { signed: log.head(5) });
    expect(verifyBundle(readerOf(log.bundle()), { witnesses: [witnessVkey] })).toMatchObject({
      outcome: 'tampered',
      witnessed: null,
    });
  });

  test('needs the key of a witness', async () => {
    const { log } = await twoHosts();
    const reader = readerOf(log.bundle());
    expect(() => verifyBundle(reader, { witnesses: ['none'] })).toThrow(evidenceError('vkey.malformed'));
    expect(() => verifyBundle(reader, { witnesses: [log.vkey] })).toThrow(evidenceError('vkey.malformed'));
  });
});

describe('a cosignature apart from its note', () => {
  const line = golden.cosignatureLine.trimEnd();

  test('is the golden one', () => {
    expect(openCosignature(golden.text, line, [golden.witness.key])).toEqual({
      type: 'cosignature/v1',
      key: golden.witness.key,
      line: golden.cosignatureLine,
      at: golden.cosignedAt,
    });
  });

  test('of an unknown key is not verified', () => {
    expect(openCosignature(golden.text, line, [])).toEqual({ type: 'unknown', name: golden.witnessName });
  });

  test('over another text, with any bit changed, or in another spelling, is refused', () => {
    const keys = [golden.witness.key];
    const other = golden.text.replace('\n3\n', '\n4\n');
    expect(() => openCosignature(other, line, keys)).toThrow(evidenceError('note.signature'));
    const [dash = '', name = '', encoded = ''] = line.split(' ');
    const bytes = Buffer.from(encoded, 'base64');
    for (let bit = 32; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const text = `${dash} ${name} ${changed.toString('base64')}`;
      expect(() => openCosignature(golden.text, text, keys), `bit ${bit}`).toThrow(evidenceError('note.signature'));
    }
    for (const text of [`${line}\n`, `${line} `, line.slice(2), line.replace(/=+$/, ''), `${line}\n${line}`]) {
      expect(() => openCosignature(golden.text, text, keys), text).toThrow(evidenceError('note.malformed'));
    }
  });
});
