import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { canonicalAddress, readListeningSockets } from '../../../agent/collect/sockets.ts';
import { LocalHost } from '../../../agent/host/local.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { unreadable } from '../../../policies/reading.ts';
import { procNet, procNet6, withLoopback6 } from './proc-net.ts';

test('this machine: a socket is seen while it listens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = { address: '127.0.0.1', port };
  const during = await readListeningSockets(new LocalHost());
  await once(server.close(), 'close');
  const after = await readListeningSockets(new LocalHost());
  expect(during).toMatchObject({
    state: 'read',
    value: expect.arrayContaining([expect.objectContaining(socket)]) as unknown,
  });
  expect(after).toMatchObject({
    state: 'read',
    value: expect.not.arrayContaining([expect.objectContaining(socket)]) as unknown,
  });
});

describe('recorded lists', () => {
  const sockets = async (files: Record<string, string>): Promise<string[]> => {
    const found = await readListeningSockets(new RecordedHost({ files }));
    if (found.state === 'unreadable') throw new Error(JSON.stringify(found.obstacle));
    return found.value.map(({ address, port }) => `${address} ${port}`);
  };

  test('addresses of both families; connections are no listeners', async () => {
    const files = {
      '/proc/net/tcp': procNet('0100007F:1F90', '0A02000A:01BB', '0100007F:0CEA 01'),
      '/proc/net/tcp6': procNet6('B80D0120000000000000000001000000:01BB', '00000000000000000000000001000000:0050'),
      '/proc/net/if_inet6': withLoopback6,
    };
    expect(await sockets(files)).toEqual(['10.0.2.10 443', '127.0.0.1 8080', '2001:db8::1 443', '::1 80']);
  });

  test('a socket on every address is probed on loopback', async () => {
    const files = {
      '/proc/net/tcp': procNet('00000000:01BB'),
      '/proc/net/tcp6': procNet6('00000000000000000000000000000000:01BB', '0000000000000000FFFF00000100007F:2382'),
      '/proc/net/if_inet6': withLoopback6,
    };
    expect(await sockets(files)).toEqual(['127.0.0.1 443', '127.0.0.1 9090', '::1 443']);
  });

  test('where ::1 does not exist, 127.0.0.1 reaches an IPv6 socket', async () => {
    const files = {
      '/proc/net/tcp': procNet(),
      '/proc/net/tcp6': procNet6('00000000000000000000000000000000:01BB'),
    };
    expect(await sockets(files)).toEqual(['127.0.0.1 443']);
  });

  test('a kernel without IPv6 has no second list', async () => {
    expect(await sockets({ '/proc/net/tcp': procNet('00000000:01BB') })).toEqual(['127.0.0.1 443']);
  });

  test.each([
    ['no list at all', {}, 'missing'],
    ['one that may not be read', { '/proc/net/tcp': unreadable('denied', '/proc/net/tcp') }, 'denied'],
    [
      'a second that may not be read',
      { '/proc/net/tcp': procNet(), '/proc/net/tcp6': unreadable('denied', 'x') },
      'denied',
    ],
    ['a line that is not understood', { '/proc/net/tcp': procNet('0100007F') }, 'unparsable'],
    ['a line that is cut off', { '/proc/net/tcp': `${procNet('0100007F:0016')}   1: 010000` }, 'unparsable'],
  ])('%s is an obstacle', async (_, files, code) => {
    expect(await readListeningSockets(new RecordedHost({ files }))).toMatchObject({
      state: 'unreadable',
      obstacle: { code },
    });
  });
});

test.each([
  ['2001:DB8:0:0::0001', '2001:db8::1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['192.0.2.1', '192.0.2.1'],
  ['WWW.Example.NL', 'www.example.nl'],
])('%s is written as %s', (address, expected) => {
  expect(canonicalAddress(address)).toBe(expected);
});
