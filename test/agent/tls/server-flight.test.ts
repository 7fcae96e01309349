import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ssl2ReplyReader } from '../../../agent/tls/ssl2.ts';
import type { Reply, ReplyReader } from '../../../agent/tls/reply.ts';
import { ServerFlightReader } from '../../../agent/tls/server-flight.ts';
import { alert, certificateMessage, helloDone, record, serverHello, ssl2ServerHello } from './scripted.ts';

const leaf = Buffer.from('the leaf');
const issuer = Buffer.from('its issuer');
const flight = [...serverHello(0x0303), ...certificateMessage(leaf, issuer), ...helloDone];
const hello = { kind: 'hello', version: 0x0303, suite: 0xc02f };

function feed(reader: ReplyReader, ...chunks: readonly Uint8Array[]): Reply {
  for (const chunk of chunks) {
    const reply = reader.push(chunk);
    if (reply !== undefined) return reply;
  }
  return reader.end();
}

function plain(reply: Reply): unknown {
  if (reply.kind !== 'hello') return reply;
  return { ...reply, certificates: reply.certificates?.map((der) => Buffer.from(der).toString()) };
}

test('certificates are read, leaf first', () => {
  const reply = feed(new ServerFlightReader('certificate'), record(22, flight));
  expect(plain(reply)).toEqual({ ...hello, certificates: ['the leaf', 'its issuer'] });
});

test('a suite without a certificate is a hello without certificates', () => {
  const reply = feed(new ServerFlightReader('certificate'), record(22, [...serverHello(0x0303), ...helloDone]));
  expect(plain(reply)).toEqual({ ...hello, certificates: undefined });
});

test('a hello whose certificates never come is cut off', () => {
  const reply = feed(new ServerFlightReader('certificate'), record(22, serverHello(0x0303)));
  expect(reply).toEqual({ kind: 'doubt', why: { what: 'cut-off' } });
});

test('the cuts between segments and between records never matter', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(40), { maxLength: 40 }),
      fc.array(fc.nat(40), { maxLength: 40 }),
      (records, segments) => {
        const bytes = Buffer.concat(cut(flight, records).map((part) => record(22, part)));
        const reply = feed(
          new ServerFlightReader('certificate'),
          ...cut([...bytes], segments).map((part) => Uint8Array.from(part)),
        );
        expect(plain(reply)).toEqual({ ...hello, certificates: ['the leaf', 'its issuer'] });
      },
    ),
  );
});

test('whatever bytes come, a reader ends with a reply', () => {
  const readers = [
    () => new ServerFlightReader('hello'),
    () => new ServerFlightReader('certificate'),
    () => new Ssl2ReplyReader(),
  ];
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    mutated(record(22, flight)),
    mutated(alert(40)),
    mutated(ssl2ServerHello(leaf, [1])),
  );
  const kinds = new Set<string>();
  fc.assert(
    fc.property(fc.constantFrom(...readers), fc.array(bytes, { maxLength: 3 }), (makeReader, chunks) => {
      const reply = feed(makeReader(), ...chunks);
      kinds.add(reply.kind);
      if (reply.kind === 'hello') expect(Number.isInteger(reply.version)).toBe(true);
    }),
    { numRuns: 4000 },
  );
  // The bytes were mixed enough to reach every end.
  expect([...kinds].sort()).toEqual(['alert', 'closed', 'doubt', 'hello', 'not-tls']);
});

test('endless empty records are given up on', () => {
  const reader = new ServerFlightReader('hello');
  const chunk = Buffer.concat(Array.from({ length: 1000 }, () => record(22, [])));
  let chunks = 0;
  let reply: Reply | undefined;
  while (reply === undefined && chunks < 1000) {
    reply = reader.push(chunk);
    chunks += 1;
  }
  expect(reply).toMatchObject({ kind: 'doubt', why: { what: 'malformed' } });
  expect(chunks).toBeLessThan(60);
});

/** Cut into parts of these lengths, the rest last; empty parts are left out. */
function cut(bytes: readonly number[], lengths: readonly number[]): number[][] {
  const parts: number[][] = [];
  let at = 0;
  for (const length of lengths) {
    if (length > 0) parts.push(bytes.slice(at, at + length));
    at += length;
  }
  parts.push(bytes.slice(at));
  return parts.filter((part) => part.length > 0);
}

/** Good bytes with some of them changed. */
function mutated(good: Uint8Array): fc.Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
  return fc.array(change, { maxLength: 4 }).map((changes) => {
    const bytes = Uint8Array.from(good);
    for (const [at, value] of changes) bytes[at] = value;
    return bytes;
  });
}
