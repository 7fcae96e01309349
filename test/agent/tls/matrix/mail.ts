import { Starttls } from '../../../../agent/tls/starttls/starttls.ts';
import { freePort } from '../../../support/process.ts';
import { startDovecot } from '../../../support/servers/dovecot.ts';
import { startPostfix } from '../../../support/servers/postfix.ts';
import type { Certificates } from './certificates.ts';
import { targetAt, type Running } from './running.ts';

/** Postfix takes anonymous suites unless told otherwise: better than no encryption, where plain text is the alternative. */
export async function startSmtp({ of }: Certificates): Promise<Running> {
  const settings = {
    'as it comes': ['smtpd_tls_protocols=>=TLSv1.2'],
    'TLS 1.2 and 1.3': ['smtpd_tls_protocols=>=TLSv1.2', 'smtpd_tls_exclude_ciphers=aNULL,kDHE'],
    'TLS 1.0 to 1.3': ['smtpd_tls_protocols=>=TLSv1', 'smtpd_tls_exclude_ciphers=aNULL,kDHE'],
  } as const;
  const free = await Promise.all(Object.keys(settings).map(async (name) => [name, await freePort()] as const));
  const ports = new Map(free);
  const server = await startPostfix({
    ...of('RSA 2048'),
    ports: Object.fromEntries(Object.entries(settings).map(([name, options]) => [ports.get(name) ?? 0, options])),
  });
  const targets = free.map(
    ([name, port]) => [`postfix: ${name}`, targetAt(port, { starttls: new Starttls('smtp') })] as const,
  );
  return { targets: Object.fromEntries(targets), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const protocols = ['imap', 'pop3', 'lmtp', 'sieve'] as const;

/** Two of them: `ssl_min_protocol` is for all of a Dovecot. */
export async function startMailboxes({ of }: Certificates): Promise<Running> {
  const start = async (what: string, settings: readonly string[]) => {
    const free = await Promise.all(protocols.map(async (protocol) => [protocol, await freePort()] as const));
    const ports = Object.fromEntries(free) as Record<(typeof protocols)[number], number>;
    const server = await startDovecot({ ...of('RSA 2048'), ports, ssl: 'yes', settings });
    const targets = free.map(
      ([protocol, port]) =>
        [`dovecot: ${protocol} ${what}`, targetAt(port, { starttls: new Starttls(protocol) })] as const,
    );
    return { server, targets };
  };
  const started = await Promise.all([
    start('TLS 1.2 and 1.3', []),
    start('TLS 1.0 to 1.3', ['ssl_min_protocol = TLSv1', 'ssl_cipher_list = DEFAULT:@SECLEVEL=0']),
  ]);
  return {
    targets: Object.fromEntries(started.flatMap(({ targets }) => targets)),
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map(({ server }) => server[Symbol.asyncDispose]()));
    },
  };
}
