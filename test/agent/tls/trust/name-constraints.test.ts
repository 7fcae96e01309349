import { describe, expect, test } from 'vitest';
import { allows, type GeneralName } from '../../../../agent/tls/trust/name-constraints.ts';

const dns = (name: string): GeneralName => ({ form: 'dns', name });
const address = (...bytes: number[]): GeneralName => ({ form: 'address', bytes: Uint8Array.from(bytes) });
const directory = (...relative: string[]): GeneralName => ({ form: 'directory', relative });
const other = (tag: number): GeneralName => ({ form: 'other', tag });
const network = address(192, 0, 2, 0, 255, 255, 255, 0);

/** [constraint, name, allowed where permitted, allowed where excluded]. */
describe.each<[GeneralName, GeneralName, boolean, boolean]>([
  [dns('example.nl'), dns('example.nl'), true, false],
  [dns('example.nl'), dns('www.example.nl'), true, false],
  [dns('example.nl'), dns('notexample.nl'), false, true],
  [dns('example.nl'), dns('*.example.nl'), true, false],
  [dns('.example.nl'), dns('example.nl'), false, true],
  [dns('.example.nl'), dns('www.example.nl'), true, false],
  [dns(''), dns('www.example.nl'), true, false],
  // A wildcard may stand for the very name: it is neither wholly within nor surely without.
  [dns('www.example.nl'), dns('*.example.nl'), false, false],
  [network, address(192, 0, 2, 7), true, false],
  [network, address(192, 0, 3, 7), false, true],
  [network, address(...Array.from({ length: 16 }, () => 0)), false, true],
  [directory('aa', 'bb'), directory('aa', 'bb', 'cc'), true, false],
  [directory('aa', 'bb'), directory('aa'), false, true],
  // A form that is not understood forbids where it is constrained, and only there.
  [other(0x81), other(0x81), false, false],
  [other(0x81), other(0x86), true, true],
  [dns('example.nl'), address(192, 0, 2, 1), true, true],
])('%o and the name %o', (constraint, name, ifPermitted, ifExcluded) => {
  test('permitted', () => expect(allows({ permitted: [constraint], excluded: [] }, [name])).toBe(ifPermitted));
  test('excluded', () => expect(allows({ permitted: [], excluded: [constraint] }, [name])).toBe(ifExcluded));
});

test('every name has to be allowed', () => {
  const constraints = { permitted: [dns('example.nl')], excluded: [] };
  expect(allows(constraints, [dns('a.example.nl'), dns('b.example.nl')])).toBe(true);
  expect(allows(constraints, [dns('a.example.nl'), dns('example.org')])).toBe(false);
});
