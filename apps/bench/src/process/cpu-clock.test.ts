import { expect, it } from "vitest";

import { parseMachineStat, parseProcessStat } from "./cpu-clock.ts";

it("parseProcessStat() is not misled by a program's name", () => {
  expect(parseProcessStat("42 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 7 0")).toBe(300);
});

it("parseMachineStat() leaves out idle, waiting and stolen time", () => {
  expect(parseMachineStat("cpu  100 1 20 9999 888 3 4 777 0 0\ncpu0 50 0 10 5000 400 1 2 300 0 0\n")).toBe(128);
});
