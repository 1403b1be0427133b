import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ContentDigest } from "./content-digest.ts";
import { isMd5Etag, likelyPartSizes, multipartEtagParts } from "./etag.ts";

const MIB = 1024 * 1024;
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest();

/** The definition, not the implementation: cut into parts, hash each, hash the hashes. */
function multipartEtag(bytes: Buffer, partSize: number): string {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += partSize) parts.push(md5(bytes.subarray(at, at + partSize)));
  return `${md5(Buffer.concat(parts)).toString("hex")}-${parts.length}`;
}

function digest(bytes: Uint8Array, expected: ConstructorParameters<typeof ContentDigest>[0], chunk = 65_536) {
  const running = new ContentDigest(expected);
  for (let at = 0; at < bytes.length; at += chunk) running.update(bytes.subarray(at, at + chunk));
  return running.finish();
}

describe("isMd5Etag() and multipartEtagParts()", () => {
  it.each([
    ["9b2cf535f27731c974343645a3985328", true, undefined],
    ["9B2CF535F27731C974343645A3985328", true, undefined],
    ["9b2cf535f27731c974343645a3985328-3", false, 3],
    ["9b2cf535f27731c974343645a3985328-10000", false, 10_000],
    ["9b2cf535f27731c974343645a3985328-0", false, undefined],
    ["9b2cf535f27731c974343645a398532", false, undefined],
    ["", false, undefined],
    [undefined, false, undefined],
  ])("%s", (etag, plain, parts) => {
    expect(isMd5Etag(etag)).toBe(plain);
    expect(multipartEtagParts(etag)).toBe(parts);
  });
});

describe("likelyPartSizes()", () => {
  it.each([
    [16 * MIB + 1, 3, [8 * MIB, 6 * MIB, 7 * MIB, 5_592_406]],
    [12 * MIB, 3, [5 * MIB, 4 * MIB]],
    [100, 1, [100]],
    [0, 1, [1]],
    [8 * MIB, 2, [5 * MIB, 6 * MIB, 7 * MIB, 4 * MIB]],
  ])("of %i bytes in %i parts", (sizeBytes, parts, expected) => {
    expect(likelyPartSizes(sizeBytes, parts)).toEqual(expected);
  });

  it("gives only sizes that make so many parts, four at most", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 42 }), fc.integer({ min: 1, max: 10_000 }), (sizeBytes, parts) => {
        const sizes = likelyPartSizes(sizeBytes, parts);
        expect(sizes.length).toBeLessThanOrEqual(4);
        for (const size of sizes) expect(Math.ceil(sizeBytes / size)).toBe(parts);
      }),
    );
  });
});

describe("ContentDigest", () => {
  const bytes = Buffer.alloc(12 * MIB + 5, "some content ");

  it("proves by an ETag that is an MD5, whatever the chunks", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 80 }), (content, chunk) => {
        const etag = md5(content).toString("hex");
        expect(digest(content, { sizeBytes: content.length, etag }, chunk)).toMatchObject({
          md5: etag,
          proof: "md5",
          mismatch: undefined,
        });
      }),
    );
  });

  it.each([5, 6, 8])("proves by the ETag of an upload in parts of %i MiB", (mib) => {
    const etag = multipartEtag(bytes, mib * MIB);
    expect(digest(bytes, { sizeBytes: bytes.length, etag }).proof).toBe("multipart-etag");
    const wrong = Buffer.from(bytes);
    wrong[7_000_000] = 0;
    expect(digest(wrong, { sizeBytes: bytes.length, etag })).toMatchObject({ proof: undefined, mismatch: undefined });
  });

  it.each([
    [
      "crc32",
      () => {
        const sum = Buffer.alloc(4);
        sum.writeUInt32BE(crc32(bytes));
        return sum;
      },
    ],
    ["sha1", () => createHash("sha1").update(bytes).digest()],
    ["sha256", () => createHash("sha256").update(bytes).digest()],
  ])("proves by a stored %s, and contradicts a wrong one", (algorithm, compute) => {
    const right = { [algorithm]: compute().toString("base64") };
    expect(digest(bytes, { sizeBytes: undefined, etag: "opaque", checksums: right }).proof).toBe("checksum");
    const result = digest(bytes.subarray(1), { sizeBytes: undefined, etag: "opaque", checksums: right });
    expect(result.mismatch?.expected).toContain(right[algorithm]);
  });

  it("contradicts an MD5 ETag that differs, unless the store says that it is none", () => {
    const etag = "0".repeat(32);
    expect(digest(bytes, { sizeBytes: undefined, etag }).mismatch).toBeDefined();
    expect(digest(bytes, { sizeBytes: undefined, etag, etagMayBeMd5: false })).toMatchObject({
      proof: undefined,
      mismatch: undefined,
    });
  });
});
