/**
 * Orders two versions of packages as rpm does: `[epoch:]version[-release]`, each part by turns of digits and letters, in
 * which a tilde sorts before everything, even the end, and a caret after the end but before all else (rpm-version(7)).
 *
 * @returns negative where `a` is older, positive where it is newer, 0 where they are equal
 */
export function compareRpmVersions(a: string, b: string): number {
  const [left, right] = [splitVersion(a), splitVersion(b)];
  return (
    left.epoch - right.epoch || compareParts(left.version, right.version) || compareParts(left.release, right.release)
  );
}

function splitVersion(text: string): { epoch: number; version: string; release: string } {
  const [, epoch, version = '', release = ''] = /^(?:(\d+):)?([^-]*)(?:-(.*))?$/.exec(text) ?? [];
  return { epoch: Number(epoch ?? 0), version, release };
}

/** Only digits, letters, tildes and carets count; whatever else stands between them merely separates. */
function compareParts(a: string, b: string): number {
  const [left, right] = [segments(a), segments(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const order = compareSegments(left[index], right[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function segments(part: string): string[] {
  return part.match(/\d+|[A-Za-z]+|[~^]/g) ?? [];
}

function compareSegments(a: string | undefined, b: string | undefined): number {
  const order = rank(a) - rank(b);
  if (order !== 0) return order;
  if (a === undefined || b === undefined) return 0;
  if (!/\d/.test(a)) return a < b ? -1 : a > b ? 1 : 0;
  // Dates stand in versions, and may be longer than a number holds exactly.
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** A tilde before the end, the end before a caret, then letters, then digits. */
function rank(segment: string | undefined): number {
  if (segment === '~') return 0;
  if (segment === undefined) return 1;
  if (segment === '^') return 2;
  return /\d/.test(segment) ? 4 : 3;
}
