import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { LocalVantage, type Vantage } from '../../../agent/host/vantage.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { startNginx } from '../../support/nginx.ts';
import { freePort } from '../../support/process.ts';
import { startDovecot } from '../../support/servers/dovecot.ts';
import { startMariadb } from '../../support/servers/mariadb.ts';
import { startNsd } from '../../support/servers/nsd.ts';
import { postgresPrograms, startPostgres } from '../../support/servers/postgres.ts';
import { startPostfix } from '../../support/servers/postfix.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { ask, startSaying } from './asking.ts';

const lacks = (...tools: readonly string[]): boolean =>
  process.getuid?.() !== 0 || tools.some((name) => tool(name) === undefined);

const folder = temporaryFolder();
let certificate: { certificate: string; key: string };
beforeAll(() => {
  if (tool('openssl') === undefined) return;
  const order = { name: 'mx', key: 'rsa:2048', validSeconds: 90 * 86_400, names: ['mx.example.nl'] };
  certificate = makeCertificate(folder.path, order);
});
afterAll(() => folder[Symbol.dispose]());

/** This machine, with something of it put in another's place. */
function vantageWith(part: Partial<Vantage>): Vantage {
  return Object.assign(new LocalVantage(), part);
}

const host = '127.0.0.1';

describe.skipIf(lacks('nginx', 'openssl'))('a page', () => {
  test('of nginx, with the status and the text that are expected', async () => {
    await using nginx = await startNginx({
      servers: [
        { at: 'plain', directives: ['location /broken { return 503 "hello"; }', 'location /moved { return 301 /; }'] },
        { at: 'secure', certificates: [certificate] },
      ],
    });
    const plain = `http://127.0.0.1:${nginx.port('plain')}`;
    const secure = `https://localhost:${nginx.port('secure')}/`;
    expect(await ask({ service: 'http', url: `${plain}/` })).toBe('up');
    expect(await ask({ service: 'http', url: `${plain}/`, text: 'hello' })).toBe('up');
    expect(await ask({ service: 'http', url: `${plain}/`, text: 'Hello' })).toBe('down: text missing');
    expect(await ask({ service: 'http', url: `${plain}/broken`, text: 'hello' })).toBe('down: status 503');
    expect(await ask({ service: 'http', url: `${plain}/moved` })).toBe('down: status 301');
    expect(await ask({ service: 'http', url: `${plain}/moved`, status: [200, 301] })).toBe('up');
    // Whose certificate that is, another check tells.
    expect(await ask({ service: 'https', url: secure, text: 'hello' })).toBe('up');
    expect(await ask({ service: 'https', url: `https://127.0.0.1:${nginx.port('plain')}/` })).toBe('down: no TLS');
    expect(await ask({ service: 'http', url: `http://127.0.0.1:${nginx.port('secure')}/` })).toBe('down: status 400');
  });
});

