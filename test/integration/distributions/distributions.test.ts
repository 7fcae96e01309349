import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { furnishRoot, type DebianRoot } from '../../support/debian-root.ts';
import { freePort } from '../../support/process.ts';
import { tool } from '../../support/tools.ts';
import { check, openMachine, type Found } from './machine.ts';

const packages = ['chrony', 'libpam-passwdqc', 'libpam-pwquality', 'logrotate', 'nginx', 'openssh-server', 'sudo'];

interface Distribution {
  readonly name: string;
  readonly suite: string;
  /** What useradd(8) makes of a home there. */
  readonly homes: 'open' | 'closed';
  /** Its line of the security archive. */
  readonly security: string;
  /** What lists are that were fetched just now. */
  readonly fetched: string;
}

const debian = 'http://deb.debian.org/debian-security';
const fresh = 'pass updates.lists-fresh';
const distributions: readonly Distribution[] = [
  {
    name: 'Debian 11',
    suite: 'bullseye',
    homes: 'open',
    security: `${debian} bullseye-security main`,
    // Nobody has signed that archive anew since September 2026: what is fetched there is old.
    fetched: 'fail updates.lists-update-fails',
  },
  { name: 'Debian 12', suite: 'bookworm', homes: 'open', security: `${debian} bookworm-security main`, fetched: fresh },
  { name: 'Debian 13', suite: 'trixie', homes: 'closed', security: `${debian} trixie-security main`, fetched: fresh },
  {
    name: 'Ubuntu 24.04',
    suite: 'noble',
    homes: 'closed',
    security: 'http://archive.ubuntu.com/ubuntu noble-security main universe',
    fetched: fresh,
  },
];

/** A server as it is installed, on which people were careless. */
const careless = (port: number): string => `
  for user in jan piet; do
    useradd -m -s /bin/bash $user
    echo "$user:Correct7Horse8Staple" | chpasswd -c SHA512
  done
  usermod -aG sudo piet
  chage -d 2020-01-01 jan
  rm -f /etc/nginx/sites-enabled/default
  for site in a b; do
    mkdir -p /srv/$site
    echo "server { listen 127.0.0.1:80; server_name $site.example; root /srv/$site; }" > /etc/nginx/sites-enabled/$site
  done
  mkdir -p /run/sshd
  sed -i '1i PermitRootLogin yes\\nPort ${port}\\nListenAddress 127.0.0.1' /etc/ssh/sshd_config
  /usr/sbin/sshd`;

/** Reads its configuration again, and waits until it listens anew. */
const reloadSshd = (port: number): string => `
  kill -HUP $(cat /run/sshd.pid)
  for _ in 1 2 3 4 5 6 7 8 9 10; do grep -q ":$(printf %04X ${port}) 00000000:0000 0A" /proc/net/tcp && break; sleep 0.2; done
  sleep 0.2`;

/** Records of sshd, the first of so many days ago. */
const logOf = (...days: number[]): string =>
  `for day in ${days.join(' ')}; do
    echo "$(date -d "-$day days" '+%b %e %H:%M:%S') host sshd[1]: Server listening"
  done > /var/log/auth.log`;

/** What each of these faults takes, by the distribution's own tools where it has them. */
const mended = (port: number): string => `
  userdel -r piet 2>/dev/null
  chage -d "$(date -d '-20 days' +%F)" jan
  chmod 700 /home/jan
  pam-auth-update --package --remove passwdqc
  printf 'minlen = 15\\ndcredit = -1\\nucredit = -1\\nenforce_for_root\\n' > /etc/security/pwquality.conf
  sed -i 's/^PermitRootLogin yes/PermitRootLogin no\\nPasswordAuthentication no/' /etc/ssh/sshd_config
  ${reloadSshd(port)}
  ${logOf(40, 33, 27, 20, 13, 6, 1)}
  touch -d '-41 days' /etc/machine-id
  chronyd -x`;

/** Each looks like what was mended, and is not. */
const deceptive = (port: number): string => `
  useradd -m -s /bin/bash piet
  passwd -l piet
  mkdir -p /home/piet/.ssh
  ssh-keygen -q -t ed25519 -N '' -f /tmp/key
  cp /tmp/key.pub /home/piet/.ssh/authorized_keys
  echo 'piet ALL=(ALL) NOPASSWD: /usr/bin/less' > /etc/sudoers.d/50-piet
  chage -d 2200-01-01 jan
  chmod 711 /home/jan && chmod 704 /home/piet
  pam-auth-update --package --remove pwquality
  printf '\\nMatch Address 10.20.0.0/16\\n  PermitRootLogin yes\\n  PasswordAuthentication yes\\n' >> /etc/ssh/sshd_config
  ${reloadSshd(port)}
  sed -i 's/^Date: .*/Date: Sun, 01 Mar 2026 12:00:00 UTC/' /var/lib/apt/lists/*Release
  find /var/lib/apt/lists -exec touch -d '2026-03-01 12:00' {} +
  ${logOf(4, 3, 2, 1)}
  kill $(cat /run/chrony/chronyd.pid 2>/dev/null || cat /var/run/chronyd.pid)`;

