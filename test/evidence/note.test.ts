import fc from 'fast-check';
import { sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { cosign, logSigner, openNote, signNote } from '../../evidence/note.ts';
import { evidenceError } from './errors.ts';
import * as golden from './golden.ts';
import { forger, log, logLine, note, text, witness } from './golden.ts';
import { seededKey } from './keys.ts';

const keys = [log.key, witness.key];
const both = `${note}${golden.cosignatureLine}`;

/** Any text that a note can hold: blank lines, byte order marks and line separators among it. */
const noteText = fc
  .string({ unit: fc.oneof(fc.constantFrom('\n', '\ufeff', '\u2028', '\u2014', ' '), fc.string({ unit: 'binary' })) })
  .map((body) => `${body.replace(/[^\P{Cc}\n]/gu, '')}\n`);

describe('golden values', () => {
  test('the log signs its note', () => {
    expect(signNote(text, log)).toBe(note);
  });

  test('the witness cosigns it', () => {
    expect(cosign(text, witness, golden.cosignedAt)).toBe(golden.cosignatureLine);
  });

  test('both are verified', () => {
    expect(openNote(both, keys)).toEqual({
      text,
      signatures: [
        { type: 'ed25519', key: log.key, line: logLine },
        { type: 'cosignature/v1', key: witness.key, line: golden.cosignatureLine, at: golden.cosignedAt },
      ],
      unknown: [],
    });
  });

  test('the signature is a plain one over the text with its last line end', () => {
    const payload = Buffer.from(logLine.split(' ')[2] ?? '', 'base64');
    expect(verify(null, Buffer.from(text), golden.logPublicKey, payload.subarray(4))).toBe(true);
  });
});

test('whatever text is signed comes back as it was, from characters and from bytes', () => {
  fc.assert(
    fc.property(noteText, (someText) => {
      const signed = signNote(someText, log) + cosign(someText, witness, golden.cosignedAt);
      for (const form of [signed, Buffer.from(signed)]) {
        const opened = openNote(form, keys);
        expect(opened.text).toBe(someText);
        expect(opened.signatures.map(({ key }) => key)).toEqual(keys);
      }
    }),
  );
});

test('a note with any byte changed is refused, or is the same text under a signature of nobody known', () => {
  const bytes = Buffer.from(both);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
      try {
        const opened = openNote(changed, keys);
        expect(opened.text).toBe(text);
        expect([opened.signatures.length, opened.unknown.length]).toEqual([1, 1]);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^note\.(malformed|signature)$/) as unknown });
      }
    }),
    { numRuns: 1000 },
  );
});

test('every bit of the text counts', () => {
  const bytes = Buffer.from(note);
  for (let bit = 0; bit < Buffer.byteLength(text) * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    expect(() => openNote(changed, keys), `bit ${bit}`).toThrow();
  }
});

