import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatIndex, parseIndex } from "./index-format.ts";
import { type IndexRow, sameIdentity, trustedMtime, UNTRUSTED_MTIME } from "./types.ts";

const text = fc.string({ unit: "binary", maxLength: 20 }).filter((s) => s.isWellFormed());
const row = fc.record<IndexRow>({
  path: text.map((s) => `p${s}`),
  sizeBytes: fc.nat(),
  mtimeNs: fc.bigInt({ min: -1n, max: 2n ** 62n }),
  md5: fc.stringMatching(/^[0-9a-f]{32}$/),
  identity: fc.option(fc.record({ source: text, versionId: text, etag: text }), { nil: undefined }),
});
const index = fc
  .uniqueArray(row, { selector: (r) => r.path, maxLength: 30 })
  .map((rows) => new Map(rows.map((r) => [r.path, r])));

const bytesOf = (rows: ReadonlyMap<string, IndexRow>) => Buffer.concat([...formatIndex(rows)]);

describe("parseIndex()", () => {
  it("reads back what formatIndex() wrote, for any text", () => {
    fc.assert(
      fc.property(index, (rows) => {
        expect(parseIndex(bytesOf(rows))).toEqual(new Map(rows));
      }),
    );
  });

  it("takes nothing from a file that was cut off or changed anywhere", () => {
    fc.assert(
      fc.property(index, fc.nat(), fc.integer({ min: 1, max: 255 }), (rows, at, flip) => {
        const bytes = bytesOf(rows);
        expect(parseIndex(bytes.subarray(0, at % bytes.length))).toBeUndefined();
        const changed = Buffer.from(bytes);
        const place = at % bytes.length;
        changed[place] = (changed[place] ?? 0) ^ flip;
        expect(parseIndex(changed)).toBeUndefined();
      }),
    );
  });

  it("never throws, whatever the bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => parseIndex(bytes) === undefined));
  });
});

describe("trustedMtime()", () => {
  it("distrusts a file touched in the two seconds before it was hashed", () => {
    expect(trustedMtime(1_000_000_000n, 10_000_000_000n)).toBe(1_000_000_000n);
    expect(trustedMtime(9_000_000_000n, 10_000_000_000n)).toBe(UNTRUSTED_MTIME);
    expect(trustedMtime(11_000_000_000n, 10_000_000_000n)).toBe(UNTRUSTED_MTIME);
  });
});

describe("sameIdentity()", () => {
  it("needs source, version and ETag to agree, and knows no identity of nothing", () => {
    const identity = { source: "s3://b/", versionId: "1", etag: "e" };
    expect(sameIdentity(identity, { ...identity })).toBe(true);
    for (const other of [{ source: "s3://c/" }, { versionId: "2" }, { etag: "" }])
      expect(sameIdentity(identity, { ...identity, ...other })).toBe(false);
    expect(sameIdentity(undefined, undefined)).toBe(false);
  });
});
