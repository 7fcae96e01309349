import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateCollector } from '../../../agent/collect/certificate.ts';
import type { CollectContext, Collector } from '../../../agent/collect/collector.ts';
import { tlsCollector } from '../../../agent/collect/tls.ts';
import type { Host } from '../../../agent/host/host.ts';
import { LocalHost } from '../../../agent/host/local.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { RunLedger } from '../../../agent/ledger.ts';
import { certificate } from '../../../policies/checks/certificate.ts';
import type { CheckKind } from '../../../policies/checks/kind.ts';
import { tls } from '../../../policies/checks/tls.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { startNginx, type Nginx } from '../../support/nginx.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { scriptedServer } from '../tls/scripted.ts';
import { onLoopback, procNet } from './proc-net.ts';

const at = new Date();
const day = 86_400;

/** A host of these files that connects as this machine does. */
function hostWith(files: NonNullable<ConstructorParameters<typeof RecordedHost>[0]['files']>): Host {
  const local = new LocalHost();
  return Object.assign(new RecordedHost({ files }), { connect: local.connect.bind(local) });
}

function listeningOn(...ports: readonly number[]): Host {
  return hostWith({ '/proc/net/tcp': procNet(...ports.map(onLoopback)) });
}

async function collectAndJudge(
  collector: Collector,
  kind: CheckKind,
  host: Host,
  settings: unknown,
  seconds: number,
): Promise<string[]> {
  const parameters = {};
  const context: CollectContext = {
    host,
    at,
    signal: AbortSignal.timeout(seconds * 1000),
    labels: {},
    ledger: new RunLedger(at),
    once: (_key, make) => make(),
    pseudonym: (account) => account,
    mark: (secret) => secret,
  };
  const facts = await collector.collect(context, settings, [parameters]);
  const reasons = kind.judge(read(JSON.parse(JSON.stringify(facts))), parameters, at);
  return reasons.map(({ verdict, code, subject }) => `${verdict} ${code} ${subject ?? ''}`.trimEnd()).sort();
}

const judgeTls = (host: Host, settings: unknown, seconds = 20): Promise<string[]> =>
  collectAndJudge(tlsCollector, tls, host, settings, seconds);
const judgeCertificates = (host: Host, settings: unknown, seconds = 20): Promise<string[]> =>
  collectAndJudge(certificateCollector, certificate, host, settings, seconds);

