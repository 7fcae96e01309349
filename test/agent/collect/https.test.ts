import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpsCollector } from '../../../agent/collect/https.ts';
import type { Host } from '../../../agent/host/host.ts';
import { LocalHost } from '../../../agent/host/local.ts';
import { RecordedHost, type Recording } from '../../../agent/host/recorded.ts';
import { https } from '../../../policies/checks/https.ts';
import { read } from '../../../policies/reading.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { collecting } from '../../support/collecting.ts';
import { startNginx, type Nginx } from '../../support/nginx.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { procNet } from './proc-net.ts';

/** A host with sockets on every address that connects as this machine does. */
function listeningOn(ports: readonly number[], commands: Recording['commands'] = {}): Host {
  const everywhere = ports.map((port) => `00000000:${port.toString(16).toUpperCase().padStart(4, '0')}`);
  const local = new LocalHost();
  const recorded = new RecordedHost({ files: { '/proc/net/tcp': procNet(...everywhere) }, commands });
  return Object.assign(recorded, { connect: local.connect.bind(local) });
}

async function collectAndJudge(host: Host, settings: unknown = {}, parameters: unknown = {}): Promise<string[]> {
  const facts = await httpsCollector.collect(collecting(host), settings, [parameters]);
  const reasons = https.judge(read(JSON.parse(JSON.stringify(facts))), parameters, new Date());
  return reasons
    .map(({ verdict, code, subject, values }) => [verdict, code, subject, ...Object.values(values)].join(' '))
    .sort();
}

