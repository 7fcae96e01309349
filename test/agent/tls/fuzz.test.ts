import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { ByteReader, Malformed } from '../../../evidence/der/bytes.ts';
import { uint16, vector } from '../../../agent/tls/bytes.ts';
import { parseCertificateFields } from '../../../evidence/der/certificate-fields.ts';
import { converse, establish, greet, listen, spokenSuites } from '../../../agent/tls/client12/index.ts';
import { parseEcdheKey, parseLeaf, parseServerHello, parseTicket } from '../../../agent/tls/client12/messages.ts';
import { openerFor } from '../../../agent/tls/client12/protection.ts';
import { clientHello, freshEntropy } from '../../../agent/tls/client-hello.ts';
import { elementsOf, nextElement } from '../../../evidence/der/elements.ts';
import { readHttpAnswer } from '../../../agent/tls/http.ts';
import { makeKeyShare } from '../../../agent/tls/key-share.ts';
import { ModernFlightReader } from '../../../agent/tls/modern-flight.ts';
import type { Reply, ReplyReader } from '../../../agent/tls/reply.ts';
import { ServerFlightReader } from '../../../agent/tls/server-flight.ts';
import * as serverMessages from '../../../agent/tls/server-messages.ts';
import { hashOfSignature } from '../../../agent/tls/signature-hash.ts';
import { Ssl2ReplyReader } from '../../../agent/tls/ssl2.ts';
import { starttlsProtocols } from '../../../agent/tls/starttls/index.ts';
import { openTls } from '../../../agent/tls/starttls/open.ts';
import { parseLink } from '../../../agent/tls/trust/link.ts';
import { parseNameConstraints } from '../../../agent/tls/trust/name-constraints.ts';
import { describeCertificate } from '../../../agent/tls/x509.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { read } from '../../../policies/reading.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { alert, certificateMessage, helloDone, record, serverHello, ssl2ServerHello } from './scripted.ts';

/*
 * More than a hundred thousand answers that no server should give, to everything that reads what a server sends. A reader
 * may say that they are malformed, and nothing else may come of it: no other error, no hang, no growth.
 */

const leaf = Buffer.from('a leaf that is none');
const flight = [...serverHello(0x0303), ...certificateMessage(leaf, leaf), ...helloDone];

/** Up to six of its bytes changed, some left out, some put in. */
function mutated(good: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(Math.max(0, good.length - 1));
  const change = fc.record({ at: place, value: fc.nat(255), how: fc.constantFrom('set', 'drop', 'insert', 'cut') });
  return fc.array(change, { maxLength: 6 }).map((changes) => {
    const bytes = [...good];
    for (const { at, value, how } of changes) {
      if (how === 'set') bytes[at] = value;
      else if (how === 'cut') bytes.splice(at + 64);
      else bytes.splice(at, how === 'drop' ? 1 + (value % 8) : 0, ...(how === 'insert' ? [value, value] : []));
    }
    return Uint8Array.from(bytes);
  });
}

const noise = fc.uint8Array({ maxLength: 200 });
const bytes = (maxLength: number): fc.Arbitrary<number[]> => fc.array(fc.nat(255), { maxLength });

/** Whole handshake messages with right lengths and whatever inside; now and then a length that lies. */
const handshakeMessage = fc
  .tuple(
    fc.oneof(fc.constantFrom(0, 2, 4, 8, 11, 12, 13, 14, 15, 20, 22), fc.nat(255)),
    fc.oneof(
      bytes(60),
      fc.tuple(bytes(40), fc.nat(40)).map(([body, lie]) => [...uint16(body.length + lie), ...body]),
      fc
        .tuple(fc.nat(0xffff), fc.nat(0xffff), bytes(40), bytes(30))
        .map(([version, suite, id, extension]) => [
          ...uint16(version),
          ...Array.from({ length: 32 }, () => 7),
          ...vector(1, id),
          ...uint16(suite),
          0,
          ...vector(2, [...uint16(suite & 63), ...vector(2, extension)]),
        ]),
      fc.array(bytes(30), { maxLength: 4 }).map((list) =>
        vector(
          3,
          list.flatMap((one) => vector(3, one)),
        ),
      ),
    ),
    fc.option(fc.nat(0xffff), { freq: 20 }),
  )
  .map(([type, body, lie]) => [type, ...(lie === null ? vector(3, body) : [0, ...uint16(lie), ...body])]);

