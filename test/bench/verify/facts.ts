import type { AllCertificates, CertificateFacts } from '../../../policies/checks/certificate/facts.ts';
import type { Facts as BackupFacts } from '../../../policies/checks/backup/facts.ts';
import type { PasswordAgeFacts } from '../../../policies/checks/password-age/facts.ts';
import type { TlsFacts } from '../../../policies/checks/tls.ts';
import type { UpdatesFacts } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';

/** When the first report is made. */
export const start = new Date('2026-03-01T00:00:00.000Z');

const day = 86_400_000;

/** The kinds whose facts change, in turn. */
const changing = ['backup', 'updates', 'backup', 'certificate', 'backup', 'password-age'] as const;

export const changesOfDay = 10;

/** Not all hosts change at once: some are this many days ahead with their changes, and none may be ahead of the clock. */
export const headStartDays = 2;

/**
 * The facts of a host by check kind, as agents read them.
 * @param changes how often one of the kinds has changed since the first report
 */
export function factsAt(host: number, changes: number): ReadonlyMap<string, Reading<unknown>> {
  const dayOf = (kind: (typeof changing)[number]): number => {
    const last = Array.from({ length: changing.length }, (_, back) => changes - back).find(
      (change) => change > 0 && changing[(change - 1) % changing.length] === kind,
    );
    return (last ?? 0) / changesOfDay - headStartDays;
  };
  return new Map<string, Reading<unknown>>([
    ['backup', read(backups(host, dayOf('backup')))],
    ['certificate', read(certificates(host, dayOf('certificate')))],
    ['password-age', read(passwords(host, dayOf('password-age')))],
    ['tls', read(tls(host))],
    ['updates', read(updates(dayOf('updates')))],
  ]);
}

/** Where a change stands among a host's changes, in hexadecimal. */
function numberOf(dayOfChange: number): string {
  return Math.round((dayOfChange + headStartDays) * changesOfDay)
    .toString(16)
    .padStart(4, '0');
}

function daysFromStart(days: number): string {
  return new Date(start.getTime() + days * day).toISOString();
}

function backups(host: number, newest: number): BackupFacts {
  const points = Array.from({ length: 30 }, (_, index) => ({
    time: daysFromStart(newest - 29 + index),
    paths: ['/etc', '/home', '/srv'],
    size: 10_000_000 + index * 1000 + host,
  }));
  return {
    hostname: `host${host}.example.nl`,
    sets: [
      {
        set: 'system',
        purpose: 'system',
        tool: 'restic',
        timeZone: 'Europe/Amsterdam',
        requiredPaths: ['/etc', '/home'],
        location: { kind: 'remote', server: 'backup.example.nl' },
        encrypted: 'yes',
        points: read(points),
      },
    ],
  };
}

function certificates(host: number, renewed: number): AllCertificates {
  const leaf = (name: string): CertificateFacts => ({
    subject: `CN=${name}.host${host}.example.nl`,
    issuer: 'C=NL, O=Example, CN=Example CA R3',
    serial: `04${numberOf(renewed)}${host.toString(16).padStart(8, '0')}`,
    notBefore: daysFromStart(renewed),
    notAfter: daysFromStart(renewed + 90),
    names: [`DNS:${name}.host${host}.example.nl`, `DNS:host${host}.example.nl`],
    key: { kind: 'RSA', bits: 2048 },
    signatureAlgorithm: 'sha256WithRSAEncryption',
    signatureHash: 'SHA-2',
    fingerprint: numberOf(renewed).padStart(64, 'a'),
    isCa: false,
  });
  return {
    listening: read({ skipped: [], overLimit: 0 }),
    endpoints: ['www', 'mail', 'api'].map((name) => ({
      endpoint: `${name}.host${host}.example.nl:443`,
      origin: 'settings',
      speaks: 'tls',
      served: [{ asked: ['TLSv1.2 RSA', 'TLSv1.3 RSA'], leaf: leaf(name), chain: [{ ...leaf('ca'), isCa: true }] }],
      unanswered: [],
    })),
    files: [],
  };
}

function passwords(host: number, changed: number): PasswordAgeFacts {
  const accounts = Array.from({ length: 12 }, (_, index) => ({
    account: `account-${(host * 100 + index).toString(16).padStart(12, '0')}`,
    uid: index === 0 ? 0 : 1000 + index,
    shell: index < 8 ? ('login' as const) : ('nologin' as const),
    password: { state: 'set' as const, changed: daysFromStart(changed - 10 * index).slice(0, 10) },
    expires: null,
  }));
  return { system: read({ accounts, malformed: [], directories: read([]) }), departures: [] };
}

function tls(host: number): TlsFacts {
  const [yes, no] = [{ answer: 'yes' as const }, { answer: 'no' as const }];
  return {
    listening: read({ skipped: [], overLimit: 0 }),
    endpoints: ['www', 'mail', 'api'].map((name) => ({
      endpoint: `${name}.host${host}.example.nl:443`,
      origin: 'settings',
      speaks: 'tls',
      versions: { SSLv2: no, SSLv3: no, 'TLSv1.0': no, 'TLSv1.1': no, 'TLSv1.2': yes, 'TLSv1.3': yes },
    })),
  };
}

function updates(refreshed: number): UpdatesFacts {
  const waiting = Array.from({ length: 3 + (Number.parseInt(numberOf(refreshed), 16) % 5) }, (_, index) => ({
    package: `library${index}`,
    installed: '1.2.3-1',
    candidate: '1.2.3-2+deb12u1',
    held: false,
    security: {
      version: '1.2.3-2+deb12u1',
      since: { notBefore: daysFromStart(refreshed - index - 2), firstSeen: daysFromStart(refreshed - index - 1) },
    },
    unlabelled: null,
  }));
  const release = {
    id: 'debian',
    idLike: [],
    versionId: '12',
    codename: 'bookworm',
    ubuntuCodename: null,
    debianCodename: null,
  };
  const source = (suite: string, label: string) => ({
    mirror: 'http://deb.debian.org',
    suite,
    components: ['main'],
    index: read({
      origin: 'Debian',
      label,
      suite: 'stable',
      codename: suite,
      date: daysFromStart(refreshed),
      validUntil: daysFromStart(refreshed + 7),
    }),
  });
  return {
    manager: 'apt',
    release: read(release),
    sources: read([source('bookworm', 'Debian'), source('bookworm-security', 'Debian-Security')]),
    lastAttempt: read(daysFromStart(refreshed)),
    packages: read({ installed: 412, waiting }),
    reboot: {
      required: read(false),
      running: read({ release: '6.1.0-18-amd64', build: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1' }),
      livePatches: read([]),
      kernels: read([{ release: '6.1.0-18-amd64', version: '6.1.76-1' }]),
    },
    support: unreadable('missing', '/etc/waarborg/end-of-life.yaml'),
    automatic: unreadable('command-missing', 'apt-config'),
    outdated: read([]),
    history: unreadable('missing', '/var/log/dpkg.log'),
  };
}
