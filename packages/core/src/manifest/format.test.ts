import { describe, expect, it } from "vitest";

import { formatManifest, formatManifestChunks } from "./format.ts";
import { parseManifest } from "./parse.ts";
import type { ManifestEntry } from "./types.ts";

const HEADER = "path,version_id,size,etag,last_modified,source\n";

function entry(path: string, more: Partial<ManifestEntry> = {}): ManifestEntry {
  const nothing = {
    sizeBytes: undefined,
    etag: undefined,
    lastModifiedMs: undefined,
    source: undefined,
    extra: undefined,
  };
  return { path, versionId: "v", ...nothing, ...more };
}

const format = (entries: readonly ManifestEntry[]) => formatManifest({ entries, extraColumns: [] });

describe("formatManifest()", () => {
  it("writes the columns in order, and a time without a fraction of zero", () => {
    const whole = {
      sizeBytes: 48213,
      etag: "9b2c",
      lastModifiedMs: Date.parse("2026-11-02T10:00:00Z"),
      source: "s3://b/s/",
    };
    const part = { ...whole, lastModifiedMs: whole.lastModifiedMs + 50 };
    expect(format([entry("a", whole), entry("b", part)])).toBe(
      `${HEADER}a,v,48213,9b2c,2026-11-02T10:00:00Z,s3://b/s/\nb,v,48213,9b2c,2026-11-02T10:00:00.050Z,s3://b/s/\n`,
    );
  });

  it.each([
    ["a comma", "a,b", '"a,b"'],
    ["a quote", 'a"b', '"a""b"'],
    ["a line feed", "a\nb", '"a\nb"'],
    ["a carriage return", "a\rb", '"a\rb"'],
    ["blanks at its ends not", " a ", " a "],
    ["an equals sign in front not", "=1+1", "=1+1"],
    ["a BOM in front not", "\ufeffa", "\ufeffa"],
    ["a tab not", "a\tb", "a\tb"],
  ])("puts into quotes a cell with %s", (_, path, cell) => {
    const text = format([entry(path)]);
    expect(text).toBe(`${HEADER}${cell},v,,,,\n`);
    expect(parseManifest(text).entries).toEqual([entry(path)]);
  });

  it("sorts by UTF-8 bytes", () => {
    const paths = ["😀", "a/b", "a-b", "a", "B", "\uffff"];
    const { entries } = parseManifest(format(paths.map((path) => entry(path))));
    expect(entries.map(({ path }) => path)).toEqual(["B", "a", "a-b", "a/b", "\uffff", "😀"]);
  });

  it("writes unknown columns behind its own, and missing cells of them empty", () => {
    const entries = [entry("a", { extra: ["x"] }), entry("b")];
    expect(formatManifest({ entries, extraColumns: ["note", "who, when"] })).toBe(
      'path,version_id,size,etag,last_modified,source,note,"who, when"\na,v,,,,,x,\nb,v,,,,,,\n',
    );
  });

  it("writes a header alone for no entries", () => {
    expect(format([])).toBe(HEADER);
  });

  it.each([
    ["an empty path", [entry("")], "it is empty"],
    ["an empty version id", [entry("a", { versionId: "" })], "it has no version id"],
    ["a path twice", [entry("b"), entry("a"), entry("b")], "it is there twice"],
    ["half of a surrogate pair", [entry("a"), entry("b\ud800c")], "it is not valid Unicode"],
  ])("refuses %s", (_, entries, reason) => {
    expect(() => format(entries)).toThrow(
      expect.objectContaining({ code: "MANIFEST_INVALID", message: expect.stringContaining(reason) }),
    );
  });
});

describe("formatManifestChunks()", () => {
  it("writes whole lines, about 64 KiB at a time", () => {
    const entries = Array.from({ length: 10_000 }, (_, index) => entry(`img/${String(index).padStart(5, "0")}.jpg`));
    const chunks = [...formatManifestChunks({ entries, extraColumns: [] })];
    expect(chunks.join("")).toBe(format(entries));
    expect(chunks.length).toBeGreaterThan(2);
    for (const chunk of chunks) expect(chunk.endsWith("\n")).toBe(true);
    for (const chunk of chunks) expect(chunk.length).toBeLessThan(66_000);
  });
});
