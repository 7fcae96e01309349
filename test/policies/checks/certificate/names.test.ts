import { describe, expect, test } from 'vitest';
import { coversName, judgeName } from '../../../../policies/checks/certificate/names.ts';

describe('a certificate covers', () => {
  test.each<[string, string, string]>([
    ['the same name', 'DNS:www.example.nl', 'www.example.nl'],
    ['a name in another case', 'DNS:WWW.Example.nl', 'www.EXAMPLE.nl'],
    ['a name asked for with the dot of the root', 'DNS:www.example.nl', 'www.example.nl.'],
    ['one label by a wildcard', 'DNS:*.example.nl', 'www.example.nl'],
    ['an A-label by a wildcard', 'DNS:*.example.nl', 'xn--bcher-kva.example.nl'],
    ['a U-label asked for, by its A-label', 'DNS:xn--bcher-kva.example.nl', 'bücher.example.nl'],
    ['an underscore', 'DNS:_dmarc.example.nl', '_dmarc.example.nl'],
    ['an address', 'IP Address:192.0.2.1', '192.0.2.1'],
    ['an address of version 6 in another form', 'IP Address:2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['an address in brackets', 'IP Address:0:0:0:0:0:0:0:1', '[::1]'],
  ])('%s', (_, own, asked) => {
    expect(coversName(['DNS:other.example', own], asked)).toBe(true);
  });
});

describe('a certificate does not cover', () => {
  test.each<[string, string, string]>([
    ['another name', 'DNS:example.nl', 'example.org'],
    ['a name below', 'DNS:example.nl', 'www.example.nl'],
    ['a name of which it is the end', 'DNS:ample.nl', 'example.nl'],
    ['two labels by a wildcard', 'DNS:*.example.nl', 'a.b.example.nl'],
    ['no label by a wildcard', 'DNS:*.example.nl', 'example.nl'],
    ['an empty label by a wildcard', 'DNS:*.example.nl', '.example.nl'],
    ['part of a label', 'DNS:w*.example.nl', 'www.example.nl'],
    ['a wildcard in the middle', 'DNS:www.*.nl', 'www.example.nl'],
    ['two wildcards', 'DNS:*.*.nl', 'www.example.nl'],
    ['a country', 'DNS:*.nl', 'example.nl'],
    ['the world', 'DNS:*', 'localhost'],
    ['a name by a dot before it', 'DNS:.example.nl', 'www.example.nl'],
    ['a name by one with a dot behind', 'DNS:www.example.nl.', 'www.example.nl'],
    ['a name by an address', 'IP Address:192.0.2.1', 'www.example.nl'],
    ['an address by a name', 'DNS:192.0.2.1', '192.0.2.1'],
    ['an address by a wildcard', 'DNS:*.0.2.1', '192.0.2.1'],
    ['an address of version 4 by one of version 6', 'IP Address:0:0:0:0:0:FFFF:C000:201', '192.0.2.1'],
    ['a number that means an address', 'DNS:3221225985', '3221225985'],
    ['a network', 'IP Address:192.0.2.1/255.255.255.0', '192.0.2.1'],
    ['a name by a mail address', 'email:www.example.nl', 'www.example.nl'],
    ['a name by a URI', 'URI:https://www.example.nl', 'www.example.nl'],
    ['a name hidden in another', 'DNS:"evil.example, DNS:www.example.nl"', 'www.example.nl'],
    ['a name with a byte of nothing in it', 'DNS:"www.example.nl\\u0000.evil.example"', 'www.example.nl'],
    ['a U-label that stands in it as such', 'DNS:bücher.example.nl', 'bücher.example.nl'],
    ['nothing', 'DNS:', ''],
    ['a path', 'DNS:www.example.nl', 'www.example.nl/x'],
  ])('%s', (_, own, asked) => {
    expect(coversName([own], asked)).toBe(false);
  });
});

test('a certificate without alternative names covers nothing, whatever its common name', () => {
  expect(judgeName({ names: [] }, 'www.example.nl', 'CN=www.example.nl', 'x')).toMatchObject({
    verdict: 'fail',
    code: 'certificate.no-names',
  });
});

test('of a certificate for many names a few are told', () => {
  const names = Array.from({ length: 4000 }, (_, index) => `DNS:${index}.example`);
  const { values } = judgeName({ names }, 'www.example.nl', 'c', 'x');
  expect(String(values.names)).toHaveLength(names.slice(0, 10).join(', ').length + 3);
});
