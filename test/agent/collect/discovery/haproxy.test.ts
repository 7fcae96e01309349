import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseBinds, splitWords } from '../../../../agent/collect/discovery/haproxy-syntax.ts';
import { haproxyReader } from '../../../../agent/collect/discovery/haproxy.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { collecting } from '../../../support/collecting.ts';
import { freePort } from '../../../support/process.ts';
import { startServer } from '../../../support/servers/server.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { describePlace, readPlaces } from './describe.ts';
import { withFolderMoved } from './moved.ts';
import { servedFor } from './served.ts';

describe.skipIf(tool('haproxy') === undefined || tool('openssl') === undefined)('with the real HAProxy', () => {
  test('each name gets the certificate of the file that was found for it', async () => {
    using folder = temporaryFolder();
    const certificates = join(folder.path, 'certs');
    mkdirSync(join(certificates, 'sites/old'), { recursive: true });
    const put = (path: string, ...names: string[]): void => {
      const order = { name: path.replaceAll('/', '-'), key: 'ec:prime256v1', validSeconds: 86_400, names };
      const { certificate, key } = makeCertificate(folder.path, order);
      writeFileSync(join(certificates, path), readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'));
    };
    put('first.pem', 'first.nl');
    put('sites/a.pem', 'a.nl', '*.a.nl');
    put('sites/b.pem', 'b.nl');
    put('w.pem', '*.w.nl');
    put('multi.pem.ecdsa', 'multi.nl');
    put('sp ace.pem', 'space.nl');
    writeFileSync(join(folder.path, 'list'), '# those\nfirst.pem [alpn h2] only.nl !no.only.nl\nw.pem\nsites/a.pem\n');
    const ports = await Promise.all(Array.from({ length: 6 }, () => freePort()));
    const [plain = 0, strict = 0, listed = 0, bundle = 0, local = 0, raw = 0] = ports;
    const timeouts = 'timeout client 1s\n timeout connect 1s\n timeout server 1s\n';
    writeFileSync(
      join(folder.path, 'haproxy.cfg'),
      `global
 crt-base ${certificates} # all of them
defaults one
 mode http
 ${timeouts}
frontend web
 bind 127.0.0.1:${plain}
 bind ipv4@127.0.0.1:${strict} ssl crt sites/ crt first.pem strict-sni alpn h2
 bind 127.0.0.1:${listed} name "x ssl" ssl crt-list ${folder.path}/list
 bind "127.0.0.1:${bundle}" ssl crt multi.pem crt sp\\ ace.pem
 bind ${folder.path}/socket
 bind localhost:${local} ssl crt first.pem
defaults two
 ${timeouts}
listen raw
 bind 127.0.0.1:${raw}
 server x 127.0.0.1:1
`,
    );
    const found = await haproxyReader.read(collecting(withFolderMoved('/etc/haproxy', folder.path)));
    if (found?.state !== 'read') throw new Error(JSON.stringify(found));
    const places = found.value;
    expect(places.map((place) => describePlace(place).replaceAll(certificates, ''))).toEqual([
      `127.0.0.1:${plain} none default`,
      `127.0.0.1:${strict} direct a.nl *.a.nl /sites/a.pem`,
      `127.0.0.1:${strict} direct b.nl /sites/b.pem`,
      `127.0.0.1:${strict} direct first.nl /first.pem`,
      `127.0.0.1:${listed} direct default only.nl /first.pem`,
      `127.0.0.1:${listed} direct *.w.nl /w.pem`,
      `127.0.0.1:${listed} direct a.nl *.a.nl /sites/a.pem`,
      `127.0.0.1:${bundle} direct default multi.nl /multi.pem.ecdsa`,
      `127.0.0.1:${bundle} direct space.nl /sp ace.pem`,
      `127.0.0.1:${local} direct default first.nl /first.pem`,
      `127.0.0.1:${raw} none default`,
    ]);
    expect(places.map(({ web }) => web)).toEqual([...Array<boolean>(10).fill(true), false]);

    await using _haproxy = await startServer({
      ports,
      prepare: () => ({ file: '/usr/sbin/haproxy', args: ['-db', '-f', join(folder.path, 'haproxy.cfg')] }),
    });
    for (const { port, tls, names, patterns, isDefault, certificateFiles } of places) {
      if (tls !== 'direct') continue;
      const [path = ''] = certificateFiles;
      const expected = new X509Certificate(readFileSync(path)).fingerprint256;
      const asked = [...names, ...patterns.map((pattern) => pattern.replace('*', 'some'))];
      for (const name of asked) expect((await servedFor(port, name))?.fingerprint256, name).toBe(expected);
      if (isDefault) expect((await servedFor(port, undefined))?.fingerprint256).toBe(expected);
    }
    expect(await servedFor(strict, undefined)).toBeUndefined();
  });
});

describe('the syntax', () => {
  test('quotes, escapes and comments', () => {
    expect(splitWords(`bind\t":443" name 'a "b" \\' "c \\" # d" e#f`)).toEqual([
      'bind',
      ':443',
      'name',
      'a "b" \\',
      'c " # d',
      'e',
    ]);
    expect(splitWords('  # only a comment')).toEqual([]);
    expect(splitWords(`empty ""`)).toEqual(['empty', '']);
  });

  test('every port of a range, and every address of a list', () => {
    const [bind] = parseBinds('frontend a\n bind :8000-8002,[::1]:443,ipv6@:::81,192.0.2.1:80,quic4@:443,fd@3\n');
    expect(bind?.places.map(({ address, port }) => `${address} ${port}`)).toEqual([
      '* 8000',
      '* 8001',
      '* 8002',
      '::1 443',
      '* 81',
      '192.0.2.1 80',
    ]);
  });

  test('new defaults begin with TCP, whatever the old ones said', () => {
    const binds = parseBinds('defaults\n mode http\nfrontend a\n bind :80\ndefaults\nfrontend b\n bind :81\n');
    expect(binds.map(({ isWeb }) => isWeb)).toEqual([true, false]);
  });
});

const files = (recorded: Record<string, string | ReturnType<typeof unreadable>>): RecordedHost =>
  new RecordedHost({ files: recorded });

test.each([
  'bind "${ADDRESS}:443" ssl',
  'bind www.example.nl:443',
  'bind :443-80',
  'bind :0',
  'bind',
  'bind :65000-70000',
])('where "%s" listens cannot be told, so its names are not known', async (line) => {
  expect(await readPlaces(haproxyReader, files({ '/etc/haproxy/haproxy.cfg': `frontend a\n ${line}\n` }))).toBe(
    'unsupported',
  );
});

test('a certificate, a list or a folder that cannot be read is an obstacle, for its names are not known', async () => {
  const denied = unreadable('denied', '/etc/ssl/private/a.pem');
  const of = (bind: string): RecordedHost =>
    files({ '/etc/haproxy/haproxy.cfg': `frontend web\n bind :443 ssl ${bind}\n`, '/etc/ssl/private/a.pem': denied });
  expect(await readPlaces(haproxyReader, of('crt /etc/ssl/private/a.pem'))).toBe('denied');
  expect(await readPlaces(haproxyReader, of('crt /etc/ssl/private'))).toBe('denied');
  expect(await readPlaces(haproxyReader, of('crt /etc/ssl/nowhere.pem'))).toBe('missing');
  expect(await readPlaces(haproxyReader, of('crt-list /etc/ssl/list'))).toBe('missing');
});
