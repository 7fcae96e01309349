/**
 * The CRC-32 of two parts, one after the other, from that of each: so that what is compressed once need not be read again.
 *
 * To append n bytes is to multiply by x^(8n) modulo the polynomial of CRC-32 (RFC 1952, 8), over bits in reverse order.
 */
const polynomial = 0xedb88320;

/** x^(2^n) modulo the polynomial, by n. */
const powers: readonly number[] = squares();

/** @param power `powerOfBytes` of the second part's length */
export function joinCrc32(first: number, second: number, power: number): number {
  return (multiply(first, power) ^ second) >>> 0;
}

/** x^(8n) modulo the polynomial: to be kept with a part that is appended often. */
export function powerOfBytes(length: number): number {
  let product = 0x80000000;
  // 8n has the bits of n, three places on.
  for (let rest = length, place = 3; rest > 0; rest = Math.floor(rest / 2), place += 1) {
    if (rest % 2 === 1) product = multiply(powers[place % powers.length] ?? 0, product);
  }
  return product;
}

function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = 0x80000000; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= shifted;
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ polynomial;
  }
  return product >>> 0;
}

/** They repeat after 32 (the polynomial is primitive). */
function squares(): number[] {
  const found = [0x40000000];
  while (found.length < 32) {
    const last = found.at(-1) ?? 0;
    found.push(multiply(last, last));
  }
  return found;
}
