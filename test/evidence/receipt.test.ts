import { beforeAll, describe, expect, test } from 'vitest';
import { decodeEntry, encodeEntry } from '../../evidence/entry.ts';
import type { Envelope } from '../../evidence/envelope.ts';
import type { Receipt } from '../../evidence/exchange.ts';
import { consistencyProof, inclusionProof } from '../../evidence/merkle.ts';
import { formatProof, parseProof } from '../../evidence/proof.ts';
import { verifyReceipt, type ReceiptClaim } from '../../evidence/receipt.ts';
import { seededKey } from './keys.ts';
import { evidenceError } from './errors.ts';
import { FixtureLog, twoHosts } from '../support/evidence.ts';

let log: FixtureLog;
beforeAll(async () => {
  log = (await twoHosts()).log;
});

/** What an honest collector answers to the report of an entry, to an agent that holds the checkpoint of a size. */
function receiptOf(log: FixtureLog, index: number, held = 0): Receipt {
  const tree = log.tree();
  const size = log.entries.length;
  const hashes = inclusionProof(index, size, tree);
  return {
    v: 1,
    entry: log.entries[index]?.toString('base64') ?? '',
    proof: formatProof({ index, hashes, checkpoint: log.checkpoint() }),
    consistency: (held === 0 ? [] : consistencyProof(held, size, tree)).map((hash) => hash.toString('base64')),
  };
}

function envelopeAt(log: FixtureLog, index: number): Envelope {
  const entry = decodeEntry(log.entries[index] ?? Buffer.alloc(0));
  if (entry.kind === 'report') return entry.envelope;
  throw new Error(`entry ${index} of the fixture is no report`);
}

/** An agent that sent entry 7 and holds the checkpoint of five entries. */
function claim(receipt: Receipt, held: string = log.checkpoint(5)): ReceiptClaim {
  return {
    receipt,
    envelope: envelopeAt(log, 7),
    logKey: log.vkey,
    held: { checkpoint: held },
  };
}

describe('a receipt that holds', () => {
  test('gives the place in the log and the head to keep', () => {
    expect(verifyReceipt(claim(receiptOf(log, 7, 5)))).toEqual({
      index: 7,
      checkpoint: { ...log.head(), text: expect.any(String) as string, cosignatures: [] },
      note: log.checkpoint(),
    });
  });

  test('needs no consistency for the first checkpoint, nor after that of an empty log', () => {
    const receipt = receiptOf(log, 7);
    expect(verifyReceipt({ ...claim(receipt), held: undefined }).index).toBe(7);
    expect(verifyReceipt(claim(receipt, log.checkpoint(0))).index).toBe(7);
  });

  test('may be for the very head that is held', () => {
    expect(verifyReceipt(claim(receiptOf(log, 7, 9), log.checkpoint())).checkpoint.size).toBe(9);
  });
});

