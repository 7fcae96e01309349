/**
 * Installs the Debian packages that tests start as real peers. Run by `npm test` beforehand; does nothing where it
 * cannot (another system, an ordinary user): tests that need a missing tool then report themselves skipped.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackedPackage, unpackedPackages } from './unpacked-packages.ts';

/** Package by the tool, or file, that tests need of it. */
const packages: Record<string, string> = {
  '/usr/bin/openssl': 'openssl',
  '/usr/sbin/nginx': 'nginx-light',
  '/usr/sbin/apache2': 'apache2-bin',
  '/usr/bin/gnutls-serv': 'gnutls-bin',
  '/usr/bin/nmap': 'nmap',
  '/usr/bin/sslscan': 'sslscan',
  '/usr/bin/restic': 'restic',
  '/usr/bin/borg': 'borgbackup',
  '/usr/bin/borgmatic': 'borgmatic',
  '/usr/bin/duplicity': 'duplicity',
  '/usr/bin/rsnapshot': 'rsnapshot',
  '/usr/bin/rsync': 'rsync',
  '/usr/bin/pgbackrest': 'pgbackrest',
  '/usr/bin/barman': 'barman',
  '/usr/bin/mariadb-backup': 'mariadb-backup',
  '/usr/bin/psql': 'postgresql-client-15',
  '/usr/bin/s3cmd': 's3cmd',
  '/usr/sbin/sshd': 'openssh-server',
  '/usr/bin/cvtsudoers': 'sudo',
  '/usr/sbin/getcap': 'libcap2-bin',
  '/usr/bin/btrfs': 'btrfs-progs',
  '/usr/bin/mariadb-dump': 'mariadb-client',
  '/usr/bin/xz': 'xz-utils',
  '/usr/bin/zstd': 'zstd',
  '/usr/bin/bzip2': 'bzip2',
  '/usr/bin/zip': 'zip',
  '/usr/bin/unzip': 'unzip',
  '/usr/bin/faketime': 'faketime',
  '/usr/bin/pdftotext': 'poppler-utils',
  '/usr/bin/promtool': 'prometheus',
  '/usr/bin/prometheus-alertmanager': 'prometheus-alertmanager',
  '/usr/bin/prometheus-pushgateway': 'prometheus-pushgateway',
  '/usr/bin/chromium': 'chromium',
  '/usr/bin/unshare': 'util-linux',
  '/usr/sbin/ip': 'iproute2',
  '/usr/sbin/nft': 'nftables',
  '/usr/sbin/iptables-nft': 'iptables',
  '/usr/sbin/ufw': 'ufw',
  '/usr/sbin/firewalld': 'firewalld',
  '/usr/bin/dbus-daemon': 'dbus-daemon',
  '/usr/bin/ps': 'procps',
  '/usr/bin/pamtester': 'pamtester',
  '/usr/bin/pwscore': 'libpwquality-tools',
  '/usr/sbin/update-cracklib': 'cracklib-runtime',
  '/usr/bin/pwqcheck': 'passwdqc',
  '/usr/bin/strace': 'strace',
  '/usr/bin/ping': 'iputils-ping',
  '/usr/bin/wg': 'wireguard-tools',
  '/usr/bin/wireguard-go': 'wireguard-go',
  '/usr/sbin/postfix': 'postfix',
  '/usr/sbin/dovecot': 'dovecot-core',
  '/usr/lib/dovecot/imap-login': 'dovecot-imapd',
  '/usr/lib/dovecot/pop3-login': 'dovecot-pop3d',
  '/usr/lib/dovecot/lmtp': 'dovecot-lmtpd',
  '/usr/lib/dovecot/managesieve-login': 'dovecot-managesieved',
  '/usr/sbin/vsftpd': 'vsftpd',
  '/usr/sbin/slapd': 'slapd',
  '/usr/lib/postgresql/15/bin/postgres': 'postgresql-15',
  '/usr/sbin/mariadbd': 'mariadb-server-core',
  '/usr/lib/galera/libgalera_smm.so': 'galera-4',
  '/usr/bin/redis-cli': 'redis-tools',
  '/usr/bin/redis-server': 'redis-server',
  '/usr/bin/prosody': 'prosody',
  '/usr/sbin/nsd': 'nsd',
  '/usr/sbin/haproxy': 'haproxy',
  '/usr/bin/caddy': 'caddy',
  '/usr/lib/python3/dist-packages/openpyxl/__init__.py': 'python3-openpyxl',
  '/usr/lib/python3/dist-packages/aiosmtpd/__init__.py': 'python3-aiosmtpd',
  '/usr/bin/php8.2': 'php8.2-cli',
  '/usr/sbin/php-fpm8.2': 'php8.2-fpm',
  '/usr/sbin/lynis': 'lynis',
  '/usr/bin/prometheus-node-exporter': 'prometheus-node-exporter',
  '/usr/bin/gpg': 'gpg',
  '/usr/bin/rpmbuild': 'rpm',
  '/usr/bin/createrepo_c': 'createrepo-c',
  '/usr/bin/dnf': 'dnf',
  '/usr/bin/zypper': 'zypper',
  '/usr/sbin/chronyd': 'chrony',
  '/usr/sbin/auditctl': 'auditd',
  '/usr/sbin/rsyslogd': 'rsyslog',
  '/usr/sbin/logrotate': 'logrotate',
  '/usr/bin/fail2ban-client': 'fail2ban',
  '/usr/sbin/sshguard': 'sshguard',
  '/usr/bin/aide': 'aide',
  '/usr/lib/nginx/modules/ngx_http_modsecurity_module.so': 'libnginx-mod-http-modsecurity',
  '/usr/lib/apache2/modules/mod_security2.so': 'libapache2-mod-security2',
  '/usr/share/modsecurity-crs/owasp-crs.load': 'modsecurity-crs',
  '/lib/systemd/systemd-journal-remote': 'systemd-journal-remote',
  '/usr/bin/systemd-analyze': 'systemd',
  '/usr/bin/dh': 'debhelper',
  '/usr/bin/man': 'man-db',
  '/usr/bin/groff': 'groff-base',
  '/usr/bin/zsh': 'zsh',
  '/usr/bin/fish': 'fish',
  '/usr/bin/lintian': 'lintian',
  '/usr/bin/rpmlint': 'rpmlint',
  '/usr/sbin/debootstrap': 'debootstrap',
  '/usr/bin/setpriv': 'util-linux',
  '/usr/bin/qemu-aarch64-static': 'qemu-user-static',
  '/usr/bin/qemu-system-x86_64': 'qemu-system-x86',
  '/usr/aarch64-linux-gnu/lib/libstdc++.so.6': 'libstdc++6-arm64-cross',
  '/usr/aarch64-linux-gnu/lib/libatomic.so.1': 'libatomic1-arm64-cross',
  '/usr/bin/shellcheck': 'shellcheck',
  '/usr/bin/sqlite3': 'sqlite3',
  '/usr/bin/curl': 'curl',
  '/usr/bin/docker-compose': 'docker-compose',
  '/usr/bin/ansible-lint': 'ansible-lint',
  '/usr/bin/go': 'golang-go',
  '/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog': 'golang-golang-x-mod-dev',
};

