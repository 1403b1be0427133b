import { readFileSync } from "node:fs";

import { anyKey, cutAnywhere, siteKey, versionId } from "@s3pin/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type ErrorCode, isS3PinError } from "../errors.ts";
import { compareUtf8 } from "./compare-utf8.ts";
import { formatManifest } from "./format.ts";
import { parseManifest, parseManifestStream } from "./parse.ts";
import { MANIFEST_COLUMNS } from "./read-table.ts";
import type { Manifest, ManifestEntry, ManifestProblem } from "./types.ts";

const HEADER = "path,version_id,size,etag,last_modified,source\n";
const SOURCE = "s3://media.example.com/site/";
const LINE = `img/hero.jpg,3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY,48213,9b2cf535f27731c974343645a3985328,2026-11-02T10:00:00Z,${SOURCE}\n`;
const ENTRY: ManifestEntry = {
  path: "img/hero.jpg",
  versionId: "3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY",
  sizeBytes: 48213,
  etag: "9b2cf535f27731c974343645a3985328",
  lastModifiedMs: Date.parse("2026-11-02T10:00:00Z"),
  source: SOURCE,
  extra: undefined,
};
const BARE: ManifestEntry = {
  path: "a",
  versionId: "v",
  sizeBytes: undefined,
  etag: undefined,
  lastModifiedMs: undefined,
  source: undefined,
  extra: undefined,
};

describe("parseManifest()", () => {
  it.each([
    ["its own format", HEADER + LINE, [ENTRY]],
    ["CRLF", (HEADER + LINE).replaceAll("\n", "\r\n"), [ENTRY]],
    ["a BOM", `\ufeff${HEADER}${LINE}`, [ENTRY]],
    ["no final newline", (HEADER + LINE).slice(0, -1), [ENTRY]],
    ["a quoted header", `"path","version_id"\na,v\n`, [BARE]],
    ["path and version_id alone", "path,version_id\na,v\n", [BARE]],
    ["key for path, in another order", "version_id,key\nv,a\n", [BARE]],
    ["empty cells", `${HEADER}a,v,,,,\n`, [BARE]],
    ["the null version", "path,version_id\na,null\n", [{ ...BARE, versionId: "null" }]],
    ["an ETag in quotes", 'path,version_id,etag\na,v,"""abc"""\n', [{ ...BARE, etag: "abc" }]],
    ["a source without final slash", "path,version_id,source\na,v,s3://b/x\n", [{ ...BARE, source: "s3://b/x/" }]],
    [
      "a time with an offset",
      "path,version_id,last_modified\na,v,2026-11-02T12:00:00+02:00\n",
      [{ ...BARE, lastModifiedMs: ENTRY.lastModifiedMs }],
    ],
    ["unsorted lines", "path,version_id\nb,v\na,v\n", [BARE, { ...BARE, path: "b" }]],
    [
      "lines sorted by UTF-16",
      "path,version_id\n😀,v\n\uffff,v\n",
      [
        { ...BARE, path: "\uffff" },
        { ...BARE, path: "😀" },
      ],
    ],
    ["a header alone", HEADER, []],
    ["a header without newline", HEADER.trim(), []],
    ["no bytes", "", []],
    ["a BOM alone", "\ufeff", []],
    ["blank lines", `\n\n${HEADER}\n${LINE}\n\n`, [ENTRY]],
  ])("reads %s", (_, text, entries) => {
    expect(parseManifest(text)).toEqual({ entries, extraColumns: [] });
  });

  it("carries columns that it does not know", () => {
    const text = `path,note,version_id,"who, when"\na,"big, red",v,me\n`;
    expect(parseManifest(text)).toEqual({
      entries: [{ ...BARE, extra: ["big, red", "me"] }],
      extraColumns: ["note", "who, when"],
    });
  });

  it("carries a key column beside a path column", () => {
    expect(parseManifest("path,key,version_id\na,site/a,v\n").extraColumns).toEqual(["key"]);
  });

  it("supplies a missing source, and lets one in the file win", () => {
    const text = "path,version_id,source\na,v,\nb,v,s3://other/\n";
    const { entries } = parseManifest(text, { source: "s3://bucket/site" });
    expect(entries.map(({ source }) => source)).toEqual(["s3://bucket/site/", "s3://other/"]);
  });

  it("shares the strings of sources that are spelled alike", () => {
    const { entries } = parseManifest(HEADER + LINE + LINE.replace("hero", "icon"));
    expect(entries[0]?.source).toBe(entries[1]?.source);
  });
});

