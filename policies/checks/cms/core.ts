import type { Ends } from '../../end-of-life.ts';
import { isAsOld, isOlder } from '../../moments.ts';
import { Duration, isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { CmsFacts, Core, Product, Release, Releases, Site } from './facts.ts';
import type { Currency } from './parameters.ts';
import { because } from './reasons.ts';
import { branchOf, compareNumbers, numbersOf } from './version.ts';

const maximumTableAge = Duration.parse('180d');
const daySeconds = 86_400;

/** As its makers write it. */
export const productNames: Readonly<Record<Product, string>> = {
  drupal: 'Drupal',
  joomla: 'Joomla',
  typo3: 'TYPO3',
  wordpress: 'WordPress',
};

/** A core that can be judged. */
interface Installed {
  readonly site: string;
  readonly product: string;
  readonly version: string;
  readonly branch: string;
  readonly kind: Product;
}

/** Judges whether the core of a site is supported and up to date. */
export function judgeCore(site: Site, facts: CmsFacts, wanted: Currency, at: Date): Reason[] {
  if (site.core.state === 'unreadable') return [obstacleReason(site.core.obstacle, site.site)];
  const standing = judgeInstallation(site, site.core.value);
  if (standing !== undefined) return [standing];
  const [first] = site.core.value.versions;
  const version = first?.version ?? '';
  const branch = branchOf(site.product, version);
  const product = productNames[site.product];
  if (branch === undefined) return [because('cms.not-a-release', { product, version }, site.site)];
  const installed = { site: site.site, product, version, branch, kind: site.product };
  return [judgeSupport(installed, facts.support, wanted, at), judgePatches(installed, facts, wanted, at)];
}

/** What stands in the way of judging the version at all; undefined where nothing does. */
function judgeInstallation({ site, product }: Site, { versions, packaged }: Core): Reason | undefined {
  const [first, ...others] = versions;
  const version = first?.version ?? '';
  const other = others.find((one) => one.version !== version);
  if (first !== undefined && other !== undefined) {
    const values = { file: first.file, version, otherFile: other.file, otherVersion: other.version };
    return because('cms.versions-differ', values, site);
  }
  if (packaged === null) return undefined;
  return because('cms.packaged', { product: productNames[product], version, package: packaged }, site);
}

/** The last day of support is one of support, in UTC. */
function judgeSupport(installed: Installed, support: CmsFacts['support'], wanted: Currency, at: Date): Reason {
  const { site, product, branch } = installed;
  if (support.state === 'unreadable') return obstacleReason(support.obstacle, site);
  const known = support.value.branches.find((one) => one.product === installed.kind && one.branch === branch);
  if (known === undefined) return obstacleReason({ code: 'missing', what: `${product} ${branch}` }, site);
  const { dated, ends } = known;
  if (isFuture(dated, at)) return because('cms.support-table-future', { dated }, site);
  if (isOlder(dated, maximumTableAge, at)) {
    return because('cms.support-table-old', { dated, maximum: maximumTableAge }, site);
  }
  if (ends === null) return because('cms.support-unknown', { product, branch, dated }, site);
  const [standard] = ends;
  if (standard === 'supported') return because('cms.supported-undated', { product, branch, dated }, site);
  if (standard !== 'ended' && !hasEnded(standard, at)) {
    return because('cms.supported', { product, branch, until: standard, dated }, site);
  }
  return judgeExtended(installed, ends, support.value.bought, wanted, at);
}

/** What holds once everybody's support has ended. */
function judgeExtended(
  { site, kind, product, branch, version }: Installed,
  [standard, extended]: Ends,
  bought: readonly Product[],
  wanted: Currency,
  at: Date,
): Reason {
  if (standard === 'ended') return because('cms.support-ended-undated', { product, branch, version }, site);
  if (wanted.support === 'extended' && extended !== undefined && !hasEnded(extended, at)) {
    return bought.includes(kind)
      ? because('cms.supported-extended', { product, branch, until: extended }, site)
      : because('cms.extended-not-bought', { product, branch, ended: standard, until: extended }, site);
  }
  const until = wanted.support === 'extended' && extended !== undefined ? extended : standard;
  return because('cms.support-ended', { product, branch, until, version }, site);
}

function hasEnded(lastDay: string, at: Date): boolean {
  return isAsOld(lastDay, daySeconds, at);
}

/** Judges whether the newest release of the branch is installed, or has not been out for long. */
function judgePatches(installed: Installed, facts: CmsFacts, wanted: Currency, at: Date): Reason {
  const { site, product, branch, version } = installed;
  const list = judgeList(facts.releases, at, site);
  if ('code' in list) return list;
  const { dated, branches } = list;
  if (isOlder(dated, wanted.maximumListAge, at)) {
    return because('cms.releases-old', { dated, maximum: wanted.maximumListAge }, site);
  }
  const listed = branches.find((one) => one.product === installed.kind && one.branch === branch)?.releases;
  if (listed === undefined) return because('cms.branch-unlisted', { product, branch, dated }, site);
  if (!listed.some((release) => isSame(release.version, version))) {
    return because('cms.version-unlisted', { product, version, dated }, site);
  }
  const isBought = facts.support.state === 'read' && facts.support.value.bought.includes(installed.kind);
  const newer = newerThan(version, listed, isBought && wanted.support === 'extended');
  const [missing] = newer.toSorted((a, b) => (a.released < b.released ? -1 : 1));
  const newest = newer.at(-1);
  if (missing === undefined || newest === undefined) return because('cms.current', { product, version, dated }, site);
  const { released } = missing;
  const values = { product, version, next: missing.version, released, maximum: wanted.maximumBehind };
  return isOlder(released, wanted.maximumBehind, at)
    ? because('cms.behind', { ...values, newest: newest.version }, site)
    : because('cms.behind-briefly', values, site);
}

/** The list, or why it is no ground, however old it may be. */
export function judgeList(releases: CmsFacts['releases'], at: Date, subject?: string): Releases | Reason {
  if (releases === null) return because('cms.releases-none', {}, subject);
  if (releases.state === 'unreadable') return obstacleReason(releases.obstacle, subject);
  const { dated } = releases.value;
  return isFuture(dated, at) ? because('cms.releases-future', { dated }, subject) : releases.value;
}

/** Finished releases of the branch that are newer, the oldest version first. */
function newerThan(version: string, listed: readonly Release[], withExtended: boolean): Release[] {
  const own = numbersOf(version) ?? [];
  return listed
    .flatMap((release) => {
      const numbers = numbersOf(release.version);
      const counts = numbers !== undefined && (withExtended || !release.extended);
      return counts && compareNumbers(numbers, own) > 0 ? [{ release, numbers }] : [];
    })
    .sort((a, b) => compareNumbers(a.numbers, b.numbers))
    .map(({ release }) => release);
}

function isSame(a: string, b: string): boolean {
  const [first, second] = [numbersOf(a), numbersOf(b)];
  return first !== undefined && second !== undefined && compareNumbers(first, second) === 0;
}
