import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { LocalHost } from '../../../agent/host/local.ts';
import { stagesOf } from '../../../agent/tls/scan.ts';
import type { VersionScan } from '../../../agent/tls/versions.ts';
import { tlsVersions, type TlsVersion } from '../../../policies/checks/tls/profile.ts';
import {
  accepting,
  alert,
  record,
  recordTypes,
  scriptedServer,
  serverHello,
  ssl2ServerHello,
  wire,
} from './scripted.ts';

const host = new LocalHost();
const impatient = { stepSeconds: 0.15 };

function scan(port: number, options = {}): Promise<VersionScan> {
  return stagesOf(host, { address: '127.0.0.1', port }, { stepSeconds: 2, ...options }).versions();
}

/** The answers as words, `unknown` with what stands in the way. */
function answers(found: VersionScan): Partial<Record<TlsVersion, string>> {
  if (found.speaks !== 'tls') throw new Error(`does not speak TLS: ${JSON.stringify(found)}`);
  return Object.fromEntries(
    tlsVersions.map((version) => {
      const answer = found.versions[version];
      const why = answer.answer === 'unknown' ? ` ${answer.why.what} ${answer.why.detail ?? ''}`.trimEnd() : '';
      return [version, answer.answer + why];
    }),
  );
}

const hello = (version: number, suite?: number): Buffer => record(recordTypes.handshake, serverHello(version, suite));

test.each(tlsVersions.filter((version) => version !== 'SSLv2'))(
  'a server of %s alone is seen as such',
  async (only) => {
    await using server = await scriptedServer(accepting(wire[only]));
    const expected = Object.fromEntries(tlsVersions.map((version) => [version, version === only ? 'yes' : 'no']));
    expect(answers(await scan(server.port))).toEqual(expected);
  },
);

describe('SSL 2.0', () => {
  test.each([
    ['with suites', [0x0700c0]],
    ['without suites', []],
  ])('a SERVER-HELLO %s is a yes', async (_, suites) => {
    await using server = await scriptedServer(({ socket, offered }) => {
      if (offered === wire.SSLv2) socket.write(ssl2ServerHello(Buffer.alloc(40), suites));
      else accepting(wire['TLSv1.2'])({ socket, offered, greeting: Buffer.alloc(0), number: 0 });
    });
    expect(answers(await scan(server.port))).toMatchObject({ SSLv2: 'yes', SSLv3: 'no', 'TLSv1.2': 'yes' });
  });

  test('its own error message is a no', async () => {
    await using server = await scriptedServer((visit) => {
      if (visit.offered === wire.SSLv2) visit.socket.end(Buffer.from([0x80, 3, 0, 0, 1]));
      else accepting(wire['TLSv1.2'])(visit);
    });
    expect(answers(await scan(server.port))).toMatchObject({ SSLv2: 'no', 'TLSv1.2': 'yes' });
  });
});

