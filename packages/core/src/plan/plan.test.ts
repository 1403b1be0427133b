import { describe, expect, it } from "vitest";

import type { IndexRow } from "../local-index/types.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { decideEntry } from "./decide-entry.ts";
import { deleteLimit, guardRoot } from "./plan-deletes.ts";
import type { FileState } from "./types.ts";

const MD5 = "9b2cf535f27731c974343645a3985328";
const OTHER = "0".repeat(32);

const entry = (etag: string | undefined, versionId = "v1"): ManifestEntry => ({
  path: "a",
  versionId,
  sizeBytes: 10,
  etag,
  lastModifiedMs: 0,
  source: "s3://b/",
  extra: undefined,
});
const file: FileState = { kind: "file", sizeBytes: 10, mtimeNs: 5n };
const row = (digest: string, versionId = "v1", etag = MD5, mtimeNs = 5n): IndexRow => ({
  path: "a",
  sizeBytes: 10,
  mtimeNs,
  digest,
  identity: { source: "s3://b/", versionId, etag },
});

describe("decideEntry()", () => {
  it.each<[string, ManifestEntry, FileState, IndexRow | undefined, string]>([
    ["a missing file", entry(MD5), { kind: "missing" }, row(MD5), "fetch missing"],
    ["a symlink", entry(MD5), { kind: "symlink" }, row(MD5), "fetch symlink"],
    ["another size", entry(MD5), { ...file, sizeBytes: 11 }, row(MD5), "fetch size"],
    ["the remembered identity", entry(MD5), file, row(MD5), "keep index"],
    ["the remembered identity of an opaque ETag", entry("opaque"), file, row(MD5, "v1", "opaque"), "keep index"],
    ["another version with the same MD5", entry(MD5, "v2"), file, row(MD5), "keep md5"],
    ["another version with another MD5", entry(OTHER, "v2"), file, row(MD5), "fetch content"],
    ["another version, and a checksum that is no MD5", entry(MD5, "v2"), file, row("crc32:AAAAAA=="), "hash"],
    ["another version with a multipart ETag", entry(`${OTHER}-2`, "v2"), file, row(MD5), "hash"],
    ["another version with an opaque ETag", entry("opaque", "v2"), file, row(MD5), "fetch unproven"],
    ["another mtime", entry(MD5), file, row(MD5, "v1", MD5, 6n), "hash"],
    ["another mtime, opaque ETag, known identity", entry("opaque"), file, row(MD5, "v1", "opaque", 6n), "hash"],
    ["no row", entry(MD5), file, undefined, "hash"],
    ["no row, opaque ETag", entry("opaque"), file, undefined, "fetch unproven"],
    ["a null version whose ETag changed", entry(OTHER, "null"), file, row(MD5, "null"), "fetch content"],
  ])("%s", (_name, wanted, state, remembered, expected) => {
    const decision = decideEntry(wanted, state, remembered, false);
    const detail = decision.kind === "keep" ? decision.proof : decision.kind === "fetch" ? decision.reason : "";
    expect(`${decision.kind} ${detail}`.trim()).toBe(expected);
  });

  it("distrusts the index when told to", () => {
    expect(decideEntry(entry(MD5), file, row(MD5), true).kind).toBe("hash");
  });
});

describe("deleteLimit()", () => {
  it.each([
    [0, undefined, 20],
    [80, undefined, 20],
    [100, undefined, 25],
    [1_000, undefined, 250],
    [1_000, { files: 3 }, 3],
    [1_000, { percent: 10 }, 100],
    [1_000, { percent: 0 }, 0],
  ])("of %i files with %j is %i", (filesThere, maxDelete, expected) => {
    expect(deleteLimit(filesThere, maxDelete)).toBe(expected);
  });
});

describe("guardRoot()", () => {
  const facts = { home: "/home/me", currentDirectory: "/home/me/project", holdsGit: false };
  it.each([
    ["/", false],
    ["/home/me", false],
    ["/home", false],
    ["C:\\", false],
    ["/home/me/project", true],
    ["/home/me/proj", true],
    ["/home/me/project/public", true],
    ["/srv/site", true],
  ])("%s: %s", (root, allowed) => {
    const guard = () => guardRoot({ ...facts, root });
    if (allowed) expect(guard).not.toThrow();
    else expect(guard).toThrow(expect.objectContaining({ code: "DANGEROUS_ROOT" }));
  });

  it("refuses a repository", () => {
    expect(() => guardRoot({ ...facts, root: "/srv/site", holdsGit: true })).toThrow("holds a git repository");
  });
});
