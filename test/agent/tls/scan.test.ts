import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../agent/host/local.ts';
import { scanEndpoint, type EndpointScan } from '../../../agent/tls/scan.ts';
import { makeCertificate, type CertificateOrder } from '../../support/certificates.ts';
import { startNginx, type Nginx } from '../../support/nginx.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import {
  accepting,
  alert,
  certificateMessage,
  helloDone,
  record,
  scriptedServer,
  serverHello,
  ssl2ServerHello,
  wire,
} from './scripted.ts';

const host = new LocalHost();
const day = 86_400;
const hasTools = tool('nginx') !== undefined && tool('openssl') !== undefined;

async function scan(port: number, name?: string): Promise<Extract<EndpointScan, { speaks: 'tls' }>> {
  const found = await scanEndpoint(host, { address: '127.0.0.1', port, ...(name === undefined ? {} : { name }) });
  if (found.speaks !== 'tls') throw new Error(`does not speak TLS: ${JSON.stringify(found)}`);
  return found;
}

function accepted({ versions }: { versions: Record<string, { answer: string }> }): string[] {
  return Object.keys(versions).filter((version) => versions[version]?.answer === 'yes');
}

/** What was served, as `RSA 2048 CN=x: TLSv1.2 RSA, ...`. */
function served(found: Extract<EndpointScan, { speaks: 'tls' }>): string[] {
  return found.served
    .map(({ leaf, asked }) => `${leaf.key.kind} ${leaf.key.bits} ${leaf.subject}: ${asked.join(', ')}`)
    .sort();
}

