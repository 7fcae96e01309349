import type { FamilyName, LabelsOf } from './families.ts';
import { sample } from './format.ts';

/** Lines, by family. */
export type Lines = ReadonlyMap<FamilyName, string>;

/** Lines by family, as they are collected. */
export class LineBook {
  readonly #lines = new Map<FamilyName, string[]>();

  add<Name extends FamilyName>(name: Name, labels: LabelsOf<Name>, value: number): void {
    const line = sample(name, labels, value);
    const lines = this.#lines.get(name);
    if (lines === undefined) this.#lines.set(name, [line]);
    else lines.push(line);
  }

  texts(): Map<FamilyName, string> {
    return new Map([...this.#lines].map(([name, lines]) => [name, lines.join('')]));
  }
}