describe('a receipt is refused', () => {
  test('for another report', () => {
    expect(() => verifyReceipt(claim(receiptOf(log, 5, 5)))).toThrow(evidenceError('receipt.entry'));
  });

  test('for an entry that is no report', () => {
    expect(() => verifyReceipt(claim(receiptOf(log, 3, 5)))).toThrow(evidenceError('receipt.entry'));
  });

  test('for the report in an envelope with another signature', () => {
    const entry = decodeEntry(log.entries[7] ?? Buffer.alloc(0));
    if (entry.kind !== 'report') throw new Error('entry 7 of the fixture is no report');
    const signatures = entry.envelope.signatures.map(({ keyid }) => ({
      keyid,
      sig: Buffer.alloc(64).toString('base64'),
    }));
    const changed = encodeEntry({ ...entry, envelope: { ...entry.envelope, signatures } });
    const other = log.rewritten(log.entries.with(7, changed));
    expect(() => verifyReceipt(claim(receiptOf(other, 7, 5)))).toThrow(evidenceError('receipt.entry'));
  });

  test('for bytes that are no entry', () => {
    const entry = Buffer.from('{}').toString('base64');
    expect(() => verifyReceipt(claim({ ...receiptOf(log, 7, 5), entry }))).toThrow(evidenceError('entry.malformed'));
  });

  test.each([
    ['the proof of another place', (proof: string) => proof.replace('index 7', 'index 6')],
    ['a proof with a hash changed', (proof: string) => formatProof({ ...parseProof(proof), hashes: parseProof(proof).hashes.map(() => Buffer.alloc(32)) })], // prettier-ignore
    ['a proof with a hash left out', (proof: string) => formatProof({ ...parseProof(proof), hashes: parseProof(proof).hashes.slice(1) })], // prettier-ignore
  ])('with %s', (_, change) => {
    const receipt = receiptOf(log, 7, 5);
    const altered = { ...receipt, proof: change(receipt.proof) };
    expect(() => verifyReceipt(claim(altered))).toThrow(evidenceError('proof.inclusion'));
  });

  test('with another moment of receipt than the log has', () => {
    const receipt = receiptOf(log, 7, 5);
    const entry = decodeEntry(log.entries[7] ?? Buffer.alloc(0));
    const later = encodeEntry({ ...entry, receivedAt: '2027-01-01T00:00:00.000Z' }).toString('base64');
    expect(() => verifyReceipt(claim({ ...receipt, entry: later }))).toThrow(evidenceError('proof.inclusion'));
  });

  test('from a log that was cut since', () => {
    const cut = log.rewritten(log.entries.slice(0, 8));
    expect(() => verifyReceipt(claim(receiptOf(cut, 7), log.checkpoint()))).toThrow(evidenceError('receipt.rollback'));
  });

  test('from a fork, whatever consistency it claims', () => {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0), ...rest] = log.entries;
    const fork = log.rewritten([second, first, ...rest]);
    expect(() => verifyReceipt(claim(receiptOf(fork, 7, 5)))).toThrow(evidenceError('receipt.fork'));
    const { consistency } = receiptOf(log, 7, 5);
    expect(() => verifyReceipt(claim({ ...receiptOf(fork, 7), consistency }))).toThrow(evidenceError('receipt.fork'));
    expect(() => verifyReceipt(claim(receiptOf(fork, 7, 9), log.checkpoint()))).toThrow(evidenceError('receipt.fork'));
  });

  test('without the consistency that it owes', () => {
    expect(() => verifyReceipt(claim(receiptOf(log, 7)))).toThrow(evidenceError('receipt.fork'));
  });

  test('with consistency that is no list of hashes', () => {
    const receipt = { ...receiptOf(log, 7, 5), consistency: ['AAAA'] };
    expect(() => verifyReceipt(claim(receipt))).toThrow(evidenceError('receipt.fork'));
  });

  test('of a log with another key', () => {
    const other = new FixtureLog({ key: seededKey(8) });
    other.entries.push(...log.entries);
    expect(() => verifyReceipt(claim(receiptOf(other, 7, 5)))).toThrow(evidenceError('note.no-known-signature'));
  });

  test('of a log with another origin', () => {
    const other = new FixtureLog({ origin: 'elsewhere.example/log' });
    other.entries.push(...log.entries);
    expect(() => verifyReceipt(claim(receiptOf(other, 7, 5)))).toThrow(evidenceError('note.no-known-signature'));
  });
});

describe('a log that changed its key', () => {
  /** Entry 7, to an agent that has learned the new key and holds a head from before it. */
  async function changed(): Promise<{ log: FixtureLog; claim: ReceiptClaim }> {
    const { log: changing } = await twoHosts();
    const [former, held] = [changing.vkey, changing.checkpoint(5)];
    changing.changeKey();
    const asked = { envelope: envelopeAt(changing, 7), logKey: changing.vkey, formerLogKeys: [former] };
    return { log: changing, claim: { ...asked, receipt: receiptOf(changing, 7, 5), held: { checkpoint: held } } };
  }

  test('is held against a head that its former key signed', async () => {
    const { log: changing, claim: both } = await changed();
    expect(verifyReceipt(both).checkpoint.size).toBe(10);
    changing.former = undefined;
    expect(verifyReceipt({ ...both, receipt: receiptOf(changing, 7, 5) }).checkpoint.size).toBe(10);
    expect(() => verifyReceipt({ ...both, formerLogKeys: [] })).toThrow(evidenceError('note.no-known-signature'));
  });

  test('cannot be answered for by whoever has only the former key', async () => {
    const { log: changing, claim: asked } = await changed();
    if (changing.former === undefined) throw new Error('the fixture has one key');
    [changing.signer, changing.former] = [changing.former, undefined];
    const claimed = { ...asked, receipt: receiptOf(changing, 7, 5) };
    expect(() => verifyReceipt(claimed)).toThrow(evidenceError('note.no-known-signature'));
  });
});
