import { expect, test } from 'vitest';
import { judgeRepositories, repositoriesAreSound } from '../../../../policies/checks/updates/repositories.ts';
import type { Registration, RepositoryFacts } from '../../../../policies/checks/updates/facts.ts';
import { expectedRepositories, matches } from '../../../../policies/checks/updates/vendor.ts';
import { read, unreadable } from '../../../../policies/reading.ts';
import { at, dnf, dnfWithIndex } from './facts.ts';

const day = 86_400;
const limits = { maximumListAge: 7 * day, maximumStandstill: 60 * day };

function judge(facts: RepositoryFacts, moment = at): string[] {
  return judgeRepositories(facts, limits, moment).map(({ verdict, code, subject }) =>
    `${verdict} ${code} ${subject ?? ''}`.trim(),
  );
}

test("the distribution's repositories that were asked recently pass; others are not judged", () => {
  expect(judge(dnf())).toEqual(['pass updates.repository-fresh appstream', 'pass updates.repository-fresh baseos']);
  expect(repositoriesAreSound(dnf(), limits, at)).toBe(true);
});

test.each([
  [{ checked: '2026-11-15T11:59:59.000Z' }, 'fail updates.repository-old baseos'],
  [{ checked: '2026-11-22T12:06:00.000Z' }, 'unknown updates.repository-future baseos'],
  [{ made: '2026-11-22T12:06:00.000Z' }, 'unknown updates.repository-future baseos'],
])('an index %j is no ground', (values, expected) => {
  expect(judge(dnfWithIndex(values))).toContain(expected);
  expect(repositoriesAreSound(dnfWithIndex(values), limits, at)).toBe(false);
});

test('a mirror that stands still is doubted, however often it is asked; one repository that moves is enough', () => {
  const still = dnfWithIndex({ made: '2026-09-23T11:59:59.000Z' });
  expect(judge(still)).toContain('unknown updates.repositories-still');
  expect(judge(dnfWithIndex({ made: '2026-09-23T12:00:00.000Z' }))).not.toContain('unknown updates.repositories-still');
  if (still.repositories.state !== 'read') throw new Error('not read');
  const [first, ...rest] = still.repositories.value;
  const index = read({ made: '2026-11-20T00:00:00.000Z', checked: '2026-11-22T06:00:00.000Z', advisories: true });
  const moving = dnf({ repositories: read([...(first ? [{ ...first, index }] : []), ...rest]) });
  expect(judge(moving)).not.toContain('unknown updates.repositories-still');
});

test('one that was never fetched is unknown, one that is not enabled a failure, and none at all as well', () => {
  const missing = dnf({
    repositories: read([{ id: 'baseos', name: 'BaseOS', index: unreadable('missing', 'the index of baseos') }]),
  });
  expect(judge(missing)).toEqual(['fail updates.repository-off AppStream', 'unknown host.missing baseos']);
  expect(judge(dnf({ repositories: read([]) }))).toEqual([
    'fail updates.repository-off BaseOS',
    'fail updates.repository-off AppStream',
  ]);
  expect(judge(dnf({ repositories: unreadable('command-missing', 'dnf') }))).toEqual(['unknown host.command-missing']);
});

test('of a distribution that nobody told about it is unknown', () => {
  const release = {
    id: 'photon',
    idLike: ['fedora'],
    versionId: '5.0',
    codename: null,
    ubuntuCodename: null,
    debianCodename: null,
  };
  expect(judge(dnf({ release: read(release) }))).toEqual(['unknown updates.repositories-unknown']);
});

const release = (id: string, versionId: string) => ({
  id,
  idLike: [],
  versionId,
  codename: null,
  ubuntuCodename: null,
  debianCodename: null,
});

test.each([
  [
    'rhel',
    '9.6',
    ['rhel-9-for-x86_64-baseos-rpms', 'rhel-9-for-x86_64-appstream-rpms'],
    ['codeready-builder-for-rhel-9-x86_64-rpms'],
  ],
  ['rocky', '9.6', ['baseos', 'appstream'], ['extras', 'epel']],
  ['ol', '9.6', ['ol9_baseos_latest', 'ol9_appstream'], ['ol9_UEKR7']],
  ['amzn', '2023', ['amazonlinux'], ['kernel-livepatch']],
  ['fedora', '43', ['updates'], ['fedora', 'fedora-cisco-openh264']],
  ['opensuse-leap', '15.6', ['repo-update', 'repo-sle-update', 'repo-update-non-oss'], ['repo-oss', 'repo-backports']],
  ['opensuse-leap', '16.0', ['openSUSE:repo-oss'], ['openSUSE:repo-openh264']],
  ['sles', '15.6', ['SLE-Module-Basesystem15-SP6-Updates'], ['SLE-Module-Basesystem15-SP6-Pool']],
  ['alpine', '3.22.1', ['v3.22/main'], ['v3.21/main', 'v3.22/community', 'edge/main']],
])('updates of %s %s come from %j, not from %j', (id, versionId, own, others) => {
  const expected = expectedRepositories(release(id, versionId)) ?? [];
  const isOwn = (name: string): boolean => expected.some((one) => matches({ id: name, name }, one));
  expect([own.filter(isOwn), others.filter(isOwn)]).toEqual([own, []]);
  expect(expected.every((one) => own.some((name) => matches({ id: name, name }, one)))).toBe(true);
});

test.each<[Partial<Registration>, string]>([
  [{ status: 'ACTIVE', expires: '2027-01-01T00:00:00.000Z' }, 'pass updates.registered SLES'],
  [{ status: 'Registered' }, 'pass updates.registered-undated SLES'],
  [{ status: 'ACTIVE', expires: '2026-11-22T11:59:59.000Z' }, 'fail updates.registration-ended SLES'],
  [{ status: 'EXPIRED' }, 'fail updates.not-registered SLES'],
  [{ status: 'Not Registered' }, 'fail updates.not-registered SLES'],
])('a registration %j', (values, expected) => {
  const registrations = read([{ product: 'SLES', status: 'ACTIVE', expires: null, ...values }]);
  const facts = { ...dnf(), manager: 'zypper' as const, registrations };
  expect(judge(facts).at(-1)).toBe(expected);
  expect(judge({ ...facts, registrations: read([]) }).at(-1)).toBe('fail updates.not-registered');
  expect(judge({ ...facts, registrations: unreadable('command-missing', 'SUSEConnect') }).at(-1)).toBe(
    'unknown host.command-missing',
  );
  expect(judge({ ...facts, registrations: null }).at(-1)).toBe('pass updates.repository-fresh baseos');
});
