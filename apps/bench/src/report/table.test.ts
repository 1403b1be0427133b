import { expect, it } from "vitest";

import { contenderOf, runOf, workOf } from "./result.test-helper.ts";
import { formatMarkdownTable, formatTextTable, headingOf, tableRows } from "./table.ts";

it("tableRows() gives each contender's figures and its ratios to s3pin", () => {
  const runs = [runOf({ wallS: 2, cpuS: 1 }), runOf({ wallS: 4, cpuS: 1 })];
  const others = [runOf({ wallS: 4, cpuS: 3, proxyCpuS: 0.25 }), runOf({ wallS: 4, cpuS: 3, proxyCpuS: 0.25 })];
  const peer = contenderOf({ name: "peer", verifies: "–", runs: others, requests: 14_325 });
  expect(tableRows(workOf([contenderOf({ runs }), peer]))).toEqual([
    ["s3pin", "2", "3.00 (2.00–4.00)", "1", "1.00", "1", "1", "0", "MD5", "0.50", "0.10"],
    ["peer", "2", "4.00", "1.50 (1.00–2.0)", "3.00", "3.0", "1", "14,325", "–", "0.50 + 0.25 proxy", "0.10"],
  ]);
});

it("tableRows() says so when nothing ran or nothing was counted", () => {
  const [row] = tableRows(workOf([contenderOf({ name: "peer", runs: [], requests: undefined })]));
  expect(row).toEqual(["peer", "0", "–", "–", "–", "–", "–", "n/a", "MD5", "–", "–"]);
});

it("formatTextTable() aligns the first column to the left and the others to the right", () => {
  expect(formatTextTable(["client", "s"], [["s3pin", "1.00"]]).split("\n")).toEqual([
    "client     s",
    "──────  ────",
    "s3pin   1.00",
  ]);
});

it("formatMarkdownTable() writes a pipe table", () => {
  expect(formatMarkdownTable(["client", "s"], [["s3pin", "1.00"]])).toBe(
    "| client | s |\n| --- | --: |\n| s3pin | 1.00 |",
  );
});

it("headingOf() names the latency when there is one", () => {
  expect(headingOf(workOf([]))).toBe("a. Fresh: 3 objects");
  expect(headingOf(workOf([], { latencyMs: 25 }))).toBe("a. Fresh, 25 ms: 3 objects");
});
