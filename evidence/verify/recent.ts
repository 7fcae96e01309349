interface Kept<Value> {
  readonly value: Value;
  readonly size: number;
}

/** What was used last, up to so many bytes of what it was made from. */
export class Recent<Value> {
  readonly #maximum: number;
  /** The least recently used first. */
  readonly #kept = new Map<string, Kept<Value>>();
  #size = 0;

  /** @param maximum bytes: the newest is kept even where it alone is larger */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  get(key: string): Value | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.value;
  }

  set(key: string, value: Value, size: number): void {
    this.#drop(key);
    this.#kept.set(key, { value, size });
    this.#size += size;
    for (const oldest of this.#kept.keys()) {
      if (this.#size <= this.#maximum || this.#kept.size === 1) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#size -= this.#kept.get(key)?.size ?? 0;
    this.#kept.delete(key);
  }
}
