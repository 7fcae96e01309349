import type { RuleId } from '../../../policies/checks/tls/rating/rules.ts';

/** How to be rid of a rule: in words, and as settings where there are such. */
export interface Remedy {
  readonly words: string;
  readonly nginx?: string;
  readonly apache?: string;
  readonly postfix?: string;
  readonly dovecot?: string;
}

const versions: Omit<Remedy, 'words'> = {
  nginx: 'ssl_protocols TLSv1.2 TLSv1.3;',
  apache: 'SSLProtocol -all +TLSv1.2 +TLSv1.3',
  postfix: 'smtpd_tls_protocols = >=TLSv1.2',
  dovecot: 'ssl_min_protocol = TLSv1.2',
};
const suites: Remedy = {
  words: 'allow suites with forward secrecy and AEAD only',
  nginx: 'ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20; ssl_prefer_server_ciphers on;',
  apache: 'SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20',
  postfix: 'tls_medium_cipherlist = ECDHE+AESGCM:ECDHE+CHACHA20',
  dovecot: 'ssl_cipher_list = ECDHE+AESGCM:ECDHE+CHACHA20',
};
const primes: Remedy = {
  words: 'use elliptic curves only, or a Diffie-Hellman prime of at least 2048 bits',
  nginx: 'ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;',
  apache: 'SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20',
  postfix: 'smtpd_tls_exclude_ciphers = DHE',
  dovecot: 'ssl_cipher_list = ECDHE+AESGCM:ECDHE+CHACHA20',
};
const strictTransport: Remedy = {
  words: 'have browsers keep to HTTPS for a year, once everything works with it',
  nginx: 'add_header Strict-Transport-Security "max-age=31536000" always;',
  apache: 'Header always set Strict-Transport-Security "max-age=31536000"',
};
const chain: Remedy = {
  words: 'send the whole chain, without the root',
  nginx: 'ssl_certificate /etc/ssl/fullchain.pem;',
  apache: 'SSLCertificateFile /etc/ssl/fullchain.pem',
  postfix: 'smtpd_tls_chain_files = /etc/ssl/key.pem, /etc/ssl/fullchain.pem',
  dovecot: 'ssl_cert = </etc/ssl/fullchain.pem',
};
const library: Remedy = {
  words: 'update the TLS library (OpenSSL, GnuTLS, the appliance’s firmware) and restart the service',
};
const certificate: Remedy = { words: 'request a new certificate, and reload the service' };
const newKey: Remedy = {
  words: 'make a new key (RSA of at least 2048 bits, or P-256) and request a certificate for it',
};

/** What to change, rule by rule. */
export const remedies: Readonly<Record<RuleId, Remedy>> = {
  expired: { words: 'renew the certificate, and reload the service' },
  'not-yet-valid': { words: 'look at the clock of this host, or wait until the certificate begins' },
  'self-signed': { words: 'request a certificate from a trusted authority, or give the private one with --ca' },
  untrusted: { words: 'request a certificate from a trusted authority, or give the private root with --ca' },
  'sha1-signature': certificate,
  'name-mismatch': { words: 'request a certificate that holds this name, or serve the one that does for it' },
  'chain-incomplete': chain,
  'key-below-1024': newKey,
  'key-below-2048': newKey,
  'rsa-weak-numbers': newKey,
  'md5-signature': certificate,
  'dh-below-1024': primes,
  'dh-below-2048': primes,
  heartbleed: { words: 'update OpenSSL, then make new keys: the old ones may be known' },
  'ccs-injection': library,
  ticketbleed: library,
  robot: { ...suites, words: 'switch off RSA key exchange, and update the TLS library' },
  'insecure-renegotiation': library,
  'poodle-tls': library,
  'zombie-poodle': library,
  goldendoodle: library,
  'sleeping-poodle': library,
  'zero-length-padding-oracle': library,
  'cve-2016-2107': library,
  crime: { words: 'switch off compression of TLS', apache: 'SSLCompression off' },
  'no-secure-renegotiation': library,
  'hsts-invalid': strictTransport,
  'hsts-absent': strictTransport,
  'hsts-short': strictTransport,
  'no-web-service': { words: 'nothing: A is the best that a service other than a web service can have' },
  ssl2: { ...versions, words: 'switch off SSL 2.0' },
  'ssl3-best': { ...versions, words: 'switch on TLS 1.2 and 1.3; update the TLS library where it knows neither' },
  'no-tls12': { ...versions, words: 'switch on TLS 1.2 and 1.3; update the TLS library where it knows neither' },
  ssl3: { ...versions, words: 'switch off SSL 3.0' },
  'tls10-or-11': { ...versions, words: 'switch off TLS 1.0 and TLS 1.1' },
  'no-tls13': { ...versions, words: 'switch on TLS 1.3 (OpenSSL 1.1.1 or newer)' },
  'export-suites': suites,
  'anonymous-suites': suites,
  'cipher-below-112': suites,
  'only-rc4': suites,
  drown: { ...versions, words: 'switch off SSL 2.0 wherever this key is used' },
  'poodle-ssl3': { ...versions, words: 'switch off SSL 3.0' },
  'rc4-modern': suites,
  sweet32: suites,
  rc4: suites,
  'no-forward-secrecy': suites,
  'no-aead': suites,
  score: { words: 'strengthen what has the lowest score' },
};
