import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { suiteAnswer, type SuiteServerOptions } from '../profile/suite-server.ts';
import { alert, record, recordTypes, scriptedServer, serverHello, ssl2ServerHello, wire } from '../scripted.ts';
import { flawedServer, type Behaviour, type Flaw } from '../weaknesses/flawed-server.ts';
import type { Certificates } from './certificates.ts';
import { startAll, type Running, type Starting } from './running.ts';

const onlyPadding = (flaw: Flaw): boolean => flaw.padding && !flaw.mac && !flaw.empty;
const [badRecordMac, decryptionFailed, decryptError] = [20, 21, 51];

/** Of TLS 1.2 with AES128-SHA, and with handshakes that can be finished. It answers in TLS 1.2 whatever is asked. */
const flawed: Readonly<Record<string, Behaviour>> = {
  Heartbleed: { heartbeat: 'overreads' },
  'early ChangeCipherSpec': { earlyChange: 'empty-master' },
  Ticketbleed: { ticket: 'bleeds' },
  ROBOT: { rsa: (form) => (form === 'not-pkcs1' ? decryptError : undefined) },
  'POODLE in TLS': { record: (flaw) => (onlyPadding(flaw) ? undefined : badRecordMac) },
  'Zombie POODLE': { record: (flaw) => (onlyPadding(flaw) ? decryptionFailed : badRecordMac) },
};

type Past = Omit<SuiteServerOptions, 'certificate'>;

const prime512 = Uint8Array.from({ length: 64 }, () => 0xab);

/** What no program offers any more. These get no further than their first flight. */
const past: Readonly<Record<string, readonly Past[]>> = {
  'SSL 3.0 only': [{ version: wire.SSLv3, suites: [0x0035, 0x002f] }],
  'SSL 3.0 beside TLS 1.2': [
    { version: wire.SSLv3, suites: [0x0035] },
    { version: wire['TLSv1.2'], suites: [0xc030, 0xc02f], groups: [23] },
  ],
  'SSL 2.0 beside TLS 1.0': [{ version: wire['TLSv1.0'], suites: [0x002f] }],
  'export beside': [{ version: wire['TLSv1.2'], suites: [0xc030, 0x0003, 0x0008], groups: [23] }],
  'DHE export': [{ version: wire['TLSv1.0'], suites: [0x0039, 0x0014], prime: prime512 }],
  DES: [{ version: wire['TLSv1.2'], suites: [0xc030, 0x0009], groups: [23] }],
  compression: [{ version: wire['TLSv1.2'], suites: [0xc030], groups: [23], compression: 1 }],
};

export function startScriptedServers({ of }: Certificates): Promise<Running> {
  const files = of('RSA 2048');
  const certificate = new X509Certificate(readFileSync(files.certificate)).raw;
  const ofThePast = Object.entries(past).map(([name, options]): Starting => {
    const answers = new Map(options.map((one) => [one.version, suiteAnswer({ ...one, certificate })]));
    const speaksSsl2 = name.startsWith('SSL 2.0');
    const start = () =>
      scriptedServer((visit) => {
        if (visit.offered === wire.SSLv2 && speaksSsl2) visit.socket.write(ssl2ServerHello(certificate, [0x0700c0]));
        else (answers.get(visit.offered) ?? (({ socket }) => void socket.end(alert(70))))(visit);
      });
    return [`scripted: ${name}`, start];
  });
  const withFlaws = Object.entries(flawed).map(([name, behaviour]): Starting => [
    `scripted: ${name}`,
    () => flawedServer(files, behaviour),
  ]);
  return startAll([...ofThePast, ...withFlaws]);
}

/** Of these no letter can be given. */
export function startMuteServers(): Promise<Running> {
  const hello = record(recordTypes.handshake, serverHello(wire['TLSv1.2']));
  const unasked = record(recordTypes.handshake, serverHello(wire['TLSv1.2'], 0x1301));
  return startAll([
    ['silent', () => scriptedServer(() => undefined)],
    ['dripping', () => scriptedServer(({ socket }) => drip(socket, hello))],
    ['closing', () => scriptedServer(({ socket }) => socket.destroy())],
    ['of another protocol', () => scriptedServer(({ socket }) => socket.end('220 mail.example.nl ESMTP\r\n'))],
    ['choosing what was not offered', () => scriptedServer(({ socket }) => socket.end(unasked))],
  ]);
}

/** Ten bytes a second: each comes in time, all of them never do. */
function drip(socket: Socket, bytes: Buffer): void {
  let sent = 0;
  const drop = setInterval(() => socket.write(bytes.subarray(sent, ++sent)), 100);
  socket.on('close', () => clearInterval(drop));
}