describe('a server that lies', () => {
  const silent = (): void => undefined;

  it.each([
    ['takes connections and says nothing', silent, 'down: silent'],
    ['hangs up', (socket: { end: () => void }) => socket.end(), 'down: closed'],
    [
      'speaks another protocol',
      (socket: { write: (text: string) => void }) => socket.write('SSH-2.0-x\r\n'),
      'down: another protocol',
    ],
  ])('and %s serves no page and greets nobody', async (_, say, expected) => {
    await using server = await startSaying(say);
    const { port } = server;
    const seconds = 0.5;
    const mail = (['imap', 'pop3', 'smtp'] as const).map((service) => ask({ service, host, port }, { seconds }));
    const page = ask({ service: 'http', url: `http://127.0.0.1:${port}/` }, { seconds });
    const databases = (['mysql', 'postgres'] as const).map((service) => ask({ service, host, port }, { seconds }));
    const secure = ask({ service: 'https', url: `https://127.0.0.1:${port}/` }, { seconds });
    expect(await Promise.all([...mail, page])).toEqual([expected, expected, expected, expected]);
    for (const outcome of await Promise.all([...databases, secure])) expect(outcome).toMatch(/^down: /);
  });

  it('and never ends its page does not say the text', async () => {
    await using server = await startSaying((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const drip = setInterval(() => socket.write('3\r\nabc\r\n'), 20);
      socket.once('close', () => clearInterval(drip));
    });
    const url = `http://127.0.0.1:${server.port}/`;
    expect(await ask({ service: 'http', url, text: 'cab' }, { seconds: 1 })).toBe('up');
    expect(await ask({ service: 'http', url, text: 'hello' }, { seconds: 1 })).toBe('down: silent');
  });

  it.each([
    ['smtp', '421 4.3.2 too busy\r\n', 'down: turned away: 421'],
    ['smtp', '554 no\r\n', 'down: turned away: 554'],
    ['smtp', '220-wait\r\n220 ready\r\n', 'up'],
    ['imap', '* BYE too many\r\n', 'down: turned away: BYE'],
    ['pop3', '-ERR no\r\n', 'down: turned away: -ERR'],
  ] as const)('%s that says %j', async (service, greeting, expected) => {
    await using server = await startSaying((socket) => socket.write(greeting));
    expect(await ask({ service, host, port: server.port })).toBe(expected);
  });

  it.each([
    ['57P03', 'down: turned away: 57P03'],
    ['53300', 'down: turned away: 53300'],
    ['28000', 'up'],
  ])('and is a PostgreSQL that answers %s', async (state, expected) => {
    const fields = Buffer.from(`SFATAL\0C${state}\0Mno\0\0`);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(4 + fields.length);
    await using server = await startSaying((socket) => socket.write(Buffer.concat([Buffer.from('E'), length, fields])));
    expect(await ask({ service: 'postgres', host, port: server.port })).toBe(expected);
  });

  it('and is a MariaDB that does not let this host in says nothing of the service', async () => {
    const content = Buffer.concat([Buffer.from([0xff, 1130 & 0xff, 1130 >> 8]), Buffer.from('Host is not allowed')]);
    await using server = await startSaying((socket) =>
      socket.write(Buffer.concat([Buffer.from([content.length, 0, 0, 0]), content])),
    );
    expect(await ask({ service: 'mysql', host, port: server.port })).toBe('failed: this host may not connect: 1130');
  });
});

describe('a place', () => {
  it('that refuses is down, with every service', async () => {
    const port = await freePort();
    for (const service of ['tcp', 'mysql', 'postgres', 'smtp', 'imap', 'pop3'] as const) {
      expect(await ask({ service, host, port }), service).toBe('down: refused');
    }
    expect(await ask({ service: 'https', url: `https://127.0.0.1:${port}/` })).toBe('down: refused');
    expect(await ask({ service: 'dns', zone: 'example.nl', servers: [host], port })).toBe('down: refused');
  });

  it('is up where one of its addresses answers', async () => {
    await using server = await startSaying(() => undefined);
    const addresses = (): ReturnType<Vantage['addresses']> => Promise.resolve(read(['127.0.0.2', '::1', '127.0.0.1']));
    const vantage = vantageWith({ addresses });
    expect(await ask({ service: 'tcp', host: 'www.example.nl', port: server.port }, { vantage })).toBe('up');
  });

  it.each([
    ['ENOTFOUND', 'down: no such name'],
    // The resolver of this host has no answer: it may be its own fault.
    ['EAI_AGAIN', 'failed: EAI_AGAIN'],
  ])('whose name the resolver answers with %s', async (code, expected) => {
    const addresses = (name: string): ReturnType<Vantage['addresses']> =>
      Promise.resolve(unreadable('unreachable', name, code));
    expect(
      await ask({ service: 'tcp', host: 'www.example.nl', port: 80 }, { vantage: vantageWith({ addresses }) }),
    ).toBe(expected);
  });

  it.each([
    ['ENETUNREACH', 'failed: ENETUNREACH'],
    ['EACCES', 'failed: EACCES'],
    ['EMFILE', 'failed: EMFILE'],
    ['EHOSTUNREACH', 'down: unreachable'],
    ['ETIMEDOUT', 'down: silent'],
  ])('to which connecting ends with %s', async (code, expected) => {
    const connecting = (): ReturnType<Vantage['connect']> => Promise.resolve(unreadable('unreachable', 'it', code));
    expect(await ask({ service: 'tcp', host, port: 80 }, { vantage: vantageWith({ connect: connecting }) })).toBe(
      expected,
    );
  });
});