const missing = Object.entries(packages).filter(([tool]) => !existsSync(tool));
const isRootOnDebian = existsSync('/etc/debian_version') && process.getuid?.() === 0;
if (missing.length > 0 && isRootOnDebian) {
  const names = missing.map(([, name]) => name);
  process.stdout.write(`installing Debian packages for the tests: ${names.join(' ')}\n`);
  using _ = startNoServices();
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'inherit' });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env, stdio: 'inherit' });
}

if (isRootOnDebian) for (const name of unpackedPackages) if (!existsSync(unpackedPackage(name))) unpack(name);

function unpack(name: string): void {
  process.stdout.write(`unpacking a Debian package for the tests: ${name}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'waarborg-packages-'));
  const download = ['-o', 'APT::Sandbox::User=root', 'download', '-qq', name];
  execFileSync('apt-get', download, { cwd: folder, stdio: 'inherit' });
  mkdirSync(unpackedPackage(name), { recursive: true });
  for (const file of readdirSync(folder)) execFileSync('dpkg-deb', ['-x', join(folder, file), unpackedPackage(name)]);
  rmSync(folder, { recursive: true });
}

/**
 * A package that starts its service at once would take the machine's ports: forbids that for this installation only, as
 * invoke-rc.d(8) has it. A policy that is there already stays.
 */
function startNoServices(): Disposable {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return { [Symbol.dispose]: () => undefined };
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return { [Symbol.dispose]: () => rmSync(policy, { force: true }) };
}