/** Messages joined, cut into records anew. */
const records = fc
  .tuple(
    fc.array(fc.oneof(handshakeMessage, fc.constant(serverHello(0x0303)), fc.constant(serverHello(0x0304))), {
      maxLength: 5,
    }),
    fc.array(fc.tuple(fc.constantFrom(20, 21, 22, 22, 22, 22, 23, 24), fc.nat(120)), { minLength: 1, maxLength: 6 }),
  )
  .map(([messages, cuts]) => {
    const all = messages.flat();
    const parts = cuts.map(([type, length]) => record(type, all.splice(0, length)));
    return Uint8Array.from(Buffer.concat([...parts, record(22, all.slice(0, 16_000))]));
  });

const answers = fc.oneof(
  noise,
  mutated(record(22, flight)),
  mutated(Buffer.concat([record(22, serverHello(0x0304)), record(20, [1]), record(23, [...leaf])])),
  mutated(alert(40)),
  mutated(ssl2ServerHello(leaf, [0x07_00_c0])),
  records,
);

/** Runs once per case; only `Malformed` may be thrown. */
function neverMoreThanMalformed<T>(cases: number, input: fc.Arbitrary<T>, readIt: (input: T) => unknown): void {
  let understood = 0;
  fc.assert(
    fc.property(input, (one) => {
      try {
        readIt(one);
        understood += 1;
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
      }
    }),
    { numRuns: cases },
  );
  // Were nothing ever understood, only the first check of each parser would have been looked at.
  expect(understood).toBeGreaterThan(cases / 200);
  expect(understood).toBeLessThanOrEqual(cases);
}

function feed(reader: ReplyReader, chunks: readonly Uint8Array[]): Reply {
  for (const chunk of chunks) {
    const reply = reader.push(chunk);
    if (reply !== undefined) return reply;
  }
  return reader.end();
}

const share = makeKeyShare(0x001d);
const greeting = clientHello({ version: 'TLSv1.3', suites: [0x1301], signatureSchemes: [] }, freshEntropy('TLSv1.3'));
const readers: Record<string, () => ReplyReader> = {
  'hello of a flight': () => new ServerFlightReader('hello'),
  'certificates of a flight': () => new ServerFlightReader('certificate'),
  'whole flight': () => new ServerFlightReader('done'),
  'flight of TLS 1.3': () => new ModernFlightReader(greeting, new Map(share === undefined ? [] : [[0x001d, share]])),
  'reply of SSL 2.0': () => new Ssl2ReplyReader(),
};

describe.each(Object.entries(readers))('%s', (_, makeReader) => {
  test('ends with a reply, whatever comes (8,000 cases)', { timeout: 60_000 }, () => {
    const kinds = new Set<string>();
    neverMoreThanMalformed(8000, fc.array(answers, { maxLength: 3 }), (chunks) => {
      kinds.add(feed(makeReader(), chunks).kind);
    });
    expect(kinds).toContain('doubt');
    expect(kinds).toContain('alert');
  });

  test.each([
    ['empty records', record(22, [])],
    ['warnings', record(21, [1, 112])],
    ['half a message', record(22, [2, 255, 255, 255, ...Array.from({ length: 1000 }, () => 0)])],
    ['requests to say hello', record(22, [0, 0, 0, 0])],
  ])('gives up on endless %s', (__, piece) => {
    const reader = makeReader();
    const chunk = Buffer.concat(Array.from({ length: 200 }, () => piece));
    let received = 0;
    while (received < 2 ** 20 && reader.push(chunk) === undefined) received += chunk.length;
    expect(received).toBeLessThan(2 ** 19);
  });
});