describe('signatures', () => {
  test('a key that is not known proves nothing', () => {
    expect(() => openNote(note, [])).toThrow(evidenceError('note.no-known-signature'));
    expect(() => openNote(note, [witness.key])).toThrow(evidenceError('note.no-known-signature'));
    expect(() => openNote(signNote(text, forger), keys)).toThrow(evidenceError('note.no-known-signature'));
  });

  test('lines of unknown keys are passed over, and told', () => {
    const foreign = '— elsewhere.example AAAAAAE=\n';
    const opened = openNote(`${text}\n${foreign}${logLine}${golden.cosignatureLine}`, [log.key]);
    expect(opened.unknown).toEqual([foreign, golden.cosignatureLine]);
    expect(opened.signatures).toHaveLength(1);
  });

  test('one bad signature of a known key spoils the note, however many good ones it has', () => {
    const other = cosign('another text\n', witness, golden.cosignedAt);
    expect(() => openNote(`${note}${other}`, keys)).toThrow(evidenceError('note.signature'));
    expect(() => openNote(`${note}${signLine('another text\n')}`, keys)).toThrow(evidenceError('note.signature'));
    expect(openNote(`${note}${other}`, [log.key]).signatures).toHaveLength(1);
  });

  test('a signer counts once, though every line of its must hold', () => {
    const later = cosign(text, witness, new Date('2024-01-01'));
    const opened = openNote(`${both}${later}${logLine}`, keys);
    expect(opened.signatures.map(({ key }) => key)).toEqual(keys);
    expect(opened.signatures[1]).toMatchObject({ at: golden.cosignedAt });
  });

  test('a cosignature does not pass for a signature, nor with another time', () => {
    const payload = Buffer.from(golden.cosignatureLine.split(' ')[2] ?? '', 'base64');
    payload.writeUInt8(payload.readUInt8(11) ^ 1, 11);
    const moved = `— ${witness.key.name} ${payload.toString('base64')}\n`;
    expect(() => openNote(`${note}${moved}`, keys)).toThrow(evidenceError('note.signature'));

    const asLog = logSigner(witness.key.name, seededKey(2)).key;
    const relabelled = Buffer.concat([Buffer.from(asLog.id, 'hex'), payload.subarray(4)]).toString('base64');
    expect(() => openNote(`${note}— ${asLog.name} ${relabelled}\n`, [log.key, asLog])).toThrow(
      evidenceError('note.signature'),
    );
  });

  test('a signature of another length is none', () => {
    for (const [key, line] of [
      [log.key, logLine],
      [witness.key, golden.cosignatureLine],
    ] as const) {
      const payload = Buffer.from(line.split(' ')[2] ?? '', 'base64');
      for (const bytes of [
        payload.subarray(0, 5),
        payload.subarray(0, -1),
        Buffer.concat([payload, Buffer.alloc(1)]),
      ]) {
        const changed = `${text}\n— ${key.name} ${bytes.toString('base64')}\n`;
        expect(() => openNote(changed, keys), `${bytes.length} bytes`).toThrow(evidenceError('note.signature'));
      }
    }
  });

  test('a time that no clock can hold is refused, though it is signed', () => {
    const seconds = 2n ** 63n;
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(seconds);
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`), witness.privateKey);
    const payload = Buffer.concat([Buffer.from(witness.key.id, 'hex'), time, signature]).toString('base64');
    expect(() => openNote(`${note}— ${witness.key.name} ${payload}\n`, keys)).toThrow(evidenceError('note.signature'));
    for (const at of ['none', '1969-12-31']) expect(() => cosign(text, witness, new Date(at))).toThrow(RangeError);
  });

  test('a log that changes its key signs with both', () => {
    const next = logSigner(golden.origin, seededKey(9));
    const rotated = signNote(text, log, next);
    expect(openNote(rotated, [log.key]).signatures).toHaveLength(1);
    expect(openNote(rotated, [next.key]).signatures).toHaveLength(1);
    expect(openNote(rotated, [log.key, next.key]).signatures).toHaveLength(2);
  });
});

describe('form', () => {
  test.each([
    ['nothing', ''],
    ['no signatures', text],
    ['no signature lines after the blank line', `${text}\n`],
    ['no blank line', `${text}${logLine}`],
    ['no text', `\n${logLine}`],
    ['no line end at its end', note.slice(0, -1)],
    ['a blank line at its end', `${note}\n`],
    ['a carriage return', note.replace('\n', '\r\n')],
    ['a NUL', note.replace('3', '3\0')],
    ['a hyphen for a dash', note.replace('—', '-')],
    ['two spaces', note.replace('— ', '—  ')],
    ['a space at the end of a line', `${text}\n${logLine.slice(0, -1)} \n`],
    ['a fourth word', `${text}\n${logLine.slice(0, -1)} x\n`],
    ['a name with a plus', note.replace('— example', '— exam+ple')],
    ['no name', note.replace('— example.com/log42', '— ')],
    ['words before the dash, parted by a line separator', note.replace('—', 'words\u2028—')],
    ['base64 without padding', note.replace('agk=\n', 'agk\n')],
    ['base64 with other unused bits', note.replace('agk=\n', 'agl=\n')],
    ['base64 of the URL alphabet', note.replace('+vl8', '-vl8')],
    ['a signature that is only a key id', `${text}\n— example.com/log42 +vl8/Q==\n`],
    ['an unreadable line of an unknown key', `${note}— elsewhere.example !\n`],
    ['half a surrogate pair', `\ud800\n\n${logLine}`],
  ])('a note with %s is malformed', (_, malformed) => {
    expect(() => openNote(malformed, keys)).toThrow(evidenceError('note.malformed'));
  });

  test('bytes that are not UTF-8 are malformed', () => {
    const bytes = Buffer.concat([Buffer.of(0xff), Buffer.from(note)]);
    expect(() => openNote(bytes, keys)).toThrow(evidenceError('note.malformed'));
  });

  test('a byte order mark before a good note is not passed over', () => {
    const bytes = Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(note)]);
    expect(() => openNote(bytes, keys)).toThrow(evidenceError('note.signature'));
  });

  test('there are at most 100 signature lines', () => {
    const foreign = '— elsewhere.example AAAAAAE=\n';
    expect(openNote(`${note}${foreign.repeat(99)}`, keys).unknown).toHaveLength(99);
    expect(() => openNote(`${note}${foreign.repeat(100)}`, keys)).toThrow(evidenceError('note.malformed'));
  });

  test('a text that no note can hold is not signed', () => {
    for (const bad of ['', 'no line end', 'tab\t\n', 'nul\0\n', '\ud800\n']) {
      expect(() => signNote(bad, log), JSON.stringify(bad)).toThrow(evidenceError('note.malformed'));
      expect(() => cosign(bad, witness, golden.cosignedAt)).toThrow(evidenceError('note.malformed'));
    }
  });
});

function signLine(someText: string): string {
  return signNote(someText, log).slice(someText.length + 1);
}