describe.skipIf(!hasTools)('nginx', () => {
  const folder = temporaryFolder();
  let nginx: Nginx;
  beforeAll(async () => {
    const make = (order: Omit<CertificateOrder, 'validSeconds'> & { days?: number }) =>
      makeCertificate(folder.path, { ...order, validSeconds: (order.days ?? 90) * day });
    const rsa = make({ name: 'rsa', key: 'rsa:2048', days: 365, names: ['rsa.example'] });
    const long = make({ name: 'long', key: 'rsa:2048', days: 398, names: ['long.example'] });
    const ec = make({ name: 'ec', key: 'ec:prime256v1', names: ['ec.example'] });
    const edwards = make({ name: 'edwards', key: 'ed25519', names: ['ed.example'] });
    const pss = make({ name: 'pss', key: 'rsa-pss:2048', names: ['pss.example'] });
    const weak = make({ name: 'weak', key: 'rsa:1024', names: ['weak.example'] });
    const legacy = 'ALL:@SECLEVEL=0';
    nginx = await startNginx({
      servers: [
        { at: 'good', certificates: [rsa] },
        { at: 'old', certificates: [rsa], protocols: 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3', ciphers: legacy },
        { at: 'oldest', certificates: [rsa], protocols: 'TLSv1', ciphers: legacy },
        {
          at: 'rare',
          certificates: [rsa],
          protocols: 'TLSv1.2',
          ciphers: 'DHE-PSK-CAMELLIA128-SHA256:ARIA256-GCM-SHA384',
        },
        { at: 'dual', certificates: [long, ec] },
        { at: 'weak', certificates: [weak], ciphers: legacy },
        { at: 'modern', certificates: [long, ec, edwards, pss], protocols: 'TLSv1.3' },
        { at: 'p384', certificates: [ec], protocols: 'TLSv1.3', directives: ['ssl_ecdh_curve secp384r1;'] },
        { at: 'classic', certificates: [long, ec, edwards, pss], protocols: 'TLSv1.2' },
        { at: 'names', names: ['rsa.example'], certificates: [rsa] },
        { at: 'names', names: ['ec.example'], certificates: [ec] },
        { at: 'strict', names: ['rsa.example'], certificates: [rsa] },
        {
          at: 'strict',
          names: ['other.example'],
          protocols: 'TLSv1.2 TLSv1.3',
          directives: ['ssl_reject_handshake on;'],
        },
        {
          at: 'client',
          certificates: [ec],
          directives: [`ssl_client_certificate ${ec.certificate};`, 'ssl_verify_client on;'],
        },
        {
          at: 'ccm',
          certificates: [long],
          protocols: 'TLSv1.3',
          directives: ['ssl_conf_command Ciphersuites TLS_AES_128_CCM_8_SHA256;'],
        },
        { at: 'plain' },
      ],
    });
  });
  afterAll(async () => {
    await nginx[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test('a good host', async () => {
    const found = await scan(nginx.port('good'));
    expect(accepted(found)).toEqual(['TLSv1.2', 'TLSv1.3']);
    expect(Object.values(found.versions).map(({ answer }) => answer)).toEqual(['no', 'no', 'no', 'no', 'yes', 'yes']);
    expect(served(found)).toEqual(['RSA 2048 CN=rsa.example: TLSv1.2 RSA, TLSv1.3 any, TLSv1.3 RSA']);
    expect(found.unanswered).toEqual([]);
  });

  test('old versions beside new ones', async () => {
    expect(accepted(await scan(nginx.port('old')))).toEqual(['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);
  });

  test('TLS 1.0 alone, which OpenSSL as a client would refuse', async () => {
    const found = await scan(nginx.port('oldest'));
    expect(accepted(found)).toEqual(['TLSv1.0']);
    expect(served(found)).toEqual(['RSA 2048 CN=rsa.example: TLSv1.0 RSA']);
  });

  test('suites that hardly anyone has', async () => {
    const found = await scan(nginx.port('rare'));
    expect(accepted(found)).toEqual(['TLSv1.2']);
    expect(served(found)).toEqual(['RSA 2048 CN=rsa.example: TLSv1.2 RSA']);
  });

  test('the RSA certificate behind the ECDSA one that a default handshake shows', async () => {
    const found = await scan(nginx.port('dual'));
    expect(served(found)).toEqual([
      'EC 256 CN=ec.example: TLSv1.2 ECDSA, TLSv1.3 any, TLSv1.3 ECDSA',
      'RSA 2048 CN=long.example: TLSv1.2 RSA, TLSv1.3 RSA',
    ]);
  });

  test('a key that OpenSSL as a client would refuse', async () => {
    expect(served(await scan(nginx.port('weak')))).toEqual([
      'RSA 1024 CN=weak.example: TLSv1.2 RSA, TLSv1.3 any, TLSv1.3 RSA',
    ]);
  });

  test('all kinds of keys, in TLS 1.3 alone', async () => {
    const found = await scan(nginx.port('modern'));
    expect(accepted(found)).toEqual(['TLSv1.3']);
    expect(served(found)).toEqual([
      'EC 256 CN=ec.example: TLSv1.3 any, TLSv1.3 ECDSA',
      'Ed25519 256 CN=ed.example: TLSv1.3 EdDSA',
      'RSA 2048 CN=long.example: TLSv1.3 RSA',
      'RSA 2048 CN=pss.example: TLSv1.3 RSA-PSS',
    ]);
  });

  test('a server that asks again for another group (HelloRetryRequest)', async () => {
    const found = await scan(nginx.port('p384'));
    expect(accepted(found)).toEqual(['TLSv1.3']);
    expect(served(found)).toEqual(['EC 256 CN=ec.example: TLSv1.3 any, TLSv1.3 ECDSA']);
  });

  test('a TLS 1.3 server with a suite that hardly anyone has', async () => {
    const found = await scan(nginx.port('ccm'));
    expect(accepted(found)).toEqual(['TLSv1.3']);
    expect(served(found)).toEqual(['RSA 2048 CN=long.example: TLSv1.3 any, TLSv1.3 RSA']);
  });

  test('all kinds of keys, in TLS 1.2 alone', async () => {
    expect(served(await scan(nginx.port('classic')))).toEqual([
      'EC 256 CN=ec.example: TLSv1.2 ECDSA',
      'Ed25519 256 CN=ed.example: TLSv1.2 EdDSA',
      'RSA 2048 CN=long.example: TLSv1.2 RSA',
      'RSA 2048 CN=pss.example: TLSv1.2 RSA-PSS',
    ]);
  });

  test('each name gets its own certificate, no name the first', async () => {
    const subjects = async (name?: string): Promise<string[]> =>
      (await scan(nginx.port('names'), name)).served.map(({ leaf }) => leaf.subject);
    expect(await subjects('ec.example')).toEqual(['CN=ec.example']);
    expect(await subjects('rsa.example')).toEqual(['CN=rsa.example']);
    expect(await subjects()).toEqual(['CN=rsa.example']);
  });

  test('a name that is turned away shows nothing', async () => {
    const found = await scan(nginx.port('strict'), 'other.example');
    expect(found).toMatchObject({ served: [], unanswered: [] });
    expect(found.versions['TLSv1.2']).toEqual({
      answer: 'unknown',
      why: { what: 'alert', detail: 'unrecognized_name' },
    });
  });

  test('a server that wants a certificate of its client', async () => {
    const found = await scan(nginx.port('client'));
    expect(accepted(found)).toEqual(['TLSv1.2', 'TLSv1.3']);
    expect(served(found)).toEqual(['EC 256 CN=ec.example: TLSv1.2 ECDSA, TLSv1.3 any, TLSv1.3 ECDSA']);
    expect(found.unanswered).toEqual([]);
  });

  test('plain HTTP is something else', async () => {
    const found = await scanEndpoint(host, { address: '127.0.0.1', port: nginx.port('plain') });
    expect(found).toEqual({ speaks: 'other', answer: 'not-tls' });
  });

  test('an unchanged server gives the same facts, byte for byte', async () => {
    const twice = [await scan(nginx.port('modern')), await scan(nginx.port('modern'))];
    expect(JSON.stringify(twice[0])).toBe(JSON.stringify(twice[1]));
  });

  test('a TLS 1.3 handshake cut anywhere ends, leaves nothing open and hides no doubt', async () => {
    await using proxy = await cuttingProxy(nginx.port('modern'));
    const before = readdirSync('/proc/self/fd').length;
    for (const limit of [130, 200, 700, 1000]) {
      proxy.limit = limit;
      const found = await scanEndpoint(host, { address: '127.0.0.1', port: proxy.port }, { stepSeconds: 1 });
      const unanswered = found.speaks === 'tls' ? found.unanswered : [];
      expect(unanswered.map(({ why }) => why.what)).toContain('cut-off');
    }
    await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before + 2);
  });
});

describe.skipIf(!hasTools)('a certificate by raw handshake', () => {
  const folder = temporaryFolder();
  const { certificate } = hasTools
    ? makeCertificate(folder.path, { name: 'x', key: 'rsa:1024', validSeconds: day })
    : { certificate: '' };
  const der = hasTools ? new X509Certificate(readFileSync(certificate)).raw : Buffer.alloc(0);
  afterAll(() => folder[Symbol.dispose]());

  test('of SSL 3.0', async () => {
    await using server = await scriptedServer((visit) => {
      const flight = [...serverHello(wire.SSLv3, 0x000a), ...certificateMessage(der), ...helloDone];
      if (visit.offered === wire.SSLv3) visit.socket.write(record(22, flight));
      else accepting()(visit);
    });
    const found = await scan(server.port);
    expect(accepted(found)).toEqual(['SSLv3']);
    expect(served(found)[0]).toMatch(/^RSA 1024 CN=localhost: SSLv3 RSA/);
  });

  test('of SSL 2.0', async () => {
    await using server = await scriptedServer((visit) => {
      if (visit.offered === wire.SSLv2) visit.socket.write(ssl2ServerHello(der, [0x0700c0]));
      else accepting()(visit);
    });
    const found = await scan(server.port);
    expect(accepted(found)).toEqual(['SSLv2']);
    expect(served(found)).toEqual(['RSA 1024 CN=localhost: SSLv2']);
  });

  test.each([
    ['an alert about something else', () => alert(80), 'alert'],
    [
      'no certificate but bytes',
      () => record(22, [...serverHello(0x0303, 0xc02b), ...certificateMessage(Buffer.from('no'))]),
      'bad-certificate',
    ],
    ['half an answer', () => record(22, serverHello(0x0303, 0xc02b)), 'cut-off'],
  ])('%s to one question leaves that question open', async (_, answer, what) => {
    const flight = [...serverHello(0x0303), ...certificateMessage(der), ...helloDone];
    await using server = await scriptedServer((visit) => {
      const offersRsa = visit.greeting.includes(Buffer.from([0xc0, 0x2f]));
      const offersEcdsa = visit.greeting.includes(Buffer.from([0xc0, 0x2b]));
      if (visit.offered !== 0x0303) accepting()(visit);
      else if (offersRsa) visit.socket.write(record(22, flight));
      else visit.socket.end(offersEcdsa ? answer() : alert(40));
    });
    const found = await scan(server.port);
    expect(served(found)).toHaveLength(1);
    expect(found.unanswered.map(({ asked, why }) => `${asked} ${why.what}`)).toContain(`TLSv1.2 ECDSA ${what}`);
  });

  test('a version that is accepted and shows none is open, whatever another version shows', async () => {
    const flight = [...serverHello(0x0302, 0xc013), ...certificateMessage(der), ...helloDone];
    const anonymous = 0x0034;
    await using server = await scriptedServer((visit) => {
      const offersAnonymous = visit.greeting.includes(Buffer.from([0, anonymous, 0, 0x3a]));
      if (visit.offered === 0x0302) visit.socket.write(record(22, flight));
      else if (visit.offered === 0x0303 && offersAnonymous)
        visit.socket.write(record(22, serverHello(0x0303, anonymous)));
      else visit.socket.end(alert(40));
    });
    const found = await scan(server.port);
    expect(accepted(found)).toEqual(['TLSv1.1', 'TLSv1.2']);
    expect(found.unanswered).toContainEqual({ asked: 'TLSv1.2', why: { what: 'no-certificate' } });
  });

  test('a server that shuts the asker out half way leaves the rest open', async () => {
    const flight = [...serverHello(0x0303), ...certificateMessage(der), ...helloDone];
    let answered = 0;
    await using server = await scriptedServer((visit) => {
      if (visit.offered !== 0x0303) accepting()(visit);
      else if (++answered <= 2) visit.socket.write(record(22, flight));
      else visit.socket.resetAndDestroy();
    });
    const found = await scan(server.port);
    expect(found.unanswered.map(({ asked }) => asked)).toContain('TLSv1.2 ECDSA');
  });
});

test.skipIf(!hasTools)('openssl s_server with one connection at a time', async () => {
  using folder = temporaryFolder();
  const { certificate, key } = makeCertificate(folder.path, { name: 'ec', key: 'ec:secp384r1', validSeconds: day });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  const openssl = spawn('/usr/bin/openssl', [
    's_server',
    '-accept',
    `127.0.0.1:${port}`,
    '-cert',
    certificate,
    '-key',
    key,
    '-quiet',
    '-no_tls1_3',
  ]);
  try {
    await untilOpen(port);
    const found = await scan(port);
    expect(accepted(found)).toEqual(['TLSv1.2']);
    expect(served(found)).toEqual(['EC 384 CN=localhost: TLSv1.2 ECDSA']);
  } finally {
    openssl.kill();
    await once(openssl, 'exit');
  }
});

async function untilOpen(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nothing listens on port ${port}`);
}

/** Passes a server's bytes on, up to a limit a connection; then ends it. */
async function cuttingProxy(port: number): Promise<AsyncDisposable & { limit: number; readonly port: number }> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    let left = proxy.limit;
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => open.delete(socket));
    }
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      client.write(chunk.subarray(0, left));
      left -= Math.min(left, chunk.length);
      if (left === 0) client.end();
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = {
    limit: Infinity,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await once(server.close(), 'close');
    },
  };
  return proxy;
}
