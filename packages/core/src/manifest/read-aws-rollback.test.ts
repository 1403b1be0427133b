import { describe, expect, it } from "vitest";

import { isS3PinError } from "../errors.ts";
import { parseManifest } from "./parse.ts";
import type { ManifestProblem } from "./types.ts";

const HEADER = "bucket_name,key_name,version_id,is_latest,delete_marker,size,last_modified,storage_class,e_tag\n";

function row(key: string, versionId: string, fields: { latest?: string; marker?: string; at?: string } = {}): string {
  const { latest = "False", marker = "False", at = "2026-11-02 10:00:00+00:00" } = fields;
  return `bucket,${key},${versionId},${latest},${marker},12,${at},STANDARD,0a1b\n`;
}

const pathsAndVersions = (text: string, source?: string) =>
  parseManifest(text, { source }).entries.map(({ path, versionId }) => `${path} ${versionId}`);

describe("parseManifest() of AWS's rollback CSV", () => {
  it("reads every column that a manifest has", () => {
    expect(parseManifest(HEADER + row("img/a.png", "v1", { latest: "True" })).entries).toEqual([
      {
        path: "img/a.png",
        versionId: "v1",
        sizeBytes: 12,
        etag: "0a1b",
        lastModifiedMs: Date.parse("2026-11-02T10:00:00Z"),
        source: "s3://bucket/",
        extra: undefined,
      },
    ]);
  });

  it.each([
    ["without a header", row("a", "v1", { latest: "True" }), ["a v1"]],
    ["with lower-case flags", row("a", "v1", { latest: "true", marker: "false" }), ["a v1"]],
    [
      "with every cell quoted",
      '"bucket","a","v1","true","false","12","2026-11-02T10:00:00.000Z","STANDARD","0a1b"\n',
      ["a v1"],
    ],
    ["without the column e_tag", "bucket,a,v1,True,False,12,2026-11-02T10:00:00Z,STANDARD\n", ["a v1"]],
    ["with a header in another order", "version_id,key_name,bucket_name\nv1,a,bucket\n", ["a v1"]],
    ["with URL-encoded keys", HEADER + row("a+b%2C%C3%A9.txt", "v1"), ["a b,é.txt v1"]],
    ["with plain keys", HEADER + row("a b", "v0") + row("100%+1.txt", "v1"), ["100%+1.txt v1", "a b v0"]],
    ["with a time without zone", HEADER + row("a", "v1", { at: "2026-11-02 10:00:00.000" }), ["a v1"]],
  ])("reads a file %s", (_, text, expected) => {
    expect(pathsAndVersions(text)).toEqual(expected);
  });

  it.each([
    [
      "the one that is latest",
      [row("a", "old"), row("a", "new", { latest: "True", at: "2020-01-01T00:00:00Z" })],
      ["a new"],
    ],
    ["the only one, latest or not", [row("a", "v1")], ["a v1"]],
    ["the newest, when none is latest", [row("a", "v1"), row("a", "v2", { at: "2026-11-03T00:00:00Z" })], ["a v2"]],
    [
      "none of a key whose latest is a delete marker",
      [row("a", "v1"), row("a", "d", { latest: "True", marker: "True" })],
      [],
    ],
    [
      "none of a key whose newest is a delete marker",
      [row("a", "v1"), row("a", "d", { marker: "True", at: "2026-11-03T00:00:00Z" })],
      [],
    ],
    ["none of a delete marker alone", [row("a", "d", { marker: "True" }), row("b", "v1")], ["b v1"]],
    ["one row that is there twice", [row("a", "v1"), row("a", "v1")], ["a v1"]],
  ])("takes %s", (_, rows, expected) => {
    expect(pathsAndVersions(HEADER + rows.join(""))).toEqual(expected);
    expect(pathsAndVersions(HEADER + rows.toReversed().join(""))).toEqual(expected);
  });

  it("takes the prefix of a source in the same bucket off the keys", () => {
    const text = HEADER + row("site/a", "v1");
    expect(parseManifest(text, { source: "s3://bucket/site/" }).entries[0]).toMatchObject({
      path: "a",
      source: "s3://bucket/site/",
    });
    expect(parseManifest(text, { source: "s3://other/site/" }).entries[0]).toMatchObject({
      path: "site/a",
      source: "s3://bucket/",
    });
  });

  it.each([
    ["two versions that nothing tells apart", row("a", "v1") + row("a", "v2"), '3: "a" a second time'],
    ["a flag that is none", row("a", "v1", { latest: "yes" }), '2:13 "yes"'],
    ["a bad size", row("a", "v1").replace(",12,", ",12 KB,"), '2:25 "12 KB"'],
    ["a bad time", row("a", "v1", { at: "yesterday" }), '2:28 "yesterday"'],
    ["an empty version id", row("a", ""), "2:10 an empty cell"],
    ["an empty key", row("", "v1"), "2:8 an empty cell"],
    ["a bucket that is none", row("a", "v1").replace("bucket", "b*"), '2:1 "b*"'],
    ["a key outside the source", row("other/a", "v1"), '2: "other/a"'],
    ["escapes that are not UTF-8", row("site/%FF", "v1"), '2: "site/%FF"'],
    ["a line that was cut off", "bucket,site/a,v1\n", '2: 3 cells ("bucket,site/a,v1")'],
  ])("refuses %s", (_, text, expected) => {
    const problems = problemsOf(() => parseManifest(HEADER + text, { source: "s3://bucket/site/" }));
    expect(problems).toContain(expected);
  });

  it("names both lines of two versions that nothing tells apart", () => {
    expect(() => parseManifest(HEADER + row("a", "v1") + row("a", "v2"))).toThrow(
      'manifest:3: found "a" a second time, expected is_latest or last_modified to tell which version to take (the other is on line 2)',
    );
  });
});

function problemsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (!isS3PinError(error)) throw error;
    const problems = error.details.problems as ManifestProblem[];
    return problems.map(({ line, column, found }) => `${line}:${column ?? ""} ${found}`);
  }
  return [];
}
