import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { loadRoots, withIntermediates, type RootStores } from '../../../../agent/tls/trust/roots.ts';
import { trustOf } from '../../../../agent/tls/trust/trust.ts';
import { Trust } from '../../../../policies/checks/tls/trust.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { Authority, type Issued } from '../../../support/authority.ts';
import { effortOf } from '../../../support/effort.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const bundle = '/etc/ssl/certs/ca-certificates.crt';
const day = 86_400_000;
const now = Date.now();

const ca = [
  'basicConstraints=critical,CA:TRUE',
  'keyUsage=critical,keyCertSign',
  'subjectKeyIdentifier=hash',
  'authorityKeyIdentifier=keyid',
];
const server = [
  'basicConstraints=critical,CA:FALSE',
  'subjectAltName=DNS:www.example.nl',
  'extendedKeyUsage=serverAuth',
  'authorityKeyIdentifier=keyid',
];

async function storesOf(system: readonly Issued[], configured: readonly Issued[] = []): Promise<RootStores> {
  const text = (issued: readonly Issued[]): string => issued.map(({ pem }) => readFileSync(pem, 'utf8')).join('');
  const files = { [bundle]: text(system), '/own.pem': text(configured) };
  return loadRoots(new RecordedHost({ files }), configured.length > 0 ? ['/own.pem'] : []);
}

function judge(leaf: Issued, chain: readonly Issued[], stores: RootStores): Trust {
  const trust = trustOf(
    leaf.certificate,
    chain.map(({ certificate }) => certificate),
    stores,
  );
  return Trust.parse(trust);
}

function fingerprints(...issued: readonly Issued[]): string[] {
  return issued.map(({ certificate }) => certificate.fingerprint256.replaceAll(':', '').toLowerCase());
}

