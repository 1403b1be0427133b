import { createHash, type Hash, hash } from "node:crypto";

import type { Proof } from "../progress.ts";
import { chooseChecksum, isChecksum, type RunningChecksum, startChecksum } from "./checksum.ts";
import { isMd5Etag, likelyPartSizes, multipartEtagParts } from "./etag.ts";
import { MultipartEtag, type PartSizes } from "./multipart-etag.ts";

/** What the bytes are expected to be. */
export interface ExpectedContent {
  readonly sizeBytes: number | undefined;
  /** Without its quotes. */
  readonly etag: string | undefined;
  /** False when the store said that the ETag cannot be made of MD5s (SSE-KMS, SSE-C). @default true */
  readonly etagMayBeMd5?: boolean | undefined;
  /** Checksums over the whole object that the store sent: base64, by lower-case algorithm name. */
  readonly checksums?: Readonly<Record<string, string>> | undefined;
  /** The parts of a multipart upload, where the store said; else the usual sizes are tried. */
  readonly partSizes?: PartSizes | undefined;
  /** The digest that the index remembers of these bytes; see {@link DigestResult.digest}. */
  readonly remembered?: string | undefined;
}

/** What the bytes turned out to be. */
export interface DigestResult {
  /**
   * What the index remembers them by: the MD5 in lower-case hex or, of a large object that was proven piece by piece,
   * `crc64nvme:` and a checksum's base64, or `parts-8388608:` and the multipart ETag with parts of so many bytes.
   */
  readonly digest: string;
  readonly sizeBytes: number;
  /** The rung of the trust ladder that proved them, or undefined where none could. */
  readonly proof: Exclude<Proof, "index" | "version-id"> | undefined;
  /** A digest that contradicts the expectation, as words: what was expected and what was found. */
  readonly mismatch: { readonly expected: string; readonly found: string } | undefined;
  /** Whether they are the bytes that the index remembers. */
  readonly isRemembered: boolean;
}

/** A checksum as the index remembers it. */
export function digestText(name: string, checksum: string): string {
  return `${name}:${checksum}`;
}

/** A multipart ETag as the index remembers it. */
export function partsText(partSizes: PartSizes | undefined, etag: string): string {
  return digestText(`parts-${typeof partSizes === "number" ? partSizes : ""}`, etag);
}

/** The size of the parts that the index remembers for this ETag. */
function rememberedPartSize({ etag, remembered = "" }: ExpectedContent): number | undefined {
  const match = /^parts-([1-9]\d*):/.exec(remembered);
  const size = Number(match?.[1]);
  return match !== null && remembered === partsText(size, etag?.toLowerCase() ?? "") ? size : undefined;
}

/** Hashes a stream of bytes once, in order, and tells how far they prove to be the expected ones. */
export interface ContentDigest {
  update(chunk: Uint8Array): void;
  finish(): DigestResult;
}

/**
 * Begins to hash for an expectation. One proof is computed, the first of these that there is; the MD5 always, since the
 * index remembers it:
 *
 * 1. an ETag that is an MD5
 * 2. a checksum over the whole object that S3 stored
 * 3. a multipart ETag, recomputed with the parts' sizes; where the store does not say them, with the usual ones, of which
 *    only a hit says something
 */
export function createContentDigest(expected: ExpectedContent): ContentDigest {
  const name = isMd5(expected) ? undefined : chooseChecksum(expected.checksums ?? {});
  return digestOf(expected, name === undefined ? undefined : { name, running: startChecksum(name) });
}

/**
 * Hashes bytes that are all there, by one call: half the time for a few kilobytes.
 * @returns undefined where more than an MD5 is to be computed
 */
export function digestAtOnce(
  bytes: Uint8Array,
  { etag, remembered }: Omit<ExpectedContent, "checksums">,
): DigestResult | undefined {
  if (!isMd5Etag(etag) || (remembered !== undefined && !isMd5Etag(remembered))) return undefined;
  const digest = hash("md5", bytes);
  const found = { digest, sizeBytes: bytes.length, isRemembered: remembered === digest };
  return judgeMd5(found, etag);
}

