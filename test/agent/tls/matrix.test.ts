import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../agent/host/local.ts';
import { scanEndpoint, scanGrounds, type ScanTarget } from '../../../agent/tls/scan.ts';
import { loadRoots, withIntermediates, type RootStores } from '../../../agent/tls/trust/roots.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { issueCertificates } from './matrix/certificates.ts';
import { startMailboxes, startSmtp } from './matrix/mail.ts';
import { startWebServers } from './matrix/nginx.ts';
import { startGnutlsServers, startOpensslServers } from './matrix/programs.ts';
import type { Running } from './matrix/running.ts';
import { startMuteServers, startScriptedServers } from './matrix/scripted.ts';
import { parseTable, seenAs } from './matrix/table.ts';

/**
 * Servers that are really started, and what is to be seen of each. Every letter is derived by hand from the SSL Labs
 * Server Rating Guide 2009r and its later rules (docs/tls/rating.md); which cell says what is told at `Row`.
 */
const [, ...rows] = parseTable(`
  server                                   | letter | trusted | versions          | order  | takes                              | not                            | group   | key             | held                                                                                                                                          | open

  Versions, and what a web service says beside them
  nginx: TLS 1.2 and 1.3                   | A+     | A+      | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA 3DES_EDE_CBC_SHA           | X25519  | RSA 2048        |                                                                                                                                               |
  nginx: no HSTS                           | A      | A       | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA RC4_128_SHA                | X25519  | RSA 2048        | hsts-absent                                                                                                                                   |
  nginx: HSTS of a day                     | A      | A       | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA NULL_SHA                   | X25519  | RSA 2048        | hsts-short                                                                                                                                    |
  nginx: HSTS switched off                 | A-     | A-      | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA NULL_SHA                   | X25519  | RSA 2048        | hsts-invalid                                                                                                                                  |
  nginx: TLS 1.2 only                      | A-     | A-      | 1.2               | client | ECDHE_RSA AES_256_GCM_SHA384       | AES_256_GCM_SHA384             | X25519  | RSA 2048        | no-tls13                                                                                                                                      |
  nginx: TLS 1.3 only                      | A+     | A+      | 1.3               | client | AES_256_GCM_SHA384                 | ECDHE_RSA AES_256_GCM_SHA384   | X25519  | RSA 2048        |                                                                                                                                               |
  nginx: TLS 1.0 to 1.3                    | B      | B       | 1.0 1.1 1.2 1.3   | client | ECDHE_RSA AES_128_CBC_SHA          | ECDH_anon AES_128_CBC_SHA      | X25519  | RSA 2048        | tls10-or-11                                                                                                                                   |
  nginx: TLS 1.1 and 1.2                   | B      | B       | 1.1 1.2           | client | ECDHE_RSA AES_128_CBC_SHA          | AES_128_GCM_SHA256             | X25519  | RSA 2048        | tls10-or-11 no-tls13                                                                                                                          |
  nginx: TLS 1.0 only                      | C      | C       | 1.0               | client | RSA AES_128_CBC_SHA                | RSA AES_128_GCM_SHA256         | X25519  | RSA 2048        | no-tls12 tls10-or-11 no-aead no-tls13                                                                                                         |
  openssl: as it comes                     | A…T    | A…F     | 1.0? 1.1? 1.2 1.3 | client | ECDHE_RSA CHACHA20_POLY1305_SHA256 | RSA 3DES_EDE_CBC_SHA           | DH 2048 | RSA 2048        | no-web-service                                                                                                                                | TLSv1.0: alert internal_error
  openssl: TLS 1.2 and 1.3                 | A      | A       | 1.2 1.3           | client | ECDHE_RSA CHACHA20_POLY1305_SHA256 | RSA 3DES_EDE_CBC_SHA           | DH 2048 | RSA 2048        | no-web-service                                                                                                                                |
  gnutls: as it comes                      | B      | B       | 1.0 1.1 1.2 1.3   | client | DHE_RSA AES_128_CCM                | RSA RC4_128_SHA                | X25519  | RSA 2048        | tls10-or-11 no-web-service                                                                                                                    |
  scripted: SSL 3.0 only                   | F      | F       | SSLv3             | server | RSA AES_128_CBC_SHA                | RSA RC4_128_SHA                | –       | RSA 2048        | ssl3-best no-tls12 poodle-ssl3 ssl3 no-aead no-secure-renegotiation no-tls13 no-web-service                                                   | handshake-failed only SSL 3.0 in common
  scripted: SSL 3.0 beside TLS 1.2         | C…F    | C…F     | SSLv3 1.2         | server | RSA AES_256_CBC_SHA                | RSA AES_128_CBC_SHA            | P-256   | RSA 2048        | poodle-ssl3 ssl3 no-secure-renegotiation no-tls13 no-web-service                                                                              | silent
  scripted: SSL 2.0 beside TLS 1.0         | F      | F       | SSLv2 1.0         | client | RSA AES_128_CBC_SHA                | RSA AES_256_CBC_SHA            | –       | RSA 2048        | ssl2 drown no-tls12 score tls10-or-11 no-aead no-secure-renegotiation no-tls13 no-web-service                                                 | silent

  How keys are exchanged
  nginx: RSA exchange preferred            | B      | B       | 1.2 1.3           | server | RSA AES_256_GCM_SHA384             | RSA AES_256_CBC_SHA            | X25519  | RSA 2048        | no-forward-secrecy                                                                                                                            |
  nginx: RSA exchange last                 | A+     | A+      | 1.2 1.3           | server | RSA AES_256_GCM_SHA384             | RSA AES_256_CBC_SHA            | X25519  | RSA 2048        |                                                                                                                                               |
  nginx: RSA exchange only                 | B      | B       | 1.2               | –      | RSA AES_256_GCM_SHA384             | ECDHE_RSA AES_256_GCM_SHA384   | –       | RSA 2048        | no-forward-secrecy no-tls13                                                                                                                   |
  nginx: DH 1024                           | B      | B       | 1.2 1.3           | client | DHE_RSA AES_256_GCM_SHA384         | RSA AES_256_GCM_SHA384         | DH 1024 | RSA 2048        | dh-below-2048                                                                                                                                 |
  nginx: DH 2048                           | A+     | A+      | 1.2 1.3           | client | DHE_RSA AES_256_GCM_SHA384         | RSA AES_256_GCM_SHA384         | DH 2048 | RSA 2048        |                                                                                                                                               |
  nginx: P-384 by HelloRetryRequest        | A+     | A+      | 1.3               | client | AES_128_GCM_SHA256                 | AES_128_CCM_SHA256             | P-384   | P-384           |                                                                                                                                               |
  openssl: P-521 only                      | A      | A       | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA RC4_128_SHA                | P-521   | RSA 2048        | no-web-service                                                                                                                                |

  Ciphers
  nginx: CBC only                          | B      | B       | 1.2               | client | ECDHE_RSA AES_256_CBC_SHA384       | ECDHE_RSA AES_256_GCM_SHA384   | X25519  | RSA 2048        | no-aead no-tls13                                                                                                                              |
  nginx: ChaCha20 only                     | A-     | A-      | 1.2               | –      | ECDHE_RSA CHACHA20_POLY1305_SHA256 | ECDHE_RSA AES_128_GCM_SHA256   | X25519  | RSA 2048        | no-tls13                                                                                                                                      |
  nginx: CCM only                          | A+     | A+      | 1.3               | –      | AES_128_CCM_SHA256                 | AES_128_GCM_SHA256             | X25519  | P-256           |                                                                                                                                               |
  gnutls: CCM only                         | A-     | A-      | 1.2               | –      | ECDHE_ECDSA AES_128_CCM            | ECDHE_ECDSA AES_128_GCM_SHA256 | X25519  | P-256           | no-tls13 no-web-service                                                                                                                       |
  gnutls: ECDHE with AES-256 only          | A-     | A-      | 1.2               | –      | ECDHE_RSA AES_256_GCM_SHA384       | ECDHE_RSA AES_128_GCM_SHA256   | P-384   | RSA 2048        | no-tls13 no-web-service                                                                                                                       |
  gnutls: 3DES last                        | A-     | A-      | 1.2               | server | RSA 3DES_EDE_CBC_SHA               | RSA AES_128_GCM_SHA256         | X25519  | RSA 2048        | no-tls13 no-web-service                                                                                                                       |
  gnutls: 3DES first                       | C      | C       | 1.2               | server | RSA 3DES_EDE_CBC_SHA               | ECDHE_RSA 3DES_EDE_CBC_SHA     | –       | RSA 2048        | sweet32 no-forward-secrecy no-tls13 no-web-service                                                                                            |
  gnutls: RC4 beside                       | C      | C       | 1.2 1.3           | client | ECDHE_RSA RC4_128_SHA              | RSA RC4_128_SHA                | X25519  | RSA 2048        | rc4-modern rc4 no-web-service                                                                                                                 |
  gnutls: RC4 only                         | F      | F       | 1.0 1.1 1.2       | –      | ECDHE_RSA RC4_128_SHA              | ECDHE_RSA AES_128_CBC_SHA      | X25519  | RSA 2048        | only-rc4 rc4-modern tls10-or-11 rc4 no-aead no-tls13 no-web-service                                                                           | handshake-failed no suite in common
  gnutls: NULL only                        | F      | F       | 1.2               | –      | RSA NULL_SHA                       | RSA AES_128_CBC_SHA            | –       | RSA 2048        | cipher-below-112 score no-aead no-tls13 no-web-service                                                                                        | handshake-failed no suite in common
  nginx: NULL beside                       | F      | F       | 1.2               | client | RSA NULL_SHA256                    | RSA NULL_SHA                   | X25519  | RSA 2048        | cipher-below-112 score no-tls13                                                                                                               |
  nginx: anonymous beside                  | F      | F       | 1.2               | client | ECDH_anon AES_128_CBC_SHA          | ECDH_anon AES_256_CBC_SHA      | X25519  | RSA 2048        | anonymous-suites score no-tls13                                                                                                               | handshake-failed no suite in common
  gnutls: anonymous beside                 | F      | F       | 1.2               | client | ECDH_anon AES_128_CBC_SHA          | ECDH_anon AES_256_CBC_SHA      | X25519  | RSA 2048        | anonymous-suites score no-aead no-tls13 no-web-service                                                                                        |
  openssl: anonymous only                  | F…T    | F       | 1.2               | –      | ECDH_anon AES_256_CBC_SHA          | ECDHE_RSA AES_256_CBC_SHA      | X25519  |                 | anonymous-suites score no-aead no-tls13 no-web-service                                                                                        | no-certificate
  scripted: DES                            | F      | F       | 1.2               | server | RSA DES_CBC_SHA                    | RSA 3DES_EDE_CBC_SHA           | P-256   | RSA 2048        | cipher-below-112 no-secure-renegotiation no-tls13 no-web-service                                                                              | silent
  scripted: export beside                  | F      | F       | 1.2               | server | RSA_EXPORT RC4_40_MD5              | RSA RC4_128_MD5                | P-256   | RSA 2048        | export-suites cipher-below-112 rc4-modern rc4 score no-secure-renegotiation no-tls13 no-web-service                                           | silent
  scripted: DHE export                     | F      | F       | 1.0               | server | DHE_RSA_EXPORT DES40_CBC_SHA       | DHE_RSA DES_CBC_SHA            | DH 512  | RSA 2048        | dh-below-1024 export-suites cipher-below-112 no-tls12 score dh-below-2048 tls10-or-11 no-aead no-secure-renegotiation no-tls13 no-web-service | handshake-failed no suite in common

  Certificates
  nginx: RSA 512                           | F      | F       | 1.2               | –      | RSA AES_256_GCM_SHA384             | ECDHE_RSA AES_256_GCM_SHA384   | –       | RSA 512         | key-below-1024 key-below-2048 no-forward-secrecy no-tls13                                                                                     |
  nginx: RSA 1024                          | B      | B       | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | ECDHE_ECDSA AES_128_GCM_SHA256 | X25519  | RSA 1024        | key-below-2048                                                                                                                                |
  nginx: RSA 3072                          | A+     | A+      | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | ECDHE_ECDSA AES_128_GCM_SHA256 | X25519  | RSA 3072        |                                                                                                                                               |
  nginx: RSA 4096                          | A+     | A+      | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | ECDHE_ECDSA AES_128_GCM_SHA256 | X25519  | RSA 4096        |                                                                                                                                               |
  nginx: P-256                             | A+     | A+      | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | ECDHE_RSA AES_128_GCM_SHA256   | X25519  | P-256           |                                                                                                                                               |
  nginx: P-384                             | A+     | A+      | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | ECDHE_RSA AES_128_GCM_SHA256   | X25519  | P-384           |                                                                                                                                               |
  nginx: Ed25519                           | A+     | A+      | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | ECDHE_RSA AES_128_GCM_SHA256   | X25519  | Ed25519         |                                                                                                                                               |
  nginx: RSA 2048 and P-256                | A+     | A+      | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | RSA NULL_SHA                   | X25519  | P-256, RSA 2048 |                                                                                                                                               |
  nginx: RSA 1024 and P-256                | B      | B       | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | RSA NULL_SHA                   | X25519  | P-256, RSA 1024 | key-below-2048                                                                                                                                |
  nginx: expired RSA and P-256             | T      | A+      | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA NULL_SHA                   | X25519  | P-256, RSA 2048 | expired                                                                                                                                       |
  nginx: leaf over SHA-1                   | T      | A+      | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | RSA NULL_SHA                   | X25519  | P-256           | sha1-signature                                                                                                                                |
  nginx: leaf over MD5                     | F      | F       | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | RSA NULL_SHA                   | X25519  | P-256           | md5-signature                                                                                                                                 |
  nginx: expired                           | T      | A+      | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | RSA NULL_SHA                   | X25519  | P-256           | expired                                                                                                                                       |
  nginx: not yet valid                     | T      | A+      | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | RSA NULL_SHA                   | X25519  | P-256           | not-yet-valid                                                                                                                                 |
  nginx: for another name                  | M      | A+      | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | RSA NULL_SHA                   | X25519  | P-256           | name-mismatch                                                                                                                                 |
  nginx: self-signed                       | T      | A+      | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | RSA NULL_SHA                   | X25519  | P-256           | self-signed                                                                                                                                   |
  nginx: 398 days                          | A+     | A+      | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | RSA NULL_SHA                   | X25519  | P-256           |                                                                                                                                               |
  nginx: whole chain                       | A+     | A+      | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | RSA NULL_SHA                   | X25519  | P-256           |                                                                                                                                               |
  nginx: known intermediate left out       | B      | B       | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | RSA NULL_SHA                   | X25519  | P-256           | chain-incomplete                                                                                                                              |
  nginx: unknown intermediate              | T      | A+      | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | RSA NULL_SHA                   | X25519  | P-256           | untrusted                                                                                                                                     |
  nginx: first of three names              | A+     | A+      | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | ECDHE_ECDSA AES_128_GCM_SHA256 | X25519  | RSA 2048        |                                                                                                                                               |
  nginx: second of three names             | A+     | A+      | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | ECDHE_RSA AES_128_GCM_SHA256   | X25519  | P-256           |                                                                                                                                               |
  nginx: third of three names              | M      | A       | 1.2 1.3           | client | ECDHE_ECDSA AES_128_GCM_SHA256     | ECDHE_RSA AES_128_GCM_SHA256   | X25519  | P-384           | name-mismatch hsts-absent                                                                                                                     |

  Conduct
  nginx: client certificate required       | A+     | A+      | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA NULL_SHA                   | X25519  | RSA 2048        |                                                                                                                                               |
  openssl: insists on a client certificate | A…F    | A…F     | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA NULL_SHA                   | X25519  | RSA 2048        | no-web-service                                                                                                                                | alert handshake_failure
  openssl: renegotiates for clients        | A-     | A-      | 1.2               | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA NULL_SHA                   | X25519  | RSA 2048        | no-tls13 no-web-service                                                                                                                       |
  openssl: renegotiates for anyone         | F      | F       | 1.2               | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA NULL_SHA                   | X25519  | RSA 2048        | insecure-renegotiation no-tls13 no-web-service                                                                                                |
  scripted: compression                    | C…F    | C…F     | 1.2               | –      | ECDHE_RSA AES_256_GCM_SHA384       | ECDHE_RSA AES_128_GCM_SHA256   | P-256   | RSA 2048        | crime no-secure-renegotiation no-tls13 no-web-service                                                                                         | silent
  scripted: Heartbleed                     | F      | F       | 1.0? 1.1? 1.2     | –      | RSA AES_128_CBC_SHA                | RSA AES_256_CBC_SHA            | –       | RSA 2048        | heartbleed no-forward-secrecy no-tls13 no-web-service                                                                                         | TLSv1.0: not-offered version 0x0303
  scripted: early ChangeCipherSpec         | F      | F       | 1.0? 1.1? 1.2     | –      | RSA AES_128_CBC_SHA                | RSA AES_256_CBC_SHA            | –       | RSA 2048        | ccs-injection no-forward-secrecy no-tls13 no-web-service                                                                                      | TLSv1.0: not-offered version 0x0303
  scripted: Ticketbleed                    | F      | F       | 1.0? 1.1? 1.2     | –      | RSA AES_128_CBC_SHA                | RSA AES_256_CBC_SHA            | –       | RSA 2048        | ticketbleed no-forward-secrecy no-tls13 no-web-service                                                                                        | TLSv1.0: not-offered version 0x0303
  scripted: ROBOT                          | F      | F       | 1.0? 1.1? 1.2     | –      | RSA AES_128_CBC_SHA                | RSA AES_256_CBC_SHA            | –       | RSA 2048        | robot no-forward-secrecy no-tls13 no-web-service                                                                                              | TLSv1.0: not-offered version 0x0303
  scripted: POODLE in TLS                  | F      | F       | 1.0? 1.1? 1.2     | –      | RSA AES_128_CBC_SHA                | RSA AES_256_CBC_SHA            | –       | RSA 2048        | poodle-tls no-forward-secrecy no-tls13 no-web-service                                                                                         | TLSv1.0: not-offered version 0x0303
  scripted: Zombie POODLE                  | F      | F       | 1.0? 1.1? 1.2     | –      | RSA AES_128_CBC_SHA                | RSA AES_256_CBC_SHA            | –       | RSA 2048        | zombie-poodle no-forward-secrecy no-tls13 no-web-service                                                                                      | TLSv1.0: not-offered version 0x0303

  Mail, with STARTTLS
  postfix: as it comes                     | F      | F       | 1.2 1.3           | client | ECDH_anon AES_256_CBC_SHA          | RSA 3DES_EDE_CBC_SHA           | DH 1024 | RSA 2048        | anonymous-suites score dh-below-2048 no-web-service                                                                                           |
  postfix: TLS 1.2 and 1.3                 | A      | A       | 1.2 1.3           | client | ECDHE_RSA AES_256_GCM_SHA384       | RSA 3DES_EDE_CBC_SHA           | X25519  | RSA 2048        | no-web-service                                                                                                                                |
  postfix: TLS 1.0 to 1.3                  | B      | B       | 1.0 1.1 1.2 1.3   | client | ECDHE_RSA AES_128_CBC_SHA          | ECDH_anon AES_128_CBC_SHA      | X25519  | RSA 2048        | tls10-or-11 no-web-service                                                                                                                    |
  dovecot: imap TLS 1.2 and 1.3            | A      | A       | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA AES_128_CBC_SHA            | X25519  | RSA 2048        | no-web-service                                                                                                                                |
  dovecot: pop3 TLS 1.2 and 1.3            | A      | A       | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA AES_128_CBC_SHA            | X25519  | RSA 2048        | no-web-service                                                                                                                                |
  dovecot: lmtp TLS 1.2 and 1.3            | A      | A       | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA AES_128_CBC_SHA            | X25519  | RSA 2048        | no-web-service                                                                                                                                |
  dovecot: sieve TLS 1.2 and 1.3           | A      | A       | 1.2 1.3           | client | ECDHE_RSA AES_128_GCM_SHA256       | RSA AES_128_CBC_SHA            | X25519  | RSA 2048        | no-web-service                                                                                                                                |
  dovecot: imap TLS 1.0 to 1.3             | B      | B       | 1.0 1.1 1.2 1.3   | client | RSA AES_128_CBC_SHA                | ECDH_anon AES_128_CBC_SHA      | X25519  | RSA 2048        | tls10-or-11 no-web-service                                                                                                                    |
  dovecot: pop3 TLS 1.0 to 1.3             | B      | B       | 1.0 1.1 1.2 1.3   | client | RSA AES_128_CBC_SHA                | ECDH_anon AES_128_CBC_SHA      | X25519  | RSA 2048        | tls10-or-11 no-web-service                                                                                                                    |
  dovecot: lmtp TLS 1.0 to 1.3             | B      | B       | 1.0 1.1 1.2 1.3   | client | RSA AES_128_CBC_SHA                | ECDH_anon AES_128_CBC_SHA      | X25519  | RSA 2048        | tls10-or-11 no-web-service                                                                                                                    |
  dovecot: sieve TLS 1.0 to 1.3            | B      | B       | 1.0 1.1 1.2 1.3   | client | RSA AES_128_CBC_SHA                | ECDH_anon AES_128_CBC_SHA      | X25519  | RSA 2048        | tls10-or-11 no-web-service                                                                                                                    |
`);

