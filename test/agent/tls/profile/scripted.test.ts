import { describe, expect, test } from 'vitest';
import { scanProfile } from '../../../../agent/tls/profile/index.ts';
import { scanVersions } from '../../../../agent/tls/versions.ts';
import { Profile, type SuiteScan } from '../../../../policies/checks/tls/profile.ts';
import { suiteOf } from '../../../../policies/checks/tls/suites.ts';
import { lineTo } from '../peers.ts';
import { alert, scriptedServer, ssl2ServerHello, wire } from '../scripted.ts';
import { parseGreeting, suiteAnswer, suiteServer } from './suite-server.ts';

const exportSuites = [0x0003, 0x0006, 0x0008, 0x0014, 0x0062];
const nullSuites = [0x0001, 0x0002, 0x003b];
const anonymousSuites = [0x0018, 0x0034, 0x0019];
const rc4Suites = [0x0004, 0x0005];

async function profileOf(port: number, stepSeconds = 0.6): Promise<Profile> {
  const line = lineTo(port, { stepSeconds });
  const found = await scanVersions(line);
  if (found.speaks !== 'tls') throw new Error(`does not speak TLS: ${JSON.stringify(found)}`);
  const { profile } = await scanProfile(line, found.versions, (_, make) => make());
  return Profile.parse(profile);
}

async function suitesOf(port: number): Promise<SuiteScan | undefined> {
  return (await profileOf(port)).suites[0];
}

describe('suites that no program has any more', () => {
  test.each([
    ['export', exportSuites],
    ['NULL', nullSuites],
    ['anonymous', anonymousSuites],
    ['RC4', rc4Suites],
    ['drafts and other rare ones', [0xcc13, 0xfefe, 0x00ff - 1, 0xff85].filter((suite) => suiteOf(suite))],
  ])('%s, in the order of the server', async (_, suites) => {
    await using server = await suiteServer({
      version: wire['TLSv1.0'],
      suites,
      prime: Uint8Array.of(0x80, 1),
      groups: [23],
    });
    expect(await suitesOf(server.port)).toEqual({ version: 'TLSv1.0', suites, order: 'server', incomplete: null });
  });

  test('in the order of the client they are sorted by number', async () => {
    const suites = [...rc4Suites, ...exportSuites];
    const prime = Uint8Array.of(0x80, 1);
    await using server = await suiteServer({ version: wire['TLSv1.0'], suites, prime, followsClient: true });
    expect(await suitesOf(server.port)).toMatchObject({ suites: [3, 4, 5, 6, 8, 0x14, 0x62], order: 'client' });
  });

  test('one suite has no order', async () => {
    await using server = await suiteServer({ version: wire['TLSv1.1'], suites: [0x000a] });
    expect(await suitesOf(server.port)).toEqual({
      version: 'TLSv1.1',
      suites: [0x000a],
      order: 'unknown',
      incomplete: null,
    });
  });

  test('suites that are offered late have their true place in the order of the server', async () => {
    const suites = [0xfeff, 0xc02f, 0x00b8, 0x002f, 0xc07b];
    await using server = await suiteServer({ version: wire['TLSv1.2'], suites, groups: [23] });
    expect(await suitesOf(server.port)).toMatchObject({ suites, order: 'server', incomplete: null });
  });

  test('more suites than one greeting holds are all found', async () => {
    const suites = Array.from({ length: 0xc4 }, (_, number) => number).filter((number) => {
      const suite = suiteOf(number);
      return suite !== undefined && suite.keyExchange !== 'DHE' && number < 0x0100 && number !== 0x00c6;
    });
    expect(suites.length).toBeGreaterThan(63);
    await using server = await suiteServer({ version: wire['TLSv1.2'], suites, followsClient: true });
    expect(await suitesOf(server.port)).toMatchObject({ suites, order: 'client', incomplete: null });
  });

  test('a server that reads no more than 64 suites is never offered more', async () => {
    const suites = [0x002f, 0x0035, 0x000a];
    await using server = await suiteServer({ version: wire['TLSv1.2'], suites, maximumOffered: 64 });
    expect(await suitesOf(server.port)).toMatchObject({ suites, incomplete: null });
  });

  test('of two suites that no greeting holds together at first, the order is told all the same', async () => {
    const suites = [0x003b, 0xc02f];
    const version = wire['TLSv1.2'];
    await using client = await suiteServer({ version, suites, groups: [23], followsClient: true });
    expect(await suitesOf(client.port)).toMatchObject({ suites, order: 'client' });
    await using server = await suiteServer({ version, suites, groups: [23] });
    expect(await suitesOf(server.port)).toMatchObject({ suites, order: 'server' });
  });

  test('suites are found that Diffie-Hellman without parameters hides', async () => {
    const suites = [0x0005, 0x002f, 0x0035, 0xc02f];
    const version = wire['TLSv1.2'];
    const answer = suiteAnswer({ version, suites, groups: [23], followsClient: true });
    await using server = await scriptedServer((visit) => {
      const offered = visit.offered === version ? parseGreeting(visit.greeting).suites : [];
      const wantsDhe = offered.some((suite) => suiteOf(suite)?.keyExchange === 'DHE') && !offered.includes(0xc02f);
      if (wantsDhe) visit.socket.end(alert(40));
      else answer(visit);
    });
    expect(await suitesOf(server.port)).toMatchObject({ suites, incomplete: null });
  });

  test('the cipher kinds of SSL 2.0', async () => {
    await using server = await scriptedServer(({ socket, offered }) => {
      if (offered === wire.SSLv2) socket.write(ssl2ServerHello(Uint8Array.of(1), [0x07_00_c0, 0x02_00_80]));
      else socket.end(alert(70));
    });
    const kinds = [0x02_00_80, 0x07_00_c0];
    expect(await suitesOf(server.port)).toEqual({ version: 'SSLv2', suites: kinds, order: 'client', incomplete: null });
  });
});