describe('what counts as no', () => {
  test('a lower version than the offered one', async () => {
    await using server = await scriptedServer(({ socket, offered }) => {
      if (offered < wire['TLSv1.0']) socket.end(alert(70));
      else socket.write(hello(Math.min(offered, wire['TLSv1.1'])));
    });
    expect(answers(await scan(server.port))).toEqual({
      SSLv2: 'no',
      SSLv3: 'no',
      'TLSv1.0': 'yes',
      'TLSv1.1': 'yes',
      'TLSv1.2': 'no',
      'TLSv1.3': 'no',
    });
  });

  test('handshake_failure, but only when every suite was refused', async () => {
    const rareSuite = 0x00a1; // far down the list
    await using server = await scriptedServer((visit) => {
      const { socket, offered, greeting } = visit;
      if (offered !== wire['TLSv1.0']) accepting(wire['TLSv1.2'])(visit);
      else if (suitesOf(greeting).includes(rareSuite)) socket.write(hello(offered, rareSuite));
      else socket.end(alert(40));
    });
    expect(answers(await scan(server.port))).toMatchObject({ 'TLSv1.0': 'yes', 'TLSv1.1': 'no' });
    expect(server.offered.filter((offered) => offered === wire['TLSv1.0']).length).toBeGreaterThan(1);
  });

  test('handshake_failure for all suites; no question holds more than 64', async () => {
    const sizes: number[] = [];
    await using server = await scriptedServer((visit) => {
      if (visit.offered > wire.SSLv2) sizes.push(suitesOf(visit.greeting).length);
      if (visit.offered === wire['TLSv1.2']) accepting(wire['TLSv1.2'])(visit);
      else visit.socket.end(alert(40));
    });
    expect(answers(await scan(server.port))).toMatchObject({ SSLv3: 'no', 'TLSv1.0': 'no', 'TLSv1.3': 'no' });
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64);
  });

  test('SSL 3.0 refused once, where protocol_version to TLS 1.0 denied it before', async () => {
    await using server = await scriptedServer((visit) => {
      if (visit.offered === wire.SSLv3) visit.socket.end(alert(40));
      else accepting(wire['TLSv1.2'])(visit);
    });
    expect(answers(await scan(server.port))).toMatchObject({ SSLv3: 'no', 'TLSv1.0': 'no' });
    expect(server.offered.filter((offered) => offered === wire.SSLv3)).toHaveLength(1);
  });

  test('SSL 3.0 refused for every suite, where TLS 1.0 was only refused for its suites', async () => {
    const rareSuite = 0x00a1; // of TLS 1.2, so none that SSL 3.0 should have
    await using server = await scriptedServer(({ socket, offered, greeting }) => {
      if (offered === wire['TLSv1.2']) socket.write(hello(offered));
      else if (offered === wire.SSLv3 && suitesOf(greeting).includes(rareSuite))
        socket.write(hello(offered, rareSuite));
      else socket.end(alert(40));
    });
    expect(answers(await scan(server.port))).toMatchObject({ SSLv3: 'yes', 'TLSv1.0': 'no' });
  });

  test.each(['end', 'reset'])('an %s without a word, where TLS is spoken in another version', async (how) => {
    await using server = await scriptedServer((visit) => {
      if (visit.offered === wire['TLSv1.2']) accepting(wire['TLSv1.2'])(visit);
      else if (how === 'end') visit.socket.end();
      else visit.socket.resetAndDestroy();
    });
    expect(answers(await scan(server.port))).toMatchObject({ SSLv2: 'no', 'TLSv1.1': 'no', 'TLSv1.2': 'yes' });
    expect(server.offered.at(-1)).toBe(wire['TLSv1.2']); // the question that confirms it
  });
});

describe('what stays unknown', () => {
  test('an end without a word by a server that shuts the asker out', async () => {
    await using server = await scriptedServer((visit) => {
      if (visit.number === 0) accepting(wire['TLSv1.2'])(visit);
      else visit.socket.resetAndDestroy();
    });
    expect(answers(await scan(server.port))).toMatchObject({ 'TLSv1.0': 'unknown closed', 'TLSv1.2': 'yes' });
  });

  test('silence for one version', async () => {
    await using server = await scriptedServer((visit) => {
      if (visit.offered !== wire['TLSv1.0']) accepting(wire['TLSv1.2'])(visit);
    });
    expect(answers(await scan(server.port, impatient))).toMatchObject({
      'TLSv1.0': 'unknown silent',
      'TLSv1.2': 'yes',
    });
  });

  test('an end in the middle of an answer', async () => {
    await using server = await scriptedServer((visit) => {
      if (visit.offered === wire['TLSv1.0']) visit.socket.end(hello(wire['TLSv1.0']).subarray(0, 30));
      else accepting(wire['TLSv1.2'])(visit);
    });
    expect(answers(await scan(server.port))).toMatchObject({ 'TLSv1.0': 'unknown cut-off' });
  });

  test.each([
    ['a version that was not offered', hello(0x0303), 'unknown not-offered version 0x0303'],
    ['a suite that was not offered', hello(0x0301, 0x1301), 'unknown not-offered suite 0x1301'],
    ['an alert about something else', alert(80), 'unknown alert internal_error'],
    ['a record without sense', Buffer.from([22, 3, 1, 0xff, 0xff, 1]), 'unknown malformed a record is too long'],
    [
      'a first message that is no ServerHello',
      record(22, [11, 0, 0, 0]),
      'unknown malformed the first message is not a ServerHello',
    ],
  ])('%s', async (_, answer, expected) => {
    await using server = await scriptedServer((visit) => {
      if (visit.offered === wire['TLSv1.0']) visit.socket.write(answer);
      else accepting(wire['TLSv1.2'])(visit);
    });
    expect(answers(await scan(server.port))['TLSv1.0']).toBe(expected);
  });

  test('a name that the server does not know', async () => {
    await using server = await scriptedServer(({ socket }) => socket.end(alert(112)));
    expect(answers(await scan(server.port))).toMatchObject({ 'TLSv1.2': 'unknown alert unrecognized_name' });
  });
});