const isRoot = process.getuid?.() === 0;
const lacks = (...tools: readonly string[]): boolean => tools.some((name) => tool(name) === undefined);

/** By the word before the colon in a server's name: what it takes to start them. */
const programs: Readonly<Record<string, { readonly isMissing: boolean; readonly start: typeof startSmtp }>> = {
  nginx: { isMissing: lacks('nginx'), start: (certificates) => startWebServers(folder.path, certificates) },
  openssl: { isMissing: false, start: startOpensslServers },
  gnutls: { isMissing: lacks('gnutls-serv'), start: startGnutlsServers },
  postfix: { isMissing: lacks('postfix') || !isRoot, start: startSmtp },
  dovecot: { isMissing: lacks('dovecot') || !isRoot, start: startMailboxes },
  scripted: { isMissing: false, start: startScriptedServers },
};

const folder = temporaryFolder();
const host = new LocalHost();
const running: Running[] = [];
let targets: Readonly<Record<string, ScanTarget>> = {};
let roots: RootStores;

beforeAll(async () => {
  if (lacks('openssl')) return;
  const certificates = issueCertificates(folder.path);
  roots = withIntermediates(await loadRoots(host, [certificates.root]), [certificates.intermediate]);
  const wanted = Object.values(programs).filter(({ isMissing }) => !isMissing);
  running.push(...(await Promise.all(wanted.map(({ start }) => start(certificates)))));
  targets = Object.fromEntries(running.flatMap((some) => Object.entries(some.targets)));
});
afterAll(async () => {
  await Promise.all(running.map((some) => some[Symbol.asyncDispose]()));
  folder[Symbol.dispose]();
});

