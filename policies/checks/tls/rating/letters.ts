/**
 * The letters of SSL Labs, from best to worst. `M`: the certificate is for another name. `T`: it is not trusted.
 * Neither says anything of the rest, so a rating also tells which letter it would be otherwise.
 */
export const letters = ['A+', 'A', 'A-', 'B', 'C', 'D', 'E', 'F', 'M', 'T'] as const;
export type Letter = (typeof letters)[number];

/** Negative where `a` is worse than `b`, as `Array.prototype.sort` wants it. */
export function compareLetters(a: Letter, b: Letter): number {
  return letters.indexOf(b) - letters.indexOf(a);
}

/** The worst of some letters; `A+`, from which every rule only takes away, of none. */
export function worstLetter(some: readonly Letter[]): Letter {
  return letters.findLast((letter) => some.includes(letter)) ?? 'A+';
}

export function isAtLeast(letter: Letter, minimum: Letter): boolean {
  return compareLetters(letter, minimum) >= 0;
}

/** What can be asked for: below E there is only what is broken, not trusted or not meant, and nobody promises that. */
export const demandableLetters = letters.filter((letter) => letter !== 'F' && letter !== 'M' && letter !== 'T');