describe("parseManifest() refuses", () => {
  it.each<[string, string, string[]]>([
    ["an empty version id", "path,version_id\na,\n", ["2:3 an empty cell, a version id"]],
    ["an empty path", "path,version_id\n,v\n", ["2:1 an empty cell, a path"]],
    ["a size with a unit", "path,version_id,size\na,v,12k\n", ['2:5 "12k", the size in bytes, a whole number']],
    ["a negative size", "path,version_id,size\na,v,-1\n", ['2:5 "-1", the size in bytes, a whole number']],
    [
      "a size beyond 2^53",
      "path,version_id,size\na,v,9007199254740992\n",
      ['2:5 "9007199254740992", the size in bytes, a whole number'],
    ],
    ["a size in exponents", "path,version_id,size\na,v,1e3\n", ['2:5 "1e3", the size in bytes, a whole number']],
    [
      "a time without zone",
      "path,version_id,last_modified\na,v,2026-11-02T10:00:00\n",
      ['2:5 "2026-11-02T10:00:00", a time as RFC 3339 writes it, such as 2026-11-02T10:00:00Z'],
    ],
    [
      "a source without scheme",
      "path,version_id,source\na,v,bucket/site\n",
      ['2:5 "bucket/site", a source such as s3://bucket/prefix/'],
    ],
    [
      "several cells of one line",
      "path,version_id,size\n,,x\n",
      ["2:1 an empty cell, a path", "2:2 an empty cell, a version id", '2:3 "x", the size in bytes, a whole number'],
    ],
    ["a line that was cut off", `${HEADER}${LINE}img/icon.png,3sL4\n`, ['3: 2 cells ("img/icon.png,3sL4"), 6 cells']],
    ["a comma that is not quoted", "path,version_id\na,b,v\n", ['2: 3 cells ("a,b,v"), 2 cells']],
    [
      "a path twice",
      "path,version_id\nb,v\na,v\nb,w\n",
      ['4: "b" a second time, each path once (the first is on line 2)'],
    ],
    [
      "a path twice, in neighbouring lines",
      "path,version_id\na,v\na,v\n",
      ['3: "a" a second time, each path once (the first is on line 2)'],
    ],
    [
      "a conflict that was not resolved",
      "path,version_id\n<<<<<<< HEAD\na,v\n",
      [`2:1 a merge conflict's marker ("<<<<<<< HEAD"), one line for each path (choose a side, and remove the marker)`],
    ],
    ["a column twice", "path,version_id,path\na,v,a\n", ['1:17 "path", each column once']],
    [
      "a header that names no version id",
      "path,size\na,1\n",
      ['1:1 "path,size", a header line that names path and version_id'],
    ],
    [
      "a header that names it otherwise",
      "key,VersionId\na,v\n",
      ['1:1 "key,VersionId", a header line that names path and version_id'],
    ],
    [
      "a header that names no path",
      "name,version_id,size\na,v,1\n",
      ['1:1 "name,version_id,size", a header line that names path and version_id'],
    ],
    [
      "what is no CSV",
      "{\n}\n",
      [
        '1:1 "{", a header line that names path and version_id, or lines of key,version_id',
        '2:1 "}", a header line that names path and version_id, or lines of key,version_id',
      ],
    ],
    [
      "a lone quote",
      'path,version_id\na 5" disk,v\n',
      ['2:4 a " inside an unquoted cell, the whole cell in ", and each " in it twice'],
    ],
    [
      "half of a surrogate pair",
      "path,version_id\na\ud800,v\n",
      ["2:2 bytes that are not UTF-8, UTF-8 (a key that is not valid Unicode cannot stand in a manifest)"],
    ],
    [
      "half of a surrogate pair at the end",
      "path,version_id\na\ud83d",
      ["2: bytes that are not UTF-8, UTF-8 (a key that is not valid Unicode cannot stand in a manifest)"],
    ],
  ])("%s", (_, text, expected) => {
    expect(problemsOf(() => parseManifest(text))).toEqual(expected);
  });

  it("every bad line at once, twenty in full", () => {
    const error = errorOf(() => parseManifest(`path,version_id\n${",\n".repeat(15)}`));
    expect(error.details).toMatchObject({ total: 30, problems: { length: 20 }, file: "manifest" });
    expect(error.message).toMatch(/and 10 more$/);
  });

  it("with a message that names file, line and column, and cuts and cleans what it shows", () => {
    const cell = `\u001b[31m${"9".repeat(200)}`;
    const error = errorOf(() => parseManifest(`path,version_id,size\na,v,${cell}\n`, { file: "media.csv" }));
    expect(error.message).toBe(
      `media.csv cannot be read as a manifest: 1 problem\nmedia.csv:2:5: found "\\u{1b}[31m${"9".repeat(75)}…", expected the size in bytes, a whole number`,
    );
    expect(error.hint).toContain("path,version_id,size,etag,last_modified,source\n");
  });

  it("a source from the caller that is none", () => {
    expect(codeOf(() => parseManifest("", { source: "bucket" }))).toBe("INVALID_URI");
  });
});

