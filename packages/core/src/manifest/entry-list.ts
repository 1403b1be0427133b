import { compareUtf8 } from "./compare-utf8.ts";
import { type ProblemList, shown } from "./manifest-problems.ts";
import type { ManifestEntry } from "./types.ts";

/** Entries in the making: in the order of the file, then sorted, each path once. */
export interface EntryList {
  add(entry: ManifestEntry, line: number): void;
  /** Reports every path that stands there twice. */
  finish(): ManifestEntry[];
}

export function entryList(problems: ProblemList): EntryList {
  const entries: ManifestEntry[] = [];
  /** One small integer an entry (8 bytes), only while parsing, so that a doubled path is named by both its lines. */
  const lines: number[] = [];
  let isSorted = true;
  let lastPath = "";

  return {
    add(entry, line) {
      if (isSorted && entries.length > 0) isSorted = compareUtf8(lastPath, entry.path) < 0;
      lastPath = entry.path;
      entries.push(entry);
      lines.push(line);
    },
    finish() {
      if (isSorted) return entries;
      const order = entries
        .map((entry, index) => ({ entry, line: lines[index] ?? 0 }))
        .sort((a, b) => compareUtf8(a.entry.path, b.entry.path) || a.line - b.line);
      let first = order[0];
      for (const current of order.slice(1)) {
        if (current.entry.path === first?.entry.path) {
          problems.add({
            line: current.line,
            column: undefined,
            found: `${shown(current.entry.path)} a second time`,
            expected: `each path once (the first is on line ${first.line})`,
          });
        } else {
          first = current;
        }
      }
      return order.map(({ entry }) => entry);
    },
  };
}
