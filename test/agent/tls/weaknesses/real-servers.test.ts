import { afterAll, describe, expect, test } from 'vitest';
import { probeWeaknesses } from '../../../../agent/tls/weaknesses/index.ts';
import type { SuiteScan, Versions } from '../../../../policies/checks/tls/profile.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { startNginx } from '../../../support/nginx.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { gnutlsServer, lineTo, opensslServer } from '../peers.ts';
import { found, versionsWith } from './known.ts';

const day = 86_400;
const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

async function probe(port: number, versions: Versions, suites: readonly SuiteScan[] = []): Promise<string[]> {
  return found(await probeWeaknesses(lineTo(port), versions, { suites }));
}

const classic = versionsWith('TLSv1.2');
const allSuites = ['-cipher', 'ALL:@SECLEVEL=0'];

describe.skipIf(tool('openssl') === undefined)('openssl s_server', () => {
  const rsa = makeCertificate(folder.path, { name: 'openssl', key: 'rsa:2048', validSeconds: day });

  test('has none of the weaknesses', async () => {
    await using peer = await opensslServer(rsa, '-no_tls1_3', ...allSuites);
    expect(await probe(peer.port, classic)).toEqual([]);
  });

  test('has none in TLS 1.0', async () => {
    await using peer = await opensslServer(rsa, '-tls1', ...allSuites);
    expect(await probe(peer.port, versionsWith('TLSv1.0'))).toEqual([]);
  });

  test('that lets clients renegotiate does so securely', async () => {
    await using peer = await opensslServer(rsa, '-no_tls1_3', '-client_renegotiation');
    expect(await probe(peer.port, classic)).toEqual(['client-renegotiation']);
  });

  test('that takes renegotiations without RFC 5746 is open to injection', async () => {
    await using peer = await opensslServer(rsa, '-no_tls1_3', '-client_renegotiation', '-legacy_renegotiation');
    expect(await probe(peer.port, classic)).toEqual(['insecure-renegotiation', 'client-renegotiation']);
  });

  test('that insists on a client certificate leaves open what lies behind the handshake', async () => {
    await using peer = await opensslServer(rsa, '-no_tls1_3', '-Verify', '1');
    const refused = JSON.stringify({ what: 'alert', detail: 'handshake_failure' });
    const open = await probe(peer.port, classic);
    expect(open).toContain(`client-renegotiation unknown ${refused}`);
    expect(open).toContain(`insecure-renegotiation unknown ${refused}`);
    expect(open).toContain(`goldendoodle unknown ${refused}`);
    expect(open.filter((line) => /^(robot|ccs-injection|heartbleed)/.test(line))).toEqual([]);
  });

  test('with suites that the small client does not speak leaves most open, and never says no', async () => {
    await using peer = await opensslServer(rsa, '-no_tls1_3', '-cipher', 'DHE-RSA-AES256-GCM-SHA384');
    const dhe: SuiteScan = { version: 'TLSv1.2', suites: [0x009f], order: 'unknown', incomplete: null };
    const notSpoken = JSON.stringify({ what: 'handshake-failed', detail: 'no suite in common' });
    // Without RSA key exchange and CBC, their weaknesses have no ground; heartbeats are not offered.
    expect(await probe(peer.port, classic, [dhe])).toEqual(
      ['ccs-injection', 'ticketbleed', 'insecure-renegotiation', 'client-renegotiation'].map(
        (name) => `${name} unknown ${notSpoken}`,
      ),
    );
  });
});

describe.skipIf(tool('gnutls-serv') === undefined)('gnutls-serv', () => {
  const rsa = makeCertificate(folder.path, { name: 'gnutls', key: 'rsa:2048', validSeconds: day });

  test.each([['--echo'], ['--http'], ['--http', '--heartbeat']])(
    '%j lets clients renegotiate, and has nothing else',
    async (...options) => {
      await using peer = await gnutlsServer(rsa, '--priority=NORMAL:-VERS-TLS1.3:+RSA', ...options);
      expect(await probe(peer.port, classic)).toEqual(['client-renegotiation']);
    },
  );
});

test.skipIf(tool('nginx') === undefined || tool('openssl') === undefined)('nginx has none of them', async () => {
  const rsa = makeCertificate(folder.path, { name: 'nginx', key: 'rsa:2048', validSeconds: day });
  await using nginx = await startNginx({ servers: [{ at: 'web', certificates: [rsa], ciphers: 'ALL:@SECLEVEL=0' }] });
  expect(await probe(nginx.port('web'), classic)).toEqual([]);
});