describe('key exchange', () => {
  test('a prime that nobody knows is told by its digest, with its bits', async () => {
    const prime = Uint8Array.from({ length: 64 }, (_, index) => (index === 0 ? 0x5f : 0xab));
    await using server = await suiteServer({ version: wire['TLSv1.2'], suites: [0x0033, 0x0014], prime });
    const { finiteFields } = await profileOf(server.port);
    expect(finiteFields).toEqual([
      { bits: 511, prime: expect.stringMatching(/^[0-9a-f]{64}$/) as string, known: false },
    ]);
  });

  test('zeros before a prime do not make it longer', async () => {
    const prime = Uint8Array.from([0, 0, ...Array.from({ length: 64 }, () => 0xff)]);
    await using server = await suiteServer({ version: wire['TLSv1.2'], suites: [0x0033], prime });
    expect((await profileOf(server.port)).finiteFields).toMatchObject([{ bits: 512 }]);
  });

  test('every group of the server is found, whatever its order', async () => {
    const groups = [0x0009, 0x001d, 0x0018];
    await using server = await suiteServer({ version: wire['TLSv1.2'], suites: [0xc02f], groups });
    expect((await profileOf(server.port)).groups).toEqual({ named: [9, 0x18, 0x1d], incomplete: null });
  });

  test('compression is seen', async () => {
    await using server = await suiteServer({ version: wire['TLSv1.0'], suites: [0x002f], compression: 1 });
    expect((await profileOf(server.port)).features.compression).toEqual({ answer: 'yes' });
  });
});

describe('what stays unknown', () => {
  const suites = [0x002f, 0x0035, 0x000a];
  const version = wire['TLSv1.2'];

  test('suites of a server that falls silent', async () => {
    await using server = await suiteServer({ version, suites, refuse: () => undefined });
    const { suites: scans } = await profileOf(server.port, 0.2);
    expect(scans).toMatchObject([{ suites, incomplete: { what: 'silent' } }]);
  });

  test('suites of a server that shuts the asker out', async () => {
    let left = 15;
    await using server = await suiteServer({ version, suites: [0x002f], refuse: ({ socket }) => socket.destroy() });
    await using banning = await scriptedServer(async ({ socket, greeting }) => {
      if (left-- <= 0) {
        socket.destroy();
        return;
      }
      const { connect } = await import('node:net');
      const behind = connect(server.port, '127.0.0.1');
      behind.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      behind.write(greeting);
      behind.pipe(socket);
    });
    expect((await profileOf(banning.port)).suites).toMatchObject([{ incomplete: { what: 'closed' } }]);
  });

  test('an end without a word is a refusal of a server that goes on answering', async () => {
    await using server = await suiteServer({ version, suites, refuse: ({ socket }) => socket.destroy() });
    expect((await profileOf(server.port)).suites).toMatchObject([{ suites, incomplete: null }]);
  });

  test('suites of a server that chooses what was not offered', async () => {
    await using server = await scriptedServer((visit) => {
      if (visit.offered !== version) visit.socket.end(alert(70));
      else if (parseGreeting(visit.greeting).suites.includes(0x002f)) visit.socket.write(helloWith(0x002f));
      else visit.socket.write(helloWith(0x1301));
    });
    const { suites: scans } = await profileOf(server.port);
    expect(scans).toMatchObject([{ suites: [0x002f], incomplete: { what: 'not-offered' } }]);
  });

  test('features of a server that does not take the question', async () => {
    await using server = await suiteServer({ version, suites, refuse: () => undefined });
    const { features } = await profileOf(server.port, 0.2);
    expect(features.fallbackScsv).toMatchObject({ answer: 'unknown' });
    expect(features.clientCertificate).toBe('not-asked');
  });
});

function helloWith(suite: number): Buffer {
  const random = Array.from({ length: 32 }, () => 7);
  const hello = [3, 3, ...random, 0, suite >> 8, suite & 0xff, 0];
  const messages = [2, 0, 0, hello.length, ...hello, 14, 0, 0, 0];
  return Buffer.from([22, 3, 3, 0, messages.length, ...messages]);
}
