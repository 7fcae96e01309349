import { describe, expect, test } from 'vitest';
import { dovecotReader } from '../../../../agent/collect/discovery/dovecot.ts';
import { eximReader } from '../../../../agent/collect/discovery/exim.ts';
import { proftpdReader, pureFtpdReader } from '../../../../agent/collect/discovery/ftp.ts';
import { configurationReaders } from '../../../../agent/collect/discovery/index.ts';
import { mariadbReader } from '../../../../agent/collect/discovery/mariadb.ts';
import { postfixReader } from '../../../../agent/collect/discovery/postfix.ts';
import { postgresqlReader } from '../../../../agent/collect/discovery/postgresql.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { readPlaces } from './describe.ts';

const files = (recorded: Recording['files']): RecordedHost =>
  new RecordedHost(recorded === undefined ? {} : { files: recorded });
const commands = (recorded: Record<string, string>): RecordedHost =>
  new RecordedHost({
    commands: Object.fromEntries(Object.entries(recorded).map(([line, stdout]) => [line, { stdout }])),
  });

test('a host with none of the servers has nothing to read', async () => {
  for (const reader of configurationReaders) expect(await readPlaces(reader, new RecordedHost({}))).toBeUndefined();
});

describe('Postfix', () => {
  // Postfix 3.7.11.
  const main = `smtpd_tls_cert_file = /etc/ssl/mail.pem\nsmtpd_tls_security_level = may\nmyhostname = mail.example\n`;
  const master = `smtp       inet  n       -       y       -       -       smtpd
submission inet  n       -       y       -       -       smtpd -o syslog_name=postfix/submission -o smtpd_tls_security_level=encrypt
submissions inet n       -       y       -       -       smtpd -o smtpd_tls_wrappermode=yes -o smtpd_tls_cert_file=/etc/ssl/other.pem
127.0.0.1:10025 inet n   -       y       -       -       smtpd -o smtpd_tls_security_level=none
pickup     unix  n       -       y       60      1       pickup
qmqp       inet  n       -       y       -       -       qmqpd
`;

  test('each smtpd of master.cf, with what it sets itself', async () => {
    expect(await readPlaces(postfixReader, commands({ 'postconf -n': main, 'postconf -M': master }))).toEqual([
      '*:25 starttls default /etc/ssl/mail.pem',
      '*:587 starttls default /etc/ssl/mail.pem',
      '*:465 direct default /etc/ssl/other.pem',
      '127.0.0.1:10025 none default',
    ]);
  });
});

describe('Dovecot', () => {
  test('listeners that are there by themselves, changed and switched-off ones, and certificates by name', async () => {
    // Dovecot 2.3.19.1.
    const settings = `# 2.3.19.1 (9b53102964): /etc/dovecot/dovecot.conf
listen = *, ::
local_name imap.example.nl {
  ssl_cert = </etc/ssl/imap.pem
}
protocols = " imap"
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener own {
    address = 192.0.2.1
    port = 10993
    ssl = yes
  }
}
ssl_cert = </etc/dovecot/private/dovecot.pem
ssl_key = # hidden, use -P to show it
`;
    const places = await readPlaces(dovecotReader, commands({ 'doveconf -n': settings }));
    expect(places).toContain('*:993 direct default /etc/dovecot/private/dovecot.pem');
    expect(places).toContain('*:993 direct imap.example.nl /etc/ssl/imap.pem');
    expect(places).toContain('192.0.2.1:10993 direct default /etc/dovecot/private/dovecot.pem');
    expect(places).toContain('*:110 starttls default /etc/dovecot/private/dovecot.pem');
    expect([places].flat().filter((place) => place?.includes(':143 '))).toEqual([]);
  });

  test('without TLS, and in a form that is not its own', async () => {
    expect(await readPlaces(dovecotReader, commands({ 'doveconf -n': 'ssl = no\n' }))).toContain('*:143 none default');
    expect(await readPlaces(dovecotReader, commands({ 'doveconf -n': 'service imap-login {\n' }))).toBe('unparsable');
  });
});

