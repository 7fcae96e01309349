export function uint16(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

/** The content with its length in `size` bytes before it. */
export function vector(size: 1 | 2 | 3, content: readonly number[]): number[] {
  const length = Array.from({ length: size }, (_, index) => (content.length >> (8 * (size - 1 - index))) & 0xff);
  return [...length, ...content];
}

export function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
