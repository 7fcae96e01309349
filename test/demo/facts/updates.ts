import type { AptFacts, Waiting } from '../../../policies/checks/updates/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import { doneAt, isTroubled, type SimulatedHost } from '../fleet.ts';
import { randomOf, wholeNumber } from '../random.ts';
import { day, dayOf, hour, isoOf, startOfDay } from '../span.ts';

const names = [
  'bind9-libs',
  'curl',
  'libgnutls30',
  'libssl3',
  'libxml2',
  'nginx',
  'openssh-server',
  'postfix',
  'tzdata',
];

/** Days after which a security update is installed in the night, unless something keeps it. */
const usual = 2;
/** As far back as the log of installations is looked at. */
const remembered = 40;

/** What apt of a host knows. */
export function updatesFacts(host: SimulatedHost, at: number): AptFacts {
  const { release, codename } = host.os;
  const needsReboot = isTroubled(host, 'reboot', at);
  const kernels = needsReboot ? ['6.12.41', '6.12.48'] : ['6.12.48'];
  const running = kernels[0] ?? '';
  return {
    manager: 'apt',
    release: read({
      id: 'debian',
      idLike: [],
      versionId: release,
      codename,
      ubuntuCodename: null,
      debianCodename: null,
    }),
    sources: read([
      source('deb.debian.org', codename, codename, at - 20 * day),
      source('security.debian.org', `${codename}-security`, `${codename}-security`, at),
    ]),
    lastAttempt: read(isoOf(startOfDay(at) - 18 * hour)),
    packages: read({ installed: 400 + host.number, waiting: waiting(host, at) }),
    reboot: {
      required: read(needsReboot),
      running: read({ release: `${running}+deb-amd64`, build: `#1 SMP Debian ${running}-1` }),
      livePatches: read([]),
      kernels: read(kernels.map((version) => ({ release: `${version}+deb-amd64`, version: `${version}-1` }))),
    },
    support: read(supportOf(host, at)),
    automatic: read({
      ...{ enable: null, updatePackageLists: '1', unattendedUpgrade: '1', timeZone: 'Europe/Amsterdam' },
      lastRun: `${dayOf(at - day)}T02:10:00`,
      lastGoodRun: `${dayOf(at - day)}T02:10:00`,
    }),
    outdated: read([]),
    history: read(historyOf(host, at)),
  };
}

function source(mirror: string, suite: string, codename: string, date: number) {
  const index = { origin: 'Debian', label: 'Debian', suite, codename, date: isoOf(startOfDay(date)), validUntil: null };
  return { mirror: `https://${mirror}`, suite, components: ['main'], index: read(index) };
}

interface SecurityUpdate {
  readonly package: string;
  readonly version: string;
  readonly cameAt: number;
}

/** All hosts are offered the same: one every four days or so. */
function securityUpdates(from: number, until: number): SecurityUpdate[] {
  const found: SecurityUpdate[] = [];
  for (let date = startOfDay(from); date < until; date += day) {
    const random = randomOf('security', date);
    // No week goes by without one.
    if (random() > 0.25 && (date / day) % 7 !== 0) continue;
    const version = `1.${Math.floor(date / day) % 100}-1+deb1`;
    found.push({
      package: names[wholeNumber(random, 0, names.length - 1)] ?? 'curl',
      version,
      cameAt: date + 6 * hour,
    });
  }
  return found;
}

/** The night in which a host installed, or will install, an update. */
function installedAt(host: SimulatedHost, { cameAt, package: name }: SecurityUpdate): number {
  const lag = usual + Math.floor(randomOf(host.name, name)() * 3);
  // Between midnight and four o'clock in Amsterdam, in summer and in winter.
  const night = (moment: number): number => startOfDay(moment) + hour;
  const done = doneAt(host, 'updates', night(cameAt + lag * day));
  return Number.isFinite(done) ? Math.max(night(done), done) : done;
}

function waiting(host: SimulatedHost, at: number): Waiting[] {
  const open = new Map<string, Waiting>();
  for (const update of securityUpdates(at - 30 * day, at)) {
    const { package: name, version, cameAt } = update;
    if (cameAt > at || installedAt(host, update) <= at || open.has(name)) continue;
    const since = { notBefore: isoOf(cameAt - 6 * hour), firstSeen: isoOf(cameAt) };
    open.set(name, waitingOf(name, version, { version, since }));
  }
  const others = wholeNumber(randomOf(host.name, 'other', Math.floor(at / (9 * day))), 0, 4);
  for (let index = 0; index < others; index++) {
    open.set(`library${index}`, waitingOf(`library${index}`, '2.1-2', null));
  }
  return [...open.values()].sort((a, b) => (a.package < b.package ? -1 : 1));
}

function waitingOf(name: string, candidate: string, security: Waiting['security']): Waiting {
  return { package: name, installed: '1.0-1', candidate, held: false, security, unlabelled: null };
}

function historyOf(host: SimulatedHost, at: number) {
  const upgrades = securityUpdates(at - remembered * day, at)
    .map((update) => installedAt(host, update))
    .filter((moment) => moment <= at)
    // 01:00 in UTC is two or three o'clock in Amsterdam.
    .map((moment) => `${dayOf(moment)}T02:30:00`);
  return {
    timeZone: 'Europe/Amsterdam',
    reachesBackTo: `${dayOf(at - 60 * day)}T00:00:00`,
    upgrades: [...new Set(upgrades)].sort(),
    emergencies: [],
  };
}

/** As the table of the makers' ends has it; it is renewed each month. */
function supportOf({ os: { release } }: SimulatedHost, at: number) {
  const ends: Record<typeof release, [string, string]> = {
    '12': ['2026-06-10', '2028-06-30'],
    '13': ['2028-08-09', '2030-06-30'],
  };
  const extended: Reading<'included'> | null = release === '12' ? read('included') : null;
  const dated = `${dayOf(at).slice(0, 7)}-01`;
  return { table: 'shipped' as const, dated, product: 'debian', release, ends: ends[release], extended };
}
