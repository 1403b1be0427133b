import { anyKey } from "@s3pin/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compareUtf8 } from "./compare-utf8.ts";
import { diffManifests } from "./diff.ts";
import type { Manifest } from "./types.ts";

/** Versions by path, as a manifest. */
function manifest(versions: Record<string, string> | Map<string, string>, source = "s3://bucket/"): Manifest {
  const nothing = { sizeBytes: undefined, etag: undefined, lastModifiedMs: undefined, extra: undefined };
  const pairs = versions instanceof Map ? [...versions] : Object.entries(versions);
  const entries = pairs.map(([path, versionId]) => ({ path, versionId, source, ...nothing }));
  return { entries: entries.sort((a, b) => compareUtf8(a.path, b.path)), extraColumns: [] };
}

const paths = (entries: readonly { readonly path: string }[]) => entries.map(({ path }) => path);

describe("diffManifests()", () => {
  it("tells added, removed, changed and unchanged paths apart", () => {
    const before = manifest({ "a-b": "1", "a/b": "1", c: "1", d: "1" });
    const after = manifest({ a: "1", "a/b": "2", d: "1", "😀": "1" });
    const diff = diffManifests(before, after);
    expect(paths(diff.added)).toEqual(["a", "😀"]);
    expect(paths(diff.removed)).toEqual(["a-b", "c"]);
    expect(diff.changed.map((change) => [change.before.versionId, change.after.versionId])).toEqual([["1", "2"]]);
    expect(diff.unchanged).toBe(1);
  });

  it("takes another source for a change, and another ETag or size not", () => {
    const before = manifest({ a: "1" });
    expect(diffManifests(before, manifest({ a: "1" }, "s3://other/")).changed).toHaveLength(1);
    const described = { ...before, entries: before.entries.map((entry) => ({ ...entry, etag: "e", sizeBytes: 1 })) };
    expect(diffManifests(before, described)).toMatchObject({ changed: [], unchanged: 1 });
  });

  it("agrees with two maps", () => {
    const versions = fc.array(fc.tuple(anyKey(), fc.constantFrom("1", "2"))).map((pairs) => new Map(pairs));
    fc.assert(
      fc.property(versions, versions, (left, right) => {
        const sorted = (keys: Iterable<string>) => [...keys].sort(compareUtf8);
        const both = [...left.keys()].filter((path) => right.has(path));
        const diff = diffManifests(manifest(left), manifest(right));
        expect(paths(diff.added)).toEqual(sorted([...right.keys()].filter((path) => !left.has(path))));
        expect(paths(diff.removed)).toEqual(sorted([...left.keys()].filter((path) => !right.has(path))));
        const changed = both.filter((path) => left.get(path) !== right.get(path));
        expect(paths(diff.changed.map(({ after }) => after))).toEqual(sorted(changed));
        expect(diff.unchanged).toBe(both.length - changed.length);
      }),
    );
  });
});
