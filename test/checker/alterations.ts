import { createPublicKey } from 'node:crypto';
import { signEnvelope, type Envelope } from '../../evidence/envelope.ts';
import { rotationPayloadType } from '../../evidence/entry.ts';
import { rawPublicKey } from '../../evidence/keys.ts';
import { decodeEntryBundle, encodeEntryBundle } from '../../evidence/tiles.ts';
import { seededKey } from '../evidence/keys.ts';
import { replaced, swapped } from '../support/attacks/attack.ts';
import { FixtureLog } from '../support/evidence.ts';
import { origin } from '../support/road.ts';

/** A file of a sound export of 300 entries, what is done to it, and what the checker says. */
export interface FileAlteration {
  readonly name: string;
  readonly path: string;
  /** Undefined where the file is taken away. */
  readonly change: (bytes: Buffer) => Buffer | undefined;
  readonly words: RegExp;
}

const entries = (change: (entries: Buffer[]) => Buffer[]) => (bytes: Buffer) =>
  encodeEntryBundle(change(decodeEntryBundle(bytes)));
const text = (from: string | RegExp, to: string) => (bytes: Buffer) => Buffer.from(bytes.toString().replace(from, to));
const gone = () => undefined;

function flip(at: number) {
  return (bytes: Buffer): Buffer => {
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
  };
}

function onEntries(name: string, change: FileAlteration['change'], words: RegExp): FileAlteration {
  return { name, path: 'tile/entries/000', change, words };
}

function onTile(name: string, path: string, change: FileAlteration['change'], words: RegExp): FileAlteration {
  return { name, path, change, words };
}

function onHead(name: string, change: FileAlteration['change'], words: RegExp): FileAlteration {
  return { name, path: 'checkpoint', change, words };
}

const otherTree = /^rejected: checkpoint: the entries hash to/;
const otherTile = /these are not the hashes of the entries/;

export const fileAlterations: readonly FileAlteration[] = [
  onEntries('a byte of an entry', flip(100), otherTree),
  onEntries(
    'two entries swapped',
    entries((all) => swapped(all, 3, 4)),
    otherTree,
  ),
  onEntries(
    'an entry in place of another',
    entries((all) => all.with(3, all[4] ?? Buffer.of())),
    otherTree,
  ),
  onEntries(
    'an entry removed',
    entries((all) => all.toSpliced(3, 1)),
    /expected 256 entries, found 255/,
  ),
  onEntries('entries cut short', (bytes) => bytes.subarray(0, -1), /cut short/),
  onEntries('entries missing', gone, /entries\/000: no such file/),
  onTile('a byte of one of the last entries', 'tile/entries/001.p/44', flip(100), otherTree),
  onTile(
    'an entry added',
    'tile/entries/001.p/44',
    entries((all) => [...all, Buffer.from('{}')]),
    /found 45/,
  ),
  onTile('a byte of a full tile', 'tile/0/000', flip(4000), otherTile),
  onTile('a byte of a partial tile', 'tile/0/001.p/44', flip(0), otherTile),
  onTile('a byte of the tile above', 'tile/1/000.p/1', flip(31), otherTile),
  onTile('a tile that is longer', 'tile/1/000.p/1', (bytes) => Buffer.concat([bytes, bytes]), otherTile),
  onTile('a tile missing', 'tile/0/000', gone, /tile\/0\/000: no such file/),
  onTile('the tile above missing', 'tile/1/000.p/1', gone, /tile\/1\/000\.p\/1: no such file/),
  onHead('another size', text('\n300\n', '\n299\n'), /invalid signature/),
  onHead('another root', text(/\n[0-9/]|\n[A-Za-z+]/, '\n8'), /invalid signature/),
  onHead('another origin', text('test.example', 'fest.example'), /invalid signature/),
  onHead('another signature', text(/(log [A-Za-z0-9+/]{20})./, '$1_'), /malformed note/),
  onHead('no signature', text(/\n\u2014.*\n$/u, '\n'), /malformed note/),
  onHead('no head', gone, /checkpoint: no such file/),
  {
    name: 'the key of another log',
    path: 'bundle.json',
    change: text(/"logKey": ".*"/, `"logKey": "${new FixtureLog({ origin }).vkey}"`),
    words: /note has no verifiable signatures/,
  },
];

/** What an auditor kept of that log, with words in it replaced. Entry 75 has its receipt of 150 entries, 299 of 300. */
export interface KeptAlteration {
  readonly name: string;
  readonly option: '-proof' | '-since';
  readonly file: 'early' | 'late' | 'since';
  readonly change: readonly [from: string | RegExp, to: string];
  readonly words: RegExp;
}

const noProof = /invalid transparency proof/;

