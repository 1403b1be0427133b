import { createHash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { startChecksum } from "./checksum.ts";
import { createContentDigest, type ExpectedContent } from "./content-digest.ts";
import { planPieces, RANGE_BYTES, startPieceDigest } from "./piece-digest.ts";

const MIB = 1024 * 1024;
const ETAG = "9b2cf535f27731c974343645a3985328";

/** What the pieces of `bytes` prove, computed from the last to the first. */
async function proveBackwards(bytes: Buffer, expected: ExpectedContent) {
  const proof = planPieces(expected);
  if (proof === undefined) throw new Error("no pieces");
  const digests: string[] = [];
  for (let number = proof.pieces.length - 1; number >= 0; number--) {
    const { first = 0, length = 0 } = proof.pieces[number] ?? {};
    const digest = startPieceDigest(proof.algorithm);
    digest.update(bytes.subarray(first, first + length));
    digests[number] = digest.finish();
  }
  return proof.judge(digests);
}

describe("planPieces()", () => {
  it.each<[string, ExpectedContent, string | undefined, number]>([
    ["a CRC", { sizeBytes: 20 * MIB, etag: ETAG, checksums: { crc64nvme: "x" } }, "crc64nvme", 3],
    [
      "the quickest CRC",
      { sizeBytes: MIB, etag: ETAG, checksums: { crc64nvme: "x", crc32: "y", sha1: "z" } },
      "crc32",
      1,
    ],
    ["parts", { sizeBytes: 20 * MIB, etag: `${ETAG}-3`, partSizes: 8 * MIB }, "md5", 3],
    ["unequal parts", { sizeBytes: 20, etag: `${ETAG}-3`, partSizes: [7, 5, 8] }, "md5", 3],
    [
      "a CRC rather than parts",
      { sizeBytes: 20, etag: `${ETAG}-3`, partSizes: 8, checksums: { crc32c: "x" } },
      "crc32c",
      1,
    ],
    ["parts whose size nobody said", { sizeBytes: 20 * MIB, etag: `${ETAG}-3` }, undefined, 0],
    ["parts with SSE-KMS", { sizeBytes: 20, etag: `${ETAG}-3`, partSizes: 8, etagMayBeMd5: false }, undefined, 0],
    ["parts that are too large", { sizeBytes: 200 * MIB, etag: `${ETAG}-2`, partSizes: 100 * MIB }, undefined, 0],
    ["a SHA", { sizeBytes: 20, etag: ETAG, checksums: { sha256: "x" } }, undefined, 0],
    ["an MD5", { sizeBytes: 20, etag: ETAG }, undefined, 0],
    ["an unknown size", { sizeBytes: undefined, etag: ETAG, checksums: { crc32: "x" } }, undefined, 0],
  ])("of %s", (_name, expected, algorithm, count) => {
    const proof = planPieces(expected);
    expect(proof?.algorithm).toBe(algorithm);
    expect(proof?.pieces.length ?? 0).toBe(count);
  });

  it("has pieces that meet exactly", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 36 }), (sizeBytes) => {
        let at = 0;
        for (const { first, length } of planPieces({ sizeBytes, etag: undefined, checksums: { crc32: "" } })?.pieces ??
          []) {
          expect(first).toBe(at);
          expect(length).toBeGreaterThan(0);
          expect(length).toBeLessThanOrEqual(RANGE_BYTES);
          at += length;
        }
        expect(at).toBe(sizeBytes);
      }),
      { numRuns: 20 },
    );
  });

  it.each(["crc32", "crc32c", "crc64nvme"])(
    "proves by %s what a digest of the whole does, and nothing else",
    async (name) => {
      const bytes = Buffer.alloc(RANGE_BYTES * 2 + 12_345, "content ");
      const checksum = startChecksum(name);
      checksum.update(bytes);
      const base64 = checksum.digest();
      const expected = { sizeBytes: bytes.length, etag: "opaque", checksums: { [name]: base64 } };
      const whole = createContentDigest(expected);
      whole.update(bytes);
      const found = await proveBackwards(bytes, expected);
      expect(found).toMatchObject({ proof: whole.finish().proof, sizeBytes: bytes.length, mismatch: undefined });
      expect(found.digest).toBe(`${name}:${base64}`);
      for (const at of [0, RANGE_BYTES - 1, RANGE_BYTES, bytes.length - 1]) {
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        expect(await proveBackwards(bytes, expected)).toMatchObject({
          proof: undefined,
          mismatch: { expected: expect.any(String) },
        });
        bytes[at] = (bytes[at] ?? 0) ^ 1;
      }
    },
  );

  it("proves a multipart ETag by its parts, however long they are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { minLength: 1, maxLength: 8 }),
        async (parts) => {
          const bytes = Buffer.concat(parts);
          const md5s = parts.map((part) => createHash("md5").update(part).digest());
          const etag = `${createHash("md5").update(Buffer.concat(md5s)).digest("hex")}-${parts.length}`;
          const expected = { sizeBytes: bytes.length, etag, partSizes: parts.map(({ length }) => length) };
          expect(await proveBackwards(bytes, expected)).toMatchObject({ proof: "multipart-etag", mismatch: undefined });
          bytes[0] = (bytes[0] ?? 0) ^ 1;
          expect(await proveBackwards(bytes, expected)).toMatchObject({ proof: undefined });
        },
      ),
    );
  });
});
