import { gnutlsServer, opensslServer } from '../peers.ts';
import type { CertificateName, Certificates } from './certificates.ts';
import { startAll, type Running, type Starting } from './running.ts';

const sinceTls12 = ['-no_tls1', '-no_tls1_1'] as const;
const classic = '-tls1_2';

/** `openssl s_server`, with RSA 2048. */
const opensslServers: Readonly<Record<string, readonly string[]>> = {
  'as it comes': [],
  'TLS 1.2 and 1.3': [...sinceTls12],
  'P-521 only': [...sinceTls12, '-groups', 'P-521'],
  'renegotiates for clients': [classic, '-client_renegotiation'],
  'renegotiates for anyone': [classic, '-client_renegotiation', '-legacy_renegotiation'],
  'insists on a client certificate': [...sinceTls12, '-Verify', '1', '-verify_return_error'],
  'anonymous only': [classic, '-cipher', 'AECDH-AES256-SHA:@SECLEVEL=0'],
};

const tls12 = 'NONE:+CTYPE-ALL:+COMP-NULL:+SIGN-ALL:+GROUP-ALL:+SHA1:+AEAD:+VERS-TLS1.2';

/** `gnutls-serv`, which still has what OpenSSL does not: its priorities, and a certificate other than RSA 2048. */
const gnutlsServers: Readonly<Record<string, readonly [priorities: string, certificate?: CertificateName]>> = {
  'as it comes': ['NORMAL'],
  'ECDHE with AES-256 only': [`${tls12}:+ECDHE-RSA:+AES-256-GCM`],
  'CCM only': [`${tls12}:+ECDHE-ECDSA:+AES-128-CCM`, 'P-256'],
  '3DES last': [`${tls12}:+ECDHE-RSA:+RSA:+AES-256-GCM:+3DES-CBC:%SERVER_PRECEDENCE`],
  '3DES first': [`${tls12}:+RSA:+3DES-CBC:+AES-256-GCM:%SERVER_PRECEDENCE`],
  'RC4 beside': [`${tls12}:+VERS-TLS1.3:+ECDHE-RSA:+AES-256-GCM:+ARCFOUR-128`],
  'RC4 only': [`${tls12}:+VERS-TLS1.1:+VERS-TLS1.0:+ECDHE-RSA:+ARCFOUR-128`],
  'NULL only': [`${tls12}:+RSA:+NULL`],
  'anonymous beside': [`${tls12}:+ECDHE-RSA:+ANON-ECDH:+AES-128-CBC`],
};

export function startOpensslServers({ of }: Certificates): Promise<Running> {
  const servers = Object.entries(opensslServers).map(([name, options]): Starting => [
    `openssl: ${name}`,
    () => opensslServer(of('RSA 2048'), ...options),
  ]);
  return startAll(servers);
}

export function startGnutlsServers({ of }: Certificates): Promise<Running> {
  const servers = Object.entries(gnutlsServers).map(([name, [priorities, certificate = 'RSA 2048']]): Starting => [
    `gnutls: ${name}`,
    () => gnutlsServer(of(certificate), `--priority=${priorities}`, '--http'),
  ]);
  return startAll(servers);
}
