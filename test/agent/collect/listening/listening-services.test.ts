import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createSocket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { answersTls } from '../../../../agent/collect/listening/handshake.ts';
import { readPublicAddresses } from '../../../../agent/collect/listening/addresses.ts';
import { listeningServicesCollector } from '../../../../agent/collect/listening-services.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import type { ListeningFacts } from '../../../../policies/checks/listening-services/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { canMakeNamespaces, makeNetwork } from '../../../support/namespaces.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

async function collect(host: Parameters<typeof collecting>[0], settings = {}): Promise<ListeningFacts> {
  return (await listeningServicesCollector.collect(collecting(host), settings, [])) as ListeningFacts;
}

function placesOf({ sockets }: ListeningFacts): string[] {
  if (sockets.state === 'unreadable') throw new Error(JSON.stringify(sockets.obstacle));
  return sockets.value.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`);
}

describe.skipIf(!tool('ss') || !tool('ip') || !canMakeNamespaces())('a host in a namespace', () => {
  it('shows what listens, with its program, and the same at each look', async () => {
    await using network = await makeNetwork({
      hostAddresses: ['203.0.113.1/24'],
      clientAddresses: ['203.0.113.2/24'],
      ports: [22, 443],
    });
    const facts = await collect(network.host);
    expect(placesOf(facts)).toEqual([
      'tcp :: 22',
      'tcp :: 443',
      'udp 0.0.0.0 22',
      'udp :: 22',
      'udp 0.0.0.0 443',
      'udp :: 443',
    ]);
    expect(facts.sockets).toMatchObject({
      value: [{ programs: [expect.stringMatching(/node|Main/)], owner: 'root' }, {}, {}, {}, {}, {}],
    });
    expect(facts).toMatchObject({
      programs: 'all',
      publicAddresses: { state: 'read', value: { ipv4: true, ipv6: false } },
    });
    expect(JSON.stringify(await collect(network.host))).toBe(JSON.stringify(facts));
  });
});

describe('recorded lists', () => {
  const line = (place: string, state: string, uid = 0, inode = 5): string =>
    `   0: ${place} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 ${uid} 0 ${inode} 2 0\n`;
  const title = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  const empty = { '/proc/net/tcp': title, '/proc/net/udp': title, '/proc/net/fib_trie': '' };
  const host = (files: Recording['files'], others: Recording = {}) =>
    new RecordedHost({ files: { ...empty, ...files }, ...others });

  it('leave out connections, and sockets that wait for an answer', async () => {
    const files = {
      '/proc/net/tcp': title + line('00000000:0016', '0A', 33) + line('0100007F:1F90', '01'),
      '/proc/net/udp': title + line('00000000:0035', '07', 1000) + line('00000000:0036', '01'),
    };
    const facts = await collect(host(files));
    expect(placesOf(facts)).toEqual(['tcp 0.0.0.0 22', 'udp 0.0.0.0 53']);
    expect(facts.sockets).toMatchObject({ value: [{ owner: 'system' }, { owner: 'user' }] });
  });

  it('name programs by the inode of their socket', async () => {
    const ss =
      'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3),("systemd",pid=2,fd=4)) ino:77 sk:1 <->\n';
    const commands = { 'ss -H -l -t -u -n -p -e': { stdout: ss } };
    const files = {
      '/proc/net/tcp': title + line('00000000:0016', '0A', 0, 77) + line('00000000:0017', '0A', 0, 78),
      '/proc/1/fd/0': '',
    };
    const facts = await collect(host(files, { commands }));
    expect(facts).toMatchObject({
      programs: 'all',
      sockets: { value: [{ programs: ['sshd', 'systemd'] }, { programs: [] }] },
    });
  });

  it.each([
    ['ss is not there', {}, 'own'],
    [
      'ss fails',
      { stdout: 'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3)) ino:77\n', exitCode: 1 },
      'own',
    ],
    ['no socket has a process', { stdout: 'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* ino:77 sk:1 <->\n' }, 'own'],
    ['ss may not ask', { stdout: '', stderr: 'Cannot open netlink socket: Permission denied\n' }, 'own'],
    ['nothing listens', { stdout: '' }, 'all'],
  ])('where %s', async (_, ss, sight) => {
    const commands = 'stdout' in ss ? { 'ss -H -l -t -u -n -p -e': ss } : {};
    expect((await collect(host({ '/proc/1/fd/0': '' }, { commands }))).programs).toBe(sight);
  });

  it('say where processes of others are hidden', async () => {
    const ss = 'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("own",pid=9,fd=3)) ino:77 sk:1 <->\n';
    expect((await collect(host({}, { commands: { 'ss -H -l -t -u -n -p -e': { stdout: ss } } }))).programs).toBe('own');
  });

  it.each([
    ['a list that may not be read', { '/proc/net/udp': unreadable('denied', '/proc/net/udp') }],
    ['a line that is cut off', { '/proc/net/tcp': `${title}   0: 00000000:0016 000` }],
    ['a line without an inode', { '/proc/net/tcp': `${title}   0: 00000000:0016 00000000:0000 0A\n` }],
  ])('%s is an obstacle', async (_, files) => {
    expect((await collect(host(files))).sockets.state).toBe('unreadable');
  });
});

it('a socket on a port of the kernel’s choice counts when it stays', async () => {
  const stays = createSocket('udp4');
  const goes = createSocket('udp4');
  for (const socket of [stays, goes]) await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const [staying, going] = [stays.address().port, goes.address().port];
  const collected = collect(new LocalHost());
  setTimeout(() => goes.close(), 500);
  const places = placesOf(await collected);
  stays.close();
  expect(places).toContain(`udp 127.0.0.1 ${staying}`);
  expect(places).not.toContain(`udp 127.0.0.1 ${going}`);
});

describe('a handshake', () => {
  const ask = (port: number) => answersTls(new LocalHost(), '127.0.0.1', port, AbortSignal.timeout(10_000));

  it('is answered by what speaks TLS', async () => {
    using folder = temporaryFolder();
    const made = makeCertificate(folder.path, { name: 'redis', key: 'ec:prime256v1', validSeconds: 86_400 });
    const [key, cert] = [readFileSync(made.key), readFileSync(made.certificate)];
    const server = createTlsServer({ key, cert }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    expect(await ask((server.address() as AddressInfo).port)).toBe(true);
    server.close();
  });

  it('is not answered by what speaks plain text, or is silent', async () => {
    const plain = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume().end('-ERR unknown command\r\n');
    }).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = plain.address() as AddressInfo;
    expect(await ask(port)).toBe(false);
    plain.close();
    await once(plain, 'close');
    expect(await ask(port)).toBe(false);
  });
});

it.each([
  ['203.0.113.7', true],
  ['10.0.0.7', false],
  ['100.64.0.7', false],
  ['127.0.0.1', false],
])('whether %s is an address of the Internet: %s', async (address, ipv4) => {
  const trie = `Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- ${address}\n        /32 host LOCAL\n     |-- 203.0.113.255\n        /32 link BROADCAST\n`;
  const inet6 = 'fd000000000000000000000000000001 02 40 00 80     eth0\n';
  const host = new RecordedHost({ files: { '/proc/net/fib_trie': trie, '/proc/net/if_inet6': inet6 } });
  expect(await readPublicAddresses(host)).toEqual({ state: 'read', value: { ipv4, ipv6: false } });
});
