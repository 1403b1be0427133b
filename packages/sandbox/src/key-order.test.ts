import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareUtf8, lowerBound, mergeSorted } from "./key-order.ts";

const keys = fc.string({ unit: "binary", maxLength: 6 });

describe("compareUtf8()", () => {
  it("orders as the UTF-8 bytes do", () => {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe("mergeSorted()", () => {
  it("gives what sorting all of them gives", () => {
    fc.assert(
      fc.property(fc.uniqueArray(keys), fc.nat(), (all, cut) => {
        const [a, b] = [all.slice(0, cut % (all.length + 1)), all.slice(cut % (all.length + 1))];
        const merged = mergeSorted(a.toSorted(compareUtf8), b.toSorted(compareUtf8), compareUtf8);
        expect(merged).toEqual(all.toSorted(compareUtf8));
      }),
    );
  });
});

describe("lowerBound()", () => {
  it.each([
    ["", 0],
    ["a", 0],
    ["b", 1],
    ["d", 2],
    ["z", 3],
  ])("finds the first key not before %j", (wanted, position) => {
    expect(lowerBound(["a", "c", "e"], (key) => key < wanted)).toBe(position);
  });
});
