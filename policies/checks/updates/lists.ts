import { isOlder } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { AptFacts, Release, Source } from './facts.ts';
import { because } from './reasons.ts';

type ListFacts = Pick<AptFacts, 'release' | 'sources' | 'lastAttempt'>;

/** The codename of the Debian or Ubuntu release that a host runs or is built on; undefined where it is not known. */
function baseCodename(release: Release): string | undefined {
  const own = ['debian', 'ubuntu'].includes(release.id) ? release.codename : null;
  return own ?? release.ubuntuCodename ?? release.debianCodename ?? undefined;
}

/**
 * Whether packages from this suite are security updates of the release: both distributions name the suites so
 * (`bookworm-security`, `jammy-security`, and `jammy-infra-security` of extended maintenance). Suites of other
 * releases, present for pinning, are not.
 */
export function isSecurityIndex(index: { suite: string | null; codename: string | null }, release: Release): boolean {
  const codename = baseCodename(release);
  return (
    codename !== undefined &&
    [index.suite, index.codename].some((name) => name?.startsWith(`${codename}-`) && name.endsWith('-security'))
  );
}

/**
 * Judges how old the lists of the release's security suite are, and of no other: that archive renews its date at least
 * weekly, whereas a stable release's main suite keeps the date of the last point release. Of several mirrors each is
 * judged. Other sources must have lists that are not expired.
 *
 * @param maximumAge seconds since the date that the archive gave the lists
 */
export function judgeLists({ release, sources, lastAttempt }: ListFacts, maximumAge: number, at: Date): Reason[] {
  if (release.state === 'unreadable') return [obstacleReason(release.obstacle)];
  if (sources.state === 'unreadable') return [obstacleReason(sources.obstacle)];
  const codename = baseCodename(release.value);
  if (codename === undefined) return [because('updates.release-unknown', { system: release.value.id })];
  const expected = `${codename}-security`;
  const giving = sources.value.filter((source) => gives(source, expected));
  if (giving.length === 0) return [because('updates.security-suite-off', { expected }, expected)];
  return [
    ...judgeComponents(sources.value, giving, codename, expected),
    ...giving.map((source) => judgeSource(source, expected, lastAttempt, maximumAge, at)),
    ...sources.value.filter((source) => !giving.includes(source)).flatMap((source) => judgeOther(source, at)),
  ];
}

/** Whether the lists are ground to say which security updates there are. */
export function listsAreSound(facts: ListFacts, maximumAge: number, at: Date): boolean {
  return judgeLists(facts, maximumAge, at).every(({ verdict }) => verdict === 'pass');
}

/**
 * What an index says of itself counts. Where it was never fetched the configuration's word has to do, which may be
 * an alias (`stable-security`).
 */
function gives(source: Source, expected: string): boolean {
  if (source.index.state === 'unreadable') return source.suite.endsWith('-security');
  return source.index.value.suite === expected || source.index.value.codename === expected;
}

/** Each component that packages come from needs its own security line: microcode, say, comes from non-free-firmware. */
function judgeComponents(
  sources: readonly Source[],
  giving: readonly Source[],
  codename: string,
  expected: string,
): Reason[] {
  const origins = new Set(giving.flatMap(({ index }) => (index.state === 'read' ? [index.value.origin] : [])));
  const ofRelease = sources.filter(
    ({ index }) => index.state === 'read' && index.value.codename === codename && origins.has(index.value.origin),
  );
  const needed = new Set(['main', ...ofRelease.flatMap(({ components }) => components)]);
  const missing = needed.difference(new Set(giving.flatMap(({ components }) => components)));
  if (missing.size === 0) return [];
  return [
    because('updates.security-components-off', { expected, components: [...missing].sort().join(', ') }, expected),
  ];
}

/** Other archives may be as old as they are, but what has no lists, or expired ones that apt no longer renews, hides its updates. */
function judgeOther({ mirror, suite, index }: Source, at: Date): Reason[] {
  const subject = `${mirror} ${suite}`;
  if (index.state === 'unreadable') return [obstacleReason(index.obstacle, subject)];
  const { validUntil } = index.value;
  return validUntil !== null && isOlder(validUntil, 0, at)
    ? [because('updates.lists-expired', { mirror, validUntil }, subject)]
    : [];
}

function judgeSource(
  { mirror, index }: Source,
  expected: string,
  lastAttempt: AptFacts['lastAttempt'],
  maximum: number,
  at: Date,
): Reason {
  if (index.state === 'unreadable') return obstacleReason(index.obstacle, expected);
  const { date, validUntil } = index.value;
  if (isFuture(date, at)) return because('updates.lists-future', { mirror, date }, expected);
  if (isOlder(date, maximum, at)) {
    return lastAttempt.state === 'read' && !isOlder(lastAttempt.value, maximum, at)
      ? because('updates.lists-update-fails', { mirror, date, maximum, attempt: lastAttempt.value }, expected)
      : because('updates.lists-old', { mirror, date, maximum }, expected);
  }
  if (validUntil !== null && isOlder(validUntil, 0, at)) {
    return because('updates.lists-expired', { mirror, validUntil }, expected);
  }
  return because('updates.lists-fresh', { mirror, date, maximum }, expected);
}
