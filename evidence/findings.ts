/** What a verification found wrong, by a stable code. */
export interface Finding {
  /**
   * `tampered`: something contradicts what was signed. `incomplete`: something is not there. `nothing`: there is nothing
   * that could be verified with the given key.
   */
  readonly kind: 'tampered' | 'incomplete' | 'nothing';
  readonly code: string;
  /** The file or entry, as a person would look for it. */
  readonly where: string;
  readonly message: string;
}

/** Past this many, findings are only counted: one flipped root makes thousands. */
const maximumListed = 100;

/** Findings as they come up. */
export class Findings {
  readonly listed: Finding[] = [];
  #counts = { tampered: 0, incomplete: 0, nothing: 0 };

  add(kind: Finding['kind'], code: string, where: string, message: string): void {
    this.#counts[kind]++;
    if (this.listed.length < maximumListed) this.listed.push({ kind, code, where, message });
  }

  get total(): number {
    return this.#counts.tampered + this.#counts.incomplete + this.#counts.nothing;
  }

  /** The worst: one contradiction outweighs all that is merely absent. */
  get outcome(): 'sound' | Finding['kind'] {
    if (this.#counts.tampered > 0) return 'tampered';
    if (this.#counts.nothing > 0) return 'nothing';
    return this.#counts.incomplete > 0 ? 'incomplete' : 'sound';
  }
}
