import { anyKey, siteKey } from "@s3pin/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { checkPath, TEMP_DIR_NAME } from "./key-to-path.ts";

describe("checkPath()", () => {
  it.each([
    "index.html",
    "img/hero.jpg",
    ".well-known/acme",
    "...",
    "a/..b/c..",
    "a b/ c ",
    "-rf",
    "~root",
    "$HOME",
    "日本/é.txt",
    "😀.png",
    "a\nb",
    "img/C:/x",
    "con/aux.txt",
    "ab:c",
    "trailing.",
    "folder/",
    "a/folder/",
    `${TEMP_DIR_NAME}s/x`,
    `a/${TEMP_DIR_NAME}`,
    "x".repeat(255),
    "é".repeat(127),
    `${"x/".repeat(1999)}xx`,
  ])("takes %j on POSIX", (path) => {
    expect(checkPath(path, "posix")).toBeUndefined();
  });

  // Vectors as the suites of node-tar, Go's archive/tar and filepath.IsLocal, zip-slip and git's fsck have them.
  it.each([
    ["", "empty"],
    ["/", "absolute"],
    ["/etc/passwd", "absolute"],
    ["//server/share/x", "unc"],
    ["\\\\server\\share", "unc"],
    ["\\\\?\\C:\\x", "unc"],
    ["..", "parent-segment"],
    ["../", "parent-segment"],
    ["../../etc/passwd", "parent-segment"],
    ["a/../../b", "parent-segment"],
    ["a/..", "parent-segment"],
    ["a/../", "parent-segment"],
    [".", "dot-segment"],
    ["./a", "dot-segment"],
    ["a/./b", "dot-segment"],
    ["a//b", "empty-segment"],
    ["a//", "empty-segment"],
    ["C:", "drive"],
    ["c:/windows/system32", "drive"],
    ["C:../x", "drive"],
    ["C:\\x", "drive"],
    ["..\\..\\x", "backslash"],
    ["a\\..\\..\\b", "backslash"],
    ["\\x", "backslash"],
    ["a\u0000.txt", "nul"],
    ["\ud800", "not-unicode"],
    ["a\udc00b", "not-unicode"],
    ["\udc00\ud800", "not-unicode"],
    ["x".repeat(256), "segment-too-long"],
    ["é".repeat(128), "segment-too-long"],
    ["😀".repeat(64), "segment-too-long"],
    ["x/".repeat(2001), "path-too-long"],
    [`${TEMP_DIR_NAME}/x`, "reserved-by-s3pin"],
    [TEMP_DIR_NAME, "reserved-by-s3pin"],
    [`${TEMP_DIR_NAME}/`, "reserved-by-s3pin"],
    [".S3Pin-TMP/x", "reserved-by-s3pin"],
    [".\u017f3pin-tmp/x", "reserved-by-s3pin"],
    [".s3p\u0131n-tmp/x", "reserved-by-s3pin"],
    [".s3pin\u200c-tmp/x", "reserved-by-s3pin"],
    ["\u200c.s3pin-tmp/x", "reserved-by-s3pin"],
  ])("refuses %j everywhere: %s", (path, code) => {
    expect(checkPath(path, "posix")?.code).toBe(code);
    if (code !== "segment-too-long") expect(checkPath(path, "win32")?.code).toBe(code);
  });

  it.each([
    ["a<b", "windows-character"],
    ["a>b", "windows-character"],
    ["file.txt:stream", "windows-character"],
    ["file.txt::$DATA", "windows-character"],
    ["dir:/x", "windows-character"],
    ['a"b', "windows-character"],
    ["a|b", "windows-character"],
    ["what?", "windows-character"],
    ["*", "windows-character"],
    ["a\u0001b", "windows-character"],
    ["a\nb", "windows-character"],
    ["a.", "windows-trailing"],
    ["a /b", "windows-trailing"],
    [".../x", "windows-trailing"],
    [".. /x", "windows-trailing"],
    ["CON", "windows-reserved"],
    ["a/con/b", "windows-reserved"],
    ["aux.txt", "windows-reserved"],
    ["NUL.tar.gz", "windows-reserved"],
    ["nul .txt", "windows-reserved"],
    ["prn/", "windows-reserved"],
    ["COM1", "windows-reserved"],
    ["com9.log", "windows-reserved"],
    ["LPT\u00b9", "windows-reserved"],
    ["com\u00b3.x", "windows-reserved"],
    ["CONIN$", "windows-reserved"],
    ["conout$.txt", "windows-reserved"],
    ["S3PIN-~1/x", "reserved-by-s3pin"],
  ])("refuses %j on Windows alone: %s", (path, code) => {
    expect(checkPath(path, "win32")?.code).toBe(code);
    expect(checkPath(path, "posix")).toBeUndefined();
  });

  it.each(["console.log", "auxiliary", "com", "com10", "lpt", "nullable/x", "a.con", "日".repeat(255)])(
    "takes %j on Windows",
    (path) => {
      expect(checkPath(path, "win32")).toBeUndefined();
    },
  );

  it("takes a final / for a folder marker, unless the object has bytes", () => {
    expect(checkPath("img/", "posix", 0)).toBeUndefined();
    expect(checkPath("img/", "posix", undefined)).toBeUndefined();
    expect(checkPath("img/", "posix", 1)?.code).toBe("folder-with-bytes");
    expect(checkPath("../", "posix", 0)?.code).toBe("parent-segment");
  });

  it("takes the keys that websites have, on every system", () => {
    fc.assert(
      fc.property(siteKey(), fc.constantFrom("posix" as const, "win32" as const), (path, platform) => {
        expect(checkPath(path, platform)).toBeUndefined();
      }),
    );
  });

  it("refuses on Windows whatever it refuses elsewhere, but for length", () => {
    fc.assert(
      fc.property(anyKey(), (path) => {
        const refused = checkPath(path, "posix");
        if (refused !== undefined) expect(checkPath(path, "win32")).toBeDefined();
      }),
    );
  });
});
