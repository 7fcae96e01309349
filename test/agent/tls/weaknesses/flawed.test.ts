import { afterAll, describe, expect, test } from 'vitest';
import { probeWeaknesses } from '../../../../agent/tls/weaknesses/index.ts';
import { weaknessNames, type SuiteScan } from '../../../../policies/checks/tls/profile.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { lineTo } from '../peers.ts';
import { scriptedServer } from '../scripted.ts';
import { flawedServer, type Behaviour, type Flaw } from './flawed-server.ts';
import { found, versionsWith } from './known.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const hasOpenssl = tool('openssl') !== undefined;
const files = hasOpenssl
  ? makeCertificate(folder.path, { name: 'flawed', key: 'rsa:2048', validSeconds: 86_400 })
  : { certificate: '', key: '' };

const known: SuiteScan = { version: 'TLSv1.2', suites: [0x002f], order: 'unknown', incomplete: null };

async function probe(behaviour: Behaviour): Promise<string[]> {
  await using server = await flawedServer(files, behaviour);
  return found(await probeWeaknesses(lineTo(server.port), versionsWith('TLSv1.2'), { suites: [known] }));
}

const badRecordMac = 20;
const decryptionFailed = 21;
const recordOverflow = 22;
const decryptError = 51;

/** A server that refuses as it should, but for one sort of flaw. */
function except(isOdd: (flaw: Flaw) => boolean, odd: number | 'end' | 'silence' | undefined): Behaviour {
  return { record: (flaw) => (isOdd(flaw) ? odd : badRecordMac) };
}

const onlyPadding = (flaw: Flaw): boolean => flaw.padding && !flaw.mac && !flaw.empty;

