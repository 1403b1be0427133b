import { anyKey } from "@s3pin/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compareUtf8 } from "./compare-utf8.ts";

describe("compareUtf8()", () => {
  it.each([
    ["", "a", -1],
    ["a", "a", 0],
    ["a", "aa", -1],
    ["a-b", "a/b", -1],
    ["Z", "a", -1],
    ["z", "é", -1],
    ["\ud7ff", "\u{10000}", -1],
    ["\uffff", "\u{10000}", -1],
    ["\ue000", "😀", -1],
    ["😀", "😁", -1],
    ["a😀", "a\uffff", 1],
  ])("compares %j with %j", (a, b, expected) => {
    expect(Math.sign(compareUtf8(a, b))).toBe(expected);
    expect(Math.sign(compareUtf8(b, a))).toBe(expected === 0 ? 0 : -expected);
  });

  it("orders any two keys as their UTF-8 bytes are", () => {
    fc.assert(
      fc.property(anyKey(), anyKey(), fc.boolean(), (a, other, isPrefixed) => {
        const b = isPrefixed ? [...a].slice(0, 2).join("") + other : other;
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
