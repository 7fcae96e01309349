import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { updates } from '../../../policies/checks/updates.ts';
import type {
  AptFacts,
  Automatic,
  Release,
  Source,
  Support,
  UpdatesFacts,
  Waiting,
} from '../../../policies/checks/updates/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const at = new Date('2026-11-22T12:00:00Z');

const bookworm: Release = {
  id: 'debian',
  idLike: [],
  versionId: '12',
  codename: 'bookworm',
  ubuntuCodename: null,
  debianCodename: null,
};
type Index = Extract<Source['index'], { state: 'read' }>['value'];

function source(suite: string, index: Partial<Index> = {}, components = ['main']): Source {
  return {
    mirror: 'http://deb.example.org',
    suite,
    components,
    index: read({
      origin: 'Debian',
      label: 'Debian',
      suite,
      codename: suite,
      date: '2026-11-20T00:00:00.000Z',
      validUntil: null,
      ...index,
    }),
  };
}

const debian = [
  source('bookworm', { suite: 'oldstable', date: '2026-07-11T10:16:37.000Z' }),
  source('bookworm-security', { label: 'Debian-Security', suite: 'oldstable-security' }),
];

/** Debian 13's ends, as if this host ran it: what waits here is another matter than how long it is supported. */
const support: Support = {
  table: 'shipped',
  dated: '2026-08-22',
  product: 'debian',
  release: '13',
  ends: ['2028-08-09', '2030-06-30'],
  extended: null,
};

const automatic: Automatic = {
  enable: null,
  updatePackageLists: '1',
  unattendedUpgrade: '1',
  timeZone: 'Europe/Amsterdam',
  lastRun: '2026-11-22T06:12:33',
  lastGoodRun: '2026-11-22T06:12:33',
};

