import type { Progress } from "@s3pin/core";
import { describe, expect, it } from "vitest";

import { createProgressDisplay, type ProgressDisplayOptions } from "./progress.ts";

function display(options: Partial<ProgressDisplayOptions> = {}) {
  let atMs = 1_000;
  const written: string[] = [];
  const shown = createProgressDisplay({
    write: (text) => written.push(text),
    isTerminal: true,
    now: () => atMs,
    ...options,
  });
  return {
    ...shown,
    written,
    advance: (ms: number) => {
      atMs += ms;
    },
  };
}

const DOWNLOAD: Progress = { phase: "download", done: 0, total: 100, bytesDone: 0, bytesTotal: 10_000_000 };

describe("createProgressDisplay()", () => {
  it("draws nothing before a tenth of a second, and then at most ten times a second", () => {
    const { update, written, advance } = display();
    for (let ms = 0; ms < 1_000; ms++) {
      update({ ...DOWNLOAD, done: ms / 10 });
      advance(1);
    }
    expect(written).toHaveLength(9);
  });

  it("shows a bar, files, bytes, rate and time left", () => {
    const { update, written, advance } = display({ columns: () => 120 });
    update(DOWNLOAD);
    advance(2_000);
    update({ ...DOWNLOAD, done: 50, bytesDone: 4_000_000 });
    expect(written.at(-1)).toBe(
      "\r\u001b[2Kdownloading  ████████░░░░░░░░░░░░  40%  50/100 files  4.0 MB of 10 MB  2.0 MB/s  3 s left",
    );
  });

  it("guesses the time left from what is slower, files or bytes", () => {
    const { update, written, advance } = display({ columns: () => 120 });
    update(DOWNLOAD);
    advance(2_000);
    update({ ...DOWNLOAD, done: 10, bytesDone: 9_900_000 });
    expect(written.at(-1)).toContain("  10%  ");
    expect(written.at(-1)).toContain("  18 s left");
  });

  it("fits the line to the terminal, also one that does not know its width", () => {
    for (const [columns, length] of [
      [40, 39],
      [0, 79],
      [undefined, 79],
    ] as const) {
      const { update, written, advance } = display({ columns: () => columns });
      update(DOWNLOAD);
      advance(2_000);
      update({ ...DOWNLOAD, done: 50, bytesDone: 4_000_000, total: 1_000_000 });
      expect(written.at(-1)?.replace("\r\u001b[2K", "").length).toBeLessThanOrEqual(length);
    }
  });

  it("clears its line, and only when there is one", () => {
    const { update, clear, written, advance } = display();
    clear();
    expect(written).toEqual([]);
    advance(200);
    update(DOWNLOAD);
    clear();
    clear();
    expect(written).toHaveLength(2);
    expect(written.at(-1)).toBe("\r\u001b[2K");
  });

  it("writes a line every five seconds where there is no terminal", () => {
    const { update, clear, written, advance } = display({ isTerminal: false });
    for (let second = 0; second < 16; second++) {
      update({ ...DOWNLOAD, done: second, bytesDone: second * 100_000 });
      advance(1_000);
    }
    clear();
    expect(written).toHaveLength(3);
    expect(written[0]).toBe("downloading  5%  5/100 files  500 kB of 10 MB  100 kB/s  1 min 35 s left\n");
  });

  it("counts what is listed without a total", () => {
    const { update, written, advance } = display({ unit: "versions", isTerminal: false });
    update({ phase: "list", done: 0, total: undefined, bytesDone: 0, bytesTotal: undefined });
    advance(5_000);
    update({ phase: "list", done: 50_000, total: undefined, bytesDone: 1_000_000, bytesTotal: undefined });
    expect(written).toEqual(["listing  50,000 versions  1.0 MB  10,000/s\n"]);
  });

  it("begins a new rate with a new phase", () => {
    const { update, written, advance } = display({ isTerminal: false });
    update({ phase: "plan", done: 0, total: 10, bytesDone: 0, bytesTotal: undefined });
    advance(4_000);
    update(DOWNLOAD);
    advance(1_000);
    update({ ...DOWNLOAD, done: 1, bytesDone: 1_000_000 });
    expect(written[0]).toContain("  1.0 MB/s  ");
  });
});
