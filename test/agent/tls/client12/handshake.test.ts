import { afterAll, describe, expect, test } from 'vitest';
import { converse, establish, greet, listen, recordTypes, spokenSuites } from '../../../../agent/tls/client12/index.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { gnutlsServer, lineTo, opensslServer, type Peer } from '../peers.ts';

const day = 86_400;
const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const anyLevel = ['-cipher', 'ALL:@SECLEVEL=0', '-no_tls1_3', '-rev'];
const versions = { 'TLSv1.0': 0x0301, 'TLSv1.1': 0x0302, 'TLSv1.2': 0x0303 } as const;
const echoed = 'desrever';

/** Says a word over a whole handshake with one suite, and returns what `-rev` makes of it. */
async function sayReversed(peer: Peer, version: number, suite: number): Promise<string> {
  const heard = await converse(lineTo(peer.port), async (channel) => {
    const { records } = await establish(await greet(channel, { version, suites: [suite] }));
    records.send({ type: recordTypes.applicationData, content: Buffer.from(`reversed\n`) });
    let answer = '';
    while (!answer.endsWith('\n')) {
      const record = await records.receive();
      if (typeof record === 'string') return record;
      if (record.type === recordTypes.applicationData) answer += Buffer.from(record.content).toString();
    }
    return answer.trim();
  });
  return heard.heard === 'answer' ? heard.value : JSON.stringify(heard.why);
}

describe.skipIf(tool('openssl') === undefined)('against openssl s_server', () => {
  const rsa = makeCertificate(folder.path, { name: 'rsa', key: 'rsa:2048', validSeconds: day });
  const ec = makeCertificate(folder.path, { name: 'ec', key: 'ec:prime256v1', validSeconds: day });

  test.each(Object.entries(versions))('every suite of %s speaks both ways', async (_, version) => {
    await using both = await opensslServer(rsa, '-dcert', ec.certificate, '-dkey', ec.key, ...anyLevel);
    for (const { number, isModern } of spokenSuites) {
      if (isModern && version < 0x0303) continue;
      // Debian's OpenSSL has 3DES compiled out: it refuses, and that is told as its refusal.
      const isTripleDes = number === 0x000a || number === 0xc012;
      const refused = JSON.stringify({ what: 'alert', detail: 'handshake_failure' });
      expect([number, await sayReversed(both, version, number)]).toEqual([number, isTripleDes ? refused : echoed]);
    }
  });

  test.each(['X25519', 'P-256', 'P-384'])('a key exchange over %s', async (group) => {
    await using peer = await opensslServer(ec, '-groups', group, ...anyLevel);
    expect(await sayReversed(peer, 0x0303, 0xc02b)).toBe(echoed);
  });

  test('a server that asks for a certificate gets none and may go on', async () => {
    await using peer = await opensslServer(rsa, '-verify', '1', ...anyLevel);
    expect(await sayReversed(peer, 0x0303, 0xc02f)).toBe(echoed);
  });

  test('a server that insists on a certificate is told by its alert', async () => {
    await using peer = await opensslServer(rsa, '-Verify', '1', ...anyLevel);
    expect(await sayReversed(peer, 0x0303, 0xc02f)).toBe('{"what":"alert","detail":"handshake_failure"}');
  });

  test('a record that was altered is refused, and the reaction says how', async () => {
    await using peer = await opensslServer(rsa, ...anyLevel);
    const heard = await converse(lineTo(peer.port), async (channel) => {
      const { records } = await establish(await greet(channel, { version: 0x0303, suites: [0xc013] }));
      records.sendFragment(recordTypes.applicationData, Buffer.alloc(64));
      return listen(records, 1);
    });
    expect(heard).toEqual({ heard: 'answer', value: 'alert bad_record_mac, end' });
  });
});

test.skipIf(tool('gnutls-serv') === undefined)('against gnutls-serv', async () => {
  const rsa = makeCertificate(folder.path, { name: 'gnutls', key: 'rsa:2048', validSeconds: day });
  await using peer = await gnutlsServer(rsa, '--echo', '--priority=NORMAL:+RSA');
  for (const suite of [0xc013, 0xc014, 0xc02f, 0xc030, 0x002f, 0x009c]) {
    expect(await sayReversed(peer, 0x0303, suite)).toBe('reversed');
  }
});
