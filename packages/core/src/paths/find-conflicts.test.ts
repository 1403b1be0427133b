import { anyKey, safePath } from "@s3pin/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compareUtf8 } from "../manifest/compare-utf8.ts";
import { findConflicts, type NameFolding } from "./find-conflicts.ts";

const EXACT: NameFolding = { foldsCase: false, foldsUnicode: false };
const WINDOWS: NameFolding = { foldsCase: true, foldsUnicode: false };
const MACOS: NameFolding = { foldsCase: true, foldsUnicode: true };
const NORMALISING: NameFolding = { foldsCase: false, foldsUnicode: true };

const found = (paths: readonly string[], folding: NameFolding) =>
  findConflicts(paths.toSorted(compareUtf8), folding).map(
    (conflict) => `${conflict.kind}: ${conflict.path} | ${conflict.with}`,
  );

describe("findConflicts()", () => {
  it.each([
    ["a file and a folder", ["a", "a/b"], ["file-and-folder: a/b | a"]],
    ["names sorted between them", ["a", "a!", "a-b", "a.b", "a/b"], ["file-and-folder: a/b | a"]],
    ["a file deep below", ["a/b", "a/b-c", "a/b/c/d"], ["file-and-folder: a/b/c/d | a/b"]],
    ["several below", ["a", "a/b", "a/c"], ["file-and-folder: a/b | a", "file-and-folder: a/c | a"]],
    ["a file and a folder marker", ["a", "a/"], ["file-and-folder: a/ | a"]],
    ["a folder and its marker", ["a/", "a/b", "a/b/", "a/c"], ["file-and-folder: a/b/ | a/b"]],
    ["a longer name", ["a", "ab/c", "abc"], []],
    ["names that differ by case", ["A/x", "a/x", "É", "é"], []],
    ["no paths", [], []],
  ])("finds, where names are exact: %s", (_, paths, expected) => {
    expect(found(paths, EXACT)).toEqual(expected);
  });

  it.each<[string, NameFolding, string[], string[]]>([
    ["case", WINDOWS, ["A/x", "a/x"], ["case: a/x | A/x"]],
    ["case beyond ASCII", WINDOWS, ["É", "é"], ["case: é | É"]],
    ["folders that merge", WINDOWS, ["A/x", "a/y"], []],
    ["a file and a folder of another case", WINDOWS, ["a", "A/b"], ["file-and-folder: A/b | a"]],
    ["with names sorted between", WINDOWS, ["A", "B", "a-b", "a/b"], ["file-and-folder: a/b | A"]],
    ["markers that merge", WINDOWS, ["A/", "a/", "a/x"], []],
    ["a file and a marker", WINDOWS, ["A", "a/"], ["file-and-folder: a/ | A"]],
    ["three spellings", WINDOWS, ["AB", "Ab", "ab"], ["case: Ab | AB", "case: ab | AB"]],
    ["no Unicode forms on Windows", WINDOWS, ["\u00e9", "e\u0301"], []],
    ["no ß for ss on Windows", WINDOWS, ["straße", "strasse"], []],
    ["Unicode forms", MACOS, ["\u00e9", "e\u0301"], ["unicode: \u00e9 | e\u0301"]],
    ["Unicode forms of folders", MACOS, ["\u00e9", "e\u0301/x"], ["file-and-folder: e\u0301/x | \u00e9"]],
    ["Unicode forms and case at once", MACOS, ["\u00c9", "e\u0301"], ["case: \u00c9 | e\u0301"]],
    ["ß for ss on macOS", MACOS, ["straße", "STRASSE"], ["case: straße | STRASSE"]],
    ["Unicode forms alone", NORMALISING, ["A", "a", "\u00e9", "e\u0301"], ["unicode: \u00e9 | e\u0301"]],
  ])("finds, where names fold: %s", (_, folding, paths, expected) => {
    expect(found(paths, folding)).toEqual(expected);
  });

  it("leaves no conflict among the rest, and agrees with a comparison of all pairs", () => {
    const paths = fc.uniqueArray(
      fc.oneof(
        safePath(),
        safePath().map((path) => `${path}/`),
        anyKey(),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(paths, fc.constantFrom(EXACT, WINDOWS, MACOS, NORMALISING), (unsorted, folding) => {
        const sorted = unsorted.toSorted(compareUtf8);
        const conflicts = findConflicts(sorted, folding);
        const givingWay = new Set(conflicts.map(({ path }) => path));
        const rest = sorted.filter((path) => !givingWay.has(path));
        expect(givingWay.size).toBe(conflicts.length);
        expect(findConflicts(rest, folding)).toEqual([]);
        for (const conflict of conflicts) expect(rest).toContain(conflict.with);
        const hasPair = sorted.some((a) => sorted.some((b) => a !== b && isConflict(a, b, folding)));
        expect(conflicts.length > 0).toBe(hasPair);
      }),
      { numRuns: 2000 },
    );
  });
});

/** Whether the file `a` stands in the way of `b`. */
function isConflict(a: string, b: string, { foldsCase, foldsUnicode }: NameFolding): boolean {
  const fold = (text: string): string => {
    if (foldsCase && foldsUnicode) return text.normalize("NFD").toLowerCase().toUpperCase().normalize("NFD");
    if (foldsUnicode) return text.normalize("NFC");
    if (!foldsCase) return text;
    return text.replace(/./gs, (unit) => (unit.toUpperCase().length === 1 ? unit.toUpperCase() : unit));
  };
  return !a.endsWith("/") && (fold(a) === fold(b) || fold(b).startsWith(`${fold(a)}/`));
}
