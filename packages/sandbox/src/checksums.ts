import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** The checksums that S3 can keep beside an object. */
export const checksumAlgorithms = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** Over all bytes, or over the checksums of the parts of a multipart upload. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** A checksum as S3 shows it: base64, with `-N` behind it when it is composite. */
export interface StoredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly value: string;
}

/** Takes bytes piece by piece and gives the digest at the end. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

/** Bytes of a digest, by algorithm. */
const DIGEST_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

export function createHasher(algorithm: ChecksumAlgorithm): Hasher {
  switch (algorithm) {
    case "CRC32":
      return crc32Hasher((bytes, crc) => crc32(bytes, crc));
    case "CRC32C":
      return crc32Hasher(crc32c);
    case "CRC64NVME":
      return crc64Hasher();
    case "SHA1":
      return cryptoHasher("sha1");
    case "SHA256":
      return cryptoHasher("sha256");
  }
}

/** The checksum of pieces of bytes, in base64. */
export function checksumOf(algorithm: ChecksumAlgorithm, pieces: Iterable<Uint8Array>): string {
  const hasher = createHasher(algorithm);
  for (const piece of pieces) hasher.update(piece);
  return hasher.digest().toString("base64");
}

/** The checksum of the parts' checksums (base64 each): `…-N`. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): string {
  return `${checksumOf(
    algorithm,
    parts.map((part) => Buffer.from(part, "base64")),
  )}-${parts.length}`;
}

/** `CRC64NVME` -> `x-amz-checksum-crc64nvme`. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The algorithm of that name in any case, or undefined. */
export function parseAlgorithm(name: string): ChecksumAlgorithm | undefined {
  return checksumAlgorithms.find((algorithm) => algorithm === name.toUpperCase());
}

/** Whether a header's value has the form of such a checksum. */
export function isChecksumValue(algorithm: ChecksumAlgorithm, value: string): boolean {
  const bytes = Buffer.from(value, "base64");
  return bytes.length === DIGEST_BYTES[algorithm] && bytes.toString("base64") === value;
}

export function cryptoHasher(name: "md5" | "sha1" | "sha256"): Hasher {
  const hash = createHash(name);
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
}

function crc32Hasher(step: (bytes: Uint8Array, crc: number) => number): Hasher {
  let crc = 0;
  return {
    update(bytes) {
      crc = step(bytes, crc);
    },
    digest() {
      const out = Buffer.alloc(4);
      out.writeUInt32BE(crc >>> 0);
      return out;
    },
  };
}

/*
 * CRC32C and CRC64NVME take eight bytes a step with eight tables each ("slicing by 8"); a table a byte would be four times
 * slower. The 64-bit one keeps its halves apart, since BigInt is slower by far.
 */

/** Table k, entry i: the CRC of byte i followed by k zero bytes. */
interface Tables {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

const tablesByPolynomial = new Map<bigint, Tables>();

function tablesFor(polynomial: bigint): Tables {
  const known = tablesByPolynomial.get(polynomial);
  if (known) return known;
  const values: bigint[] = [];
  for (let i = 0; i < 256; i++) {
    let crc = BigInt(i);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
    values.push(crc);
  }
  for (let i = 256; i < 2048; i++) {
    const previous = values[i - 256] ?? 0n;
    values.push((previous >> 8n) ^ (values[Number(previous & 0xffn)] ?? 0n));
  }
  const tables = {
    low: Uint32Array.from(values, (value) => Number(value & 0xffffffffn)),
    high: Uint32Array.from(values, (value) => Number(value >> 32n)),
  };
  tablesByPolynomial.set(polynomial, tables);
  return tables;
}

/** CRC-32/ISCSI, its polynomial bit-reversed. */
const CRC32C_POLYNOMIAL = 0x82f63b78n;
/** CRC-64/NVME, its polynomial bit-reversed. */
const CRC64NVME_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;

function crc32c(bytes: Uint8Array, previous: number): number {
  const [, low] = crc64Step(tablesFor(CRC32C_POLYNOMIAL), bytes, 0, ~previous >>> 0);
  return ~low >>> 0;
}

function crc64Hasher(): Hasher {
  const tables = tablesFor(CRC64NVME_POLYNOMIAL);
  let high = 0xffffffff;
  let low = 0xffffffff;
  return {
    update(bytes) {
      [high, low] = crc64Step(tables, bytes, high, low);
    },
    digest() {
      const out = Buffer.alloc(8);
      out.writeUInt32BE(~high >>> 0, 0);
      out.writeUInt32BE(~low >>> 0, 4);
      return out;
    },
  };
}

/** Goes on from `high:low` over the bytes; a 32-bit CRC is the same with an empty upper half. */
function crc64Step(tables: Tables, bytes: Uint8Array, high: number, low: number): [number, number] {
  const { high: th, low: tl } = tables;
  // Indices stay inside tables and bytes by construction; `at` keeps the compiler content at no cost once inlined.
  const at = (table: Uint32Array | Uint8Array, index: number): number => table[index] as number;
  const whole = bytes.length - (bytes.length % 8);
  for (let i = 0; i < whole; i += 8) {
    const a = low ^ (at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24));
    const b = high ^ (at(bytes, i + 4) | (at(bytes, i + 5) << 8) | (at(bytes, i + 6) << 16) | (at(bytes, i + 7) << 24));
    const i7 = 1792 + (a & 255);
    const i6 = 1536 + ((a >>> 8) & 255);
    const i5 = 1280 + ((a >>> 16) & 255);
    const i4 = 1024 + (a >>> 24);
    const i3 = 768 + (b & 255);
    const i2 = 512 + ((b >>> 8) & 255);
    const i1 = 256 + ((b >>> 16) & 255);
    const i0 = b >>> 24;
    low = at(tl, i7) ^ at(tl, i6) ^ at(tl, i5) ^ at(tl, i4) ^ at(tl, i3) ^ at(tl, i2) ^ at(tl, i1) ^ at(tl, i0);
    high = at(th, i7) ^ at(th, i6) ^ at(th, i5) ^ at(th, i4) ^ at(th, i3) ^ at(th, i2) ^ at(th, i1) ^ at(th, i0);
  }
  for (let i = whole; i < bytes.length; i++) {
    const index = (low ^ at(bytes, i)) & 255;
    low = ((low >>> 8) | (high << 24)) ^ at(tl, index);
    high = (high >>> 8) ^ at(th, index);
  }
  return [high >>> 0, low >>> 0];
}
