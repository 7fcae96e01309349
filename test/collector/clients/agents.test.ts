import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { certify, examine, type Enrolment } from '../../../collector/clients/agents.ts';
import {
  createAuthority,
  finishRotation,
  rotateAuthority,
  type ClientAuthority,
} from '../../../collector/clients/authority.ts';
import { clientCertificate } from '../../../collector/clients/certificate.ts';
import { Authority } from '../../support/authority.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';

const at = new Date('2026-11-22T12:00:00.000Z');
const enrolment: Enrolment = { agent: 'web1.example.nl', epoch: 2 };
const origin = 'test.example/log';

function days(count: number): Date {
  return new Date(at.getTime() + count * 86_400_000);
}

function newKey(): KeyObject {
  return generateKeyPairSync('ed25519').publicKey;
}

function authorityOf(moment = at): ClientAuthority {
  using folder = temporaryFolder();
  return createAuthority(folder.path, origin, moment);
}

function certified(authority: ClientAuthority, moment = at, of = enrolment): X509Certificate {
  const pem = certify(of, newKey(), authority, moment);
  if (pem === undefined) throw new Error('the authority has ended');
  return new X509Certificate(pem);
}

describe('a certificate that is shown', () => {
  let authority: ClientAuthority;
  beforeAll(() => {
    authority = authorityOf();
  });

  test('is of the enrolment that it was made for', () => {
    expect(examine(certified(authority), authority, at)).toEqual({ state: 'counts', enrolment, isToBeRenewed: false });
  });

  test('is of an agent with the longest name there may be', () => {
    const longest = { agent: `${'a.'.repeat(126)}b`, epoch: 4_000_000_000 };
    expect(examine(certified(authority, at, longest), authority, at)).toMatchObject({ enrolment: longest });
  });

  test('is none where none is', () => {
    expect(examine(undefined, authority, at)).toEqual({ state: 'none' });
  });

  test.each([
    ['59 days later still for long', 59, { state: 'counts', isToBeRenewed: false }],
    ['61 days later is to be renewed', 61, { state: 'counts', isToBeRenewed: true }],
    ['on its last day still', 89, { state: 'counts', isToBeRenewed: true }],
    ['after its last day not', 91, { state: 'worthless', code: 'certificate.expired' }],
    ['before its first day not', -1, { state: 'worthless', code: 'certificate.not-yet-valid' }],
  ])('counts: %s', (_, later, expected) => {
    expect(examine(certified(authority), authority, days(later))).toMatchObject(expected);
  });

  test('counts for no longer than its authority', () => {
    const ending = certified(authority, days(3640));
    expect(ending.validToDate).toEqual(authority.certificate.validToDate);
    expect(examine(ending, authority, days(3660))).toMatchObject({ code: 'certificate.expired' });
    expect(certify(enrolment, newKey(), authority, days(3660))).toBeUndefined();
  });

  test('is worthless where another authority of the same name for the same log signed it', () => {
    expect(examine(certified(authorityOf()), authority, at)).toMatchObject({ code: 'certificate.unknown-authority' });
  });

  test('is worthless where its own key signed it, in the authority’s name', () => {
    const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const validity = { notBefore: days(-1), notAfter: days(1) };
    const uri = 'waarborg:agent:2:web1.example.nl';
    const order = { key, authority: authority.certificate, uri, commonName: enrolment.agent, publicKey, validity };
    const forged = new X509Certificate(clientCertificate(order));
    expect(forged.issuer).toBe(authority.certificate.subject);
    expect(examine(forged, authority, at)).toMatchObject({ code: 'certificate.unknown-authority' });
  });

  test('is no agent’s where it is the authority’s own', () => {
    expect(examine(authority.certificate, authority, at)).toMatchObject({ state: 'worthless' });
  });

  test.each(['waarborg:agent:0:web1', 'waarborg:agent:1:', 'waarborg:agent:1:WEB1', 'waarborg:agent:1:a,URI:b', 'x'])(
    'is worthless with the name %s',
    (uri) => {
      const validity = { notBefore: days(-1), notAfter: days(1) };
      const { key, certificate } = authority;
      const order = { key, authority: certificate, uri, commonName: 'web1', publicKey: newKey(), validity };
      expect(examine(new X509Certificate(clientCertificate(order)), authority, at)).toMatchObject({
        code: 'certificate.form',
      });
    },
  );

  test('is worthless with any of its bits changed', () => {
    const sound = certified(authority).raw;
    // A byte of each element, and of the signature, without what only says how long something is.
    for (let index = 8; index < sound.length; index += 7) {
      const changed = Buffer.from(sound);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(stateOf(changed, authority)).not.toBe('counts');
    }
  });
});

