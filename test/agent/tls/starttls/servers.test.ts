import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { scanEndpoint, type EndpointScan } from '../../../../agent/tls/scan.ts';
import { Starttls } from '../../../../agent/tls/starttls/starttls.ts';
import type { StarttlsName } from '../../../../policies/checks/endpoints.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { freePort } from '../../../support/process.ts';
import { startDovecot } from '../../../support/servers/dovecot.ts';
import { startMariadb } from '../../../support/servers/mariadb.ts';
import { postgresPrograms, startPostgres } from '../../../support/servers/postgres.ts';
import { startPostfix } from '../../../support/servers/postfix.ts';
import { startProsody } from '../../../support/servers/prosody.ts';
import { startSlapd } from '../../../support/servers/slapd.ts';
import { startVsftpd } from '../../../support/servers/vsftpd.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { outcome } from './speaking.ts';

const lacks = (...tools: readonly string[]): boolean =>
  process.getuid?.() !== 0 || tools.some((name) => tool(name) === undefined);

const folder = temporaryFolder();
let certificate: { certificate: string; key: string };
beforeAll(() => {
  if (tool('openssl') === undefined) return;
  const order = { name: 'mx', key: 'rsa:2048', validSeconds: 90 * 86_400, names: ['mx.example.nl'] };
  certificate = makeCertificate(folder.path, order);
});
afterAll(() => folder[Symbol.dispose]());

function scan(protocol: StarttlsName, port: number): Promise<EndpointScan> {
  const target = { address: '127.0.0.1', port, name: 'mx.example.nl', starttls: new Starttls(protocol) };
  return scanEndpoint(new LocalHost(), target);
}

/** What its versions and certificates are, in one line. */
async function summary(protocol: StarttlsName, port: number): Promise<string> {
  const found = await scan(protocol, port);
  if (found.speaks !== 'tls') return JSON.stringify(found);
  const versions = Object.entries(found.versions).filter(([, { answer }]) => answer !== 'no');
  const leaves = found.served.map(({ leaf }) => leaf.subject);
  const unanswered = found.unanswered.map(({ asked, why }) => `${asked}: ${why.what}`);
  return [...versions.map(([version, { answer }]) => `${version} ${answer}`), ...leaves, ...unanswered].join(', ');
}

const modern = 'TLSv1.2 yes, TLSv1.3 yes, CN=mx.example.nl';
const plain = { starttls: expect.any(String) as unknown, speaks: 'other', answer: 'no-starttls' };

describe.skipIf(lacks('postfix', 'openssl'))('Postfix', () => {
  test('with TLS, without, and one that counts connections', async () => {
    const [willing, unwilling, strict] = [await freePort(), await freePort(), await freePort()];
    await using _ = await startPostfix({
      ...certificate,
      ports: {
        [willing]: ['smtpd_tls_protocols=>=TLSv1.2'],
        [unwilling]: ['smtpd_tls_security_level=none'],
        [strict]: ['smtpd_tls_protocols=>=TLSv1.2', 'smtpd_client_connection_rate_limit=4'],
      },
    });
    expect(await summary('smtp', willing)).toBe(modern);
    expect(await scan('smtp', unwilling)).toMatchObject(plain);
    // What it would have said of older versions nobody knows: 421 is no refusal of them.
    expect(await outcome({ port: strict }, 'smtp', { scan: { stepSeconds: 5 } })).toMatch(
      /^SSLv2\? SSLv3\? .*TLSv1\.2/,
    );
  });
});

describe.skipIf(lacks('dovecot', 'openssl'))('Dovecot', () => {
  const protocols = ['imap', 'pop3', 'lmtp', 'sieve'] as const;
  test.each(['yes', 'no'] as const)('ssl = %s', async (ssl) => {
    const free = await Promise.all(protocols.map(async (protocol) => [protocol, await freePort()] as const));
    const ports = Object.fromEntries(free) as Record<(typeof protocols)[number], number>;
    await using _ = await startDovecot({ ...certificate, ports, ssl });
    for (const protocol of protocols) {
      if (ssl === 'yes') expect(await summary(protocol, ports[protocol])).toBe(modern);
      else expect(await scan(protocol, ports[protocol])).toMatchObject(plain);
    }
  });
});

/** Servers of one protocol that take a port, and a certificate or none. */
const simple = [
  { name: 'vsftpd', protocol: 'ftp', start: startVsftpd, isMissing: lacks('vsftpd', 'openssl'), answers: modern },
  // GnuTLS with its default priorities.
  {
    name: 'OpenLDAP',
    protocol: 'ldap',
    start: startSlapd,
    isMissing: lacks('slapd', 'openssl'),
    answers: `TLSv1.0 yes, TLSv1.1 yes, ${modern}`,
  },
  {
    name: 'PostgreSQL',
    protocol: 'postgres',
    start: startPostgres,
    isMissing: lacks('openssl') || postgresPrograms() === undefined,
    answers: modern,
  },
  { name: 'MariaDB', protocol: 'mysql', start: startMariadb, isMissing: lacks('mariadbd', 'openssl'), answers: modern },
] as const;

for (const { name, protocol, start, isMissing, answers } of simple) {
  describe.skipIf(isMissing)(name, () => {
    test('with TLS', async () => {
      const port = await freePort();
      await using _ = await start({ port, certificate });
      expect(await summary(protocol, port)).toBe(answers);
    });

    test('without', async () => {
      const port = await freePort();
      await using _ = await start({ port });
      expect(await scan(protocol, port)).toMatchObject(plain);
    });
  });
}

describe.skipIf(lacks('prosody', 'openssl'))('Prosody', () => {
  test.each(['with TLS', 'without'])('%s', async (how) => {
    const [clientPort, serverPort] = [await freePort(), await freePort()];
    const own = how === 'without' ? {} : { certificate };
    await using _ = await startProsody({ clientPort, serverPort, domain: 'mx.example.nl', ...own });
    for (const [protocol, port] of [
      ['xmpp', clientPort],
      ['xmpp-server', serverPort],
    ] as const) {
      if (how === 'without') expect(await scan(protocol, port)).toMatchObject(plain);
      else expect(await summary(protocol, port)).toBe(modern);
    }
  });
});