describe.skipIf(!hasOpenssl).concurrent('a server written to be weak', () => {
  test.each<[string, Behaviour, string[]]>([
    ['is sound where it is not', {}, []],
    ['overreads heartbeats', { heartbeat: 'overreads' }, ['heartbleed']],
    ['overreads heartbeats behind the handshake', { heartbeat: 'overreads-behind-handshake' }, ['heartbleed']],
    ['discards heartbeats that claim too much', { heartbeat: 'discards' }, []],
    ['falls silent on heartbeats', { heartbeat: 'hangs' }, ['heartbleed unknown {"what":"silent"}']],
    ['takes an early change of protection', { earlyChange: 'empty-master' }, ['ccs-injection']],
    [
      'takes an early change, with keys that nobody knows',
      { earlyChange: 'other-keys' },
      ['ccs-injection unknown {"what":"alert","detail":"alert bad_record_mac"}'],
    ],
    ['pads session ids with memory', { ticket: 'bleeds' }, ['ticketbleed']],
    ['echoes session ids as they are', { ticket: 'echoes' }, []],
    ['promises tickets and gives none', { ticket: 'none' }, []],
    ['does not take its own tickets', { ticket: 'declines' }, []],
    [
      'pads one session id, and declines what follows',
      { ticket: 'bleeds-once' },
      ['ticketbleed unknown {"what":"unsteady"}'],
    ],
    ['tells wrong PKCS #1', { rsa: (form) => (form === 'not-pkcs1' ? decryptError : undefined) }, ['robot']],
    ['tells a wrong version', { rsa: (form) => (form === 'wrong-version' ? 'end' : undefined) }, ['robot']],
    ['refuses every key exchange alike', { rsa: () => decryptError }, ['*']],
    [
      'refuses key exchanges now so, now so',
      { rsa: (form, connection) => (form === 'not-pkcs1' && connection % 2 === 0 ? decryptError : undefined) },
      ['robot unknown {"what":"unsteady"}'],
    ],
    ['renegotiates with anyone', { renegotiation: 'insecure' }, ['insecure-renegotiation', 'client-renegotiation']],
    ['renegotiates securely', { renegotiation: 'secure' }, ['client-renegotiation']],
    ['ends on renegotiation', { renegotiation: 'ends' }, []],
    [
      'ignores renegotiation',
      { renegotiation: 'ignores' },
      ['insecure-renegotiation unknown {"what":"silent"}', 'client-renegotiation unknown {"what":"silent"}'],
    ],
    ['does not check padding', except(onlyPadding, undefined), ['poodle-tls']],
    ['tells wrong padding under a right MAC', except(onlyPadding, decryptionFailed), ['zombie-poodle']],
    ['stays silent on wrong padding under a right MAC', except(onlyPadding, 'silence'), ['sleeping-poodle']],
    ['tells wrong padding under a wrong MAC', except(({ padding, mac }) => padding && mac, 'end'), ['goldendoodle']],
    [
      'tells wrong padding of empty records',
      except(({ padding, empty }) => padding && empty, 'end'),
      ['zero-length-padding-oracle'],
    ],
    ['tells records without a MAC', except(({ noRoom }) => noRoom, 'end'), ['zero-length-padding-oracle']],
    ['overflows on records without a MAC', except(({ noRoom }) => noRoom, recordOverflow), ['cve-2016-2107']],
    [
      'does not check padding, and ends without a word',
      { record: (flaw) => (onlyPadding(flaw) ? undefined : 'end') },
      ['poodle-tls'],
    ],
    ['treats broken records alike, with another alert', { record: () => decryptionFailed }, []],
    ['ends on whatever it does not like', { record: () => 'end' }, []],
    [
      'tells broken records now so, now so',
      { record: ({ padding }, connection) => (padding && connection % 2 === 0 ? 'end' : badRecordMac) },
      [
        'poodle-tls',
        'zombie-poodle',
        'goldendoodle',
        'sleeping-poodle',
        'zero-length-padding-oracle',
        'cve-2016-2107',
      ].map((name) => `${name} unknown {"what":"unsteady"}`),
    ],
  ])('%s', async (_, behaviour, expected) => {
    const weak = await probe(behaviour);
    // Where no handshake comes about, what lies behind it is open; ROBOT itself is not.
    if (expected[0] === '*') expect(weak.filter((line) => line.startsWith('robot'))).toEqual([]);
    else expect(weak).toEqual(expected);
  });

  test('a server that shuts the asker out half way has no "no" for what came after', async () => {
    for (const connections of [0, 1, 2, 4, 6, 9]) {
      await using server = await flawedServer(files, { connections });
      const weaknesses = await probeWeaknesses(lineTo(server.port), versionsWith('TLSv1.2'), { suites: [known] });
      expect(weaknesses.goldendoodle).toEqual({ answer: 'unknown', why: { what: 'closed' } });
      if (connections < 7) expect(weaknesses.robot).toEqual({ answer: 'unknown', why: { what: 'closed' } });
      if (connections < 2) expect(weaknesses['ccs-injection'].answer).toBe('unknown');
    }
  });

  test.each([
    ['found nothing', { ...known, suites: [] }],
    ['was cut short', { ...known, suites: [0xc02f], incomplete: { what: 'silent' } as const }],
  ])('a suite scan that %s rules nothing out', async (_, scan) => {
    await using server = await flawedServer(files, except(onlyPadding, undefined));
    const weaknesses = await probeWeaknesses(lineTo(server.port), versionsWith('TLSv1.2'), { suites: [scan] });
    expect(weaknesses['poodle-tls'].answer).not.toBe('no');
  });

  test('a sound server is asked over few connections', async () => {
    await using server = await flawedServer(files, { ticket: 'echoes' });
    await probeWeaknesses(lineTo(server.port), versionsWith('TLSv1.2'), { suites: [known] });
    expect(server.connections).toBeLessThanOrEqual(17);
  });
});

describe('what cannot be asked', () => {
  test('a server of TLS 1.3 alone has none of them, without one connection', async () => {
    await using server = await scriptedServer(() => undefined);
    const weaknesses = await probeWeaknesses(lineTo(server.port), versionsWith('TLSv1.3'), { suites: [] });
    expect(found(weaknesses)).toEqual([]);
    expect(server.offered).toEqual([]);
  });

  test('a server of SSL 3.0 alone leaves all of them open', async () => {
    await using server = await scriptedServer(() => undefined);
    const weaknesses = await probeWeaknesses(lineTo(server.port), versionsWith('SSLv3'), { suites: [] });
    const why = { what: 'handshake-failed', detail: 'only SSL 3.0 in common' };
    for (const name of weaknessNames) expect(weaknesses[name]).toEqual({ answer: 'unknown', why });
  });

  test.each([
    ['stays silent', () => undefined, 'silent'],
    ['ends', ({ socket }: { socket: { end(): void } }) => socket.end(), 'closed'],
    [
      'answers with another protocol',
      ({ socket }: { socket: { end(text: string): void } }) => socket.end('220 hi\r\n'),
      'malformed',
    ],
  ])('a server that %s leaves all of them open, after one connection', async (_, answer, what) => {
    await using server = await scriptedServer(answer);
    const line = lineTo(server.port, { stepSeconds: 0.3 });
    const weaknesses = await probeWeaknesses(line, versionsWith('TLSv1.2'), { suites: [] });
    for (const name of weaknessNames) expect(weaknesses[name]).toMatchObject({ answer: 'unknown', why: { what } });
    expect(server.offered).toHaveLength(1);
  });
});