/** Other ways to the same end than `mended` took. */
const otherwise = (port: number): string => `
  rm /home/piet/.ssh/authorized_keys /etc/sudoers.d/50-piet
  chmod 711 /home/piet
  chage -d "$(date -d '-100 days' +%F)" jan
  sed -i 's/pam_passwdqc.so.*/pam_passwdqc.so min=disabled,disabled,disabled,disabled,15 enforce=everyone/' /usr/share/pam-configs/passwdqc
  pam-auth-update --package
  sed -i '/^Match /,$d' /etc/ssh/sshd_config
  ${reloadSshd(port)}
  ${logOf(40, 33, 27, 20, 13, 6, 1)}
  apt-get update -qq || true`;

const canMake = process.getuid?.() === 0 && process.arch === 'x64' && tool('debootstrap') !== undefined;

describe.skipIf(!canMake).each(distributions)('in a root of $name', ({ suite, homes, security, fetched }) => {
  let machine: DebianRoot | undefined;
  let port = 0;
  let isOnline = false;
  /** Of the lists of packages, in the order of the tests. */
  const lists: (string | undefined)[] = [];

  beforeAll(async () => {
    if (!furnishRoot(suite, `${suite}-host`, packages)) return;
    port = await freePort();
    machine = await openMachine(`${suite}-host`);
  }, 600_000);
  afterAll(() => machine?.[Symbol.dispose]());

  /** What a check comes to after a script, but for the lists of packages: these take a network. */
  function after(script: (port: number) => string, skip: (isSkipped: boolean, why: string) => void): Found {
    skip(machine === undefined, 'this release cannot be fetched');
    if (machine === undefined) throw new Error('the test was not skipped');
    machine.must(`export DEBIAN_FRONTEND=noninteractive\nset -e\n${script(port)}`);
    const { lists: ofLists, ...others } = check(machine);
    lists.push(ofLists);
    return others;
  }

  test('what was left as it is installed fails', ({ skip }) => {
    expect(after(careless, skip)).toEqual({
      people: 'fail accounts.unknown',
      administrators: 'fail accounts.root-not-granted',
      age: 'fail password-age.too-old',
      strength: 'fail password-policy.kinds-missing password-policy.length-short',
      ssh: 'fail ssh-access.lone-password ssh-access.root-login',
      logs: 'unknown log-retention.missing',
      clock: 'fail time-sync.no-daemon',
      homes: homes === 'open' ? 'fail isolation.home-open' : 'pass isolation.home-closed',
    });
  }, 120_000);

  test('what was mended passes, but for a clock that nobody steers', ({ skip }) => {
    machine?.must(`echo 'deb ${security}' >> /etc/apt/sources.list`);
    isOnline = machine?.run('apt-get update -qq').status === 0;
    expect(after(mended, skip)).toEqual({
      people: 'pass accounts.known',
      administrators: 'pass accounts.no-root',
      age: 'pass password-age.recent',
      strength: 'pass password-policy.kinds password-policy.length',
      ssh: 'pass ssh-access.no-lone-password ssh-access.root-refused',
      logs: 'pass log-retention.long-enough',
      clock: 'fail time-sync.not-steered',
      homes: 'pass isolation.home-closed',
    });
  }, 120_000);

  test('what only looks mended does not pass', ({ skip }) => {
    expect(after(deceptive, skip)).toEqual({
      people: 'fail accounts.unknown',
      administrators: 'fail accounts.root-not-granted',
      age: 'unknown password-age.future password-age.keys-only',
      strength: 'fail password-policy.kinds-missing password-policy.length-short',
      ssh: 'fail ssh-access.lone-password ssh-access.root-login',
      logs: 'fail log-retention.too-short',
      clock: 'fail time-sync.no-daemon',
      homes: 'fail isolation.home-open',
    });
  }, 120_000);

  test('what was mended in another way passes too', ({ skip }) => {
    expect(after(otherwise, skip)).toEqual({
      people: 'pass accounts.known',
      administrators: 'pass accounts.no-root',
      age: 'pass password-age.recent',
      strength: 'pass password-policy.kinds password-policy.length',
      ssh: 'pass ssh-access.no-lone-password ssh-access.root-refused',
      logs: 'pass log-retention.long-enough',
      clock: 'fail time-sync.no-daemon',
      homes: 'pass isolation.home-closed',
    });
  }, 120_000);

  test('lists of packages pass where the security suite was fetched and stays fresh', ({ skip }) => {
    skip(machine === undefined, 'this release cannot be fetched');
    skip(!isOnline, 'the archive cannot be reached');
    expect(lists).toEqual(['fail updates.security-suite-off', fetched, 'fail updates.lists-old', fetched]);
  });
});
