/**
 * Installs the Debian packages that tests start as real peers. Run by `npm test` beforehand; does nothing where it
 * cannot (another system, an ordinary user): tests that need a missing tool then report themselves skipped.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Package by the tool that tests call. */
const packages: Record<string, string> = {
  '/usr/bin/openssl': 'openssl',
  '/usr/sbin/nginx': 'nginx-light',
  '/usr/bin/gnutls-serv': 'gnutls-bin',
  '/usr/bin/restic': 'restic',
  '/usr/bin/promtool': 'prometheus',
  '/usr/bin/chromium': 'chromium',
  '/usr/bin/strace': 'strace',
  '/usr/bin/unshare': 'util-linux',
  '/usr/sbin/ip': 'iproute2',
};

const missing = Object.entries(packages).filter(([tool]) => !existsSync(tool));
if (missing.length > 0 && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
  const names = missing.map(([, name]) => name);
  process.stdout.write(`installing Debian packages for the tests: ${names.join(' ')}\n`);
  // A package that starts its service at once would take the machine's ports: forbid that for this installation only.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'inherit' });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env, stdio: 'inherit' });
}
