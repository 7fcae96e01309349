import fc from 'fast-check';
import { expect, it } from 'vitest';
import { judgeAnswer, soaQuery } from '../../../agent/availability/services/dns-message.ts';

const query = soaQuery(0x1234, 'example.nl');

/** An answer to the query with authority, and with what follows the question. */
function answered(records: Uint8Array, count = 1): Buffer {
  const head = Buffer.from(query);
  head.writeUInt16BE(0x8400, 2);
  head.writeUInt16BE(count, 6);
  return Buffer.concat([head, records]);
}

const record = Buffer.from([0xc0, 0x0c, 0, 6, 0, 1, 0, 0, 0, 60, 0, 0]);

it('an SOA record of the zone makes an answer good, and no other record does', () => {
  expect(judgeAnswer(answered(record), query, 'example.nl')).toEqual({ state: 'up' });
  expect(judgeAnswer(answered(record), query, 'EXAMPLE.nl')).toEqual({ state: 'up' });
  const another = Buffer.from(record);
  another.writeUInt16BE(1, 2);
  expect(judgeAnswer(answered(another), query, 'example.nl')).toEqual({ state: 'down', why: 'no SOA' });
  // Of nl, by a pointer into the name.
  const parent = Buffer.from(record);
  parent[1] = 0x14;
  expect(judgeAnswer(answered(parent), query, 'example.nl')).toEqual({ state: 'down', why: 'no SOA' });
});

it('a name that points at itself, or beyond the end, is none', () => {
  for (const offset of [query.length, 0x3fff]) {
    const looping = Buffer.from(record);
    looping.writeUInt16BE(0xc000 + offset, 0);
    expect(judgeAnswer(answered(looping), query, 'example.nl')).toEqual({ state: 'down', why: 'no SOA' });
  }
});

it('whatever bytes come, they are judged, and no garbage is good', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(0xffff), (bytes, count) => {
      expect(judgeAnswer(bytes, query, 'example.nl')).not.toEqual({ state: 'up' });
      judgeAnswer(answered(bytes, count), query, 'example.nl');
    }),
  );
});
