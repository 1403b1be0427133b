import { posix, win32 } from "node:path";

import { anyKey, siteKey } from "@s3pin/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { checkPath } from "./key-to-path.ts";
import { resolveInRoot, resolverInRoot } from "./resolve-in-root.ts";

describe("resolveInRoot()", () => {
  it.each([
    ["/srv/site", "img/hero.jpg", "posix", "/srv/site/img/hero.jpg"],
    ["/srv/site/", "a", "posix", "/srv/site/a"],
    ["/srv/x/../site", "a", "posix", "/srv/site/a"],
    ["/", "a/b", "posix", "/a/b"],
    ["/srv/site", "folder/", "posix", "/srv/site/folder"],
    ["C:\\site", "img/hero.jpg", "win32", "C:\\site\\img\\hero.jpg"],
    ["C:\\", "a", "win32", "C:\\a"],
    ["\\\\server\\share\\site", "a/b", "win32", "\\\\server\\share\\site\\a\\b"],
  ] as const)("puts under %s the path %s (%s)", (root, path, platform, expected) => {
    expect(resolveInRoot(root, path, platform)).toBe(expected);
  });

  it("resolves a relative root against the current directory", () => {
    expect(resolveInRoot("site", "a", "posix")).toBe(posix.join(process.cwd(), "site/a"));
  });

  it("refuses what checkPath() refuses, and says why", () => {
    expect(() => resolveInRoot("/srv/site", "../etc/passwd")).toThrow(
      expect.objectContaining({ code: "UNSAFE_PATHS", details: { path: "../etc/passwd", reason: "parent-segment" } }),
    );
  });

  it.each([
    ["posix", posix, "/srv/site"],
    ["posix", posix, "/"],
    ["win32", win32, "C:\\site"],
    ["win32", win32, "C:\\"],
  ] as const)("stays strictly inside, on %s, whatever passes", (platform, paths, root) => {
    const toFile = resolverInRoot(root, platform);
    const hostile = fc
      .array(fc.constantFrom("..", ".", "", "a", "C:", "\\", "..\\..", "con", " ", "...", "~", "a.", "\u0000"), {
        maxLength: 5,
      })
      .chain((segments) => fc.constantFrom("/", "\\", "//", "").map((separator) => segments.join(separator)));
    const arbitrary = fc.oneof(hostile, anyKey(), siteKey(), fc.string(), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(arbitrary, (path) => {
        if (checkPath(path, platform) !== undefined) {
          expect(() => toFile(path)).toThrow();
          return;
        }
        // Asked of node:path alone, without the function under test.
        const relative = paths.relative(root, paths.resolve(root, path));
        expect(relative).not.toBe("");
        expect(relative.split(paths.sep)).not.toContain("..");
        expect(paths.isAbsolute(relative)).toBe(false);
        expect(toFile(path)).toBe(paths.resolve(root, path));
      }),
      { numRuns: 2000 },
    );
  });
});
