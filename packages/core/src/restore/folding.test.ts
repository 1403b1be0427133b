import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { foldPath, probeFolding } from "./folding.ts";

describe("probeFolding()", () => {
  it("agrees with what the file system does, for a root that is there and one that is not", () => {
    const directory = mkdtempSync(join(tmpdir(), "s3pin-fold-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    mkdirSync(join(directory, "name"));
    let folds = true;
    try {
      mkdirSync(join(directory, "NAME"));
      folds = false;
    } catch {
      // It is there already, by its other name.
    }
    expect(probeFolding(directory).foldsCase).toBe(folds);
    expect(probeFolding(join(directory, "missing")).foldsCase).toBe(folds);
  });
});

describe("foldPath()", () => {
  it.each([
    ["A/b", { foldsCase: true, foldsUnicode: false }, "a/b"],
    ["A/b", { foldsCase: false, foldsUnicode: false }, "A/b"],
    ["\u00e9", { foldsCase: true, foldsUnicode: true }, "e\u0301"],
    ["\u00e9", { foldsCase: true, foldsUnicode: false }, "\u00e9"],
  ])("%s under %j", (path, folding, expected) => {
    expect(foldPath(path, folding)).toBe(expected);
  });
});
