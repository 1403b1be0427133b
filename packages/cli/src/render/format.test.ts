import { expect, it } from "vitest";

import { formatBytes, formatCount, formatDuration, formatNumber } from "./format.ts";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [9949, "9.9 kB"],
  [9950, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [484_000_000, "484 MB"],
  [1_250_000_000_000, "1.3 TB"],
  [5e18, "5000 PB"],
])("formatBytes(%d) is %s", (bytes, expected) => expect(formatBytes(bytes)).toBe(expected));

it.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [14_310, "14,310"],
  [1_000_000, "1,000,000"],
])("formatCount(%d) is %s", (count, expected) => expect(formatCount(count)).toBe(expected));

it("formatNumber() knows one from many", () => {
  expect([0, 1, 1000].map((count) => formatNumber(count, "file"))).toEqual(["0 files", "1 file", "1,000 files"]);
});

it.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [999.6, "1.0 s"],
  [9_940, "9.9 s"],
  [9_960, "10 s"],
  [59_400, "59 s"],
  [59_600, "1 min 0 s"],
  [185_000, "3 min 5 s"],
  [7_800_000, "2 h 10 min"],
])("formatDuration(%d) is %s", (ms, expected) => expect(formatDuration(ms)).toBe(expected));
