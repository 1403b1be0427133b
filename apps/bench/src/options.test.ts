import { expect, it } from "vitest";

import { parseOptions } from "./options.ts";

it("parseOptions() takes the quick works and three rounds by default", () => {
  expect(parseOptions([])).toMatchObject({ works: ["a", "b", "c", "d"], rounds: 3, latenciesMs: undefined });
});

it("parseOptions() reads lists", () => {
  const args = ["--work", "e,a", "--latency", "0,25", "--peers", "rclone,s3sync", "--rounds", "5"];
  expect(parseOptions(args)).toMatchObject({
    ...{ works: ["e", "a"], latenciesMs: [0, 25], peers: ["rclone", "s3sync"], rounds: 5 },
  });
});

it("parseOptions() knows --all, --peers none and install", () => {
  expect(parseOptions(["install", "--all", "--peers", "none"])).toMatchObject({
    ...{ installOnly: true, works: ["a", "b", "c", "d", "e", "f", "g"], peers: [] },
  });
});

it.each([
  ["--work", "z"],
  ["--peers", "cp"],
  ["--rounds", "0"],
  ["--latency", "5.5"],
  ["instal", "--all"],
])("parseOptions() refuses %s %s", (...args) => {
  expect(() => parseOptions(args)).toThrow(RangeError);
});
