import { describe, expect, test } from 'vitest';
import { LocalHost } from '../../../agent/host/local.ts';
import { scanEndpoint, type EndpointScan } from '../../../agent/tls/scan.ts';
import { ecdsaSuites } from '../../../agent/tls/suites.ts';
import {
  accepting,
  alert,
  certificateMessage,
  helloDone,
  record,
  scriptedServer,
  serverHello,
  wire,
} from './scripted.ts';

const notReadable = Buffer.from('no certificate');

function scan(port: number): Promise<EndpointScan> {
  return scanEndpoint(new LocalHost(), { address: '127.0.0.1', port }, { stepSeconds: 2 });
}

function offersCurves(greeting: Buffer): boolean {
  return greeting.includes(Buffer.from(ecdsaSuites.slice(10, 14).flatMap((suite) => [suite >> 8, suite & 0xff])));
}

describe('answers to the version scan', () => {
  test('that end behind the hello leave the certificate to a question of its own', async () => {
    const staticRsa = serverHello(wire['TLSv1.2'], 0x002f);
    await using server = await scriptedServer((visit) => {
      if (visit.offered !== wire['TLSv1.2']) accepting()(visit);
      else if (visit.number === 0) visit.socket.end(record(22, staticRsa));
      else if (offersCurves(visit.greeting)) visit.socket.end(alert(40));
      else visit.socket.write(record(22, [...staticRsa, ...certificateMessage(notReadable), ...helloDone]));
    });
    const found = await scan(server.port);
    expect(found).toMatchObject({ versions: { 'TLSv1.2': { answer: 'yes' } } });
    expect(found).toMatchObject({
      unanswered: expect.arrayContaining([{ asked: 'TLSv1.2 RSA', why: { what: 'bad-certificate' } }]) as unknown,
    });
  });

  test('with a signature that fits no kind of key do not stand for the question after that kind', async () => {
    // An RSA suite over a certificate, and no word of what signed it.
    const flight = [...serverHello(wire['TLSv1.2'], 0xc02f), ...certificateMessage(notReadable), ...helloDone];
    await using server = await scriptedServer((visit) => {
      if (visit.offered !== wire['TLSv1.2']) accepting()(visit);
      else visit.socket.write(record(22, flight));
    });
    await scan(server.port);
    const asked = server.offered.filter((offered) => offered === wire['TLSv1.2']);
    // The version, RSA, ECDSA, DSA, RSA-PSS, EdDSA: each by itself.
    expect(asked).toHaveLength(6);
  });
});
