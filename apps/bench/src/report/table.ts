import type { ContenderResult, Run, WorkResult } from "./result.ts";
import { ratiosTo, spreadOf } from "./statistics.ts";
import { formatMebibytes, formatRatio, formatSeconds, formatSpread } from "./units.ts";

/** Whose figures are the base of the ratios. */
export const BASE = "s3pin";

export const COLUMNS = [
  "client",
  "runs",
  "wall s",
  "× s3pin",
  "CPU s",
  "× s3pin",
  "peak MiB",
  "requests",
  "verifies",
  "server CPU s",
  "others' CPU s",
] as const;

/** One line for each contender, each figure as median (min–max). */
export function tableRows(result: WorkResult): string[][] {
  const base = result.contenders.find(({ name }) => name === BASE)?.runs ?? [];
  return result.contenders.map((contender) => rowOf(contender, base));
}

function rowOf({ name, verifies, runs, requests }: ContenderResult, base: readonly Run[]): string[] {
  const of = (pick: (run: Run) => number, format: (figure: number) => string) =>
    formatSpread(spreadOf(runs.map(pick)), format);
  const ratio = (pick: (run: Run) => number) =>
    name === BASE ? "1" : formatSpread(ratiosTo(base.map(pick), runs.map(pick)), formatRatio);
  const middle = (pick: (run: Run) => number) => {
    const spread = spreadOf(runs.map(pick));
    return spread === undefined ? "–" : formatSeconds(spread.median);
  };
  const hasProxy = runs.some(({ proxyCpuS }) => proxyCpuS > 0);
  return [
    name,
    String(runs.length),
    of((run) => run.wallS, formatSeconds),
    ratio((run) => run.wallS),
    of((run) => run.cpuS, formatSeconds),
    ratio((run) => run.cpuS),
    of((run) => run.maxRssBytes, formatMebibytes),
    requests === undefined ? "n/a" : requests.toLocaleString("en"),
    verifies,
    middle((run) => run.serverCpuS) + (hasProxy ? ` + ${middle((run) => run.proxyCpuS)} proxy` : ""),
    middle((run) => run.othersCpuS),
  ];
}

/** For a terminal: columns of equal width, the first to the left, the others to the right. */
export function formatTextTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(header), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}

export function formatMarkdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = header.map((_, column) => (column === 0 ? "---" : "--:"));
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}

/** `a. Into an empty root, 25 ms: 14,310 objects, 484 MB` */
export function headingOf({ work, title, about, latencyMs }: WorkResult): string {
  return `${work}. ${title}${latencyMs > 0 ? `, ${latencyMs} ms` : ""}: ${about}`;
}
