import { expect, it } from "vitest";

import { formatMebibytes, formatRatio, formatSeconds, formatSpread } from "./units.ts";

it.each([
  [127.4, "127"],
  [92.46, "92.5"],
  [4.784, "4.78"],
  [0.2, "0.20"],
  [0.0123, "0.012"],
  [0, "0.000"],
])("formatSeconds(%d) is %s", (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

it.each([
  [37.4, "37"],
  [2.06, "2.1"],
  [0.876, "0.88"],
])("formatRatio(%d) is %s", (ratio, text) => {
  expect(formatRatio(ratio)).toBe(text);
});

it("formatMebibytes() counts in 1024s", () => {
  expect(formatMebibytes(256 * 1024 * 1024)).toBe("256");
});

it("formatSpread() shows the range only when it can be seen", () => {
  expect(formatSpread({ min: 1, median: 2, max: 3 }, formatSeconds)).toBe("2.00 (1.00–3.00)");
  expect(formatSpread({ min: 2.001, median: 2.002, max: 2.003 }, formatSeconds)).toBe("2.00");
  expect(formatSpread(undefined, formatSeconds)).toBe("–");
});