describe("parseManifest() and formatManifest()", () => {
  it("give back any manifest", () => {
    fc.assert(
      fc.property(anyManifest(), (manifest) => {
        expect(parseManifest(formatManifest(manifest))).toEqual(manifest);
      }),
    );
  });

  it("give one text for the same entries, in whatever order and shape they come", () => {
    const shape = fc.record({
      manifest: anyManifest(),
      lineEnd: fc.constantFrom("\n", "\r\n"),
      bom: fc.constantFrom("", "\ufeff"),
      quotesAll: fc.boolean(),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(shape, ({ manifest, lineEnd, bom, quotesAll, seed }) => {
        const canonical = formatManifest(manifest);
        const shuffled = shuffle(manifest.entries, seed);
        expect(formatManifest({ ...manifest, entries: shuffled })).toBe(canonical);

        const rows = [manifestHeader(manifest.extraColumns), ...shuffled.map((entry) => cellsOf(entry))];
        const columns = shuffle([0, 1, 2, 3, 4, 5], seed);
        const order = [...columns, ...manifest.extraColumns.keys().map((index) => index + 6)];
        const lines = rows.map((row) => order.map((index) => csvCell(row[index] ?? "", quotesAll)).join(",") + lineEnd);
        expect(formatManifest(parseManifest(bom + lines.join("")))).toBe(canonical);
      }),
    );
  });
});

describe("parseManifestStream()", () => {
  it("reads text and bytes in any pieces as parseManifest() reads the whole", async () => {
    const text = fc.oneof(
      anyManifest().map(formatManifest),
      anyManifest().map((manifest) => formatManifest(manifest).replaceAll("\n", "\r\n")),
      fc.array(anyKey(), { maxLength: 8 }).map((parts) => `path,version_id\n${parts.join("")}`),
      fc.array(anyKey(), { maxLength: 8 }).map((parts) => parts.join("")),
    );
    const cut = text.chain((whole) =>
      fc.record({
        whole: fc.constant(whole),
        pieces: fc.oneof(cutAnywhere(whole), cutAnywhere<Uint8Array>(Buffer.from(whole))),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cut, async ({ whole, pieces }) => {
        const expected = outcomeOf(() => parseManifest(whole));
        expect(await outcomeOfAsync(parseManifestStream(stream<string | Uint8Array>(pieces)))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, number[], string]>([
    ["in the first line", [0xff], "1:"],
    ["in a key", [...Buffer.from("path,version_id\na,v\nb"), 0xe9, ...Buffer.from("c,v\n")], "3:2"],
    ["cut off at the end", [...Buffer.from("path,version_id\na,v\nb"), 0xe2, 0x82], "3:"],
    ["a surrogate in CESU-8", [...Buffer.from("path,version_id\n"), 0xed, 0xa0, 0x80, 0x2c, 0x76, 0x0a], "2:1"],
  ])("refuses bytes that are not UTF-8 by their line: %s", async (_, bytes, place) => {
    for (const size of [1, 3, 1000]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_unused, index) =>
        Uint8Array.from(bytes.slice(index * size, (index + 1) * size)),
      );
      const error = await parseManifestStream(stream(pieces)).catch((thrown: unknown) => thrown);
      const line = place.split(":")[0];
      expect(String(error)).toContain(`manifest:${size === 1000 ? place : `${line}:`}`);
      expect(error).toMatchObject({ code: "MANIFEST_INVALID" });
    }
  });
});

describe("parseManifest() of S3-Version-Utilities' format", () => {
  const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");

  it("reads what Python's csv module writes", () => {
    const rows = JSON.parse(fixture("seed-manifest.json")) as [string, string][];
    const { entries } = parseManifest(fixture("seed-manifest.csv"), { source: "s3://bucket" });
    const expected = rows.toSorted(([a], [b]) => compareUtf8(a, b));
    expect(entries.map(({ path, versionId }) => [path, versionId])).toEqual(expected);
    expect(new Set(entries.map(({ source }) => source))).toEqual(new Set(["s3://bucket/"]));
  });

  it("reads any keys that are written by Python's rule", () => {
    const rows = fc.uniqueArray(fc.tuple(fc.oneof(anyKey(), siteKey()), versionId()), {
      selector: ([key]) => key,
      maxLength: 8,
    });
    // Such a file cannot be told from one with a BOM.
    const told = rows.filter(([first]) => first === undefined || !first[0].startsWith("\ufeff"));
    fc.assert(
      fc.property(told, (written) => {
        const text = written.map((row) => `${row.map(pythonCell).join(",")}\r\n`).join("");
        const expected = written.toSorted(([a], [b]) => compareUtf8(a, b));
        expect(parseManifest(text).entries.map(({ path, versionId: id }) => [path, id])).toEqual(expected);
      }),
    );
  });

  it.each([
    [
      "key:version_id",
      "img/a.png:v1\nimg/b.png:v2\n",
      [
        ["img/a.png", "v1"],
        ["img/b.png", "v2"],
      ],
    ],
    ["colons in the key", "a:b:v1\n", [["a:b", "v1"]]],
    ["a comma in the key of key:version_id", "a,b.txt:v1\n", [["a,b.txt", "v1"]]],
    [
      "both forms",
      "a,v1\nb:v2\n",
      [
        ["a", "v1"],
        ["b", "v2"],
      ],
    ],
    [
      "LF and no final newline",
      "a,v1\nb,v2",
      [
        ["a", "v1"],
        ["b", "v2"],
      ],
    ],
  ])("reads %s", (_, text, expected) => {
    expect(parseManifest(text).entries.map(({ path, versionId: id }) => [path, id])).toEqual(expected);
  });

  it("takes the source's prefix off the keys", () => {
    expect(parseManifest("site/a.png,v1\n", { source: "s3://bucket/site" }).entries).toEqual([
      { ...BARE, path: "a.png", versionId: "v1", source: "s3://bucket/site/" },
    ]);
  });

  it.each([
    ["a key outside the source", "other/a.png,v1\n", ['1:1 "other/a.png", a key below s3://bucket/site/']],
    ["the prefix itself", "site/,v1\n", ['1:1 "site/", a key below s3://bucket/site/']],
    [
      "a line without version id",
      "site/a,v\nsite/b,\n",
      ['2:1 "site/b,", a header line that names path and version_id, or lines of key,version_id'],
    ],
    [
      "an unquoted comma",
      "site/a,b,v\n",
      ['1:1 "site/a,b,v", a header line that names path and version_id, or lines of key,version_id'],
    ],
    ["a key twice", "site/a,v\nsite/a,w\n", ['2: "a" a second time, each path once (the first is on line 1)']],
  ])("refuses %s", (_, text, expected) => {
    expect(problemsOf(() => parseManifest(text, { source: "s3://bucket/site/" }))).toEqual(expected);
  });
});

/** Any manifest, sorted: odd paths and columns, and every cell that may be missing missing at times. */
function anyManifest(): fc.Arbitrary<Manifest> {
  const columnName = anyKey().filter((name) => name !== "key" && !MANIFEST_COLUMNS.some((known) => known === name));
  return fc
    .uniqueArray(columnName, { maxLength: 2 })
    .chain((extraColumns) =>
      fc
        .uniqueArray(anyEntry(extraColumns.length), { selector: ({ path }) => path, maxLength: 8 })
        .map((entries) => ({ entries: entries.sort((a, b) => compareUtf8(a.path, b.path)), extraColumns })),
    );
}

function anyEntry(extraCount: number): fc.Arbitrary<ManifestEntry> {
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const cell = fc.oneof(anyKey(), fc.constant(""));
  return fc.record({
    path: fc.oneof(anyKey(), siteKey()),
    versionId: fc.oneof(versionId(), anyKey()),
    sizeBytes: optional(fc.maxSafeNat()),
    etag: optional(fc.constantFrom("9b2cf535f27731c974343645a3985328", "0a1b-17", "odd,etag")),
    lastModifiedMs: optional(fc.integer({ min: 0, max: 4_102_444_800_000 })),
    source: optional(fc.constantFrom("s3://bucket/", "s3://media.example.com/site/", 's3://bucket/a, "b"/')),
    extra: extraCount === 0 ? fc.constant(undefined) : fc.array(cell, { minLength: extraCount, maxLength: extraCount }),
  });
}

function errorOf(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (isS3PinError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const codeOf = (run: () => unknown): ErrorCode => errorOf(run).code;

function problemsOf(run: () => unknown): string[] {
  const { code, details } = errorOf(run);
  expect(code).toBe("MANIFEST_INVALID");
  const problems = details.problems as ManifestProblem[];
  return problems.map(({ line, column, found, expected }) => `${line}:${column ?? ""} ${found}, ${expected}`);
}

/** The result, or the error as data. */
function outcomeOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return isS3PinError(error) ? [error.code, error.message] : error;
  }
}

async function outcomeOfAsync(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => (isS3PinError(error) ? [error.code, error.message] : error));
}

async function* stream<T>(pieces: readonly T[]): AsyncGenerator<T> {
  yield* pieces;
}

function shuffle<T>(items: readonly T[], seed: number): T[] {
  return items
    .map((item, index) => ({ item, rank: Math.imul(index + 1, seed | 1) ^ (seed >> 3) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

const manifestHeader = (extra: readonly string[]) => [...HEADER.trim().split(","), ...extra];

function cellsOf({
  path,
  versionId: id,
  sizeBytes,
  etag,
  lastModifiedMs,
  source,
  extra = [],
}: ManifestEntry): string[] {
  const time = lastModifiedMs === undefined ? "" : new Date(lastModifiedMs).toISOString();
  return [path, id, sizeBytes === undefined ? "" : String(sizeBytes), etag ?? "", time, source ?? "", ...extra];
}

function csvCell(text: string, always: boolean): string {
  return always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Python's csv.writer with quotechar `\`, QUOTE_MINIMAL and doublequote. */
function pythonCell(text: string): string {
  return /[,\\\r\n]/.test(text) ? `\\${text.replaceAll("\\", "\\\\")}\\` : text;
}
