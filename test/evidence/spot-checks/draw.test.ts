import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { drawFrom, populationOf, seedOf } from '../../../evidence/spot-checks/draw.ts';
import { maximumSample, type Lot } from '../../../policies/checks/spot-checks.ts';
import { quickPolicy } from '../../support/road.ts';
import { peoplePolicy } from '../../collector/reports/people.ts';

const seal = { month: '2026-11', size: 42, root: Buffer.alloc(32, 7), signature: 'c2lnbmF0dXJl' };

function lots(count: number): Lot[] {
  return Array.from({ length: count }, (_, index) => {
    return { host: `web${String(index).padStart(4, '0')}`, policy: 'p', control: 'C' };
  });
}

describe('the seed', () => {
  test('is SHA-256 over five lines, as the documentation says', () => {
    const text = `waarborg spot checks v1\n2026-11\n42\n${seal.root.toString('base64')}\nc2lnbmF0dXJl\n`;
    expect(seedOf(seal)).toEqual(createHash('sha256').update(text).digest());
  });

  test.each([
    ['month', { month: '2026-12' }],
    ['size', { size: 43 }],
    ['root', { root: Buffer.alloc(32, 8) }],
    ['signature', { signature: 'c2lnbmF0dXJm' }],
  ])('is another with another %s', (_, other) => {
    expect(seedOf({ ...seal, ...other })).not.toEqual(seedOf(seal));
  });
});

describe('a draw', () => {
  const seed = seedOf(seal);

  test('takes what the documented numbers say', () => {
    const left = lots(1000).map(({ host }) => host);
    const expected = Array.from({ length: maximumSample }, (_, counter) => {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32BE(counter, 4);
      const place = createHmac('sha256', seed).update(bytes).digest().readUIntBE(0, 6) % left.length;
      const [taken] = left.splice(place, 1, left.at(-1) ?? '');
      left.pop();
      return taken;
    });
    expect(drawFrom(lots(1000), seed).map(({ host }) => host)).toEqual(expected);
  });

  test('takes nothing twice, and all where there is no more', () => {
    const drawn = drawFrom(lots(7), seed);
    expect(drawn).toHaveLength(7);
    expect(drawn.toSorted((a, b) => (a.host < b.host ? -1 : 1))).toEqual(lots(7));
    expect(drawFrom([], seed)).toEqual([]);
  });

  test('takes each about as often as the others', () => {
    const counts = new Map<string, number>();
    for (let round = 0; round < 2000; round += 1) {
      const [first] = drawFrom(lots(25), seedOf({ ...seal, size: round }));
      counts.set(first?.host ?? '', (counts.get(first?.host ?? '') ?? 0) + 1);
    }
    // 80 expected each; a chance of less than one in a million for each to lie outside.
    expect(counts.size).toBe(25);
    for (const count of counts.values()) expect(Math.abs(count - 80)).toBeLessThan(45);
  });
});

describe('the population', () => {
  const named = [{ policy: 'quick', version: 1, digest: quickPolicy.digest }];

  test('is every control of every host, sorted, without those that people show', () => {
    const documents = new Map([quickPolicy, peoplePolicy].map((policy) => [policy.digest, policy]));
    const people = { policy: 'people', version: 1, digest: peoplePolicy.digest };
    const hosts = [
      { host: 'web2', policies: named },
      { host: 'web1', policies: [people, ...named] },
    ];
    expect(populationOf(hosts, (digest) => documents.get(digest))).toEqual([
      { host: 'web1', policy: 'quick', control: 'Q-password' },
      { host: 'web2', policy: 'quick', control: 'Q-password' },
    ]);
  });

  test('is not known where a document is not there', () => {
    expect(populationOf([{ host: 'web1', policies: named }], () => undefined)).toBeUndefined();
  });
});
