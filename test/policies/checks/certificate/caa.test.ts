import { expect, test } from 'vitest';
import {
  climb,
  isPublicName,
  judgeCaa,
  servedNames,
  type CaaOfDomain,
} from '../../../../policies/checks/certificate/caa.ts';
import { read, unreadable } from '../../../../policies/reading.ts';

/** `0 issue ca.example`, as zone files have it; a word for the other answers. */
function dns(
  answers: Readonly<Record<string, readonly string[] | 'none' | 'no-such-name' | 'timeout'>>,
): CaaOfDomain[] {
  return Object.entries(answers).map(([domain, answer]) => {
    if (answer === 'timeout') return { domain, answer: unreadable('timeout', domain) };
    if (answer === 'none' || answer === 'no-such-name') return { domain, answer: read({ found: answer }) };
    const records = answer.map((line) => {
      const [, flags, tag = '', value = ''] = /^(\d+) (\S+) (.*)$/.exec(line) ?? [];
      return { critical: flags === '128', tag, value };
    });
    return { domain, answer: read({ found: 'records', records }) };
  });
}

function judge(name: string, answers: Parameters<typeof dns>[0]): string[] {
  return judgeCaa([name], dns(answers)).map(({ verdict, code, values: { domain, authorities, tags } }) =>
    [verdict, code, domain, authorities ?? tags].filter((word) => word !== undefined).join(' '),
  );
}

test('the nearest records count, and nothing above them', () => {
  const answers = { 'a.shop.nl': 'none', 'shop.nl': ['0 issue ca.example'], nl: ['0 issue registry.example'] } as const;
  expect(judge('a.shop.nl', answers)).toEqual(['pass certificate.caa shop.nl ca.example']);
  expect(judge('*.a.shop.nl', answers)).toEqual(['pass certificate.caa shop.nl ca.example']);
  expect(judge('shop.nl', { ...answers, 'shop.nl': ['0 iodef mailto:a@shop.nl'] })).toEqual([
    'fail certificate.caa-open shop.nl issue',
  ]);
});

test('a name that is not in DNS lies below domains that are', () => {
  expect(judge('a.shop.nl', { 'a.shop.nl': 'no-such-name', 'shop.nl': ['0 issue ca.example'] })).toEqual([
    'pass certificate.caa shop.nl ca.example',
  ]);
});

test('no records up to the top-level domain fail', () => {
  const answers = { 'a.shop.nl': 'no-such-name', 'shop.nl': 'none', nl: 'none' } as const;
  expect(judge('a.shop.nl', answers)).toEqual(['fail certificate.caa-missing a.shop.nl']);
});

test('a DNS that knows nothing of the name, not even its top-level domain, is no evidence', () => {
  const answers = { 'a.nl': 'no-such-name', nl: 'no-such-name' } as const;
  expect(judge('a.nl', answers)).toEqual(['unknown certificate.caa-no-domain a.nl']);
});

test('a domain on the way that gave no answer, or was not asked, may have had other records', () => {
  expect(judge('a.shop.nl', { 'a.shop.nl': 'timeout', 'shop.nl': ['0 issue ca.example'] })).toEqual([
    'unknown host.timeout',
  ]);
  expect(judge('a.shop.nl', { 'shop.nl': ['0 issue ca.example'] })).toEqual([
    'unknown certificate.caa-not-read a.shop.nl',
  ]);
  expect(judge('a.shop.nl', { 'a.shop.nl': 'none', nl: 'none' })).toEqual(['unknown certificate.caa-not-read shop.nl']);
});

test('issue alone counts for a plain name; for a wildcard issuewild goes before it', () => {
  const both = { 'shop.nl': ['0 issue b.example; account=1', '0 issue a.example', '0 issuewild wild.example'] };
  expect(judge('shop.nl', both)).toEqual(['pass certificate.caa shop.nl a.example, b.example']);
  expect(judge('*.shop.nl', both)).toEqual(['pass certificate.caa shop.nl wild.example']);
  const wildOnly = { 'shop.nl': ['0 issuewild wild.example'] };
  expect(judge('shop.nl', wildOnly)).toEqual(['fail certificate.caa-open shop.nl issue']);
  expect(judge('*.shop.nl', { 'shop.nl': ['128 tbs x'] })).toEqual([
    'fail certificate.caa-open shop.nl issue/issuewild',
  ]);
});

test('an issue without a CA, or a malformed one, lets nobody issue', () => {
  for (const value of [';', '; policy=ev', 'ca one.example', '%%%']) {
    expect(judge('shop.nl', { 'shop.nl': [`0 issue ${value}`] })).toEqual(['pass certificate.caa-nobody shop.nl']);
  }
  expect(judge('shop.nl', { 'shop.nl': ['0 issue ;', '0 issue CA.example'] })).toEqual([
    'pass certificate.caa shop.nl ca.example',
  ]);
});

test('internal names and addresses have no CAA to look for', () => {
  for (const name of [
    'mail',
    'db.internal',
    'nas.lan',
    'printer.home.arpa',
    'home.arpa',
    'x.test',
    '192.0.2.1',
    '::1',
  ]) {
    expect(isPublicName(name), name).toBe(false);
    expect(judge(name, {})).toEqual(['not-applicable certificate.caa-internal']);
  }
  for (const name of ['example.com', '*.shop.nl', 'internal.nl', 'xn--bcher-kva.example.nl']) {
    expect(isPublicName(name), name).toBe(true);
  }
});

test('served names are those asked for and those of the certificates shown, once each', () => {
  const leaf = (...names: string[]) => [{ leaf: { names } }];
  const endpoints = [
    { name: 'www.shop.nl', speaks: 'tls', served: leaf('DNS:*.Shop.nl', 'DNS:shop.nl.', 'IP Address:192.0.2.1') },
    { speaks: 'tls', served: leaf('DNS:shop.nl', 'email:a@shop.nl', 'DNS:no name') },
    { name: 'plain.nl', speaks: 'other' },
  ];
  expect(servedNames(endpoints)).toEqual(['*.shop.nl', '192.0.2.1', 'shop.nl', 'www.shop.nl']);
  expect(climb('*.a.shop.nl')).toEqual(['a.shop.nl', 'shop.nl', 'nl']);
});
