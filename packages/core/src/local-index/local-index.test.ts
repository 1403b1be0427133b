import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { compareUtf8 } from "../manifest/compare-utf8.ts";
import { createIndexCursor } from "./index-cursor.ts";
import { coveredStats, openIndex } from "./open-index.ts";
import { saveIndex } from "./save-index.ts";
import { createSealing } from "./seal.ts";
import { type IndexRow, sameIdentity, trustedMtime, UNTRUSTED_MTIME } from "./types.ts";

let home: string;
let file: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "s3pin-index-"));
  file = join(home, "deep", "site.index");
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const text = fc.string({ unit: "binary", maxLength: 20 }).filter((s) => s.isWellFormed());
const row = fc.record<IndexRow>({
  path: text,
  sizeBytes: fc.nat(),
  mtimeNs: fc.bigInt({ min: -1n, max: 2n ** 62n }),
  digest: fc.oneof(fc.stringMatching(/^[0-9a-f]{32}$/), fc.constant("crc64nvme:uc8X9yrZrD4=")),
  identity: fc.option(fc.record({ source: text, versionId: text, etag: text }), { nil: undefined }),
});
const rowsByPath = fc
  .uniqueArray(row, { selector: (r) => r.path, maxLength: 30 })
  .map((rows) => new Map(rows.sort((a, b) => compareUtf8(a.path, b.path)).map((r) => [r.path, r])));

function read(from = file): IndexRow[] {
  const reader = openIndex(from);
  const rows = [...reader.rows()];
  reader.close();
  return rows;
}

describe("saveIndex() and openIndex()", () => {
  it("keep every row, for any text, and take in what changed", async () => {
    await fc.assert(
      fc.asyncProperty(rowsByPath, rowsByPath, fc.array(fc.nat()), async (before, after, gone) => {
        rmSync(file, { force: true });
        await saveIndex(file, before);
        expect(read()).toEqual([...before.values()]);
        const changes = new Map<string, IndexRow | undefined>(after);
        for (const which of gone) {
          const path = [...before.keys()][which % Math.max(1, before.size)];
          if (path !== undefined) changes.set(path, undefined);
        }
        await saveIndex(file, changes);
        const expected = new Map<string, IndexRow | undefined>([...before, ...changes]);
        const rows = [...expected.values()].filter((r) => r !== undefined).sort((a, b) => compareUtf8(a.path, b.path));
        expect(read()).toEqual(rows);
      }),
    );
  });

  it("read a row that lies across the borders of what is read at once", async () => {
    const rows = Array.from({ length: 20_000 }, (_, i): IndexRow => {
      const path = `${String(i).padStart(5, "0")} ${"é😀".repeat(i % 13)}`;
      return { path, sizeBytes: i, mtimeNs: BigInt(i), digest: "0".repeat(32), identity: undefined };
    });
    await saveIndex(join(home, "large.index"), new Map(rows.map((r) => [r.path, r])));
    expect(read(join(home, "large.index"))).toEqual(rows);
  });

  it("take nothing from a file that was cut off or changed anywhere", async () => {
    const damaged = join(home, "damaged.index");
    await fc.assert(
      fc.asyncProperty(rowsByPath, fc.nat(), fc.integer({ min: 1, max: 255 }), async (rows, at, flip) => {
        await saveIndex(file, rows);
        const bytes = readFileSync(file);
        const place = at % bytes.length;
        writeFileSync(damaged, bytes.subarray(0, place));
        expect(read(damaged)).toEqual([]);
        bytes[place] = (bytes[place] ?? 0) ^ flip;
        writeFileSync(damaged, bytes);
        expect(read(damaged)).toEqual([]);
      }),
    );
  });

  it("take nothing from rubbish, a directory, or no file", () => {
    const rubbish = join(home, "rubbish.index");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        writeFileSync(rubbish, bytes);
        return read(rubbish).length === 0;
      }),
    );
    mkdirSync(join(home, "directory.index"));
    expect(read(join(home, "directory.index"))).toEqual([]);
    expect(read(join(home, "none.index"))).toEqual([]);
  });

  it("seal an index that proves every entry, and mark the rows of others", async () => {
    const entries = fc.array(
      fc.tuple(row, fc.constantFrom("entry", "other", "entry without a row", "folder", "changed")),
    );
    await fc.assert(
      fc.asyncProperty(entries, async (given) => {
        const byPath = new Map(
          given.map(([each, kind]) => [kind === "folder" ? `${each.path}/` : each.path, { each, kind }]),
        );
        const sorted = [...byPath].sort(([a], [b]) => compareUtf8(a, b));
        const of = (...kinds: string[]) => sorted.filter(([, { kind }]) => kinds.includes(kind));
        const rows = of("entry", "other", "changed").map(([path, { each }]) => ({ ...each, path }));
        const manifest = of("entry", "entry without a row", "folder", "changed").map(([path, { each, kind }]) => ({
          path,
          versionId: kind === "changed" ? "other" : (each.identity?.versionId ?? ""),
          sizeBytes: each.sizeBytes,
          etag: each.identity?.etag,
          lastModifiedMs: undefined,
          source: each.identity?.source,
          extra: undefined,
        }));
        rmSync(file, { force: true });
        const sealing = createSealing(manifest, { manifest: "digest", root: "/srv" });
        await saveIndex(file, new Map(rows.map((each) => [each.path, each])), sealing);
        const reader = openIndex(file);
        const proven = ([path, { each, kind }]: (typeof sorted)[number]) =>
          path.endsWith("/") && kind !== "other"
            ? kind === "folder"
            : kind === "entry" && each.identity !== undefined && each.mtimeNs !== UNTRUSTED_MTIME;
        const isSealed = sorted.every((item) => item[1].kind === "other" || proven(item));
        const folders = manifest.filter(({ path }) => path.endsWith("/")).map(({ path }) => path);
        const hasOthers = of("other").length > 0;
        expect([...reader.rows()]).toEqual(rows);
        expect(reader.seal).toEqual(isSealed ? { manifest: "digest", root: "/srv", folders, hasOthers } : undefined);
        if (isSealed)
          expect(reader.parts(1 + (given.length % 5)).flatMap((part) => [...coveredStats(part)])).toEqual(
            of("entry").map(([path, { each }]) => ({ path, sizeBytes: each.sizeBytes, mtimeNs: each.mtimeNs })),
          );
        reader.close();
      }),
    );
  });

  it("leave nothing beside the file", () => {
    expect(readdirSync(join(home, "deep"))).toEqual(["site.index"]);
  });
});

describe("createIndexCursor()", () => {
  it("finds what a map would find, and passes over the rest once", () => {
    fc.assert(
      fc.property(rowsByPath, fc.array(text), (rows, others) => {
        const paths = [...new Set([...rows.keys()].filter((_, i) => i % 2 === 0).concat(others))].sort(compareUtf8);
        const passed: IndexRow[] = [];
        const cursor = createIndexCursor(rows.values(), (r) => passed.push(r));
        for (const path of paths) expect(cursor.find(path)).toBe(rows.get(path));
        cursor.finish();
        expect(passed).toEqual([...rows.values()].filter((r) => !paths.includes(r.path)));
      }),
    );
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
