import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createContentDigest, createFileDigest, digestAtOnce, type ExpectedContent } from "./content-digest.ts";
import { isMd5Etag, likelyPartSizes, multipartEtagParts } from "./etag.ts";

const MIB = 1024 * 1024;
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest();

/** The definition, not the implementation: cut into parts, hash each, hash the hashes. */
function multipartEtag(bytes: Buffer, partSize: number): string {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += partSize) parts.push(md5(bytes.subarray(at, at + partSize)));
  return `${md5(Buffer.concat(parts)).toString("hex")}-${parts.length}`;
}

async function digest(bytes: Uint8Array, expected: ExpectedContent, chunk = 65_536) {
  const running = createContentDigest(expected);
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

describe("createContentDigest()", () => {
  const bytes = Buffer.alloc(12 * MIB + 5, "some content ");
  const wrong = Buffer.from(bytes);
  wrong[7_000_000] = 0;
  const sizeBytes = bytes.length;

  it("proves by an ETag that is an MD5, whatever the chunks", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 80 }), async (content, chunk) => {
        const etag = md5(content).toString("hex");
        const result = await digest(content, { sizeBytes: content.length, etag }, chunk);
        expect(result).toMatchObject({ digest: etag, proof: "md5", mismatch: undefined });
      }),
    );
  });

  it.each([5, 6, 8])("proves by the ETag of an upload in parts of %i MiB, guessed", async (mib) => {
    const etag = multipartEtag(bytes, mib * MIB);
    expect((await digest(bytes, { sizeBytes, etag })).proof).toBe("multipart-etag");
    expect(await digest(wrong, { sizeBytes, etag })).toMatchObject({ proof: undefined, mismatch: undefined });
  });

  it("contradicts a multipart ETag whose part sizes are known, equal or not", async () => {
    const odd = 1_234_567;
    const etag = multipartEtag(bytes, odd);
    expect((await digest(bytes, { sizeBytes, etag })).proof).toBeUndefined();
    expect((await digest(bytes, { sizeBytes, etag, partSizes: odd })).proof).toBe("multipart-etag");
    expect((await digest(wrong, { sizeBytes, etag, partSizes: odd })).mismatch).toBeDefined();
    const sizes = [5 * MIB, 6 * MIB, sizeBytes - 11 * MIB];
    const parts = sizes.map((size, i) => md5(bytes.subarray(i * 5 * MIB + (i === 2 ? MIB : 0)).subarray(0, size)));
    const uneven = `${md5(Buffer.concat(parts)).toString("hex")}-3`;
    expect((await digest(bytes, { sizeBytes, etag: uneven, partSizes: sizes })).proof).toBe("multipart-etag");
    expect((await digest(wrong, { sizeBytes, etag: uneven, partSizes: sizes })).mismatch).toBeDefined();
  });

  it.each([
    ["crc32", () => uint32(crc32(bytes))],
    ["sha1", () => createHash("sha1").update(bytes).digest()],
    ["sha256", () => createHash("sha256").update(bytes).digest()],
  ])("proves by a stored %s, and contradicts a wrong one", async (algorithm, compute) => {
    const checksums = { [algorithm]: compute().toString("base64") };
    expect((await digest(bytes, { sizeBytes, etag: "opaque", checksums })).proof).toBe("checksum");
    const result = await digest(wrong, { sizeBytes, etag: "opaque", checksums });
    expect(result.mismatch?.expected).toContain(checksums[algorithm]);
  });

  // The check values of the catalogue of parametrised CRC algorithms, over the digits 1 to 9.
  it.each([
    ["crc32", "cbf43926"],
    ["crc32c", "e3069283"],
    ["crc64nvme", "ae8b14860a799888"],
  ])("computes %s as the catalogue says", async (algorithm, hex) => {
    const checksums = { [algorithm]: Buffer.from(hex, "hex").toString("base64") };
    const content = Buffer.from("123456789");
    expect((await digest(content, { sizeBytes: 9, etag: undefined, checksums }, 2)).proof).toBe("checksum");
    expect(
      (await digest(Buffer.from("123456788"), { sizeBytes: 9, etag: undefined, checksums })).mismatch,
    ).toBeDefined();
  });

  it("runs several of one kind side by side", async () => {
    const checksums = { crc64nvme: Buffer.from("ae8b14860a799888", "hex").toString("base64") };
    const expected = { sizeBytes: 9, etag: undefined, checksums };
    const [a, b] = [createContentDigest(expected), createContentDigest(expected)];
    for (const digit of "123456789") {
      a.update(Buffer.from(digit));
      b.update(Buffer.from(digit));
    }
    expect([a.finish().proof, b.finish().proof]).toEqual(["checksum", "checksum"]);
  });

  it("contradicts an MD5 ETag that differs, unless the store says that it is none", async () => {
    const etag = "0".repeat(32);
    expect((await digest(bytes, { sizeBytes, etag })).mismatch).toBeDefined();
    expect(await digest(bytes, { sizeBytes, etag, etagMayBeMd5: false })).toMatchObject({
      proof: undefined,
      mismatch: undefined,
    });
  });
});

function uint32(value: number): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(value);
  return sum;
}

it("a body that comes in one piece, in none, or with more behind it is judged by all its bytes", async () => {
  const bytes = Buffer.from("content");
  const expected = { sizeBytes: bytes.length, etag: md5(bytes).toString("hex") };
  expect(await digest(bytes, expected)).toMatchObject({ proof: "md5", sizeBytes: 7 });
  const empty = { sizeBytes: 0, etag: md5(Buffer.alloc(0)).toString("hex") };
  expect(await digest(Buffer.alloc(0), empty)).toMatchObject({ proof: "md5", sizeBytes: 0 });
  const running = createContentDigest(expected);
  running.update(bytes);
  running.update(bytes);
  expect(running.finish()).toMatchObject({ proof: undefined, mismatch: expect.anything(), sizeBytes: 14 });
});

describe("digestAtOnce()", () => {
  it("finds what hashing piece by piece does, or leaves it to that", async () => {
    const remembered = fc.option(fc.constantFrom("right", "0".repeat(32), "crc32:AAAAAA=="), { nil: undefined });
    const etag = fc.constantFrom("right", "RIGHT", "f".repeat(32), "opaque", `${"f".repeat(32)}-2`);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 50 }), etag, remembered, async (bytes, wanted, known) => {
        const right = md5(bytes).toString("hex");
        const named = (name: string) => (name === "right" ? right : name === "RIGHT" ? right.toUpperCase() : name);
        const expected = { sizeBytes: bytes.length, etag: named(wanted), remembered: known && named(known) };
        const running = createFileDigest(expected);
        running.update(bytes);
        const found = digestAtOnce(bytes, expected);
        if (found !== undefined) expect(found).toEqual(running.finish());
        else expect(isMd5Etag(expected.etag) && (known === undefined || isMd5Etag(expected.remembered))).toBe(false);
      }),
    );
  });
});
