import { constants, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Server } from 'node:https';
import type { Logger } from 'pino';

/** PEM files: the certificate with those between it and its root, and its key. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Forward secrecy and authenticated encryption alone: every client of the last ten years has them. */
const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

/**
 * What a server of ours speaks: TLS 1.2 and 1.3.
 * @param clientAuthorities in PEM: whose certificates clients are asked for. Browsers offer no others
 * @throws the system's error where a file cannot be read
 */
export function secureOptions(
  { certificate, key }: CertificateFiles,
  clientAuthorities: readonly string[] = [],
): SecureContextOptions {
  return {
    cert: readFileSync(certificate),
    key: readFileSync(key),
    minVersion: 'TLSv1.2',
    ciphers,
    honorCipherOrder: true,
    // Nothing here asks for another handshake on a connection; who does only makes work (RFC 5246 7.2.2).
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ...(clientAuthorities.length === 0 ? {} : { ca: [...clientAuthorities] }),
  };
}

export interface RenewalInput {
  readonly server: Pick<Server, 'setSecureContext'>;
  readonly files: CertificateFiles;
  /** As for `secureOptions`. */
  readonly clientAuthorities?: readonly string[];
  readonly log: Pick<Logger, 'info' | 'error'>;
  /** Milliseconds from one look at the files to the next. */
  readonly every?: number;
}

/** What serves renewed certificates until it is disposed of. */
export interface Renewals extends Disposable {
  /** Reads the files at once. */
  look(): void;
}

/**
 * Serves a renewed certificate without a restart: reads the files again each minute, because the ways in which tools
 * replace files (moves, links, copies) are too many to be told of. Files that do not fit each other, as between two moves,
 * change nothing, and are tried again.
 */
export function serveRenewals({ server, files, clientAuthorities, log, every = 60_000 }: RenewalInput): Renewals {
  let served = readPair(files);
  let refused: string | undefined;
  const look = (): void => {
    try {
      const found = readPair(files);
      if (found === served) return;
      const options = secureOptions(files, clientAuthorities);
      // Throws where certificate and key are not of one another; the server would keep half of them.
      createSecureContext(options);
      server.setSecureContext(options);
      served = found;
      refused = undefined;
      log.info({ certificate: files.certificate, notAfter: notAfterOf(files) }, 'a renewed certificate is served');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (why !== refused)
        log.error(
          { code: 'tls.certificate', ...files, why },
          'the certificate on disk cannot be served; the one before stays',
        );
      refused = why;
    }
  };
  const timer = setInterval(look, every).unref();
  return { look, [Symbol.dispose]: () => clearInterval(timer) };
}

function readPair({ certificate, key }: CertificateFiles): string {
  return `${readFileSync(certificate, 'utf8')}\n${readFileSync(key, 'utf8')}`;
}

function notAfterOf({ certificate }: CertificateFiles): string {
  return new X509Certificate(readFileSync(certificate)).validToDate.toISOString();
}
