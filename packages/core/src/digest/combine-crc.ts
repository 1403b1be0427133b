import { CRCS } from "./checksum.ts";
import { multiply, powerOfX } from "./polynomial.ts";

/** A piece of a whole: its checksum in base64, and its length in bytes. */
export interface ChecksummedPiece {
  readonly checksum: string;
  readonly length: number;
}

/**
 * The CRC of a whole from those of its pieces, in order, none of whose bytes is looked at again: in the arithmetic of
 * polynomials over GF(2), a CRC is moved over what follows by multiplying with x^(8 × length), and then added.
 * @param pieces one at least
 * @returns base64, as S3 writes it
 * @see https://github.com/madler/zlib/blob/develop/crc32.c "crc32_combine_op()" for the same with 32 bits
 */
export function combineCrc(name: string, pieces: readonly ChecksummedPiece[]): string {
  const crc = CRCS[name];
  if (crc === undefined) throw new Error(`${name} cannot be combined`);
  const powers = new Map<number, bigint>();
  let whole = 0n;
  for (const { checksum, length } of pieces) {
    let power = powers.get(length);
    if (power === undefined) {
      power = powerOfX(crc, 8n * BigInt(length));
      powers.set(length, power);
    }
    whole = multiply(crc, power, whole) ^ BigInt(`0x${Buffer.from(checksum, "base64").toString("hex")}`);
  }
  return Buffer.from(whole.toString(16).padStart(crc.bits / 4, "0"), "hex").toString("base64");
}
