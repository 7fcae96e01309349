import type { TLSSocket } from 'node:tls';
import type { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { lateTls } from '../host/late.ts';
import { withConnection, type Line } from './dial.ts';
import { doubt, type Reply } from './reply.ts';

const suites = 'AES_128_GCM_SHA256 AES_256_GCM_SHA384 CHACHA20_POLY1305_SHA256 AES_128_CCM_SHA256 AES_128_CCM_8_SHA256';
/** With a security level of 0, at which OpenSSL refuses no key for being too small. */
const ciphers = [...suites.split(' ').map((suite) => `TLS_${suite}`), 'DEFAULT', '@SECLEVEL=0'].join(':');

/**
 * A whole TLS 1.3 handshake with OpenSSL, for the certificates that TLS 1.3 encrypts. Nothing is verified and nothing
 * is too weak to be shown: it looks at certificates, it does not trust them.
 * @param signatureAlgorithms OpenSSL's names, with colons between; what it offers by itself where left out
 */
export function shakeHands(line: Line, signatureAlgorithms?: string): Promise<Reply> {
  return withConnection(line, (socket, settle) => {
    const heardBefore = bytesHeard(socket);
    // Some servers (Dovecot) hang up where others send an alert: that is `closed`, as with every other question.
    const settleEnd = (reply: Reply): void => {
      const isEnd = reply.kind === 'doubt' && reply.why.what === 'cut-off';
      const hasAnswered = heardBefore === undefined || bytesHeard(socket) !== heardBefore;
      settle(isEnd && !hasAnswered ? { kind: 'closed' } : reply);
    };
    const secure = lateTls().connect({
      socket,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      ciphers,
      ...(line.name === undefined ? {} : { servername: line.name }),
      ...(signatureAlgorithms === undefined ? {} : { sigalgs: signatureAlgorithms }),
    });
    secure.on('secureConnect', () =>
      settle({ kind: 'hello', version: 0x0304, suite: undefined, certificates: shownBy(secure) }),
    );
    secure.on('error', (error) => settleEnd(replyOf(error)));
    socket.on('error', (error) => settleEnd(replyOf(error)));
    // An end in the middle of a handshake also comes as an error; this is for one that does not.
    secure.on('close', () => settleEnd(doubt('cut-off')));
    return secure;
  });
}

/** Bytes that came over the connection so far; undefined where it does not count them. */
function bytesHeard(socket: Duplex): number | undefined {
  return 'bytesRead' in socket && typeof socket.bytesRead === 'number' ? socket.bytesRead : undefined;
}

function shownBy(secure: TLSSocket): Uint8Array[] {
  const certificates: Uint8Array[] = [];
  let next: X509Certificate | undefined = secure.getPeerX509Certificate();
  while (next !== undefined && certificates.length < maximumChain) {
    certificates.push(next.raw);
    next = next.issuerCertificate;
  }
  return certificates;
}

const maximumChain = 17;

/** Whatever OpenSSL can still speak, for handshakes of every version; at the same security level. */
export const everyCipher = [...suites.split(' ').map((suite) => `TLS_${suite}`), 'ALL', '@SECLEVEL=0'].join(':');

/** An alert is the server's word; all else that goes wrong leaves the question open. */
export function replyOf(error: Error): Reply {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  // OpenSSL leaves "alert" out of the names of the alerts of RFC 6066.
  const alert = /_ALERT_([A-Z0-9_]+)$/.exec(code)?.[1] ?? /^ERR_SSL_TLSV1_([A-Z0-9_]+)$/.exec(code)?.[1];
  if (alert !== undefined) return { kind: 'alert', name: alert.toLowerCase() };
  if (code === 'ECONNRESET' || code === 'EPIPE') return doubt('cut-off');
  return doubt('handshake-failed', code);
}
