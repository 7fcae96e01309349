import type { Product } from './facts.ts';

/** The numbers of a version that was released (`12.4.8`, `6.8`); undefined for anything else, such as `7.0-beta1`. */
export function numbersOf(version: string): readonly number[] | undefined {
  return /^\d{1,6}(\.\d{1,6}){1,3}$/.test(version) ? version.split('.').map(Number) : undefined;
}

/** Negative where `a` is the older; a number that is left out is 0. */
export function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * What its makers support as one: a major version of TYPO3, Joomla and Drupal 7, and two numbers of WordPress and of Drupal
 * since 8.
 */
export function branchOf(product: Product, version: string): string | undefined {
  const [major, minor] = numbersOf(version) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const isMajor = product === 'typo3' || product === 'joomla' || (product === 'drupal' && major < 8);
  return isMajor ? String(major) : `${major}.${minor}`;
}

/** Whether a version says of itself that it is no finished release: `dev-main`, `1.0.0-RC1`, `2.x-dev`, `3.0beta2`. */
export function isUnfinished(version: string): boolean {
  return /^dev-|(?:^|[^a-z])(?:alpha|beta|preview|rc|dev|snapshot|nightly|pre|test|experimental)(?![a-z])/i.test(
    version,
  );
}