/** As {@link createContentDigest} where no checksums were sent: a file that is in place already. */
export function createFileDigest(expected: Omit<ExpectedContent, "checksums">): ContentDigest {
  const name = expected.remembered?.split(":").at(-2);
  if (name !== undefined && isChecksum(name))
    return digestOf(expected, undefined, { name, running: startChecksum(name) });
  return digestOf({ partSizes: rememberedPartSize(expected), ...expected }, undefined);
}

interface NamedChecksum {
  readonly name: string;
  readonly running: RunningChecksum;
}

function isMd5({ etag, etagMayBeMd5 = true }: ExpectedContent): boolean {
  return etagMayBeMd5 && isMd5Etag(etag);
}

/**
 * @param checksum of the expectation
 * @param rememberedChecksum of the index
 */
function digestOf(
  expected: ExpectedContent,
  checksum: NamedChecksum | undefined,
  rememberedChecksum?: NamedChecksum,
): ContentDigest {
  let md5: Hash | undefined;
  /** Of a body that came in one piece, as most do: a Hash object for each costs 5 us, and the garbage collector as many. */
  let atOnce: string | undefined;
  const multipart = checksum === undefined ? multipartEtags(expected) : [];
  let sizeBytes = 0;
  return {
    update(chunk) {
      if (sizeBytes === 0 && chunk.length === expected.sizeBytes) atOnce = hash("md5", chunk);
      else {
        // Behind a whole body there is nothing that could make it the expected one again.
        md5 ??= createHash("md5").update(atOnce ?? "");
        md5.update(chunk);
      }
      sizeBytes += chunk.length;
      checksum?.running.update(chunk);
      rememberedChecksum?.running.update(chunk);
      for (const etag of multipart) etag.update(chunk);
    },
    finish() {
      const digest = md5?.digest("hex") ?? atOnce ?? hash("md5", "");
      const found = { digest, sizeBytes, isRemembered: isRemembered(expected.remembered, digest, rememberedChecksum) };
      if (isMd5(expected)) return judgeMd5(found, expected.etag ?? "");
      if (checksum !== undefined) {
        const { name, running } = checksum;
        return judge(found, "checksum", name, expected.checksums?.[name], running.digest());
      }
      const etags = multipart.map((etag) => etag.finish());
      const wanted = expected.etag?.toLowerCase();
      if (etags.some((etag) => etag === wanted)) return { ...found, proof: "multipart-etag", mismatch: undefined };
      // A guessed part size that misses says nothing.
      if (etags[0] === undefined || expected.partSizes === undefined)
        return { ...found, proof: undefined, mismatch: undefined };
      return judge(found, "multipart-etag", "multipart ETag", wanted, etags[0]);
    },
  };
}

function isRemembered(remembered: string | undefined, md5: string, checksum: NamedChecksum | undefined): boolean {
  if (remembered === undefined) return false;
  return remembered === (checksum === undefined ? md5 : digestText(checksum.name, checksum.running.digest()));
}

function judgeMd5(found: Parameters<typeof judge>[0], etag: string): DigestResult {
  return judge(found, "md5", "MD5 (the ETag)", etag.toLowerCase(), found.digest);
}

/** A digest with what it proves. */
export function judge(
  result: Pick<DigestResult, "digest" | "sizeBytes" | "isRemembered">,
  proof: NonNullable<DigestResult["proof"]>,
  name: string,
  expected: string | undefined,
  found: string,
): DigestResult {
  if (expected === found) return { ...result, proof, mismatch: undefined };
  return { ...result, proof: undefined, mismatch: { expected: `${name} ${expected}`, found: `${name} ${found}` } };
}

function multipartEtags({ etag, etagMayBeMd5 = true, sizeBytes, partSizes }: ExpectedContent): MultipartEtag[] {
  const parts = multipartEtagParts(etag);
  if (parts === undefined || !etagMayBeMd5) return [];
  if (partSizes !== undefined) return [new MultipartEtag(partSizes)];
  return sizeBytes === undefined ? [] : likelyPartSizes(sizeBytes, parts).map((size) => new MultipartEtag(size));
}