describe.skipIf(tool('nginx') === undefined || tool('openssl') === undefined)('with nginx', () => {
  const folder = temporaryFolder();
  let nginx: Nginx;
  let port: (at: string) => number;
  beforeAll(async () => {
    const pair = makeCertificate(folder.path, { name: 'site', key: 'ec:prime256v1', validSeconds: 86_400 });
    const hsts = (value: string): string => `add_header Strict-Transport-Security "${value}" always;`;
    nginx = await startNginx({
      servers: [
        { at: 'tls', names: ['good.example'], certificates: [pair], directives: [hsts('max-age=31536000')] },
        { at: 'tls', names: ['short.example'], certificates: [pair], directives: [hsts('max-age=60')] },
        { at: 'tls', names: ['without.example'], certificates: [pair] },
        { at: 'closing', directives: ['return 444;'] },
        { at: 'closing', names: ['plain.example'] },
        { at: 'closing', names: ['loop.example'], directives: ['return 302 $request_uri;'] },
        { at: 'closing', names: ['away.example'], directives: ['return 301 https://elsewhere.example/;'] },
        { at: 'closing', names: ['forbidden.example'], directives: ['return 403;'] },
        { at: 'open' },
      ],
    });
    port = (at) => nginx.port(at);
  });
  afterAll(async () => {
    await nginx[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const declared = (at: string, ...names: string[]): object => ({
    host: '127.0.0.1',
    port: port(at),
    tls: 'none',
    names,
  });

  test('what each name answers in plain, and without a name', async () => {
    const names = ['plain.example', 'loop.example', 'away.example', 'forbidden.example'];
    const settings = { endpoints: [declared('closing', ...names)] };
    const label = `127.0.0.1:${port('closing')}`;
    const url = (name: string): string => `http://${name}:${port('closing')}/`;
    expect(await collectAndJudge(listeningOn([port('closing')]), settings)).toEqual([
      `fail https.plain-content plain.example (${label}) 200 ${url('plain.example')}`,
      `fail https.stays-plain loop.example (${label}) ${url('loop.example')}`,
      `pass https.redirects away.example (${label}) https://elsewhere.example/`,
      `pass https.refuses forbidden.example (${label}) 403`,
    ]);
  });

  test('a found socket with plain content fails, whoever found it', async () => {
    const url = `http://127.0.0.1:${port('open')}/`;
    expect(await collectAndJudge(listeningOn([port('open')]))).toEqual([
      `fail https.plain-content 127.0.0.1:${port('open')} 200 ${url}`,
    ]);
  });

  test('a port that speaks TLS is asked over TLS, for each name', async () => {
    const endpoints = [
      { host: '127.0.0.1', port: port('tls'), names: ['good.example', 'short.example', 'without.example'] },
    ];
    const label = `127.0.0.1:${port('tls')}`;
    expect(await collectAndJudge(listeningOn([port('tls')]), { endpoints }, { hsts: {} })).toEqual([
      `fail https.hsts-absent without.example (${label})`,
      `fail https.hsts-short short.example (${label}) 60 15552000`,
      `pass https.hsts good.example (${label}) 31536000 max-age=31536000`,
    ]);
  });

  test('names and what is HTTP come from the configuration that nginx prints', async () => {
    const main = `http { server { listen ${port('closing')}; server_name forbidden.example; }
      server { listen ${port('tls')} ssl; server_name good.example; } }`;
    const commands = { 'nginx -T -q': { stdout: `# configuration file /etc/nginx/nginx.conf:\n${main}\n` } };
    const ports = [port('closing'), port('tls')];
    expect(await collectAndJudge(listeningOn(ports, commands))).toEqual([
      `pass https.refuses forbidden.example (127.0.0.1:${port('closing')}) 403`,
      `pass https.serves good.example (127.0.0.1:${port('tls')}) 200`,
    ]);
  });

  test('a redirect to a port of this host where no HTTPS answers fails', async () => {
    await using redirecting = await startNginx({
      servers: [
        { at: 'here', names: ['site.example'], directives: [`return 301 https://site.example:${port('open')}/;`] },
      ],
    });
    const here = redirecting.port('here');
    const expected = `fail https.no-target site.example (127.0.0.1:${here}) https://site.example:${port('open')}/`;
    const ports = [here, port('open')];
    const endpoints = [{ host: '127.0.0.1', port: here, tls: 'none', names: ['site.example'] }];
    expect(await collectAndJudge(listeningOn(ports), { endpoints })).toContain(expected);
    const main = `http { server { listen ${here}; server_name site.example; } server { listen ${port('open')}; } }`;
    const commands = { 'nginx -T -q': { stdout: `# configuration file /etc/nginx/nginx.conf:\n${main}\n` } };
    expect(await collectAndJudge(listeningOn(ports, commands))).toContain(expected);
  });
});

describe('with servers of bytes', () => {
  async function withServer(answer: (socket: Socket) => void, use: (port: number) => Promise<void>): Promise<void> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      answer(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      await use((server.address() as AddressInfo).port);
    } finally {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    }
  }

  test.each<[string, (socket: Socket) => void, string]>([
    ['another protocol', (socket) => socket.end('220 mail.example ESMTP\r\n'), 'not-applicable https.none'],
    ['nothing, and closes', (socket) => socket.end(), 'not-applicable https.none'],
    [
      'an answer that breaks off',
      (socket) => socket.end('HTTP/1.1 301 Moved\r\nLocation: https:'),
      'unknown https.silent-socket',
    ],
    [
      'an answer without end',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(70_000)}`),
      'unknown https.silent-socket',
    ],
    [
      'interim answers first',
      (socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'),
      'fail https.plain-content',
    ],
    [
      'an answer in pieces',
      (socket) => {
        for (const piece of ['HT', 'TP/1.0 4', '04 No\n', '\n']) socket.write(piece);
      },
      'pass https.refuses',
    ],
  ])('%s', async (_, answer, expected) => {
    await withServer(answer, async (port) => {
      const [reason, ...others] = await collectAndJudge(listeningOn([port]));
      expect(reason?.startsWith(expected)).toBe(true);
      expect(others).toEqual([]);
    });
  });

  test('silence is unknown, and costs no more than its deadline', async () => {
    await withServer(
      () => undefined,
      async (port) => {
        const begin = Date.now();
        expect(await collectAndJudge(listeningOn([port]))).toEqual([
          `unknown https.silent-socket 127.0.0.1:${port} silent`,
        ]);
        expect(Date.now() - begin).toBeLessThan(7000);
      },
    );
  });
});
