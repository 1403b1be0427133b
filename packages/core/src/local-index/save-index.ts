import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

import { writeAtomically } from "../disk/write-atomically.ts";
import { compareUtf8 } from "../manifest/compare-utf8.ts";
import { formatIndex, type IndexLine, lineWriter } from "./index-format.ts";
import { openIndex } from "./open-index.ts";
import type { Sealing } from "./seal.ts";
import type { IndexRow } from "./types.ts";

/** What is new of a path: its row, or undefined when the file is gone. */
export type IndexChanges = ReadonlyMap<string, IndexRow | undefined>;

/**
 * Writes an index anew, as it is on disk with `changes` in it.
 * @param sealing for an index that should be sealed, if it deserves that
 * @throws the file system's error: the caller decides whether a lost cache is worth more than a warning
 */
export async function saveIndex(file: string, changes: IndexChanges, sealing?: Sealing): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const old = openIndex(file);
  try {
    // Those of the old index come first, so that its lines can be carried over as they are.
    const sources = new Set(old.sources);
    for (const row of changes.values()) if (row?.identity !== undefined) sources.add(row.identity.source);
    const all = [...sources];
    // Its checksum tells a file that a power failure cut off, and it is only a cache.
    await writeAtomically(file, formatIndex(mergeLines(old.lines(), changes, lineWriter(all)), all, sealing), {
      durable: false,
    });
  } finally {
    old.close();
  }
}

/** @param lines sorted by path in UTF-8 order, as the result is */
function* mergeLines(
  lines: Iterable<IndexLine>,
  changes: IndexChanges,
  lineOf: (row: IndexRow) => IndexLine,
): Generator<IndexLine> {
  const changed = [...changes].sort(([a], [b]) => compareUtf8(a, b));
  let next = 0;
  for (const line of lines) {
    for (
      let change = changed[next];
      change !== undefined && compareUtf8(change[0], line.path) < 0;
      change = changed[++next]
    )
      if (change[1] !== undefined) yield lineOf(change[1]);
    const change = changed[next];
    if (change?.[0] !== line.path) yield line;
    else {
      if (change[1] !== undefined) yield lineOf(change[1]);
      next++;
    }
  }
  for (let change = changed[next]; change !== undefined; change = changed[++next])
    if (change[1] !== undefined) yield lineOf(change[1]);
}
