import { isIPv4 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contains,
  formatAddress,
  parseAddress,
  parseNetwork,
  representatives,
  type Network,
} from '../../policies/networks.ts';

function network(text: string): Network {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new Error(`no network: ${text}`);
  return parsed;
}

function isIn(address: string, text: string): boolean {
  const parsed = parseAddress(address);
  return parsed !== undefined && contains(network(text), parsed);
}

describe('a network', () => {
  test.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ])('%s holds %s: %s', (text, address, expected) => {
    expect(isIn(address, text)).toBe(expected);
  });

  test.each(['10.0.0.1/8', '10.0.0.0/33', 'example.nl', '10.0.0.0/', '10.0.0/8', '', '2001:db8::1/32', 'fe80::1%eth0'])(
    '%j is none',
    (text) => expect(parseNetwork(text)).toBeUndefined(),
  );

  test('is written as RFC 5952 has it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const parsed = parseAddress(text);
        if (parsed === undefined) throw new Error(text);
        const written = formatAddress(parsed);
        expect(parseAddress(written)).toEqual(parsed);
        if (!isIPv4(written)) expect(new URL(`http://[${written}]`).hostname).toBe(`[${written}]`);
      }),
    );
  });
});

describe('representatives', () => {
  const networks = fc.array(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, length]) => {
      const value = parseAddress(address)?.value ?? 0n;
      const size = 1n << BigInt(32 - length);
      const first = value - (value % size);
      return { family: 4, first, last: first + size - 1n } as const;
    }),
    { maxLength: 6 },
  );

  test('stand for every address there is', () => {
    fc.assert(
      fc.property(networks, fc.ipV4(), (some, text) => {
        const address = parseAddress(text);
        if (address === undefined) throw new Error(text);
        const placeOf = (one: typeof address): string => some.map((network) => contains(network, one)).join();
        expect(representatives(some).map(placeOf)).toContain(placeOf(address));
      }),
    );
  });

  test('begin outside of all networks', () => {
    const [first] = representatives([network('192.0.2.0/24'), network('2001:db8::/32')]);
    expect(first === undefined ? undefined : formatAddress(first)).toBe('198.51.100.1');
  });
});