describe.skipIf(lacks('mariadbd', 'mariadb-install-db', 'mariadb'))('MariaDB', () => {
  test('is up as long as it takes logins, and down where it has no room for one', async () => {
    const port = await freePort();
    await using server = await startMariadb({ port, accounts: true, options: ['--max-connections=10'] });
    // It lets in nobody but over its socket.
    expect(await ask({ service: 'mysql', host, port })).toBe('failed: this host may not connect: 1130');
    execFileSync('mariadb', ['--socket', join(server.folder, 'socket'), '-e', "CREATE USER other@'127.0.0.1'"]);
    expect(await ask({ service: 'mysql', host, port })).toBe('up');
    expect(await ask({ service: 'mysql', host, port, user: 'other' })).toBe('up');
    // One more than asked for is let in, for administrators.
    const sockets = Array.from({ length: 11 }, () => connect(port, host));
    await Promise.all(sockets.map((socket) => once(socket, 'data')));
    expect(await ask({ service: 'mysql', host, port })).toBe('down: turned away: 1040');
    for (const socket of sockets) socket.destroy();
    await wait(200);
    expect(await ask({ service: 'mysql', host, port })).toBe('up');
  });
});

describe.skipIf(process.getuid?.() !== 0 || postgresPrograms() === undefined)('PostgreSQL', () => {
  test('is up although it does not know who asks', async () => {
    const port = await freePort();
    await using _ = await startPostgres({ port });
    expect(await ask({ service: 'postgres', host, port })).toBe('up');
    expect(await ask({ service: 'postgres', host, port, user: 'test' })).toBe('up');
  });
});

describe.skipIf(lacks('dovecot', 'openssl'))('Dovecot', () => {
  test('greets, and speaks TLS where that is asked', async () => {
    const [imap, pop3, lmtp, sieve] = [await freePort(), await freePort(), await freePort(), await freePort()];
    await using _ = await startDovecot({ ...certificate, ports: { imap, pop3, lmtp, sieve }, ssl: 'yes' });
    for (const [service, port] of [['imap', imap] as const, ['pop3', pop3] as const]) {
      expect(await ask({ service, host, port })).toBe('up');
      expect(await ask({ service, host, port, tls: 'starttls' })).toBe('up');
      expect(await ask({ service, host, port, tls: 'implicit' })).toBe('down: no TLS');
    }
    expect(await ask({ service: 'pop3', host, port: imap })).toBe('down: another protocol');
  });
});

describe.skipIf(lacks('postfix', 'openssl'))('Postfix', () => {
  test('greets, with TLS from the first byte, after STARTTLS, or not at all', async () => {
    const [starttls, implicit, none] = [await freePort(), await freePort(), await freePort()];
    const ports = {
      [starttls]: [],
      [implicit]: ['smtpd_tls_wrappermode=yes'],
      [none]: ['smtpd_tls_security_level=none'],
    };
    await using _ = await startPostfix({ ...certificate, ports });
    expect(await ask({ service: 'smtp', host, port: starttls })).toBe('up');
    expect(await ask({ service: 'smtp', host, port: starttls, tls: 'starttls' })).toBe('up');
    expect(await ask({ service: 'smtp', host, port: implicit, tls: 'implicit' })).toBe('up');
    expect(await ask({ service: 'smtp', host, port: none, tls: 'starttls' })).toBe('down: no STARTTLS');
  });
});