function apt(values: Partial<AptFacts> = {}): AptFacts {
  return {
    manager: 'apt',
    release: read(bookworm),
    sources: read(debian),
    lastAttempt: read('2026-11-22T06:00:00.000Z'),
    support: read(support),
    automatic: read(automatic),
    outdated: read([]),
    packages: read({ installed: 300, waiting: [] }),
    reboot: {
      required: read(false),
      running: read({ release: '6.1.0-40-amd64', build: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1 (2026-09-20)' }),
      livePatches: read([]),
      kernels: read([{ release: '6.1.0-40-amd64', version: '6.1.153-1' }]),
    },
    history: read({
      timeZone: 'Europe/Amsterdam',
      reachesBackTo: '2026-01-01T00:00:00',
      upgrades: [],
      emergencies: [],
    }),
    ...values,
  };
}

function judgeAll(facts: UpdatesFacts, parameters: unknown = {}, moment = at): string[] {
  return updates
    .judge(read(facts), parameters, moment)
    .map(({ code, verdict, subject }) => `${verdict} ${code}${subject === undefined ? '' : ` ${subject}`}`);
}

/** Without what says that the release is supported and that no service is outdated: each has its own tests. */
function judge(facts: UpdatesFacts, parameters: unknown = {}, moment = at): string[] {
  const others = /^pass updates\.(supported|programs-current)$/;
  return judgeAll(facts, parameters, moment).filter((line) => !others.test(line));
}

const passes = [
  'pass updates.lists-fresh bookworm-security',
  'pass updates.none-waiting',
  'pass updates.kernel-current',
];

test('a host that is up to date passes, though the main suite is months old', () => {
  expect(judge(apt())).toEqual(passes);
  expect(judgeAll(apt())).toEqual(['pass updates.supported', ...passes, 'pass updates.programs-current']);
});

describe('parameters', () => {
  test.each([
    [{ window: { from: '00:00', to: '04:00', timeZone: 'Europe/Amsterdam' }, maximumListAge: '7d' }, /window alone/],
    [{ window: { from: '04:00', to: '04:00', timeZone: 'Europe/Amsterdam' } }, /window is empty/],
    [{ window: { from: '24:00', to: '04:00', timeZone: 'Europe/Amsterdam' } }, /time of day/],
    [{ window: { from: '00:00', to: '04:00', timeZone: 'Amsterdam' } }, /time zone/],
    [{ maximumListage: '7d' }, /maximumListage/],
  ])('%j is refused', (parameters, message) => {
    expect(() => judge(apt(), parameters)).toThrow(message);
  });
});

describe('lists', () => {
  const lists = (facts: AptFacts, moment = at) => judge(facts, { rebootPending: 'ignore' }, moment);
  const security = (index: Partial<Index>) => apt({ sources: read([source('bookworm-security', index)]) });

  test('older than allowed fail, and leave what waits unknown', () => {
    const stale = { ...security({ date: '2026-11-15T11:59:59.000Z' }), lastAttempt: read('2026-10-01T00:00:00.000Z') };
    expect(lists(stale)).toEqual(['fail updates.lists-old bookworm-security', 'unknown updates.lists-no-ground']);
  });

  test('old although update runs: it fails each time', () => {
    expect(lists(security({ date: '2026-11-01T00:00:00.000Z' }))[0]).toBe(
      'fail updates.lists-update-fails bookworm-security',
    );
  });

  test('a fresh date does not help once the archive itself calls the lists expired', () => {
    expect(lists(security({ validUntil: '2026-11-22T11:59:59.000Z' }))).toEqual([
      'fail updates.lists-expired bookworm-security',
      'unknown updates.lists-no-ground',
    ]);
  });

  test('dated in the future are unknown, not fresh', () => {
    expect(lists(security({ date: '2026-11-22T12:06:00.000Z' }))).toEqual([
      'unknown updates.lists-future bookworm-security',
      'unknown updates.lists-no-ground',
    ]);
  });

  test('that are not there are unknown', () => {
    const missing: Source = { ...source('bookworm-security'), index: unreadable('missing', 'lists') };
    expect(lists(apt({ sources: read([source('bookworm'), missing]) }))).toEqual([
      'unknown host.missing bookworm-security',
      'unknown updates.lists-no-ground',
    ]);
  });

  test('of no enabled security suite fail', () => {
    expect(lists(apt({ sources: read([source('bookworm')]) }))[0]).toBe(
      'fail updates.security-suite-off bookworm-security',
    );
    expect(lists(apt({ sources: read([]) }))).toEqual([
      'fail updates.security-suite-off bookworm-security',
      'unknown updates.lists-no-ground',
    ]);
  });

  test("another release's security suite is not this one's", () => {
    const trixie = source('trixie-security', { suite: 'stable-security' });
    expect(lists(apt({ sources: read([trixie]) }))[0]).toBe('fail updates.security-suite-off bookworm-security');
  });

  test('an alias in the configuration counts by what its lists say', () => {
    const alias = { ...source('oldstable-security'), index: source('bookworm-security').index };
    expect(lists(apt({ sources: read([alias]) }))[0]).toBe('pass updates.lists-fresh bookworm-security');
  });

  test('one bad mirror of two is not made good by the other', () => {
    const stale = source('bookworm-security', { date: '2026-10-01T00:00:00.000Z' });
    expect(lists(apt({ sources: read([source('bookworm-security'), stale]) }))).toContain(
      'fail updates.lists-update-fails bookworm-security',
    );
  });

  test('a component without its security line fails; those of other publishers need none', () => {
    const docker = source('bookworm', { origin: 'Docker', suite: 'bookworm' }, ['stable']);
    const firmware = source('bookworm', { suite: 'oldstable' }, ['main', 'non-free-firmware']);
    expect(lists(apt({ sources: read([...debian, docker]) }))).toEqual(passes.slice(0, 2));
    expect(lists(apt({ sources: read([...debian, firmware]) }))).toContain(
      'fail updates.security-components-off bookworm-security',
    );
  });

  test("Ubuntu's security pocket, also below a derivative", () => {
    const jammy = source('jammy-security', { origin: 'Ubuntu', codename: 'jammy' });
    const ubuntu: Release = { ...bookworm, id: 'ubuntu', idLike: ['debian'], codename: 'jammy' };
    const mint: Release = { ...bookworm, id: 'linuxmint', codename: 'vera', ubuntuCodename: 'jammy' };
    for (const release of [ubuntu, mint]) {
      expect(lists(apt({ release: read(release), sources: read([jammy]) }))[0]).toBe(
        'pass updates.lists-fresh jammy-security',
      );
    }
  });

  test('of a release that nobody told about are unknown', () => {
    const raspbian = apt({ release: read({ ...bookworm, id: 'raspbian' }) });
    expect(lists(raspbian)).toEqual(['unknown updates.release-unknown', 'unknown updates.lists-no-ground']);
  });

  test('are unknown where apt does not answer', () => {
    expect(lists(apt({ sources: unreadable('command-missing', 'apt-get') }))).toContain('unknown host.command-missing');
  });
});

describe('security updates that wait', () => {
  function waiting(since: NonNullable<Waiting['security']>['since'], values: Partial<Waiting> = {}) {
    const update: Waiting = {
      package: 'openssl',
      installed: '3.0.16-1',
      candidate: '3.0.19-1',
      held: false,
      security: { version: '3.0.19-1', since },
      unlabelled: null,
      ...values,
    };
    return judge(apt({ packages: read({ installed: 300, waiting: [update] }) }), { rebootPending: 'ignore' }).slice(1);
  }

  test('pass while they certainly wait less than allowed', () => {
    expect(waiting({ notBefore: '2026-11-08T12:00:00Z', firstSeen: '2026-11-08T13:00:00Z' })).toEqual([
      'pass updates.waiting-briefly openssl',
    ]);
  });

  test('fail once they certainly wait longer', () => {
    expect(waiting({ notBefore: null, firstSeen: '2026-11-08T11:59:59Z' })).toEqual([
      'fail updates.waiting-too-long openssl',
    ]);
  });

  test('are unknown in between, and where nobody looked before', () => {
    const unknown = ['unknown updates.waiting-since-unknown openssl'];
    expect(waiting({ notBefore: '2026-11-08T11:59:59Z', firstSeen: '2026-11-08T12:00:00Z' })).toEqual(unknown);
    expect(waiting({ notBefore: null, firstSeen: '2026-11-22T12:00:00Z' })).toEqual(unknown);
  });

  test('are unknown where a clock was wrong', () => {
    expect(waiting({ notBefore: '2026-11-21T00:00:00Z', firstSeen: '2026-12-01T00:00:00Z' })).toEqual([
      'unknown updates.waiting-clock openssl',
    ]);
    expect(waiting({ notBefore: '2026-12-01T00:00:00Z', firstSeen: '2026-11-21T00:00:00Z' })).toEqual([
      'unknown updates.waiting-since-unknown openssl',
    ]);
    expect(waiting(null)).toEqual(['unknown updates.waiting-not-timed openssl']);
  });

  test.each([{ held: true }, { candidate: '3.0.16-1' }])('count where they are kept back: %j', (values) => {
    expect(waiting({ notBefore: null, firstSeen: '2026-10-01T00:00:00Z' }, values)).toEqual([
      'fail updates.kept-back-too-long openssl',
    ]);
  });

  test('updates that are not about security do not count', () => {
    expect(waiting(null, { security: null })).toEqual(['pass updates.none-waiting']);
  });

  test('may be patches, which are applied or not', () => {
    const since = { notBefore: null, firstSeen: '2026-10-01T00:00:00Z' };
    expect(waiting(since, { package: 'SUSE-2026-1', installed: null })).toEqual([
      'fail updates.patch-too-long SUSE-2026-1',
    ]);
  });

  test('that may be about security never fail, and pass only while they certainly wait less than allowed', () => {
    const unlabelled = (since: NonNullable<Waiting['security']>['since']): string[] =>
      waiting(null, { security: null, unlabelled: { version: '2', source: 'https://download.docker.com', since } });
    const brief = { notBefore: '2026-11-08T12:00:00Z', firstSeen: '2026-11-08T13:00:00Z' };
    expect(unlabelled(brief)).toEqual(['pass updates.unlabelled-briefly openssl']);
    for (const since of [
      null,
      { ...brief, notBefore: null },
      { ...brief, notBefore: '2026-11-08T11:59:59Z' },
      { ...brief, firstSeen: '2026-12-01T00:00:00Z' },
      { notBefore: '2026-12-01T00:00:00Z', firstSeen: '2026-11-21T00:00:00Z' },
    ]) {
      expect(unlabelled(since)).toEqual(['unknown updates.unlabelled-waiting openssl']);
    }
  });

  test('are unknown where the packages cannot be read', () => {
    const facts = apt({ packages: unreadable('command-failed', 'apt-cache', 'exit code 100') });
    expect(judge(facts, { rebootPending: 'ignore' })).toContain('unknown host.command-failed');
  });
});

describe('a reboot', () => {
  const reboot = (values: Partial<AptFacts['reboot']>, parameters = {}) =>
    judge(apt({ reboot: { ...apt().reboot, ...values } }), parameters).slice(2);
  const newer = { release: '6.1.0-41-amd64', version: '6.1.158-1' };
  const running = { release: '6.1.0-40-amd64', version: '6.1.153-1' };

  test('is due where the host asks for it, whatever the kernel', () => {
    expect(reboot({ required: read(true) })).toEqual(['fail updates.reboot-required', 'pass updates.kernel-current']);
  });

  test('is due where core packages or a command ask for it', () => {
    expect(reboot({ asking: read(['glibc', 'systemd']) })).toEqual([
      'fail updates.reboot-asked',
      'pass updates.kernel-current',
    ]);
    expect(reboot({ asking: unreadable('command-missing', 'zypper') })).toContain('unknown host.command-missing');
  });

  test('is due where a newer kernel is installed, also without a marker', () => {
    expect(reboot({ kernels: read([running, newer]) })).toEqual(['fail updates.kernel-outdated']);
    const oddlySorted = [{ release: '6.1.0-100-amd64', version: '6.1.300-1' }, running];
    expect(reboot({ kernels: read(oddlySorted) })).toEqual(['fail updates.kernel-outdated']);
  });

  test('is due where the same kernel was rebuilt under the same name', () => {
    expect(reboot({ kernels: read([{ ...running, version: '6.1.153-2' }]) })).toEqual(['fail updates.kernel-rebuilt']);
  });

  test('another flavour of the same build is as new', () => {
    const cloud = { release: '6.1.0-40-cloud-amd64', version: '6.1.153-1' };
    expect(reboot({ kernels: read([running, cloud]) })).toEqual(['pass updates.kernel-current']);
  });

  test('of a kernel from elsewhere cannot be told; a container has none to reboot into', () => {
    expect(reboot({ kernels: read([newer]) })).toEqual(['unknown updates.kernel-foreign']);
    expect(reboot({ kernels: read([]) })).toEqual(['not-applicable updates.kernel-not-ours']);
  });

  test('of a kernel with live patches cannot be told: they may not cover all', () => {
    const patched = { kernels: read([running, newer]), livePatches: read(['lkp_Ubuntu_1']) };
    expect(reboot(patched)).toEqual(['unknown updates.kernel-live-patched']);
    expect(reboot({ ...patched, kernels: read([running]) })).toEqual(['pass updates.kernel-current']);
    const hidden = { ...patched, livePatches: unreadable('denied', '/sys/kernel/livepatch') };
    expect(reboot(hidden)).toEqual(['fail updates.kernel-outdated']);
  });

  test('compares kernels of one family only: those of another package are no replacement', () => {
    const own = { ...running, family: 'kernel' };
    const uek = { family: 'kernel-uek', release: '6.12.0-1.el9uek.x86_64', version: '6.12.0-1.el9uek' };
    expect(reboot({ kernels: read([own, uek]) })).toEqual(['pass updates.kernel-current']);
  });

  test('is unknown where it cannot be read', () => {
    expect(
      reboot({ required: unreadable('denied', '/run/reboot-required'), running: unreadable('missing', '/proc') }),
    ).toEqual(['unknown host.denied', 'unknown host.missing']);
  });

  test('may be left to another promise', () => {
    expect(reboot({ required: read(true), kernels: read([running, newer]) }, { rebootPending: 'ignore' })).toEqual([]);
  });
});

describe('the window for upgrades', () => {
  const night = { from: '00:00', to: '04:00', timeZone: 'Europe/Amsterdam' };
  function inWindow(upgrades: string[], values: object = {}, window: object = night, moment = at): string[] {
    const history = {
      timeZone: 'Europe/Amsterdam',
      reachesBackTo: '2026-01-01T00:00:00',
      upgrades,
      emergencies: [],
      ...values,
    };
    return judge(apt({ history: read(history) }), { window }, moment);
  }

  test('holds from its first minute up to its last', () => {
    expect(inWindow(['2026-11-01T00:00:00', '2026-11-02T03:59:59'])).toEqual(['pass updates.in-window']);
    expect(inWindow(['2026-11-01T23:59:59'])).toEqual(['fail updates.outside-window']);
    expect(inWindow(['2026-11-02T04:00:00'])).toEqual(['fail updates.outside-window']);
  });

  test('one upgrade by day is not made good by others at night', () => {
    expect(inWindow(['2026-11-01T02:00:00', '2026-11-02T14:00:00'])).toEqual(['fail updates.outside-window']);
  });

  test("passes an upgrade on a day that is recorded as an emergency, in the window's zone", () => {
    const emergencies = [{ on: '2026-11-02', reference: 'CHG-1042' }];
    expect(inWindow(['2026-11-02T14:00:00'], { emergencies })).toEqual(['pass updates.emergency']);
    expect(inWindow(['2026-11-01T02:00:00', '2026-11-02T14:00:00'], { emergencies })).toEqual([
      'pass updates.emergency',
      'pass updates.in-window',
    ]);
    expect(inWindow(['2026-11-03T14:00:00'], { emergencies })).toEqual(['fail updates.outside-window']);
    // In Amsterdam it is the next day already.
    expect(
      inWindow(['2026-11-02T23:30:00'], { emergencies, timeZone: 'Etc/UTC' }, { ...night, from: '01:00' }),
    ).toEqual(['fail updates.outside-window']);
  });

  test('does not pass what lies in the future, whatever is recorded', () => {
    const emergencies = [{ on: '2026-11-24', reference: 'CHG-1042' }];
    expect(inWindow(['2026-11-24T14:00:00'], { emergencies })).toEqual(['unknown updates.history-future']);
  });

  test('may run through midnight', () => {
    const late = { ...night, from: '22:00' };
    expect(inWindow(['2026-11-01T23:00:00', '2026-11-02T03:00:00'], {}, late)).toEqual(['pass updates.in-window']);
    expect(inWindow(['2026-11-01T21:59:59'], {}, late)).toEqual(['fail updates.outside-window']);
  });

  test("is meant in its own zone, the log in the host's", () => {
    expect(inWindow(['2026-11-01T23:30:00'], { timeZone: 'Etc/UTC' })).toEqual(['pass updates.in-window']);
    expect(inWindow(['2026-11-01T03:30:00'], { timeZone: 'Etc/UTC' })).toEqual(['fail updates.outside-window']);
    // In summer Amsterdam is two hours ahead.
    const july = new Date('2026-07-20T12:00:00Z');
    expect(inWindow(['2026-07-10T22:30:00'], { timeZone: 'Etc/UTC' }, night, july)).toEqual(['pass updates.in-window']);
  });

  test('cannot place an hour that the clock repeats where that matters', () => {
    // On 25 October 2026 at 03:00 the clock went back to 02:00.
    expect(inWindow(['2026-10-25T02:30:00'])).toEqual(['pass updates.in-window']);
    const utc = { from: '00:00', to: '01:00', timeZone: 'Etc/UTC' };
    expect(inWindow(['2026-10-25T02:30:00'], {}, utc)).toEqual(['unknown updates.window-ambiguous']);
  });

  test('does not ask about upgrades of long ago', () => {
    expect(inWindow(['2026-10-01T14:00:00'])).toEqual(['not-applicable updates.no-upgrades']);
    expect(inWindow(['2026-10-01T14:00:00'], {}, { ...night, within: '90d' })).toEqual(['fail updates.outside-window']);
  });

  test('does not apply where nothing was upgraded', () => {
    expect(inWindow([])).toEqual(['not-applicable updates.no-upgrades']);
  });

  test('is unknown where the log does not reach back far enough, whatever is in it', () => {
    expect(inWindow([], { reachesBackTo: '2026-11-01T00:00:00' })).toEqual(['unknown updates.history-too-short']);
    expect(inWindow(['2026-11-02T14:00:00'], { reachesBackTo: '2026-11-02T14:00:00' })).toEqual([
      'fail updates.outside-window',
      'unknown updates.history-too-short',
    ]);
  });

  test('is unknown for an upgrade in the future, an unknown zone or an unreadable log', () => {
    expect(inWindow(['2026-11-24T02:00:00'])).toEqual(['unknown updates.history-future']);
    expect(inWindow([], { timeZone: 'Nowhere' })).toEqual(['unknown host.unparsable']);
    const facts = apt({ history: unreadable('missing', '/var/log/apt/history.log') });
    expect(judge(facts, { window: night })).toEqual(['unknown host.missing']);
  });
});

describe('looking for updates', () => {
  const look = { look: '7d' };

  test('is judged by the lists alone', () => {
    const update = {
      package: 'openssl',
      installed: '1',
      candidate: '2',
      held: false,
      unlabelled: null,
      security: { version: '2', since: null },
    };
    const facts = apt({ packages: read({ installed: 1, waiting: [update] }) });
    expect(judgeAll(facts, look)).toEqual(['pass updates.lists-fresh bookworm-security']);
    const old = apt({ sources: read([source('bookworm-security', { date: '2026-11-15T11:59:59.000Z' })]) });
    expect(judgeAll(old, look)).toEqual(['fail updates.lists-update-fails bookworm-security']);
    expect(judgeAll(apt({ sources: unreadable('command-missing', 'apt-get') }), look)).toEqual([
      'unknown host.command-missing',
    ]);
  });

  test('is a promise of its own', () => {
    expect(() => judge(apt(), { look: '7d', support: 'extended' })).toThrow(/look alone/);
  });
});

test('what the first agents did not read is not judged, so that their reports keep verifying', () => {
  const { support: _, outdated: __, automatic: ___, ...rest } = apt();
  const { livePatches: ____, ...reboot } = rest.reboot;
  const first = {
    ...rest,
    reboot,
    history: read({ timeZone: 'Etc/UTC', reachesBackTo: '2026-01-01T00:00:00', upgrades: [] }),
  };
  expect(judgeAll(first)).toEqual(passes);
  expect(judgeAll(first, { automatic: '3d' })).toContain('unknown updates.automatic-unread');
});

test('other sources must have lists that have not expired', () => {
  const other = source('stable', { origin: 'Docker', validUntil: '2026-11-22T11:59:59.000Z' });
  expect(judge(apt({ sources: read([...debian, other]) }))).toContain(
    'fail updates.lists-expired http://deb.example.org stable',
  );
  const gone: Source = { ...other, index: unreadable('missing', 'lists') };
  expect(judge(apt({ sources: read([...debian, gone]) }))).toContain(
    'unknown host.missing http://deb.example.org stable',
  );
});

test('updating by itself is asked only where a control does', () => {
  const off = apt({ automatic: read({ ...automatic, unattendedUpgrade: '0' }) });
  expect(judge(off)).toEqual(passes);
  expect(judge(off, { automatic: '3d' })).toContain('fail updates.automatic-off');
});

test('services that run replaced files fail, unless that is left to another control', () => {
  const old = apt({
    outdated: read([{ program: '/usr/sbin/nginx', runs: 'service', replaced: ['/usr/lib/libssl.so.3'] }]),
  });
  expect(judge(old)).toEqual([...passes, 'fail updates.program-outdated /usr/sbin/nginx']);
  expect(judgeAll(old, { outdatedPrograms: 'ignore' })).toEqual(['pass updates.supported', ...passes]);
});

test('a system whose packages cannot be read fails where its makers left it', () => {
  const release = { ...bookworm, id: 'centos', versionId: '6' };
  const left: UpdatesFacts = {
    manager: 'unsupported',
    release: read(release),
    support: read({ ...support, ends: ['2020-11-30'] }),
  };
  expect(judgeAll(left)).toEqual(['fail updates.support-ended', 'unknown updates.unsupported']);
  expect(judgeAll({ ...left, support: read(support) })).toEqual(['unknown updates.unsupported']);
});

test('a system without one of the package managers is unknown, whatever is asked', () => {
  const release = { ...bookworm, id: 'gentoo', versionId: '2.17', codename: null };
  const gentoo: UpdatesFacts = {
    manager: 'unsupported',
    release: read(release),
    support: read({ ...support, product: null, ends: null }),
  };
  expect(judge(gentoo)).toEqual(['unknown updates.unsupported']);
  expect(
    judge({ manager: 'unsupported', release: unreadable('denied', '/etc/os-release'), support: read(support) }),
  ).toEqual(['unknown host.denied']);
});

test('the documentation gives every reason with its verdict', () => {
  const text = readFileSync('docs/checks/updates.md', 'utf8');
  const documented = [...text.matchAll(/^\| `([a-z-]+\.[a-z-]+)` +\| ([a-z-]+) +\|/gm)].map(([, code, verdict]) => [
    code,
    verdict,
  ]);
  const own = Object.entries(updates.reasons).filter(([code]) => !code.startsWith('host.'));
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(own.map(([code, { verdict }]) => [code, verdict])));
});
