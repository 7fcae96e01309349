import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { certificateCollector } from '../../../../agent/collect/certificate.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { certificate } from '../../../../policies/checks/certificate.ts';
import { read } from '../../../../policies/reading.ts';
import { Authority } from '../../../support/authority.ts';
import { collecting } from '../../../support/collecting.ts';
import { startNginx } from '../../../support/nginx.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { procNet } from '../proc-net.ts';

const bundle = '/etc/ssl/certs/ca-certificates.crt';
const parameters = { nameMatches: true, trusted: true, loaded: true } as const;
const ca = ['basicConstraints=critical,CA:TRUE', 'subjectKeyIdentifier=hash'];
const server = ['basicConstraints=critical,CA:FALSE', 'subjectAltName=DNS:www.example.nl'];

/** This machine, with another store of roots and no listening sockets of its own. */
function hostTrusting(pem: string): Host {
  const recorded = new RecordedHost({ files: { [bundle]: readFileSync(pem, 'utf8'), '/proc/net/tcp': procNet() } });
  const local = new LocalHost();
  const isLocal = (path: string): boolean => path.startsWith('/tmp/');
  return {
    hostname: 'test',
    run: recorded.run.bind(recorded),
    list: recorded.list.bind(recorded),
    connect: local.connect.bind(local),
    caaRecords: recorded.caaRecords.bind(recorded),
    readText: (path, options) => (isLocal(path) ? local : recorded).readText(path, options),
    readBytes: (path, options) => (isLocal(path) ? local : recorded).readBytes(path, options),
    readPart: (path, part) => (isLocal(path) ? local : recorded).readPart(path, part),
    status: (path) => (isLocal(path) ? local : recorded).status(path),
    realPath: (path) => (isLocal(path) ? local : recorded).realPath(path),
  };
}

async function judge(host: Host, settings: object): Promise<string[]> {
  const facts = await certificateCollector.collect(collecting(host), settings, [parameters]);
  return certificate
    .judge(read(JSON.parse(JSON.stringify(facts))), parameters, new Date())
    .map(({ verdict, code }) => `${verdict} ${code}`)
    .sort();
}

describe.skipIf(tool('nginx') === undefined || tool('openssl') === undefined)('with nginx', () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const authority = new Authority(folder.path);
  const root = authority.issue({ name: 'root', extensions: ca });
  authority.issue({ name: 'middle', by: 'root', extensions: ca });
  const middle = readFileSync(join(folder.path, 'middle.pem'), 'utf8');
  const begins = new Date(Date.now() - 86_400_000);
  const old = authority.issue({ name: 'old', by: 'middle', extensions: server, begins });
  const renewed = authority.issue({ name: 'renewed', by: 'middle', extensions: server, keyOf: 'old' });
  const file = join(folder.path, 'served.pem');

  const pass = ['certificate.covers-name', 'certificate.good', 'certificate.loaded', 'certificate.trusted'];
  const passes = pass.map((code) => `pass ${code}`);

  test('a certificate that is renewed on disk fails until nginx is reloaded', async () => {
    writeFileSync(file, readFileSync(old.pem, 'utf8') + middle);
    await using nginx = await startNginx({
      hasMaster: true,
      servers: [{ at: 'web', names: ['www.example.nl'], certificates: [{ certificate: file, key: old.key }] }],
    });
    const here = { host: '127.0.0.1', port: nginx.port('web') };
    const settings = { endpoints: [{ ...here, names: ['www.example.nl'], certificateFile: file }] };
    const host = hostTrusting(root.pem);
    // Once for the name, and once for who gives none.
    const nameless = ['pass certificate.good', 'pass certificate.trusted'];
    const whole = [...passes, ...nameless].sort();
    expect(await judge(host, settings)).toEqual(whole);

    writeFileSync(file, readFileSync(renewed.pem, 'utf8') + middle);
    const stale = whole.map((line) => (line === 'pass certificate.loaded' ? 'fail certificate.not-loaded' : line));
    expect(await judge(host, settings)).toEqual(stale.sort());

    process.kill(Number(readFileSync(join(nginx.folder, 'nginx.pid'), 'utf8')), 'SIGHUP');
    // For a moment, workers of before and after answer side by side.
    await expect.poll(() => judge(host, settings), { timeout: 5000 }).toEqual(whole);
  });

  test('a missing intermediate is known from another endpoint of the run', async () => {
    const full = join(folder.path, 'full.pem');
    writeFileSync(full, readFileSync(old.pem, 'utf8') + middle);
    await using nginx = await startNginx({
      servers: [
        { at: 'bare', certificates: [{ certificate: renewed.pem, key: old.key }] },
        { at: 'full', certificates: [{ certificate: full, key: old.key }] },
      ],
    });
    const endpoint = (at: string): object => ({ host: '127.0.0.1', port: nginx.port(at) });
    const host = hostTrusting(root.pem);
    expect(await judge(host, { endpoints: [endpoint('bare')] })).toContain('fail certificate.unknown-issuer');
    const both = await judge(host, { endpoints: [endpoint('bare'), endpoint('full')] });
    expect(both).toContain('fail certificate.lacks-intermediate');
    expect(both).toContain('pass certificate.trusted');
  });

  test('a root of agent.yaml is trusted beside the system’s', async () => {
    const stranger = authority.issue({ name: 'stranger', extensions: ca });
    await using nginx = await startNginx({
      servers: [{ at: 'web', certificates: [{ certificate: file, key: old.key }] }],
    });
    const endpoints = [{ host: '127.0.0.1', port: nginx.port('web') }];
    const host = hostTrusting(stranger.pem);
    expect(await judge(host, { endpoints })).toContain('fail certificate.unknown-issuer');
    expect(await judge(host, { endpoints, trustedRoots: [root.pem] })).toContain('pass certificate.trusted');
  });
});
