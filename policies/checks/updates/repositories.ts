import { isOlder } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { Registration, Release, Repository, RepositoryFacts } from './facts.ts';
import { because } from './reasons.ts';
import { nameOf } from './support.ts';
import { expectedRepositories, matches, type Expected } from './vendor.ts';

/** Seconds. */
export interface RepositoryLimits {
  /** Since the host last asked a repository for news. */
  readonly maximumListAge: number;
  /** Since anything changed in any of the distribution's repositories. */
  readonly maximumStandstill: number;
}

type ListFacts = Pick<RepositoryFacts, 'release' | 'repositories'> & {
  readonly registrations?: Extract<RepositoryFacts, { manager: 'zypper' }>['registrations'];
};

/**
 * Judges the repositories that the distribution's own updates come from. Their indexes change when something is
 * published, so that an old one may be the newest there is: what counts is when the host last asked, and that not all of
 * them stand still.
 */
export function judgeRepositories(facts: ListFacts, limits: RepositoryLimits, at: Date): Reason[] {
  const { release, repositories } = facts;
  if (release.state === 'unreadable') return [obstacleReason(release.obstacle)];
  if (repositories.state === 'unreadable') return [obstacleReason(repositories.obstacle)];
  const expected = expectedRepositories(release.value);
  const system = nameOf(release.value);
  if (expected === undefined) return [because('updates.repositories-unknown', { system })];
  const giving = repositories.value.filter((repository) => expected.some((one) => matches(repository, one)));
  return [
    ...judgeAbsent(repositories.value, expected, release.value),
    ...giving.map((repository) => judgeRepository(repository, limits.maximumListAge, at)),
    ...judgeStandstill(giving, limits.maximumStandstill, system, at),
    ...(facts.registrations ? judgeRegistrations(facts.registrations, at) : []),
  ];
}

function judgeAbsent(repositories: readonly Repository[], expected: readonly Expected[], release: Release): Reason[] {
  return expected
    .filter((one) => !repositories.some((repository) => matches(repository, one)))
    .map(({ name }) => because('updates.repository-off', { expected: name, system: nameOf(release) }, name));
}

function judgeRepository({ id, index }: Repository, maximum: number, at: Date): Reason {
  if (index.state === 'unreadable') return obstacleReason(index.obstacle, id);
  const { made, checked } = index.value;
  for (const moment of [checked, made]) {
    if (moment !== null && isFuture(moment, at)) return because('updates.repository-future', { moment }, id);
  }
  if (isOlder(checked, maximum, at)) return because('updates.repository-old', { checked, maximum }, id);
  return because('updates.repository-fresh', { checked, maximum }, id);
}

/** A mirror that stands still answers each question with "nothing new". Where no index has a date, nobody can tell. */
function judgeStandstill(giving: readonly Repository[], maximum: number, system: string, at: Date): Reason[] {
  const dates = giving.flatMap(({ index }) =>
    index.state === 'read' && index.value.made !== null ? [index.value.made] : [],
  );
  const newest = dates.sort().at(-1);
  if (newest === undefined || !isOlder(newest, maximum, at)) return [];
  return [because('updates.repositories-still', { system, made: newest, maximum })];
}

function judgeRegistrations(registrations: NonNullable<ListFacts['registrations']>, at: Date): Reason[] {
  if (registrations.state === 'unreadable') return [obstacleReason(registrations.obstacle)];
  if (registrations.value.length === 0) return [because('updates.not-registered', { status: '-' })];
  return registrations.value.map((registration) => judgeRegistration(registration, at));
}

function judgeRegistration({ product, status, expires }: Registration, at: Date): Reason {
  if (expires !== null && isOlder(expires, 0, at)) return because('updates.registration-ended', { expires }, product);
  if (!/^(active|registered)$/i.test(status)) return because('updates.not-registered', { status }, product);
  if (expires === null) return because('updates.registered-undated', { status }, product);
  return because('updates.registered', { status, expires }, product);
}

/** Whether the indexes are ground to say which updates there are. */
export function repositoriesAreSound(facts: ListFacts, limits: RepositoryLimits, at: Date): boolean {
  return judgeRepositories(facts, limits, at).every(({ verdict }) => verdict === 'pass');
}
