import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { endpointSettings, findEndpoints, type Inventory } from '../../../agent/collect/endpoints.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { onLoopback, procNet, procNet6, withLoopback6 } from './proc-net.ts';

const Settings = z.strictObject(endpointSettings);

function find(declared: readonly unknown[], ...ports: readonly number[]): Promise<Inventory> {
  const files = { '/proc/net/tcp': procNet(...ports.map(onLoopback)) };
  return findEndpoints(new RecordedHost({ files }), Settings.parse({ endpoints: declared }).endpoints);
}

function labels({ endpoints }: Inventory): string[] {
  return endpoints.map(({ label, origin, names }) => [label, origin, ...names].join(' '));
}

describe('what is probed', () => {
  test('what is declared, and what else listens', async () => {
    const found = await find([{ host: '192.0.2.1', port: 443 }], 8443);
    expect(labels(found)).toEqual(['127.0.0.1:8443 listening', '192.0.2.1:443 settings']);
  });

  test('a place that is both is one endpoint, with the declared names', async () => {
    const declared = [
      { host: '127.0.0.1', port: 443, names: ['www.example.nl'] },
      { host: '0.0.0.0', port: 443, names: ['API.example.nl.'] },
      { host: 'localhost', port: 8443 },
    ];
    expect(labels(await find(declared, 443, 8443))).toEqual([
      '127.0.0.1:443 settings api.example.nl www.example.nl',
      '127.0.0.1:8443 settings',
    ]);
  });

  test('the same for IPv6, however it is written', async () => {
    const files = {
      '/proc/net/tcp': procNet(),
      '/proc/net/tcp6': procNet6('00000000000000000000000000000000:01BB'),
      '/proc/net/if_inet6': withLoopback6,
    };
    const { endpoints } = Settings.parse({ endpoints: [{ host: '[0:0:0:0:0:0:0:1]', port: 443 }] });
    expect(labels(await findEndpoints(new RecordedHost({ files }), endpoints))).toEqual(['[::1]:443 settings']);
  });

  test('not what is declared not to speak TLS, and not ssh', async () => {
    const found = await find([{ host: '127.0.0.1', port: 3306, tls: 'none' }], 22, 3306);
    expect(found.endpoints).toEqual([]);
    expect(found.listening).toEqual({
      state: 'read',
      value: {
        skipped: [
          { endpoint: '127.0.0.1:22', why: 'ssh' },
          { endpoint: '127.0.0.1:3306', why: 'declared-none' },
        ],
        overLimit: 0,
      },
    });
  });

  test('port 22 after all where it is declared to speak TLS', async () => {
    expect(labels(await find([{ host: '127.0.0.1', port: 22 }], 22))).toEqual(['127.0.0.1:22 settings']);
  });

  test('at most 64 found ones; the rest is counted', async () => {
    const ports = Array.from({ length: 70 }, (_, index) => 2000 + index);
    const found = await find([{ host: '127.0.0.1', port: 2069 }], ...ports);
    expect(found.endpoints).toHaveLength(65);
    expect(found.listening).toMatchObject({ value: { overLimit: 5 } });
  });

  test('the declared ones, where the sockets cannot be read', async () => {
    const { endpoints } = Settings.parse({ endpoints: [{ host: '192.0.2.1', port: 443 }] });
    const found = await findEndpoints(new RecordedHost({}), endpoints);
    expect(labels(found)).toEqual(['192.0.2.1:443 settings']);
    expect(found.listening).toMatchObject({ state: 'unreadable', obstacle: { code: 'missing' } });
  });
});

test('a name in its own script is asked for as it travels', () => {
  const { endpoints } = Settings.parse({ endpoints: [{ host: '192.0.2.1', port: 443, names: ['bücher.example'] }] });
  expect(endpoints[0]?.names).toEqual(['xn--bcher-kva.example']);
});

test.each([
  [{ host: '192.0.2.1' }],
  [{ host: '192.0.2.1', port: 0 }],
  [{ host: '192.0.2.1', port: 443, names: ['192.0.2.1'] }],
  [{ host: '192.0.2.1', port: 443, names: ['a b'] }],
  [{ host: 'https://example.nl', port: 443 }],
  [{ host: '192.0.2.1', port: 443, tls: 'maybe' }],
  [{ host: '192.0.2.1', port: 443, starttls: 'telnet' }],
  [{ host: '192.0.2.1', port: 25, tls: 'none', starttls: 'smtp' }],
])('settings without sense are refused: %o', (endpoint) => {
  expect(Settings.safeParse({ endpoints: [endpoint] }).success).toBe(false);
});

test.each([
  ['with and without', {}],
  ['in two protocols', { starttls: 'lmtp' }],
])('one place cannot begin %s', (_, other) => {
  const place = { host: '192.0.2.1', port: 25 };
  expect(
    Settings.safeParse({
      endpoints: [
        { ...place, starttls: 'smtp' },
        { ...place, ...other },
      ],
    }).success,
  ).toBe(false);
  expect(
    Settings.safeParse({
      endpoints: [
        { ...place, starttls: 'smtp' },
        { ...place, names: ['a.nl'], starttls: 'smtp' },
      ],
    }).success,
  ).toBe(true);
});
