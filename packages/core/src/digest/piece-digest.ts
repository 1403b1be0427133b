import { createHash } from "node:crypto";

import { CRCS, chooseChecksum, startChecksum } from "./checksum.ts";
import { combineCrc } from "./combine-crc.ts";
import { type DigestResult, digestText, type ExpectedContent, judge, partsText } from "./content-digest.ts";
import { multipartEtagParts } from "./etag.ts";

/** A run of bytes of an object that is fetched and hashed by itself. */
export interface Piece {
  readonly first: number;
  readonly length: number;
}

/** How an object is proven by digests of its pieces, which may come in any order and be computed in any thread. */
export interface PieceProof {
  /** What to compute of each piece, by {@link startPieceDigest}. */
  readonly algorithm: string;
  /** In order, without gaps. */
  readonly pieces: readonly Piece[];
  /** Puts together what was found, in the order of the pieces. */
  judge(digests: readonly string[]): DigestResult;
}

/** S3's guide advises ranges of 8 to 16 MiB. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-guidelines.html */
export const RANGE_BYTES = 8 * 1024 * 1024;

/** A piece that fails is fetched again as a whole, so larger parts than this are no pieces. */
const MAX_PART_BYTES = 64 * 1024 * 1024;

/** The digest of one piece, over bytes that come in order. */
export interface PieceDigest {
  update(chunk: Uint8Array): void;
  finish(): string;
}

/**
 * Finds what proves an object piece by piece, the quickest first:
 *
 * 1. a CRC over the whole that S3 stored: those of the pieces can be put together
 * 2. a multipart ETag whose part sizes are known: the pieces are the parts
 *
 * An MD5 or SHA over the whole can only be computed in order.
 */
export function planPieces(expected: ExpectedContent): PieceProof | undefined {
  const { sizeBytes, checksums = {}, etag, etagMayBeMd5 = true, partSizes } = expected;
  if (sizeBytes === undefined) return undefined;
  const crcs = Object.fromEntries(Object.entries(checksums).filter(([name]) => Object.hasOwn(CRCS, name)));
  const name = chooseChecksum(crcs);
  if (name !== undefined) {
    const pieces = cutIntoRanges(sizeBytes);
    return { algorithm: name, pieces, judge: (digests) => judgeCrc(name, pieces, digests, crcs[name] ?? "") };
  }
  if (multipartEtagParts(etag) === undefined || !etagMayBeMd5 || partSizes === undefined) return undefined;
  const pieces = cut(sizeBytes, (number) => (typeof partSizes === "number" ? partSizes : (partSizes[number] ?? 0)));
  if (pieces.some(({ length }) => length > MAX_PART_BYTES)) return undefined;
  return { algorithm: "md5", pieces, judge: (digests) => judgeParts(expected, digests) };
}

/** Begins the digest of one piece. */
export function startPieceDigest(algorithm: string): PieceDigest {
  if (algorithm !== "md5") {
    const running = startChecksum(algorithm);
    return { update: (chunk) => running.update(chunk), finish: () => running.digest() };
  }
  const md5 = createHash("md5");
  return { update: (chunk) => void md5.update(chunk), finish: () => md5.digest("hex") };
}

/** Pieces of the usual size. */
export function cutIntoRanges(sizeBytes: number): readonly Piece[] {
  return cut(sizeBytes, () => RANGE_BYTES);
}

function cut(sizeBytes: number, lengthOf: (number: number) => number): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let first = 0; first < sizeBytes; ) {
    const length = Math.min(lengthOf(pieces.length) || sizeBytes, sizeBytes - first);
    pieces.push({ first, length });
    first += length;
  }
  return pieces;
}

function judgeCrc(name: string, pieces: readonly Piece[], digests: readonly string[], expected: string): DigestResult {
  const checksum = combineCrc(
    name,
    digests.map((digest, number) => ({ checksum: digest, length: pieces[number]?.length ?? 0 })),
  );
  const sizeBytes = pieces.reduce((sum, { length }) => sum + length, 0);
  const found = { digest: digestText(name, checksum), sizeBytes, isRemembered: false };
  return judge(found, "checksum", name, expected, checksum);
}

function judgeParts(
  { sizeBytes = 0, etag = "", partSizes }: ExpectedContent,
  digests: readonly string[],
): DigestResult {
  const parts = createHash("md5");
  for (const digest of digests) parts.update(digest, "hex");
  const found = `${parts.digest("hex")}-${digests.length}`;
  const result = { digest: partsText(partSizes, found), sizeBytes, isRemembered: false };
  return judge(result, "multipart-etag", "multipart ETag", etag.toLowerCase(), found);
}
