import { expect, it } from "vitest";

import { ratiosTo, spreadOf } from "./statistics.ts";

it.each([
  { figures: [], spread: undefined },
  { figures: [3], spread: { min: 3, median: 3, max: 3 } },
  { figures: [10, 9, 1], spread: { min: 1, median: 9, max: 10 } },
  { figures: [4, 1, 3, 2], spread: { min: 1, median: 2.5, max: 4 } },
])("spreadOf() of $figures", ({ figures, spread }) => {
  expect(spreadOf(figures)).toEqual(spread);
});

it("spreadOf() leaves its argument as it was", () => {
  const figures = [2, 1];
  spreadOf(figures);
  expect(figures).toEqual([2, 1]);
});

it("ratiosTo() compares the runs of one round with each other", () => {
  expect(ratiosTo([1, 10], [2, 30])).toEqual({ min: 2, median: 2.5, max: 3 });
});

it("ratiosTo() compares with the base's median when the numbers of runs differ", () => {
  expect(ratiosTo([1, 2, 9], [8])).toEqual({ min: 4, median: 4, max: 4 });
});

it("ratiosTo() gives nothing without a base or without runs", () => {
  expect(ratiosTo([], [1])).toBeUndefined();
  expect(ratiosTo([1], [])).toBeUndefined();
});