describe('how answers may arrive', () => {
  test('cut into segments of one byte and records of three', async () => {
    await using server = await scriptedServer(async (visit) => {
      if (visit.offered !== wire['TLSv1.2']) {
        accepting()(visit);
        return;
      }
      const message = serverHello(wire['TLSv1.2']);
      visit.socket.setNoDelay(true);
      for (let at = 0; at < message.length; at += 3) {
        for (const byte of record(recordTypes.handshake, message.slice(at, at + 3))) {
          visit.socket.write(Uint8Array.of(byte));
          await new Promise(setImmediate);
        }
      }
    });
    expect(answers(await scan(server.port))).toMatchObject({ 'TLSv1.2': 'yes', 'TLSv1.0': 'no' });
  });

  test('after a warning', async () => {
    await using server = await scriptedServer((visit) => {
      if (visit.offered !== wire['TLSv1.2']) accepting()(visit);
      else visit.socket.write(Buffer.concat([alert(112, 1), hello(wire['TLSv1.2'])]));
    });
    expect(answers(await scan(server.port))).toMatchObject({ 'TLSv1.2': 'yes' });
  });

  test('a refusal of level "warning" and an end is a refusal', async () => {
    await using server = await scriptedServer((visit) => {
      if (visit.offered === wire['TLSv1.2']) accepting(wire['TLSv1.2'])(visit);
      else visit.socket.end(alert(70, 1));
    });
    expect(answers(await scan(server.port))).toMatchObject({ 'TLSv1.0': 'no', 'TLSv1.3': 'no' });
  });
});

describe('servers that do not speak TLS', () => {
  test('HTTP', async () => {
    await using server = await scriptedServer(({ socket }) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await scan(server.port)).toEqual({ speaks: 'other', answer: 'not-tls' });
    expect(server.offered).toHaveLength(1);
  });

  test('a greeting of SMTP', async () => {
    await using server = await scriptedServer(
      () => undefined,
      (socket) => socket.write('220 mail.example.nl ESMTP\r\n'),
    );
    expect(await scan(server.port)).toEqual({ speaks: 'other', answer: 'not-tls' });
  });

  test('one that closes every connection', async () => {
    await using server = await scriptedServer(({ socket }) => socket.end());
    expect(await scan(server.port)).toEqual({ speaks: 'other', answer: 'closed' });
  });

  test('one that never answers is unknown, and is not asked without end', async () => {
    await using server = await scriptedServer(() => undefined);
    expect(await scan(server.port, impatient)).toEqual({ speaks: 'unknown', why: { what: 'silent' } });
    expect(server.offered).toHaveLength(2);
  });

  test('one that drips a byte now and then is unknown', async () => {
    await using server = await scriptedServer(async ({ socket, offered }) => {
      for (const byte of hello(offered)) {
        socket.write(Uint8Array.of(byte));
        await sleep(100);
        if (socket.destroyed) return;
      }
    });
    expect(await scan(server.port, impatient)).toEqual({ speaks: 'unknown', why: { what: 'silent' } });
  });

  test('one that cannot be connected to is unknown', async () => {
    const server = await scriptedServer(() => undefined);
    await server[Symbol.asyncDispose]();
    expect(await scan(server.port)).toEqual({
      speaks: 'unknown',
      why: { what: 'unreachable', detail: 'ECONNREFUSED' },
    });
  });

  test('when time is over, what was not asked is unknown', async () => {
    await using server = await scriptedServer((visit) => {
      if (visit.offered === wire['TLSv1.2']) accepting(wire['TLSv1.2'])(visit);
    });
    const found = answers(await scan(server.port, { endpointSeconds: 0.3 }));
    expect(found).toMatchObject({ 'TLSv1.2': 'yes', 'TLSv1.0': 'unknown silent', SSLv2: 'unknown silent' });
  });
});

/** The suites of a ClientHello without a session id. */
function suitesOf(greeting: Buffer): number[] {
  const start = 5 + 4 + 2 + 32 + 1;
  const length = greeting.readUInt16BE(start);
  return Array.from({ length: length / 2 }, (_, index) => greeting.readUInt16BE(start + 2 + 2 * index));
}
