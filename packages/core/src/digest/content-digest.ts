import { createHash, type Hash } from "node:crypto";
import { crc32 } from "node:zlib";

import type { Proof } from "../progress.ts";
import { isMd5Etag, likelyPartSizes, multipartEtagParts } from "./etag.ts";

/** What the bytes are expected to be. */
export interface ExpectedContent {
  readonly sizeBytes: number | undefined;
  /** Without its quotes. */
  readonly etag: string | undefined;
  /** False when the store said that the ETag cannot be an MD5 (SSE-KMS, SSE-C). @default true */
  readonly etagMayBeMd5?: boolean;
  /** Checksums over the whole object that the store sent: base64, by lower-case algorithm name. */
  readonly checksums?: Readonly<Record<string, string>>;
}

/** What the bytes turned out to be. */
export interface DigestResult {
  readonly md5: string;
  readonly sizeBytes: number;
  /** The rung of the trust ladder that proved them, or undefined where none could. */
  readonly proof: Exclude<Proof, "index" | "version-id"> | undefined;
  /** A digest that contradicts the expectation, as words: what was expected and what was found. */
  readonly mismatch: { readonly expected: string; readonly found: string } | undefined;
}

/**
 * Hashes a stream of bytes once, in order, and tells how far they prove to be the expected ones: by an ETag that is an
 * MD5, by a checksum that S3 stored, or by a multipart ETag recomputed with the usual part sizes.
 */
export class ContentDigest {
  readonly #expected: ExpectedContent;
  readonly #md5 = createHash("md5");
  readonly #checksums: readonly RunningChecksum[];
  readonly #multipart: readonly MultipartEtag[];
  #sizeBytes = 0;

  constructor(expected: ExpectedContent) {
    this.#expected = expected;
    this.#checksums = Object.entries(expected.checksums ?? {}).flatMap(([algorithm, base64]) => {
      const start = CHECKSUMS[algorithm];
      return start === undefined ? [] : [{ algorithm, expected: base64, ...start() }];
    });
    const parts = multipartEtagParts(expected.etag);
    this.#multipart =
      parts === undefined || expected.sizeBytes === undefined || expected.etagMayBeMd5 === false
        ? []
        : likelyPartSizes(expected.sizeBytes, parts).map((partSize) => new MultipartEtag(partSize));
  }

  update(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length;
    this.#md5.update(chunk);
    for (const checksum of this.#checksums) checksum.update(chunk);
    for (const etag of this.#multipart) etag.update(chunk);
  }

  finish(): DigestResult {
    const { etag, etagMayBeMd5 = true } = this.#expected;
    const md5 = this.#md5.digest("hex");
    const result = (proof: DigestResult["proof"], mismatch?: DigestResult["mismatch"]): DigestResult => ({
      md5,
      sizeBytes: this.#sizeBytes,
      proof,
      mismatch,
    });
    let proof: DigestResult["proof"];
    for (const { algorithm, expected, digest } of this.#checksums) {
      const found = digest();
      if (found !== expected)
        return result(undefined, { expected: `${algorithm} ${expected}`, found: `${algorithm} ${found}` });
      proof = "checksum";
    }
    if (etagMayBeMd5 && isMd5Etag(etag)) {
      const expected = etag.toLowerCase();
      return expected === md5
        ? result("md5")
        : result(undefined, { expected: `MD5 ${expected} (the ETag)`, found: `MD5 ${md5}` });
    }
    // Only a hit says something: the part size may be one that nobody guesses.
    if (this.#multipart.some((candidate) => candidate.finish() === etag?.toLowerCase())) proof ??= "multipart-etag";
    return result(proof);
  }
}

interface RunningChecksum {
  readonly algorithm: string;
  /** Base64. */
  readonly expected: string;
  update(chunk: Uint8Array): void;
  digest(): string;
}

const CHECKSUMS: Readonly<Record<string, () => Pick<RunningChecksum, "update" | "digest">>> = {
  crc32: () => {
    let value = 0;
    return {
      update(chunk) {
        value = crc32(chunk, value);
      },
      digest() {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(value);
        return bytes.toString("base64");
      },
    };
  },
  sha1: () => hashChecksum("sha1"),
  sha256: () => hashChecksum("sha256"),
};

function hashChecksum(algorithm: string): Pick<RunningChecksum, "update" | "digest"> {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest("base64") };
}

/** `md5(md5(part 1) … md5(part N))-N` for one part size. */
class MultipartEtag {
  readonly #partSize: number;
  readonly #partDigests = createHash("md5");
  #part: Hash = createHash("md5");
  #inPart = 0;
  #parts = 0;

  constructor(partSize: number) {
    this.#partSize = partSize;
  }

  update(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#inPart === this.#partSize) this.#endPart();
      const taken = Math.min(chunk.length - at, this.#partSize - this.#inPart);
      this.#part.update(chunk.subarray(at, at + taken));
      this.#inPart += taken;
      at += taken;
    }
  }

  finish(): string {
    this.#endPart();
    return `${this.#partDigests.digest("hex")}-${this.#parts}`;
  }

  #endPart(): void {
    this.#partDigests.update(this.#part.digest());
    this.#part = createHash("md5");
    this.#inPart = 0;
    this.#parts++;
  }
}
