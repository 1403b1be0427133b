import { describe, expect, it } from "vitest";

import { takePlaces } from "./take-places.ts";

/** Of `-m` and `-r`; a value that begins with `env:` comes from a variable. */
function take(args: readonly string[], manifest?: string, root?: string) {
  const place = (name: string, flag: string, value: string | undefined) => ({
    name,
    flag,
    flagValue: value?.replace("env:", ""),
    isFlagTyped: value !== undefined && !value.startsWith("env:"),
  });
  return takePlaces([place("<manifest>", "-m", manifest), place("<root>", "-r", root)], args);
}

describe("takePlaces()", () => {
  it.each([
    { name: "two arguments", args: ["m", "r"], expected: ["m", "r"] },
    { name: "one argument", args: ["m"], expected: ["m", undefined] },
    { name: "nothing", args: [], expected: [undefined, undefined] },
    { name: "two flags", args: [], manifest: "m", root: "r", expected: ["m", "r"] },
    { name: "-m and one argument, which is the root", args: ["r"], manifest: "m", expected: ["m", "r"] },
    { name: "-r and one argument, which is the manifest", args: ["m"], root: "r", expected: ["m", "r"] },
    { name: "an argument and a flag that agree", args: ["m", "r"], manifest: "m", expected: ["m", "r"] },
    { name: "arguments over variables", args: ["m", "r"], manifest: "env:x", root: "env:y", expected: ["m", "r"] },
    { name: "an argument, and a variable for the rest", args: ["m"], root: "env:r", expected: ["m", "r"] },
    { name: "a flag, and a variable for the rest", args: [], manifest: "m", root: "env:r", expected: ["m", "r"] },
    { name: "a flag and an argument over a variable", args: ["r"], manifest: "m", root: "env:x", expected: ["m", "r"] },
  ])("takes $name", ({ args, manifest, root, expected }) => expect(take(args, manifest, root)).toEqual(expected));

  it.each([
    { name: "two manifests", args: ["m", "r"], manifest: "x", says: "<manifest> is given twice: m and -m x" },
    { name: "two roots", args: ["m", "r"], root: "x", says: "<root> is given twice: r and -r x" },
    { name: "a third value", args: ["x"], manifest: "m", root: "r", says: "<manifest> is given twice: x and -m m" },
  ])("refuses $name", ({ args, manifest, root, says }) => expect(() => take(args, manifest, root)).toThrow(says));
});
