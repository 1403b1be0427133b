/** A cyclic redundancy check over GF(2). Polynomials have their bits reversed: the highest bit stands for x^0. */
export interface Crc {
  readonly bits: number;
  /** The generator, without its highest power. */
  readonly polynomial: bigint;
}

/** `a` times `b`, modulo the generator. */
export function multiply({ bits, polynomial }: Crc, a: bigint, b: bigint): bigint {
  let product = 0n;
  for (let mask = 1n << BigInt(bits - 1); mask > 0n; mask >>= 1n) {
    if (a & mask) product ^= b;
    b = b & 1n ? (b >> 1n) ^ polynomial : b >> 1n;
  }
  return product;
}

/** x to the power of `exponent`, modulo the generator. */
export function powerOfX(crc: Crc, exponent: bigint): bigint {
  let power = 1n << BigInt(crc.bits - 1);
  for (let square = power >> 1n, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) power = multiply(crc, power, square);
    square = multiply(crc, square, square);
  }
  return power;
}