describe.skipIf(lacks('nsd'))('name servers', () => {
  test('are up where one of them has the zone', async () => {
    const port = await freePort();
    await using _ = await startNsd({ port, zones: { 'example.nl': ['www A 192.0.2.1'], 'broken.nl': undefined } });
    const zones = async (zone: string, servers: string[]): Promise<string> =>
      ask({ service: 'dns', zone, servers, port }, { seconds: 3 });
    expect(await zones('example.nl', [host])).toBe('up');
    expect(await zones('example.nl', ['127.0.0.9', host])).toBe('up');
    expect(await zones('example.nl', ['127.0.0.9'])).toBe('down: refused');
    expect(await zones('broken.nl', [host])).toBe('down: code 2');
    expect(await zones('example.org', [host])).toBe('down: code 5');
    // A name in the zone has no SOA of its own: the answer tells of the zone's in another part.
    expect(await zones('www.example.nl', [host])).toBe('down: no SOA');
  });

  test('are asked by TCP where an answer by UDP is cut off', async () => {
    const [port, real] = [await freePort(), await freePort()];
    await using _ = await startNsd({ port: real, zones: { 'example.nl': [] } });
    await using relay = await startSaying((socket) => {
      const onward = connect(real, host);
      socket.pipe(onward).pipe(socket);
    }, port);
    expect(relay.port).toBe(port);
    using __ = await answeringByUdp(port, (query) => flagged(query, 0x8600));
    expect(await ask({ service: 'dns', zone: 'example.nl', servers: [host], port })).toBe('up');
  });

  test.each([
    ['without authority', 0x8080, 'down: without authority'],
    ['with authority and without an answer', 0x8400, 'down: no SOA'],
  ])('that answer %s are down', async (_, flags, expected) => {
    const port = await freePort();
    using __ = await answeringByUdp(port, (query) => flagged(query, flags));
    expect(await ask({ service: 'dns', zone: 'example.nl', servers: [host], port }, { seconds: 6 })).toBe(expected);
  });

  test('are not taken for who answers another question, or asks one', async () => {
    const lies = [
      (query: Buffer): Buffer => flagged(query, 0x0400),
      (query: Buffer): Buffer => {
        const answer = flagged(query, 0x8400);
        answer.writeUInt16BE((query.readUInt16BE(0) + 1) % 0x1_0000, 0);
        return answer;
      },
    ];
    const outcomes = lies.map(async (lie) => {
      const port = await freePort();
      using _ = await answeringByUdp(port, lie);
      return await ask({ service: 'dns', zone: 'example.nl', servers: [host], port });
    });
    expect(await Promise.all(outcomes)).toEqual(['down: refused', 'down: refused']);
  });
});

function flagged(query: Buffer, flags: number): Buffer {
  const answer = Buffer.from(query);
  answer.writeUInt16BE(flags, 2);
  return answer;
}

async function answeringByUdp(port: number, answer: (query: Buffer) => Buffer): Promise<Disposable> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => socket.send(answer(query), from.port, from.address));
  socket.bind(port, host);
  await once(socket, 'listening');
  return { [Symbol.dispose]: () => void socket.close() };
}

describe('ping', () => {
  test.skipIf(tool('ping') === undefined)('of this machine echoes', async () => {
    expect(await ask({ service: 'ping', host })).toBe('up');
  });

  it.each([
    [0, 'up'],
    [1, 'down: silent'],
    [2, 'failed: ping ended with 2'],
  ])('that ends with %i', async (exitCode, expected) => {
    const run = (): ReturnType<Vantage['run']> => Promise.resolve(read({ exitCode, stdout: '', stderr: '' }));
    expect(await ask({ service: 'ping', host }, { vantage: vantageWith({ run }) })).toBe(expected);
  });

  it('that is not installed says nothing', async () => {
    const run = (): ReturnType<Vantage['run']> => Promise.resolve(unreadable('command-missing', 'ping'));
    expect(await ask({ service: 'ping', host }, { vantage: vantageWith({ run }) })).toBe('failed: ping did not run');
  });
});
