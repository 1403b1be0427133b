import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChecksumAlgorithm, checksumAlgorithms, checksumOf, compositeChecksum } from "./checksums.ts";

/** The check values of the catalogues: over the nine bytes `123456789`. */
const checkValues: Readonly<Record<ChecksumAlgorithm, string>> = {
  CRC32: "cbf43926",
  CRC32C: "e3069283",
  CRC64NVME: "ae8b14860a799888",
  SHA1: "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
  SHA256: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
};

describe("checksumOf()", () => {
  it.each(checksumAlgorithms)("gives the check value of %s", (algorithm) => {
    const value = checksumOf(algorithm, [Buffer.from("123456789")]);
    expect(Buffer.from(value, "base64").toString("hex")).toBe(checkValues[algorithm]);
  });

  it.each(checksumAlgorithms)("gives the same %s however the bytes are cut", (algorithm) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (pieces) => {
        expect(checksumOf(algorithm, pieces)).toBe(checksumOf(algorithm, [Buffer.concat(pieces)]));
      }),
    );
  });
});

describe("compositeChecksum()", () => {
  it("hashes the parts' checksums and counts them", () => {
    const parts = ["one", "two"].map((text) => checksumOf("SHA256", [Buffer.from(text)]));
    const expected = checksumOf(
      "SHA256",
      parts.map((part) => Buffer.from(part, "base64")),
    );
    expect(compositeChecksum("SHA256", parts)).toBe(`${expected}-2`);
  });
});