/** What is no certificate any more is refused by TLS itself. */
function stateOf(der: Buffer, authority: ClientAuthority): string {
  try {
    return examine(new X509Certificate(der), authority, at).state;
  } catch {
    return 'none';
  }
}

describe('when the authority changes', () => {
  test('what the one before it signed counts until the change is finished, and is to be renewed', () => {
    using folder = temporaryFolder();
    const shown = certified(createAuthority(folder.path, origin, at));
    const both = rotateAuthority(folder.path, origin, at);
    expect(examine(shown, both, at)).toEqual({ state: 'counts', enrolment, isToBeRenewed: true });
    const newer = certified(both);
    expect(examine(newer, both, at)).toMatchObject({ isToBeRenewed: false });
    const alone = finishRotation(folder.path);
    expect(examine(shown, alone, at)).toMatchObject({ code: 'certificate.unknown-authority' });
    expect(examine(newer, alone, at)).toMatchObject({ state: 'counts' });
  });
});

describe.skipIf(!tool('openssl'))('OpenSSL', () => {
  function verify(folder: string, purpose: string, leaf: X509Certificate, authority: X509Certificate): string {
    const [root, own] = [join(folder, 'root.pem'), join(folder, 'leaf.pem')] as const;
    writeFileSync(root, authority.toString());
    writeFileSync(own, leaf.toString());
    const words = ['verify', '-x509_strict', '-check_ss_sig', '-purpose', purpose, '-CAfile', root, own];
    return execFileSync('/usr/bin/openssl', words, { encoding: 'utf8', stdio: 'pipe' });
  }

  test('takes a certificate by its strictest rules for a client, and for nothing else', () => {
    using folder = temporaryFolder();
    const now = new Date();
    const authority = authorityOf(now);
    const leaf = certified(authority, now);
    expect(verify(folder.path, 'sslclient', leaf, authority.certificate)).toMatch(/OK$/m);
    for (const purpose of ['sslserver', 'smimesign', 'timestampsign']) {
      expect(() => verify(folder.path, purpose, leaf, authority.certificate)).toThrow(/purpose|unsuitable/);
    }
  });

  test('trusts nothing but clients on the authority’s word, and nothing below a certificate of an agent', () => {
    using folder = temporaryFolder();
    const now = new Date();
    const own = createAuthority(folder.path, origin, now);
    const name = 'authority';
    writeFileSync(join(folder.path, `${name}.pem`), own.certificate.toString());
    writeFileSync(join(folder.path, `${name}.key`), own.key.export({ type: 'pkcs8', format: 'pem' }));
    const openssl = new Authority(folder.path);
    const server = openssl.issue({
      ...{ name: 'server', by: name },
      extensions: ['subjectKeyIdentifier = hash', 'authorityKeyIdentifier = keyid', 'subjectAltName = DNS:server'],
    });
    expect(() => verify(folder.path, 'sslserver', server.certificate, own.certificate)).toThrow(/purpose|unsuitable/);
    expect(verify(folder.path, 'sslclient', server.certificate, own.certificate)).toMatch(/OK$/m);
    // It has the authority's signature all the same, and is of no agent.
    expect(examine(server.certificate, own, new Date())).toMatchObject({ code: 'certificate.form' });
  });

  test('reads what was written, of before and after 2050', () => {
    using folder = temporaryFolder();
    const { certificate } = createAuthority(folder.path, 'x'.repeat(200), new Date('2045-01-31T23:59:59.999Z'));
    expect(certificate.validFromDate.toISOString()).toBe('2045-01-31T23:54:59.000Z');
    expect(certificate.validToDate.toISOString()).toBe('2055-01-31T23:59:59.000Z');
    const file = join(folder.path, 'ca.pem');
    writeFileSync(file, certificate.toString());
    const text = execFileSync('/usr/bin/openssl', ['x509', '-in', file, '-noout', '-text'], { encoding: 'utf8' });
    expect(text).toContain('Not After : Jan 31 23:59:59 2055 GMT');
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Certificate Sign\n/);
    expect(text).toMatch(/Extended Key Usage: \s*TLS Web Client Authentication\n/);
    expect(text).toContain('prime256v1');
  });
});
