import type { AptFacts, RepositoryFacts, Support } from '../../../../policies/checks/updates/facts.ts';
import { read, unreadable } from '../../../../policies/reading.ts';

export const at = new Date('2026-11-22T12:00:00Z');

export const support: Support = {
  table: 'shipped',
  dated: '2026-08-22',
  product: 'debian',
  release: '13',
  ends: ['2028-08-09', '2030-06-30'],
  extended: null,
};

const common = {
  release: read({
    id: 'almalinux',
    idLike: ['rhel'],
    versionId: '9.6',
    codename: null,
    ubuntuCodename: null,
    debianCodename: null,
  }),
  support: read(support),
  packages: read({ installed: 300, waiting: [] }),
  reboot: {
    asking: read([]),
    running: read({ release: '5.14.0-570.12.1.el9_6.x86_64', build: '#1 SMP' }),
    kernels: read([]),
    livePatches: read([]),
  },
  outdated: read([]),
  history: unreadable('missing', '/var/log'),
};

const index = { made: '2026-11-20T00:00:00.000Z', checked: '2026-11-22T06:00:00.000Z', advisories: true };

/** An AlmaLinux that is up to date. */
export function dnf(values: Partial<RepositoryFacts> = {}): RepositoryFacts {
  return {
    manager: 'dnf',
    ...common,
    repositories: read(['appstream', 'baseos', 'epel'].map((id) => ({ id, name: id, index: read(index) }))),
    ...values,
  } as RepositoryFacts;
}

/** The same with the index of each repository as given. */
export function dnfWithIndex(values: Partial<typeof index> | { made: null }): RepositoryFacts {
  return dnf({
    repositories: read(
      ['appstream', 'baseos', 'epel'].map((id) => ({ id, name: id, index: read({ ...index, ...values }) })),
    ),
  });
}

/** A Debian that updates itself. */
export function apt(values: Partial<AptFacts> = {}): AptFacts {
  return {
    manager: 'apt',
    ...common,
    sources: read([]),
    lastAttempt: read('2026-11-22T06:00:00.000Z'),
    automatic: read({
      enable: null,
      updatePackageLists: '1',
      unattendedUpgrade: '1',
      timeZone: 'Europe/Amsterdam',
      lastRun: '2026-11-22T06:12:33',
      lastGoodRun: '2026-11-22T06:12:33',
    }),
    ...values,
  };
}
