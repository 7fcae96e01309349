import { copyFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { LocalHost } from '../../../agent/host/local.ts';
import { scanGrounds } from '../../../agent/tls/scan.ts';
import { loadRoots } from '../../../agent/tls/trust/roots.ts';
import { secureOptions, serveRenewals } from '../../../collector/web/certificate.ts';
import { rate } from '../../../policies/checks/tls/rating/rate.ts';
import { Authority, type Issued } from '../../support/authority.ts';
import { startWaarborg } from '../../support/process.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';

const name = 'collector.example';
const noOpenssl = !tool('openssl');

/** A root, and a certificate of it for the collector's name. */
function issue(folder: string, key: string): { root: Issued; leaf: Issued } {
  const authority = new Authority(folder);
  const root = authority.issue({
    name: 'root',
    extensions: ['basicConstraints = critical,CA:TRUE', 'keyUsage = critical,keyCertSign'],
  });
  const leaf = authority.issue({
    ...{ name: 'leaf', subject: `/CN=${name}`, by: 'root', key },
    extensions: [
      'basicConstraints = critical,CA:FALSE',
      'extendedKeyUsage = serverAuth',
      `subjectAltName = DNS:${name}`,
    ],
  });
  return { root, leaf };
}

describe.skipIf(noOpenssl)('the listener that speaks TLS', () => {
  test.each(['ec:prime256v1', 'rsa:2048'])('has our own letter A+ and no weakness, with a key of %s', async (key) => {
    using folder = temporaryFolder();
    const { root, leaf } = issue(folder.path, key);
    const config = { tls: { certificate: leaf.pem, key: leaf.key } };
    await using collector = await collectorOn(join(folder.path, 'data'), { config });
    const host = new LocalHost();
    const roots = await loadRoots(host, [root.pem]);
    const target = { address: '127.0.0.1', port: Number(new URL(collector.url).port), name };
    const found = await scanGrounds(host, target, { roots: () => Promise.resolve(roots) });
    if (found.speaks !== 'tls') throw new Error(`it speaks ${found.speaks}`);
    const accepted = Object.entries(found.versions).flatMap(([version, { answer }]) =>
      answer === 'yes' ? [version] : [],
    );
    expect(accepted).toEqual(['TLSv1.2', 'TLSv1.3']);
    expect(found.unanswered).toEqual([]);
    const rating = rate({ ...found, name }, new Date());
    expect(rating?.letter).toEqual({ best: 'A+', worst: 'A+' });
    expect(rating?.rules).toEqual([]);
    const answers = Object.entries(found.grounds.profile.weaknesses).map(([weakness, { answer }]) => [
      weakness,
      answer,
    ]);
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.filter(([, answer]) => answer !== 'no')).toEqual([]);
  });

  test('serves a renewed certificate without a restart, and keeps the one before where the files do not fit', async () => {
    using folder = temporaryFolder();
    const authority = new Authority(folder.path);
    const [first, second] = ['first', 'second'].map((subject) =>
      authority.issue({ name: subject, extensions: [`subjectAltName = DNS:${name}`] }),
    );
    if (first === undefined || second === undefined) throw new Error('none was issued');
    const files = { certificate: join(folder.path, 'served.pem'), key: join(folder.path, 'served.key') };
    copyFileSync(first.pem, files.certificate);
    copyFileSync(first.key, files.key);
    const said: string[] = [];
    const log = { info: () => void said.push('info'), error: () => void said.push('error') };
    const server = createServer(secureOptions(files));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    using _renewals = serveRenewals({ server, files, log, every: 10 });
    const { port } = server.address() as AddressInfo;
    expect(await servedAt(port)).toBe('first');
    copyFileSync(second.pem, files.certificate);
    await until(() => said.includes('error'));
    expect(await servedAt(port)).toBe('first');
    copyFileSync(second.key, files.key);
    await until(() => said.includes('info'));
    expect(await servedAt(port)).toBe('second');
    writeFileSync(files.certificate, '');
    await until(() => said.filter((level) => level === 'error').length > 1);
    expect(await servedAt(port)).toBe('second');
    server.close();
  });

  test('serves a renewed certificate at once where it is told to, and goes on', async () => {
    using folder = temporaryFolder();
    const authority = new Authority(folder.path);
    const [first, second] = ['first', 'second'].map((subject) =>
      authority.issue({ name: subject, extensions: [`subjectAltName = DNS:${name}`] }),
    );
    if (first === undefined || second === undefined) throw new Error('none was issued');
    const files = { certificate: join(folder.path, 'served.pem'), key: join(folder.path, 'served.key') };
    copyFileSync(first.pem, files.certificate);
    copyFileSync(first.key, files.key);
    const config = join(folder.path, 'collector.yaml');
    writeFileSync(
      config,
      `origin: ${name}/log\nlisten: 127.0.0.1:0\ndata: data\ntls: { certificate: served.pem, key: served.key }\n`,
    );
    await using running = startWaarborg(['collector', '--config', config]);
    await running.said('"collector listens"');
    const port = Number(/"url":"https:\/\/127\.0\.0\.1:(\d+)"/.exec(running.stdout())?.[1]);
    expect(await servedAt(port)).toBe('first');
    copyFileSync(second.pem, files.certificate);
    copyFileSync(second.key, files.key);
    running.child.kill('SIGHUP');
    await running.said('a renewed certificate is served');
    expect(await servedAt(port)).toBe('second');
    expect((await running.end('SIGTERM')).code).toBe(0);
  });

  test('does not begin with a certificate and a key that are not of one another', async () => {
    using folder = temporaryFolder();
    const { root, leaf } = issue(folder.path, 'ec:prime256v1');
    const config = { tls: { certificate: leaf.pem, key: root.key } };
    await expect(collectorOn(join(folder.path, 'data'), { config })).rejects.toThrow('key values mismatch');
  });
});

/** The name in the certificate that is served. */
async function servedAt(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

async function until(holds: () => boolean): Promise<void> {
  for (let left = 200; !holds(); left--) {
    if (left === 0) throw new Error('it did not come to that');
    await wait(10);
  }
}
