import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { endpointSettings } from '../../../agent/collect/endpoint-settings.ts';
import { findEndpoints, type Inventory } from '../../../agent/collect/endpoints.ts';
import { nginxReader } from '../../../agent/collect/discovery/nginx.ts';
import type { Place } from '../../../agent/collect/discovery/place.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
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

  test.each([
    ['sshd', false],
    ['systemd', false],
    ['haproxy', true],
  ])('port 22 where %s listens: %s', async (program, isProbed) => {
    const line = `LISTEN 0 128 127.0.0.1:22 0.0.0.0:* users:(("${program}",pid=1,fd=3))`;
    const files = { '/proc/net/tcp': procNet(onLoopback(22)) };
    const host = new RecordedHost({ files, commands: { 'ss -H -l -t -n -p': { stdout: line } } });
    expect(labels(await findEndpoints(host, []))).toEqual(isProbed ? ['127.0.0.1:22 listening'] : []);
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

describe('what servers are configured for', () => {
  const place = (values: Partial<Place>): Place => ({
    address: '*',
    port: 443,
    tls: 'direct',
    web: true,
    names: [],
    patterns: [],
    isDefault: false,
    certificateFiles: [],
    ...values,
  });

  /** A host whose sockets listen on every address; `programs` says which process has the port. */
  async function findWith(
    places: readonly Place[] | Reading<never> | undefined,
    { declared = [], programs = {} }: { declared?: readonly unknown[]; programs?: Record<number, string> } = {},
  ): Promise<Inventory> {
    const ports = [80, 443];
    const sockets = ports.map((port) => `00000000:${port.toString(16).toUpperCase().padStart(4, '0')}`);
    const ss = ports.flatMap((port) => {
      const program = programs[port];
      if (program === undefined) return [];
      return [`LISTEN 0 511 0.0.0.0:${port} 0.0.0.0:* users:(("${program}",pid=7,fd=6),("${program}",pid=8,fd=6))\n`];
    });
    const host = new RecordedHost({
      files: { '/proc/net/tcp': procNet(...sockets) },
      commands: { 'ss -H -l -t -n -p': { stdout: ss.join('') } },
    });
    const found = places === undefined || 'state' in places ? places : read(places);
    return findEndpoints(host, Settings.parse({ endpoints: declared }).endpoints, [
      { reader: nginxReader, places: found },
    ]);
  }
  const listeningOf = ({ listening }: Inventory): object => {
    if (listening.state === 'unreadable') throw new Error(listening.obstacle.code);
    return listening.value;
  };

  test('names are asked for where they speak TLS; those in plain are not', async () => {
    const found = await findWith([
      place({ names: ['a.nl', 'b.nl'], isDefault: true, certificateFiles: ['/a.pem'] }),
      place({ port: 80, tls: 'none', names: ['plain.nl'], isDefault: true }),
    ]);
    expect(labels(found)).toEqual(['127.0.0.1:443 listening a.nl b.nl', '127.0.0.1:80 listening']);
    expect(found.endpoints[0]).toMatchObject({
      servesNameless: false,
      certificateFiles: [
        { name: 'a.nl', path: '/a.pem' },
        { name: 'b.nl', path: '/a.pem' },
      ],
    });
    expect(found.web.map(({ label, scheme, names }) => [label, scheme, ...names].join(' '))).toEqual([
      '127.0.0.1:443 https a.nl b.nl',
      '127.0.0.1:80 http plain.nl',
    ]);
  });

  test('a default server of its own is asked for without a name', async () => {
    const found = await findWith([place({ isDefault: true }), place({ names: ['a.nl'] })]);
    expect(found.endpoints[0]).toMatchObject({ servesNameless: true, names: ['a.nl'] });
  });

  test('names stand beside the declared ones', async () => {
    const declared = [{ host: '127.0.0.1', port: 443, names: ['own.nl'] }];
    const found = await findWith([place({ names: ['a.nl'], isDefault: true })], { declared });
    expect(labels(found)).toContain('127.0.0.1:443 settings a.nl own.nl');
  });

  test('a server on one address behind a socket on all is an endpoint there; one on a port without a socket is none', async () => {
    const found = await findWith([
      place({ address: '192.0.2.7', names: ['a.nl'], isDefault: true }),
      place({ port: 8443, names: ['b.nl'], isDefault: true }),
    ]);
    expect(labels(found)).toEqual([
      '127.0.0.1:443 listening',
      '127.0.0.1:80 listening',
      '192.0.2.7:443 listening a.nl',
    ]);
  });

  test('nothing is taken from a configuration whose server is not the one that listens', async () => {
    const found = await findWith([place({ names: ['a.nl'], isDefault: true })], {
      programs: { 80: 'nginx', 443: 'apache2' },
    });
    expect(labels(found)).toEqual(['127.0.0.1:443 listening', '127.0.0.1:80 listening']);
    expect(listeningOf(found)).toMatchObject({
      programs: [
        { endpoint: '127.0.0.1:443', programs: ['apache2'] },
        { endpoint: '127.0.0.1:80', programs: ['nginx'] },
      ],
    });
  });

  test('a configuration that cannot be read hides no socket, and counts where its server may be the one that listens', async () => {
    const denied = unreadable('command-failed', 'nginx -T -q', 'permission denied');
    const facts = [{ software: 'nginx', obstacle: denied.obstacle }];
    const all = ['127.0.0.1:443 listening', '127.0.0.1:80 listening'];
    const unsure = await findWith(denied);
    expect(labels(unsure)).toEqual(all);
    expect(listeningOf(unsure)).toMatchObject({ configurations: facts });
    expect(listeningOf(await findWith(denied, { programs: { 80: 'nginx', 443: 'java' } }))).toMatchObject({
      configurations: facts,
    });
    const others = await findWith(denied, { programs: { 80: 'caddy', 443: 'java' } });
    expect(labels(others)).toEqual(all);
    expect(listeningOf(others)).toMatchObject({ configurations: [] });
  });

  test('a server that listens without a configuration where it is looked for is told', async () => {
    expect(listeningOf(await findWith(undefined, { programs: { 443: 'nginx' } }))).toMatchObject({
      configurations: [{ software: 'nginx', obstacle: { code: 'missing' } }],
    });
    expect(listeningOf(await findWith(undefined))).toMatchObject({ configurations: [] });
  });

  test('no name is made up for a wildcard; a declared one of its form will do', async () => {
    const wildcard = [place({ isDefault: true, names: ['a.nl'] }), place({ patterns: ['*.b.nl'] })];
    expect(listeningOf(await findWith(wildcard))).toMatchObject({
      patterns: [{ endpoint: '127.0.0.1:443', pattern: '*.b.nl' }],
    });
    const declare = (name: string): object => ({ declared: [{ host: '127.0.0.1', port: 443, names: [name] }] });
    expect(listeningOf(await findWith(wildcard, declare('x.b.nl')))).toMatchObject({ patterns: [] });
    expect(listeningOf(await findWith(wildcard, declare('x.c.nl')))).toMatchObject({
      patterns: [{ pattern: '*.b.nl' }],
    });
    // A server with a name beside it, and a default one, are seen anyway.
    const reached = [
      place({ isDefault: true, patterns: ['*.d.nl'] }),
      place({ names: ['e.nl'], patterns: ['*.e.nl'] }),
    ];
    expect(listeningOf(await findWith(reached))).toMatchObject({ patterns: [] });
  });

  test('more names than facts hold are counted', async () => {
    const names = Array.from({ length: 20_100 }, (_, index) => `site${String(index).padStart(5, '0')}.nl`);
    const found = await findWith([place({ names, isDefault: true })]);
    const asked = found.endpoints.reduce((sum, endpoint) => sum + 1 + endpoint.names.length, 0);
    expect(asked).toBe(20_000);
    expect(listeningOf(found)).toMatchObject({ namesOverLimit: 102 });
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