test('messages are parsed or malformed (15,000 cases)', { timeout: 60_000 }, () => {
  const suites = [0xc02f, 0x009e, 0xc035, 0x00aa, 0x002f];
  const parsers: readonly ((body: Uint8Array) => unknown)[] = [
    parseServerHello,
    parseLeaf,
    parseEcdheKey,
    parseTicket,
    serverMessages.parseServerHello,
    serverMessages.parseExtensions,
    (body) => suites.map((suite) => serverMessages.parseKeyExchange({ suite, version: 0x0303 }, body)),
  ];
  const body = fc.oneof(
    noise,
    handshakeMessage.map((whole) => Uint8Array.from(whole.slice(4))),
    mutated(Uint8Array.from(serverHello(0x0303).slice(4))),
  );
  neverMoreThanMalformed(15_000, fc.tuple(fc.constantFrom(...parsers), body), ([parse, one]) => parse(one));
});

test('protected records open only when they are right (5,000 cases)', { timeout: 60_000 }, () => {
  const keys = { macKey: Buffer.alloc(32, 1), key: Buffer.alloc(32, 2), iv: Buffer.alloc(16, 3) };
  let opened = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...spokenSuites),
      fc.constantFrom(0x0301, 0x0303),
      noise,
      (suite, version, fragment) => {
        const { cipher } = suite;
        const ivSize = cipher.mode === 'cbc' ? cipher.blockSize : cipher.nonce === 'sent' ? 4 : 12;
        const own = { ...keys, key: keys.key.subarray(0, cipher.keySize), iv: keys.iv.subarray(0, ivSize) };
        try {
          openerFor(cipher, version, own).open(23, fragment);
          opened += 1;
        } catch (error) {
          if (!(error instanceof Malformed)) throw error;
        }
      },
    ),
    { numRuns: 5000 },
  );
  expect(opened).toBe(0);
});

describe.skipIf(tool('openssl') === undefined)('certificates', () => {
  let ders: Uint8Array[] = [];
  beforeAll(() => {
    using folder = temporaryFolder();
    ders = ['rsa:2048', 'rsa-pss:2048', 'ec:prime256v1', 'ed25519'].map((key) => {
      const order = { name: key.replace(':', '-'), key, validSeconds: 3600, names: ['a.example', '*.b.example'] };
      return new X509Certificate(readFileSync(makeCertificate(folder.path, order).certificate)).raw;
    });
  });

  const change = fc.record({
    seed: fc.nat(3),
    at: fc.nat(10_000),
    how: fc.constantFrom('drop', 'twice', 'empty', 'tag', 'noise', 'deep'),
    tag: fc.nat(255),
    content: noise,
  });
  type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

  /** One element of the DER altered, and every length around it mended. */
  function restructured({ seed, at, how, tag, content }: Change): Uint8Array {
    const der = ders[seed] ?? new Uint8Array();
    const total = countElements(der);
    let index = 0;
    const rebuild = (part: Uint8Array): number[] =>
      elementsOf(part).flatMap((one) => {
        const isChosen = index++ === at % total;
        const isHolder = (one.tag & 0x20) !== 0;
        const inner = isHolder ? rebuild(one.content) : [...one.content];
        const whole = encode(one.tag, inner);
        if (!isChosen) return whole;
        if (how === 'drop') return [];
        if (how === 'twice') return [...whole, ...whole];
        if (how === 'empty') return encode(one.tag, []);
        if (how === 'tag') return encode(tag, inner);
        if (how === 'noise') return encode(one.tag, [...content]);
        return Array.from({ length: 50 }).reduce<number[]>((nested) => encode(0x30, nested), whole);
      });
    return Uint8Array.from(rebuild(der));
  }

  function countElements(part: Uint8Array): number {
    return elementsOf(part).reduce(
      (sum, { tag, content }) => sum + 1 + ((tag & 0x20) === 0 ? 0 : countElements(content)),
      0,
    );
  }

  function encode(tag: number, content: readonly number[]): number[] {
    return content.length < 0x80 ? [tag, content.length, ...content] : [tag, 0x82, ...vector(2, content)];
  }

  /** Everything that is read of a certificate. */
  function readAll(der: Uint8Array): void {
    const described = describeCertificate(der, 'fuzz');
    if (described.state === 'read') expect(JSON.stringify(described.value).length).toBeLessThan(200_000);
    hashOfSignature(der, '1.2.840.113549.1.1.10');
    parseNameConstraintsOrNot(der);
    if (described.state === 'read') parseLink(new X509Certificate(der));
    parseCertificateFields(der);
  }

  function parseNameConstraintsOrNot(der: Uint8Array): void {
    try {
      parseNameConstraints(der);
      nextElement(new ByteReader(der));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
    }
  }

  test(
    'with bytes that were changed are described, unreadable or malformed (10,000 cases)',
    { timeout: 60_000 },
    () => {
      const input = fc.oneof(noise, ...ders.map((der) => mutated(der)));
      neverMoreThanMalformed(10_000, input, readAll);
    },
  );

  test('with another structure are described, unreadable or malformed (10,000 cases)', { timeout: 60_000 }, () => {
    neverMoreThanMalformed(10_000, change.map(restructured), readAll);
  });
});