describe('Exim', () => {
  const line = '-bP daemon_smtp_ports tls_on_connect_ports tls_advertise_hosts tls_certificate';

  test('its ports and its certificate, under either name', async () => {
    // Exim 4.96.
    const stdout =
      'daemon_smtp_ports = 25 : 465 : 587\ntls_on_connect_ports = 465\ntls_advertise_hosts = *\ntls_certificate = /etc/exim4/exim.crt\n';
    const expected = ['*:25 starttls default', '*:465 direct default', '*:587 starttls default'];
    for (const name of ['exim4', 'exim']) {
      expect(await readPlaces(eximReader, commands({ [`${name} ${line}`]: stdout }))).toEqual(
        expected.map((place) => `${place} /etc/exim4/exim.crt`),
      );
    }
  });

  test('a certificate chosen by an expansion names no file; advertised to nobody is no TLS', async () => {
    const stdout =
      'daemon_smtp_ports = smtp\ntls_on_connect_ports =\ntls_advertise_hosts =\ntls_certificate = ${if exists{/a}{/a}{/b}}\n';
    expect(await readPlaces(eximReader, commands({ [`exim4 ${line}`]: stdout }))).toEqual(['*:25 none default']);
  });
});

describe('databases', () => {
  test('MariaDB: the last of several options counts', async () => {
    // MariaDB 10.11.
    const line = 'my_print_defaults mysqld server mysqld-11 mariadb mariadbd';
    const stdout =
      '--bind-address=127.0.0.1\n--ssl_cert=/etc/mysql/old.pem\n--ssl-cert=/etc/mysql/new.pem\n--bind-address=0.0.0.0\n';
    expect(await readPlaces(mariadbReader, commands({ [line]: stdout }))).toEqual([
      '*:3306 starttls default /etc/mysql/new.pem',
    ]);
    expect(await readPlaces(mariadbReader, commands({ [line]: '' }))).toEqual(['*:3306 unknown default']);
    expect(await readPlaces(mariadbReader, commands({ [line]: '--skip-networking\n' }))).toEqual([]);
  });

  test('PostgreSQL: each cluster, with its conf.d', async () => {
    // PostgreSQL 15 of Debian.
    const host = files({
      '/etc/postgresql/15/main/postgresql.conf':
        "data_directory = '/var/lib/postgresql/15/main'\t\t# use data in another directory\nport = 5433\nssl = on\nssl_cert_file = '/etc/ssl/certs/ssl-cert-snakeoil.pem'\n#listen_addresses = 'localhost'\n",
      '/etc/postgresql/15/main/conf.d/own.conf': "listen_addresses = '*'\nssl_cert_file 'own.crt'\n",
      '/etc/postgresql/15/second/postgresql.conf': 'ssl = off\n',
    });
    expect(await readPlaces(postgresqlReader, host)).toEqual([
      '*:5433 starttls default /var/lib/postgresql/15/main/own.crt',
      '127.0.0.1:5432 none default',
      '::1:5432 none default',
    ]);
  });
});

describe('FTP', () => {
  test('ProFTPD', async () => {
    // ProFTPD 1.3.8 of Debian.
    const host = files({
      '/etc/proftpd/proftpd.conf':
        'ServerName "Debian"\nPort 21\n<IfModule mod_tls.c>\n#Include /etc/proftpd/tls.conf\n</IfModule>\n',
      '/etc/proftpd/tls.conf':
        '<IfModule mod_tls.c>\nTLSEngine on\nTLSRSACertificateFile /etc/ssl/certs/proftpd.crt\n</IfModule>\n',
    });
    expect(await readPlaces(proftpdReader, host)).toEqual(['*:21 starttls default /etc/ssl/certs/proftpd.crt']);
    expect(await readPlaces(proftpdReader, files({ '/etc/proftpd/proftpd.conf': 'Port 2121\n' }))).toEqual([
      '*:2121 none default',
    ]);
  });

  test('Pure-FTPd', async () => {
    // Pure-FTPd 1.0.50 of Debian.
    const host = files({ '/etc/pure-ftpd/conf/TLS': '2\n', '/etc/pure-ftpd/conf/Bind': '192.0.2.1,2121\n' });
    expect(await readPlaces(pureFtpdReader, host)).toEqual([
      '192.0.2.1:2121 starttls default /etc/ssl/private/pure-ftpd.pem',
    ]);
    expect(await readPlaces(pureFtpdReader, files({ '/etc/pure-ftpd/conf/TLS': '0\n' }))).toEqual([
      '*:21 none default',
    ]);
  });
});
