import { describe, expect, it } from "vitest";
import { parseRange } from "./range.ts";

describe("parseRange()", () => {
  it.each([
    ["bytes=0-9", { start: 0, end: 10 }],
    ["bytes=0-0", { start: 0, end: 1 }],
    ["bytes=90-", { start: 90, end: 100 }],
    ["bytes=90-200", { start: 90, end: 100 }],
    ["bytes=-5", { start: 95, end: 100 }],
    ["bytes=-500", { start: 0, end: 100 }],
    ["bytes=9-0", undefined],
    ["bytes=0-1,5-6", undefined],
    ["bytes=-", undefined],
    ["items=0-9", undefined],
    [undefined, undefined],
  ])("reads %j of 100 bytes", (text, range) => {
    expect(parseRange(text, 100)).toEqual(range);
  });

  it.each(["bytes=100-", "bytes=100-200", "bytes=-0"])("refuses %j of 100 bytes with 416", (text) => {
    expect(() => parseRange(text, 100)).toThrow(expect.objectContaining({ status: 416, code: "InvalidRange" }));
  });

  it("refuses any range of no bytes", () => {
    expect(() => parseRange("bytes=0-", 0)).toThrow(expect.objectContaining({ status: 416 }));
  });
});
