import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dovecotReader } from '../../../../agent/collect/discovery/dovecot.ts';
import { eximReader } from '../../../../agent/collect/discovery/exim.ts';
import { configurationReaders } from '../../../../agent/collect/discovery/index.ts';
import { mariadbReader } from '../../../../agent/collect/discovery/mariadb.ts';
import { postfixReader } from '../../../../agent/collect/discovery/postfix.ts';
import { postgresqlReader } from '../../../../agent/collect/discovery/postgresql.ts';
import { proftpdReader } from '../../../../agent/collect/discovery/proftpd.ts';
import { pureFtpdReader } from '../../../../agent/collect/discovery/pure-ftpd.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
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

describe.skipIf(tool('postconf') === undefined)('Postfix', () => {
  /** What Postfix's own postconf makes of a configuration. */
  function postfixWith(folder: string, main: string, master: string): Host {
    writeFileSync(join(folder, 'main.cf'), `compatibility_level = 3.6\n${main}`);
    writeFileSync(join(folder, 'master.cf'), master);
    const host = new LocalHost();
    const run = host.run.bind(host);
    return Object.assign(host, {
      run: ((command, signal) =>
        run({ ...command, args: ['-c', folder, ...command.args] }, signal)) satisfies Host['run'],
    });
  }

  test('each smtpd of master.cf, with what it sets itself, and other settings in settings', async () => {
    using folder = temporaryFolder();
    const host = postfixWith(
      folder.path,
      `certs = /etc/ssl/mail
smtpd_tls_cert_file = $certs/main.pem
smtpd_tls_key_file = $smtpd_tls_cert_file
smtpd_tls_security_level = may
my_level = encrypt
`,
      `smtp inet n - y - 1 postscreen
smtpd pass - - y - - smtpd
submission inet n - y - - smtpd
  -o smtpd_tls_security_level=$my_level
  -o { smtpd_tls_cert_file = /etc/ssl/other.pem }
465 inet n - y - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_tls_chain_files=$certs/chain.pem
127.0.0.1:10025 inet n - y - - smtpd -o smtpd_tls_security_level=none
[::1]:10026 inet n - y - - smtpd -v -o smtpd_tls_security_level=
pickup unix n - y 60 1 pickup
qmqp inet n - y - - qmqpd
`,
    );
    expect(await readPlaces(postfixReader, host)).toEqual([
      '*:25 starttls default /etc/ssl/mail/main.pem',
      '*:587 starttls default /etc/ssl/other.pem',
      '*:465 direct default /etc/ssl/mail/chain.pem',
      '127.0.0.1:10025 none default',
      '::1:10026 none default',
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
  // Printed by Exim 4.96 of Debian, each for a configuration of a few lines.
  const places = (name: string, stdout: string): ReturnType<typeof readPlaces> => {
    const wanted = 'daemon_smtp_ports tls_on_connect_ports tls_advertise_hosts tls_certificate local_interfaces';
    return readPlaces(eximReader, commands({ [`${name} -bP ${wanted}`]: stdout }));
  };

  test('its interfaces, ports and certificate, under either name', async () => {
    const stdout = `daemon_smtp_ports = 25 : 465 : 587
tls_on_connect_ports = 465
tls_advertise_hosts = *
tls_certificate = /etc/exim4/exim.crt
local_interfaces = <; 127.0.0.1 ; ::1 ; [192.0.2.1]:2525 ; 192.0.2.2.2526
`;
    for (const name of ['exim4', 'exim']) {
      expect(await places(name, stdout)).toEqual(
        [
          '127.0.0.1:25 starttls',
          '127.0.0.1:465 direct',
          '127.0.0.1:587 starttls',
          '::1:25 starttls',
          '::1:465 direct',
          '::1:587 starttls',
          '192.0.2.1:2525 starttls',
          '192.0.2.2:2526 starttls',
        ].map((place) => `${place} default /etc/exim4/exim.crt`),
      );
    }
  });

  test('without any configuration', async () => {
    const stdout = `daemon_smtp_ports = smtp
tls_on_connect_ports =${' '}
tls_advertise_hosts = *
tls_certificate =${' '}
local_interfaces = <; ::0 ; 0.0.0.0
`;
    expect(await places('exim4', stdout)).toEqual(['*:25 starttls default']);
  });

  test('a certificate chosen by an expansion, or not shown to an ordinary user, names no file; advertised to nobody is no TLS', async () => {
    const expansion = `daemon_smtp_ports = <; 25;26
tls_on_connect_ports =${' '}
tls_advertise_hosts = *
tls_certificate = \${if exists{/a}{/a}{/b}}
local_interfaces =${' '}
`;
    expect(await places('exim4', expansion)).toEqual(['*:25 starttls default', '*:26 starttls default']);
    expect(
      await places('exim4', 'tls_certificate = <value not displayable>\ndaemon_smtp_ports = smtp:submission\n'),
    ).toEqual(['*:25 starttls default', '*:587 starttls default']);
    expect(await places('exim4', 'tls_advertise_hosts = \ntls_certificate = /a:/b\n')).toEqual(['*:25 none default']);
  });

  test('two certificates, and IPv6 in a list between colons', async () => {
    expect(await places('exim4', 'tls_certificate = /a : /b\nlocal_interfaces = 127.0.0.1 : ::::1\n')).toEqual([
      '127.0.0.1:25 starttls default /a /b',
      '::1:25 starttls default /a /b',
    ]);
  });
});

describe('databases', () => {
  test.skipIf(tool('my_print_defaults') === undefined)('MariaDB: what its own program finds', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'my.cnf');
    const places = async (text: string): ReturnType<typeof readPlaces> => {
      writeFileSync(file, text);
      const host = new LocalHost();
      const run = host.run.bind(host);
      const fromFile: Host['run'] = (command, signal) =>
        run({ ...command, args: [`--defaults-file=${file}`, ...command.args] }, signal);
      return readPlaces(mariadbReader, Object.assign(host, { run: fromFile }));
    };
    const ownGroup = '[mysqld]\nssl-cert=/old.pem\nbind-address=127.0.0.1\n[mariadb-10.11]\nssl_cert=/new.pem\n';
    expect(await places(ownGroup)).toEqual(['127.0.0.1:3306 starttls default /new.pem']);
    expect(await places('[client]\nport=1\n')).toEqual(['*:3306 unknown default']);
    expect(await places('[server]\nskip_ssl\nport=3307\nssl-cert=/a\n')).toEqual(['*:3307 none default']);
    expect(await places('[mysqld]\nskip-networking\n')).toEqual([]);
  });

  test('MySQL: whose program has to be told the groups', async () => {
    // MySQL 8.0 knows no `--mysqld`.
    const host = new RecordedHost({
      commands: {
        'my_print_defaults --mysqld': { exitCode: 7, stderr: "unknown option '--mysqld'" },
        'my_print_defaults mysqld server': { stdout: '--ssl-cert=/a.pem\n--bind-address=0.0.0.0\n' },
      },
    });
    expect(await readPlaces(mariadbReader, host)).toEqual(['*:3306 starttls default /a.pem']);
  });

  test('PostgreSQL: each cluster, with its conf.d', async () => {
    // PostgreSQL 15 of Debian.
    const host = files({
      '/etc/postgresql/15/main/postgresql.conf':
        "data_directory = '/var/lib/postgresql/15/main'\t\t# use data in another directory\nport = 5433\nssl = on\nssl_cert_file = '/etc/ssl/certs/ssl-cert-snakeoil.pem'\n#listen_addresses = 'localhost'\n",
      '/etc/postgresql/15/main/conf.d/own.conf': "listen_addresses = '*'\nssl_cert_file 'own.crt'\n",
      '/etc/postgresql/15/second/postgresql.conf': "ssl = off\ndata_directory = '/data'\n",
      '/data/postgresql.auto.conf': "# Do not edit this file manually!\nport = '5434'\n",
    });
    expect(await readPlaces(postgresqlReader, host)).toEqual([
      '*:5433 starttls default /var/lib/postgresql/15/main/own.crt',
      '127.0.0.1:5434 none default',
      '::1:5434 none default',
    ]);
  });

  test('PostgreSQL: what ALTER SYSTEM set and cannot be read is an obstacle', async () => {
    const host = files({
      '/etc/postgresql/15/main/postgresql.conf': "ssl = on\ndata_directory = '/data'\n",
      '/data/postgresql.auto.conf': unreadable('denied', '/data/postgresql.auto.conf'),
    });
    expect(await readPlaces(postgresqlReader, host)).toBe('denied');
  });
});

describe('FTP', () => {
  const proftpd = '/etc/proftpd/proftpd.conf';

  test('ProFTPD: the main server and virtual hosts, each with its own TLS', async () => {
    // Held against a running ProFTPD 1.3.8 of Debian, which served these certificates on these ports.
    const host = files({
      [proftpd]: `ServerName "Debian"
DefaultAddress 127.0.0.1
Port 18021
<IfModule mod_tls.c>
Include /etc/proftpd/tls.conf
</IfModule>
<IfModule !mod_tls.c>
Port 18099
</IfModule>
<VirtualHost 127.0.0.1>
 Port 18022
 <IfModule mod_tls.c>
 TLSEngine on
 TLSOptions NoSessionReuseRequired UseImplicitSSL
 TLSRSACertificateFile /etc/ssl/second.pem
 </IfModule>
</VirtualHost>
<VirtualHost 127.0.0.1>
 Port 18023
</VirtualHost>
<Global>
 Umask 022
</Global>
<Directory /srv>
 Port 18098
</Directory>
Include /etc/proftpd/conf.d/
Include /etc/proftpd/sites/*.conf
`,
      '/etc/proftpd/tls.conf': 'TLSEngine on\nTLSRSACertificateFile /etc/ssl/first.pem\n',
      '/etc/proftpd/conf.d/x.conf': '<VirtualHost 127.0.0.1>\nPort 18024\n</VirtualHost>\n',
      '/etc/proftpd/sites/a.conf': '<VirtualHost 127.0.0.1>\nPort 0\n</VirtualHost>\n',
      '/etc/proftpd/sites/a.txt': 'Port 18097\n',
    });
    expect(await readPlaces(proftpdReader, host)).toEqual([
      '127.0.0.1:18021 starttls default /etc/ssl/first.pem',
      '127.0.0.1:18022 direct default /etc/ssl/second.pem',
      '127.0.0.1:18023 none default',
      '127.0.0.1:18024 none default',
    ]);
  });

  test('ProFTPD: as Debian ships it, without the TLS that nothing includes', async () => {
    const host = files({
      [proftpd]: 'Include /etc/proftpd/conf.d/*\nPort 21\n#Include /etc/proftpd/tls.conf\n',
      '/etc/proftpd/tls.conf': 'TLSEngine on\nTLSRSACertificateFile /etc/ssl/certs/proftpd.crt\n',
    });
    expect(await readPlaces(proftpdReader, host)).toEqual(['*:21 none default']);
  });

  test('ProFTPD: what is included and cannot be read is an obstacle', async () => {
    const denied = unreadable('denied', '/etc/proftpd/tls.conf');
    const host = files({ [proftpd]: 'Include /etc/proftpd/tls.conf\n', '/etc/proftpd/tls.conf': denied });
    expect(await readPlaces(proftpdReader, host)).toBe('denied');
    expect(await readPlaces(proftpdReader, files({ [proftpd]: 'Include /etc/proftpd/tls.conf\n' }))).toBe('missing');
  });

  test('Pure-FTPd: the options that Debian’s wrapper makes of its folder', async () => {
    // pure-ftpd-wrapper 1.0.50 makes `-S 192.0.2.1,2121 -Y 2` of these; CertFile it refuses.
    const folder = '/etc/pure-ftpd/conf';
    const host = files({
      [`${folder}/TLS`]: '2\n',
      [`${folder}/Bind`]: '# c\n\n 192.0.2.1,2121 \nignored\n',
      [`${folder}/MinUID`]: '1000\n',
    });
    expect(await readPlaces(pureFtpdReader, host)).toEqual([
      '192.0.2.1:2121 starttls default /etc/ssl/private/pure-ftpd.pem',
    ]);
    expect(await readPlaces(pureFtpdReader, files({ [`${folder}/TLS`]: '0\n' }))).toEqual(['*:21 none default']);
    expect(await readPlaces(pureFtpdReader, files({ [`${folder}/MinUID`]: '1\n' }))).toEqual(['*:21 none default']);
    expect(await readPlaces(pureFtpdReader, files({ [`${folder}/Bind`]: ',nonsense' }))).toBe('unparsable');
  });
});