export const keptAlterations: readonly KeptAlteration[] = [
  {
    name: 'a receipt of another entry',
    option: '-proof',
    file: 'early',
    change: ['index 75', 'index 74'],
    words: noProof,
  },
  {
    name: 'a receipt of a later entry',
    option: '-proof',
    file: 'early',
    change: ['index 75', 'index 290'],
    words: /invalid inputs/,
  },
  {
    name: 'a receipt with a hash less',
    option: '-proof',
    file: 'late',
    change: [/(index 299\n).*\n/, '$1'],
    words: noProof,
  },
  {
    name: 'a receipt with another hash',
    option: '-proof',
    file: 'late',
    change: [/(index 299\n)...../, '$1AAAAA'],
    words: noProof,
  },
  {
    name: 'a receipt whose head nobody signed',
    option: '-proof',
    file: 'late',
    change: ['\n300\n', '\n301\n'],
    words: /invalid signature/,
  },
  {
    name: 'an older head that nobody signed',
    option: '-since',
    file: 'since',
    change: ['\n150\n', '\n149\n'],
    words: /invalid signature/,
  },
];

/** A history that whoever holds the log's key signs in place of the true one, of two hosts in nine entries. */
export interface Forgery {
  readonly name: string;
  readonly forge: (entries: readonly Buffer[]) => readonly Buffer[];
  readonly words: RegExp;
}

function inEnvelope(change: (envelope: Envelope) => Envelope) {
  return (all: readonly Buffer[]): Buffer[] =>
    replaced(all, 2, (entry) => (entry.kind === 'report' ? { ...entry, envelope: change(entry.envelope) } : entry));
}

function entry(kind: string, members: object): Buffer {
  return Buffer.from(JSON.stringify({ v: 1, kind, receivedAt: '2026-11-01T12:08:00.000Z', ...members }));
}

function rotationBy(signer: number): Buffer {
  const publicKey = rawPublicKey(createPublicKey(seededKey(6))).toString('base64');
  const rotation = JSON.stringify({ v: 1, agent: 'web1', epoch: 1, publicKey, after: 3 });
  const envelope = signEnvelope(rotationPayloadType, Buffer.from(rotation), seededKey(signer));
  return entry('key.rotate', { rotated: { of: 'agent', envelope } });
}

export const forgeries: readonly Forgery[] = [
  {
    name: 'a report with another number in it',
    forge: inEnvelope((envelope) => {
      const changed = Buffer.from(envelope.payload, 'base64').toString().replace('"fail":0', '"fail":9');
      return { ...envelope, payload: Buffer.from(changed).toString('base64') };
    }),
    words: /entry 2: the signature of web1 \([0-9a-f]{16}\) is not over this payload/,
  },
  {
    name: 'a report under the signature of another',
    forge: (all) => {
      const other = /"sig":"([^"]+)"/.exec(all[6]?.toString() ?? '')?.[1] ?? '';
      return inEnvelope((envelope) => ({
        ...envelope,
        signatures: envelope.signatures.map(({ keyid }) => ({ keyid, sig: other })),
      }))(all);
    },
    words: /entry 2: the signature of web1 \([0-9a-f]{16}\) is not over this payload/,
  },
  {
    name: 'a report of another type',
    forge: inEnvelope((envelope) => ({ ...envelope, payloadType: 'text/plain' })),
    words: /entry 2: a payload of type text\/plain/,
  },
  {
    name: 'another key in the enrolment',
    forge: (all) =>
      replaced(all, 0, (enrolment) => ({ ...enrolment, publicKey: Buffer.alloc(32, 5).toString('base64') })),
    words: /entry 2: no signature of web1/,
  },
  {
    name: 'a report before its enrolment',
    forge: (all) => swapped(all, 0, 2),
    words: /entry 0: no key counts here for web1 of epoch 1/,
  },
  {
    name: 'a second enrolment for one epoch',
    forge: (all) => [...all, ...all.slice(0, 1)],
    words: /entry 9: web1 is enrolled a second time/,
  },
  {
    name: 'a report after its key was revoked',
    forge: (all) => all.toSpliced(8, 0, entry('agent.revoke', { agent: 'web1', epoch: 1, reason: 'lost' })),
    words: /entry 9: no key counts here for web1/,
  },
  {
    name: 'a rotation that the old key did not sign',
    forge: (all) => [...all, rotationBy(6)],
    words: /entry 9: no signature of web1/,
  },
  {
    name: 'a report under a key that was rotated away',
    // web1 was enrolled with the key of this seed (test/support/evidence.ts).
    forge: (all) => all.toSpliced(8, 0, rotationBy('web1'.length + 1)),
    words: /entry 9: no signature of web1/,
  },
  { name: 'an entry that is no JSON', forge: (all) => [...all, Buffer.from('{')], words: /entry 9: / },
];