describe.skipIf(tool('nginx') === undefined || tool('openssl') === undefined)('with nginx', () => {
  const folder = temporaryFolder();
  let nginx: Nginx;
  let long: { certificate: string; key: string };
  beforeAll(async () => {
    const make = (name: string, key: string, days: number): { certificate: string; key: string } =>
      makeCertificate(folder.path, { name, key, validSeconds: days * day, names: [`${name}.example`] });
    const good = make('good', 'rsa:2048', 365);
    const ec = make('ec', 'ec:prime256v1', 90);
    long = make('long', 'rsa:2048', 398);
    const legacy = { protocols: 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3', ciphers: 'ALL:@SECLEVEL=0' };
    nginx = await startNginx({
      servers: [
        { at: 'good', certificates: [good] },
        { at: 'old', certificates: [good], ...legacy },
        { at: 'dual', certificates: [long, ec] },
        { at: 'weak', certificates: [make('weak', 'rsa:1024', 90)], ciphers: 'ALL:@SECLEVEL=0' },
        { at: 'names', protocols: 'TLSv1.2 TLSv1.3', directives: ['ssl_reject_handshake on;'] },
        { at: 'names', names: ['good.example'], certificates: [good] },
        { at: 'names', names: ['long.example'], certificates: [long] },
        { at: 'plain' },
      ],
    });
  });
  afterAll(async () => {
    await nginx[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const label = (at: string): string => `127.0.0.1:${nginx.port(at)}`;

  test('a good host passes both', async () => {
    const host = listeningOn(nginx.port('good'), nginx.port('plain'));
    expect(await judgeTls(host, {})).toEqual([`pass tls.good ${label('good')}`]);
    expect(await judgeCertificates(host, {})).toEqual([`pass certificate.good ${label('good')}`]);
  });

  test('old versions fail, whoever found the endpoint', async () => {
    expect(await judgeTls(listeningOn(nginx.port('old')), {})).toEqual([`fail tls.accepts-old ${label('old')}`]);
  });

  test('a 398-day certificate fails although the default handshake shows another', async () => {
    expect(await judgeCertificates(listeningOn(nginx.port('dual')), {})).toEqual([
      `fail certificate.too-long ${label('dual')}`,
      `pass certificate.good ${label('dual')}`,
    ]);
  });

  test('a weak key fails', async () => {
    expect(await judgeCertificates(listeningOn(nginx.port('weak')), {})).toEqual([
      `fail certificate.weak-key ${label('weak')}`,
    ]);
  });

  test('each declared name is judged; without names a server of names is unknown', async () => {
    const host = listeningOn(nginx.port('names'));
    const names = ['good.example', 'long.example'];
    const settings = { endpoints: [{ host: '127.0.0.1', port: nginx.port('names'), names }] };
    expect(await judgeTls(host, settings)).toEqual([
      `pass tls.good good.example (${label('names')})`,
      `pass tls.good long.example (${label('names')})`,
    ]);
    expect(await judgeCertificates(host, settings)).toEqual([
      `fail certificate.too-long long.example (${label('names')})`,
      `pass certificate.good good.example (${label('names')})`,
    ]);
    expect(await judgeTls(host, {})).toEqual([`unknown tls.nothing-established ${label('names')}`]);
    expect(await judgeCertificates(host, {})).toEqual([`unknown certificate.none-seen ${label('names')}`]);
  });

  test('plain HTTP where TLS is declared fails', async () => {
    const settings = { endpoints: [{ host: '127.0.0.1', port: nginx.port('plain') }] };
    expect(await judgeTls(listeningOn(), settings)).toEqual([`fail endpoint.not-tls ${label('plain')}`]);
  });

  test('files: PEM behind a key, DER, a chain, and what is no certificate', async () => {
    const pem = readFileSync(long.certificate, 'utf8');
    const der = execFileSync('/usr/bin/openssl', ['x509', '-in', long.certificate, '-outform', 'DER']);
    const files = {
      '/proc/net/tcp': procNet(),
      '/bundle.pem': `${readFileSync(long.key, 'utf8')}${pem}`,
      '/der.crt': der,
      '/denied.pem': unreadable('denied', '/denied.pem'),
      '/key.pem': readFileSync(long.key, 'utf8'),
      '/cut.pem': `${pem}${pem.slice(0, 200)}`,
      '/text.pem': 'no certificate',
    };
    const certificateFiles = [...Object.keys(files).slice(1), '/missing.pem'];
    expect(await judgeCertificates(hostWith(files), { certificateFiles })).toEqual([
      'fail certificate.too-long /bundle.pem',
      'fail certificate.too-long /der.crt',
      'unknown host.denied /denied.pem',
      'unknown host.missing /missing.pem',
      'unknown host.unparsable /cut.pem',
      'unknown host.unparsable /key.pem',
      'unknown host.unparsable /text.pem',
    ]);
  });
});

test('a silent socket is unknown until it is declared', async () => {
  await using server = await scriptedServer(() => undefined);
  const host = listeningOn(server.port);
  const label = `127.0.0.1:${server.port}`;
  const settings = { endpoints: [{ host: '127.0.0.1', port: server.port, tls: 'none' }] };
  const [silent, silentToo, declared] = await Promise.all([
    judgeTls(host, {}, 0.3),
    judgeCertificates(host, {}, 0.3),
    judgeTls(host, settings),
  ]);
  expect(silent).toEqual([`unknown endpoint.silent-socket ${label}`]);
  expect(silentToo).toEqual([`unknown endpoint.silent-socket ${label}`]);
  expect(declared).toEqual([`not-applicable endpoint.declared-none ${label}`]);
});

test('a host whose sockets cannot be read is unknown', async () => {
  expect(await judgeTls(hostWith({}), {})).toEqual(['unknown host.missing']);
  expect(await judgeCertificates(hostWith({}), {})).toEqual(['unknown host.missing']);
});