describe.skipIf(tool('openssl') === undefined)('with hierarchies made by OpenSSL', () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const authority = new Authority(folder.path);
  const root = authority.issue({ name: 'root', extensions: ca });
  const middle = authority.issue({ name: 'middle', by: 'root', extensions: ca });
  const leaf = authority.issue({ name: 'leaf', by: 'middle', extensions: server });
  const stranger = authority.issue({ name: 'stranger', extensions: ca });

  test('a leaf, its intermediate and a root of the system make one way', async () => {
    const chain = [leaf, middle, root].map(({ certificate }) => certificate);
    const begins = chain.map(({ validFromDate }) => validFromDate.getTime());
    const ends = chain.map(({ validToDate }) => validToDate.getTime());
    expect(judge(leaf, [middle], await storesOf([stranger, root]))).toEqual({
      system: [
        {
          fingerprints: fingerprints(leaf, middle, root),
          notBefore: new Date(Math.max(...begins)).toISOString(),
          notAfter: new Date(Math.min(...ends)).toISOString(),
          weakSignature: 'none',
        },
      ],
      configured: [],
      obstacle: null,
      chain: { ordered: true, needless: 0, holdsRoot: false, lacksIntermediate: false },
    });
  });

  test('a root of the operator is told from one of the system', async () => {
    const { system, configured, obstacle } = judge(leaf, [middle], await storesOf([stranger], [root]));
    expect([system.length, configured.length, obstacle]).toEqual([0, 1, null]);
  });

  test('the order does not matter, but is told; so are a root, a double and a stranger', async () => {
    const deep = authority.issue({ name: 'deep', by: 'middle', extensions: ca });
    const end = authority.issue({ name: 'end', by: 'deep', extensions: server });
    const stores = await storesOf([root]);
    const chain = { needless: 0, holdsRoot: false, lacksIntermediate: false };
    expect(judge(end, [deep, middle], stores).chain).toEqual({ ...chain, ordered: true });
    const disordered = judge(end, [middle, deep], stores);
    expect(disordered.chain).toEqual({ ...chain, ordered: false });
    expect(disordered.system).toEqual(judge(end, [deep, middle], stores).system);
    expect(judge(end, [deep, middle, root], stores).chain).toEqual({ ...chain, ordered: true, holdsRoot: true });
    expect(judge(end, [deep, deep, middle, stranger], stores).chain).toEqual({
      ...chain,
      ordered: false,
      needless: 2,
      holdsRoot: true,
    });
  });

  test('the span of a way is what all its certificates have in common', async () => {
    const begins = new Date(Math.floor(now / 1000) * 1000 - 1000);
    const ends = new Date(Math.floor(now / 1000) * 1000 + day);
    const late = authority.issue({ name: 'late', by: 'root', extensions: ca, begins });
    const short = authority.issue({ name: 'short', by: 'late', extensions: server, ends });
    expect(judge(short, [late], await storesOf([root])).system).toMatchObject([
      { notBefore: begins.toISOString(), notAfter: ends.toISOString() },
    ]);
  });

  test('an expired cross-sign is one way, and the root that lives is another', async () => {
    const old = authority.issue({
      name: 'old',
      extensions: ca,
      begins: new Date(now - 90 * day),
      ends: new Date(now - day),
    });
    const modern = authority.issue({ name: 'modern', extensions: ca });
    const cross = authority.issue({
      name: 'cross',
      subject: '/CN=modern',
      keyOf: 'modern',
      by: 'old',
      extensions: ca,
      begins: new Date(now - 90 * day),
      ends: new Date(now - day),
    });
    const under = authority.issue({ name: 'under', by: 'modern', extensions: ca });
    const site = authority.issue({ name: 'site', by: 'under', extensions: server });
    const both = judge(site, [under, cross], await storesOf([old, modern]));
    expect(both.system.map((way) => way.fingerprints)).toEqual([
      fingerprints(site, under, modern),
      fingerprints(site, under, cross, old),
    ]);
    expect(both.system.map(({ notAfter }) => new Date(notAfter).getTime() > now)).toEqual([true, false]);
    const onlyExpired = judge(site, [under, cross], await storesOf([old]));
    expect(onlyExpired.system.map(({ notAfter }) => new Date(notAfter).getTime() > now)).toEqual([false]);
    const withoutOld = judge(site, [under, cross], await storesOf([modern]));
    expect([withoutOld.obstacle, withoutOld.chain.needless]).toEqual([null, 1]);
  });

  test('a missing intermediate is told from an unknown issuer where it was met elsewhere', async () => {
    const stores = await storesOf([root]);
    expect(judge(leaf, [], stores)).toMatchObject({ system: [], obstacle: 'unknown-issuer' });
    const helped = judge(leaf, [], withIntermediates(stores, [middle.certificate]));
    expect(helped.system.map((way) => way.fingerprints)).toEqual([fingerprints(leaf, middle, root)]);
    expect([helped.obstacle, helped.chain.lacksIntermediate]).toEqual([null, true]);
    const nowhere = judge(leaf, [], withIntermediates(await storesOf([stranger]), [middle.certificate]));
    expect([nowhere.system, nowhere.obstacle]).toEqual([[], 'incomplete-chain']);
  });

  test('a certificate met elsewhere is no root', async () => {
    const stores = withIntermediates(await storesOf([stranger]), [root.certificate, middle.certificate]);
    expect(judge(leaf, [middle], stores).obstacle).toBe('unknown-issuer');
  });

  test('a leaf that signed itself; one that is itself trusted', async () => {
    const own = authority.issue({ name: 'own', extensions: server });
    expect(judge(own, [], await storesOf([root])).obstacle).toBe('self-signed');
    expect(judge(own, [], await storesOf([root], [own]))).toMatchObject({
      system: [],
      configured: [{ fingerprints: fingerprints(own) }],
      obstacle: null,
    });
  });

  const leafUnder = (name: string, by: string, extensions = server): Issued =>
    authority.issue({ name, by, extensions });

  test('an issuer of the same name and key identifier whose signature does not fit', async () => {
    const id = ['subjectKeyIdentifier=00112233'];
    authority.issue({ name: 'real', subject: '/CN=twin', by: 'root', extensions: [...ca.slice(0, 2), ...id] });
    const twin = authority.issue({ name: 'twin', by: 'root', extensions: [...ca.slice(0, 2), ...id] });
    const under = leafUnder('under-twin', 'real', [...server, 'authorityKeyIdentifier=keyid:always']);
    expect(judge(under, [twin], await storesOf([root]))).toMatchObject({ system: [], obstacle: 'bad-signature' });
  });

  test('a stranger of the same name is passed over', async () => {
    const namesake = authority.issue({ name: 'namesake', subject: '/CN=middle', by: 'stranger', extensions: ca });
    const { system, chain } = judge(leaf, [namesake, middle], await storesOf([root, stranger]));
    expect([system.length, chain.needless]).toEqual([1, 1]);
    expect(judge(leaf, [namesake], await storesOf([root, stranger])).obstacle).toBe('unknown-issuer');
  });

  test.each<[string, string, readonly string[], Trust['obstacle']]>([
    ['is no CA', 'no-ca', ['basicConstraints=critical,CA:FALSE'], 'not-a-ca'],
    ['says nothing of being a CA', 'silent-ca', ['keyUsage=keyCertSign'], 'not-a-ca'],
    ['may not sign certificates', 'no-sign', ['basicConstraints=CA:TRUE', 'keyUsage=critical,cRLSign'], 'not-a-ca'],
    ['is for mail', 'mail', ['basicConstraints=CA:TRUE', 'extendedKeyUsage=emailProtection'], 'wrong-purpose'],
    ['has a critical extension nobody knows', 'odd', [...ca, '1.2.3.4=critical,DER:0500'], 'critical-extension'],
    [
      'permits other names',
      'permits',
      [...ca, 'nameConstraints=critical,permitted;DNS:example.org'],
      'name-constraints',
    ],
    ['excludes the name', 'excludes', [...ca, 'nameConstraints=critical,excluded;DNS:example.nl'], 'name-constraints'],
    ['permits the name', 'permits-it', [...ca, 'nameConstraints=critical,permitted;DNS:example.nl'], null],
    ['is for any purpose', 'any', [...ca, 'extendedKeyUsage=anyExtendedKeyUsage'], null],
  ])('an intermediate that %s', async (_, name, extensions, obstacle) => {
    const issuer = authority.issue({ name, by: 'root', extensions });
    const under = leafUnder(`under-${name}`, name);
    const trust = judge(under, [issuer], await storesOf([root]));
    expect([trust.system.length > 0, trust.obstacle]).toEqual([obstacle === null, obstacle]);
  });

  test('an intermediate of version 1 is no CA', async () => {
    const issuer = authority.issue({ name: 'version1', by: 'root' });
    expect(
      judge(leafUnder('under-version1', 'version1', server.slice(0, 3)), [issuer], await storesOf([root])).obstacle,
    ).toBe('not-a-ca');
  });

  test('a root of version 1 is one, a server certificate among the roots is none', async () => {
    const ancient = authority.issue({ name: 'ancient' });
    expect(
      judge(leafUnder('under-ancient', 'ancient', server.slice(0, 3)), [], await storesOf([ancient])).obstacle,
    ).toBeNull();
    expect(judge(leafUnder('under-leaf', 'leaf', server.slice(0, 3)), [], await storesOf([leaf])).obstacle).toBe(
      'not-a-ca',
    );
  });

  test('path length: what stands between counts, self-issued certificates do not', async () => {
    const narrow = authority.issue({
      name: 'narrow',
      extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0', ...ca.slice(1)],
    });
    const below = authority.issue({ name: 'below', by: 'narrow', extensions: ca });
    const renewed = authority.issue({ name: 'renewed', subject: '/CN=narrow', by: 'narrow', extensions: ca });
    const stores = await storesOf([narrow]);
    expect(judge(leafUnder('direct', 'narrow'), [], stores).obstacle).toBeNull();
    expect(judge(leafUnder('too-deep', 'below'), [below], stores).obstacle).toBe('path-length');
    expect(judge(leafUnder('rolled-over', 'renewed'), [renewed], stores).obstacle).toBeNull();
  });

  test('a leaf that is not for servers, or has a critical extension that nobody knows', async () => {
    const stores = await storesOf([root]);
    const client = leafUnder('client', 'root', ['basicConstraints=CA:FALSE', 'extendedKeyUsage=clientAuth']);
    const poisoned = leafUnder('poisoned', 'root', [...server, '1.3.6.1.4.1.11129.2.4.3=critical,DER:0500']);
    expect(judge(client, [], stores)).toMatchObject({ system: [], obstacle: 'wrong-purpose' });
    expect(judge(poisoned, [], stores)).toMatchObject({ system: [], obstacle: 'critical-extension' });
  });

  test('a weak signature counts everywhere but on the root', async () => {
    const weakRoot = authority.issue({ name: 'weak-root', extensions: ca, digest: 'sha1' });
    const weakMiddle = authority.issue({ name: 'weak-middle', by: 'weak-root', extensions: ca, digest: 'sha1' });
    const stores = await storesOf([weakRoot]);
    expect(judge(leafUnder('strong', 'weak-root'), [], stores).system).toMatchObject([{ weakSignature: 'none' }]);
    expect(judge(leafUnder('weak', 'weak-middle'), [weakMiddle], stores).system).toMatchObject([
      { weakSignature: 'SHA-1' },
    ]);
  });

  test('a thicket of cross-signs ends soon, and stays open', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `thicket-${index}`);
    for (const name of names) authority.issue({ name, extensions: ca });
    const crosses = names.flatMap((of) =>
      names
        .filter((by) => by !== of)
        .map((by) => authority.issue({ name: `${of}-by-${by}`, subject: `/CN=${of}`, keyOf: of, by, extensions: ca })),
    );
    const lost = leafUnder('lost', 'thicket-0');
    const stores = await storesOf([root]);
    const effort = effortOf(() => expect(judge(lost, crosses, stores).obstacle).toBe('unverifiable'));
    expect(effort).toBeLessThan(2000);
  }, 60_000);

  describe('false greens: what could not be read', () => {
    test.each([
      ['no bundle', {}],
      ['a bundle that may not be read', { [bundle]: unreadable('denied', bundle) }],
      ['an empty bundle', { [bundle]: '' }],
      ['a bundle that is cut off', { [bundle]: '-----BEGIN CERTIFICATE-----\nMIIB' }],
      ['a bundle of nonsense', { [bundle]: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----' }],
    ])('%s leaves it open, even of what signed itself', async (_, files) => {
      const stores = await loadRoots(new RecordedHost({ files }), []);
      expect(stores.system.state).toBe('unreadable');
      expect(judge(leaf, [middle], stores)).toMatchObject({ system: [], obstacle: 'no-roots' });
      expect(judge(root, [], stores)).toMatchObject({ system: [], obstacle: 'no-roots' });
    });

    test('a file of own roots that is missing leaves open what the system does not trust', async () => {
      const files = { [bundle]: readFileSync(root.pem, 'utf8') };
      const stores = await loadRoots(new RecordedHost({ files }), ['/own.pem']);
      expect(judge(leaf, [middle], stores).obstacle).toBeNull();
      expect(judge(stranger, [], stores).obstacle).toBe('no-roots');
    });
  });
});
