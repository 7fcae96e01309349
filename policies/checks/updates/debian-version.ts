/**
 * Orders two Debian version numbers as dpkg does: `[epoch:]upstream[-revision]`, in which a tilde sorts before
 * everything, even the end (Debian Policy 5.6.12, deb-version(7)).
 *
 * @returns negative where `a` is older, positive where it is newer, 0 where they are equal
 */
export function compareDebianVersions(a: string, b: string): number {
  const [left, right] = [splitVersion(a), splitVersion(b)];
  return (
    left.epoch - right.epoch ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  );
}

function splitVersion(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  return {
    epoch: colon === -1 ? 0 : Number(version.slice(0, colon)),
    upstream: hyphen === -1 ? rest : rest.slice(0, hyphen),
    revision: hyphen === -1 ? '' : rest.slice(hyphen + 1),
  };
}

/** Compares by turns a run of other characters and a run of digits, from the left. */
function compareParts(a: string, b: string): number {
  const [left, right] = [runs(a), runs(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [x, y] = [left[index] ?? emptyRun, right[index] ?? emptyRun];
    const order = compareLetters(x.letters, y.letters) || compareNumbers(x.digits, y.digits);
    if (order !== 0) return order;
  }
  return 0;
}

interface Run {
  readonly letters: string;
  readonly digits: string;
}
const emptyRun: Run = { letters: '', digits: '' };

function runs(part: string): Run[] {
  return [...part.matchAll(/(\D*)(\d*)/g)].map(([, letters = '', digits = '']) => ({ letters, digits }));
}

/** Dates stand in versions, and may be longer than a number holds exactly. */
function compareNumbers(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function compareLetters(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = weight(a[index]) - weight(b[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A tilde before the end, the end before letters, letters before all else. */
function weight(character: string | undefined): number {
  if (character === '~') return -1;
  if (character === undefined) return 0;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}