/** A connection on which a server says these pieces, one after the other, and ends. */
function spoken(pieces: readonly Uint8Array[]): Duplex {
  // Node takes an empty piece for a promise of more.
  const left = pieces.filter(({ length }) => length > 0);
  return new Duplex({
    read() {
      this.push(left.shift() ?? null);
    },
    write(_chunk, _encoding, done) {
      done();
    },
  });
}

test(
  'the small client ends every conversation with an answer or a doubt (4,000 cases)',
  { timeout: 60_000 },
  async () => {
    const { signal } = new AbortController();
    const heard = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(answers, { maxLength: 3 }), fc.boolean(), async (pieces, goesOn) => {
        const line = {
          host: new RecordedHost({ connect: () => read(spoken(pieces)) }),
          address: 'fuzz',
          port: 1,
          signal,
          stepSeconds: 5,
        };
        const outcome = await converse(line, async (channel) => {
          const greeted = await greet(channel, { version: 0x0303, suites: [0xc02f] });
          return goesOn ? (await establish(greeted)).hello.suite : listen(greeted.records, 1);
        });
        heard.add(outcome.heard === 'doubt' ? outcome.why.what : 'answer');
      }),
      { numRuns: 4000 },
    );
    for (const expected of ['answer', 'alert', 'closed', 'cut-off', 'malformed']) expect(heard).toContain(expected);
  },
);

const plainText = fc.array(
  fc.oneof(
    fc
      .constantFrom(
        '220 mail ESMTP\r\n',
        '220-first\r\n',
        '250-STARTTLS\r\n250 OK\r\n',
        '* OK ready\r\n',
        'a1 OK begin\r\n',
        '+OK ready\r\n',
        'S',
        'N',
        '"STARTTLS"\r\nOK "go"\r\n',
        '<stream:features><starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/></stream:features>',
        '<proceed xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>',
      )
      .map((text) => Buffer.from(text)),
    mutated(Buffer.from('250-mail\r\n250-STARTTLS\r\n250 SIZE 1000\r\n')),
    mutated(Buffer.from('300c02010178070a010004000400', 'hex')),
    mutated(Buffer.from('4a0000000a382e302e3330000800000001020304050607080000ffffff0200ffff15', 'hex')),
    noise,
  ),
  { maxLength: 6 },
);

test('talks in plain text come to an outcome (23,000 cases)', { timeout: 60_000 }, async () => {
  const protocols = Object.values(starttlsProtocols);
  const { signal } = new AbortController();
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...protocols), plainText, async (protocol, pieces) => {
      const input = { signal, stepSeconds: 5, greetingSeconds: 5, ownName: 'own.example', serverName: 'a.example' };
      outcomes.add((await openTls(spoken(pieces), protocol, input)).outcome);
    }),
    { numRuns: 23_000 },
  );
  expect(outcomes).toContain('ready');
  expect(outcomes).toContain('interrupted');
});

test('answers of web servers are read within bounds (1,000 cases)', () => {
  const head = Buffer.from(
    'HTTP/1.1 301 Moved\r\nLocation: https://a/\r\nStrict-Transport-Security: max-age=1\r\n\r\n',
  );
  fc.assert(
    fc.property(fc.oneof(noise, mutated(head)), (received) => {
      const session = { failure: undefined, isReused: false, sessions: [], ended: 'by-server' } as const;
      const answer = readHttpAnswer({ ...session, received: Buffer.from(received) });
      expect(['http', 'other', 'unknown']).toContain(answer.state);
    }),
    { numRuns: 1000 },
  );
});
