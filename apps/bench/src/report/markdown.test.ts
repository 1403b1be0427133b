import { expect, it } from "vitest";

import { formatMarkdown } from "./markdown.ts";
import { contenderOf, resultOf, workOf } from "./result.test-helper.ts";

it("formatMarkdown() tells of peers that failed or are missing", () => {
  const failed = contenderOf({ name: "peer", runs: [], failure: "ended with 1:\nno | such bucket" });
  const text = formatMarkdown(
    { ...resultOf([workOf([contenderOf({}), failed])]), missing: { s3sync: "no cargo" } },
    { chartFile: "chart.svg" },
  );
  expect(text).toContain("**peer failed:** ended with 1: no \\| such bucket");
  expect(text).toContain("**s3sync is missing:** no cargo");
});

it("formatMarkdown() lists each way of calling once, with the works that used it", () => {
  const text = formatMarkdown(resultOf([workOf([contenderOf({})]), workOf([contenderOf({})], { work: "b" })]), {
    chartFile: "chart.svg",
  });
  expect(text).toContain("- a, b: `s3pin restore`");
});
