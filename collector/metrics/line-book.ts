import { sample, type FamilyName, type LabelsOf } from './families.ts';

/** Lines by family, as they are collected. */
export class LineBook {
  readonly #lines = new Map<FamilyName, string[]>();

  add<Name extends FamilyName>(name: Name, labels: LabelsOf<Name>, value: number): void {
    const line = sample(name, labels, value);
    const lines = this.#lines.get(name);
    if (lines === undefined) this.#lines.set(name, [line]);
    else lines.push(line);
  }

  bytes(): Map<FamilyName, Buffer> {
    return new Map([...this.#lines].map(([name, lines]) => [name, Buffer.from(lines.join(''))]));
  }
}