describe.skipIf(lacks('openssl')).concurrent('what is seen of', () => {
  for (const row of rows) {
    const program = row.server.split(':')[0] ?? '';
    test.skipIf(programs[program]?.isMissing !== false)(row.server, async ({ expect: hereExpect }) => {
      const target = targets[row.server];
      if (target === undefined) throw new Error('no server of this name was started');
      // Servers that fall silent half way are ours, and answer at once or never.
      const stepSeconds = program === 'scripted' ? 0.7 : 5;
      const found = await scanGrounds(host, target, { roots: () => Promise.resolve(roots), stepSeconds });
      hereExpect(seenAs(row, found, target.name, new Date())).toEqual(row);
    });
  }
});

test.skipIf(lacks('openssl'))('every server that was started has one row, and there are enough of them', () => {
  const names = rows.map(({ server }) => server);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(Object.keys(targets)));
  expect(names.length).toBeGreaterThanOrEqual(40);
});

describe('no letter is given, and its deadline is kept, for a server that is', () => {
  let mute: Running;
  beforeAll(async () => {
    mute = await startMuteServers();
  });
  afterAll(() => mute[Symbol.asyncDispose]());

  const notOffered = { answer: 'unknown', why: { what: 'not-offered', detail: 'suite 0x1301' } };
  test.concurrent.each([
    ['silent', { speaks: 'unknown', why: { what: 'silent' } }],
    ['dripping', { speaks: 'unknown', why: { what: 'silent' } }],
    ['closing', { speaks: 'other', answer: 'closed' }],
    ['of another protocol', { speaks: 'other', answer: 'not-tls' }],
    [
      'choosing what was not offered',
      { speaks: 'tls', versions: { 'TLSv1.2': notOffered, 'TLSv1.3': { answer: 'no' } } },
    ],
  ])('%s', async (name, expected) => {
    const target = mute.targets[name] ?? { address: '', port: 0 };
    const begun = performance.now();
    const found = await scanEndpoint(host, target, { stepSeconds: 0.5, endpointSeconds: 1.5 });
    expect(found).toMatchObject(expected);
    // Twice that: versions and certificates are stages with a deadline each.
    expect(performance.now() - begun).toBeLessThan(4000);
  });
});
